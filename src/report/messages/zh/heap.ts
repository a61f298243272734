import type { HeapStatements } from "../../../findings/statements/heap.ts";
import { shortFunction } from "../../code-position.ts";
import { at, type WordingOf, wordOf } from "../wording.ts";
import { keyPart, q } from "./words.ts";

const HOLDER: Record<string, string> = {
  map: "一个 map",
  slice: "一个切片",
  channel: "一个 channel",
  listeners: "一个回调注册表",
};
const ENTRIES: Record<string, string> = {
  map: "个条目",
  slice: "个元素",
  channel: "个排队的元素",
  listeners: "个条目",
};

const entriesOf = (kind: string) => wordOf(ENTRIES, kind);
const holder = (kind: string, entries: string) =>
  kind === "owner" ? "" : `（${wordOf(HOLDER, kind)}，${entries} ${entriesOf(kind)}）`;
const typed = (type: string) => (type === "" ? "" : `\`${type}\`，`);
const ofType = (type: string) => (type === "" ? "" : `（\`${type}\`）`);

export const heap: WordingOf<HeapStatements> = {
  "headline-heap-holder": (v) =>
    `\`${v.owner}\`${holder(v.kind, q(v.entries))}${v.kind === "owner" ? " " : ""}使 ${q(v.bytes)} 保持存活，占堆的 ${q(v.share)}。只看一次，无法判断它是否在增长。`,
  "headline-heap-high-cardinality": (v) =>
    `\`${v.owner}\` 有 ${q(v.entries)} 个键，其中含有${keyPart(v.part)}，使 ${q(v.bytes)} 保持存活。只看一次，无法判断它是否在增长。`,
  "headline-heap-never-shrinks": (v) =>
    `\`${v.owner}\` 的条目已删除，但仍占着它的表：可容纳 ${q(v.slots)} 个条目，实际只有 ${q(v.entries)} 个；有 ${q(v.saving)} 不为任何条目所需。并无泄漏。`,
  "headline-heap-subslice": (v) =>
    `小的部分使大对象无法释放：\`${v.owner}\` 只使用了随之保留的 ${q(v.bytes)} 中的 ${q(v.used)}。`,
  "headline-heap-finalizers-due": (v) =>
    `已死的对象不断堆积：${q(v.due)} 个 finalizer 或 cleanup 等待执行，保留着 ${q(v.bytes)}，而执行它们的 goroutine 阻塞于 ${at(v.site)}。`,
  "headline-heap-finalizer-pin": (v) =>
    `${q(v.objects)} 个对象${ofType(v.type)}因自己的 ${kindOf(v.kind)} 而保持存活：${q(v.bytes)} 永远不会释放。`,
  "headline-heap-pool": (v) =>
    `对象池 \`${v.owner}\` 中有 ${q(v.values)} 个值，最大 ${q(v.largest)}，共 ${q(v.bytes)}。只看一次，无法判断它们是否在变大。`,
  "verdict-heap-spread": (v) =>
    `只看了一次堆：存活 ${q(v.bytes)}，其中没有特别突出的部分。是否在增长，要再看一次才知道。`,
  "heap-container": (v) =>
    `堆中：\`${v.owner}\`${ofType(v.type)}${v.type === "" ? " " : ""}有 ${q(v.entries)} ${entriesOf(v.kind)}${
      Number.isFinite(v.capacity.value) && v.capacity.value > 0 ? `（容量 ${q(v.capacity)}）` : ""
    }，使 ${q(v.bytes)} 保持存活，占堆的 ${q(v.share)}${
      v.shared.value > 0 ? `（其中 ${q(v.shared)} 另有其他引用）` : ""
    }。`,
  "heap-containers": (v) =>
    `堆中：\`${v.owner}\`${ofType(v.type)}${v.type === "" ? " " : ""}共有 ${q(v.count)} 个，合计 ${q(v.entries)} 个条目，使 ${q(v.bytes)} 保持存活。`,
  "heap-path": (v) => `到达它的路径：\`${v.path}\`。`,
  "heap-owner": (v) =>
    `堆中：\`${v.owner}\` 使 ${q(v.bytes)} 保持存活，占堆的 ${q(v.share)}；内存堆积于 \`${v.point}\`${ofType(v.type)}。`,
  "heap-map-load": (v) =>
    `堆中：\`${v.owner}\` 的表有 ${q(v.slots)} 个槽位，存有 ${q(v.entries)} 个条目，占用 ${q(v.own)}；重新创建可少用 ${q(v.reclaimable)}。`,
  "heap-keys": (v) =>
    `在查看的 ${q(v.sampled)} 个键中，去掉数字、ID 和时间后互不相同的占 ${q(v.distinct)}：\`${v.forms}\`。`,
  "heap-key-lengths": (v) =>
    `键长 ${q(v.shortest)} 至 ${q(v.longest)}（中位数 ${q(v.median)}），每字节含 ${v.entropy.value.toFixed(1)} 位信息。`,
  "heap-callbacks": (v) =>
    `堆中：\`${v.owner}\` 之下有 ${q(v.closures)} 个闭包，属于 \`${shortFunction(v.function)}\`。`,
  "heap-channel-waiters": (v) =>
    `有 ${q(v.senders)} 个 goroutine 等待向 \`${v.owner}\` 发送，${q(v.receivers)} 个等待从中接收。`,
  "heap-not-it": (v) =>
    `堆中：\`${v.owner}\` 只有 ${q(v.entries)} 个条目，保留 ${q(v.bytes)}。profile 所示的 ${q(v.objects)} 个对象（${q(v.grown)}）不是由它保留的。`,
  "heap-keeps-samples": (v) =>
    `堆中：这几行分配的对象有 ${q(v.samples)} 个被抽样到，它们只由 \`${v.owner}\` 保持存活。`,
  "heap-allocated-at": (v) =>
    `它所保留的内存分配于 ${at(v.site)}（内存 profile 抽样到 ${q(v.samples)} 个）。`,
  "heap-partly-used": (v) =>
    `堆中：在 ${q(v.objects)} 个对象（${q(v.bytes)}）中，只有 \`${v.owner}\` 所指的 ${q(v.used)} 在使用；其余部分随之保留。`,
  "heap-finalizers-due": (v) =>
    `堆中：${q(v.due)} 个 finalizer 或 cleanup 等待执行，保留着 ${q(v.bytes)}${v.types === "" ? "" : `（\`${v.types}\`）`}。`,
  "heap-finalizer-stuck": (v) =>
    `堆中：执行 ${kindOf(v.kind)} 的 goroutine 阻塞于 ${at(v.site)}${v.wait === "" ? "" : `（\`${v.wait}\`）`}。`,
  "heap-pinned": (v) =>
    v.by === "cycle"
      ? `堆中：${q(v.objects)} 个带 ${kindOf(v.kind)} 的对象（\`${v.type}\`，${q(v.bytes)}）处于指回自身的环上；${at(v.site)} 永远不会执行。`
      : `堆中：${q(v.objects)} 个对象（${typed(v.type)}${q(v.bytes)}）只由自己的 ${kindOf(v.kind)} 保留，即 ${at(v.site)}，而它又指回这些对象。`,
  "heap-pool-contents": (v) =>
    `堆中：\`${v.owner}\` 中有 ${q(v.values)} 个值${ofType(v.type)}，共 ${q(v.bytes)}，最大 ${q(v.largest)}。`,
  "heap-pool-taken": (v) =>
    `堆中：由填充 \`${v.owner}\` 中的值的同一批函数分配、正在使用的抽样对象占用 ${q(v.bytes)}；与对象池合计占堆的 ${q(v.share)}。`,
  "heap-pool-filled": (v) =>
    `堆中：\`${v.owner}\` 里的 ${q(v.values)} 个值中，有 ${q(v.filled)} 个仍保留上一位使用者写入的内容${v.field === "" ? "" : `（\`${v.field}\`）`}：放回时没有清空。`,
  "heap-one-look": () => "只看一次堆，能看出某部分有多大，看不出它是否在增长。",
  "next-prove-growth": () =>
    "观察它是否增长：`gopatrol inspect http://HOST:PORT --for 5m --deep`，或几分钟后再取一个 core：`gopatrol heap first.core diff second.core`。",
};

function kindOf(kind: string): string {
  return kind === "cleanup" ? "cleanup" : "finalizer";
}
