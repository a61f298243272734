import type { DataStatements } from "../../../findings/statements/data.ts";
import { at, type WordingOf } from "../wording.ts";
import { aboutOneIn, named, operation, q } from "./words.ts";

export const data: WordingOf<DataStatements> = {
  "headline-unbounded-map": (v) =>
    `${named(v.target, "某个 map")} 只增不减：条目在 ${at(v.site)} 写入后一直保留。`,
  "headline-unbounded-slice": (v) =>
    `${named(v.target, "某个切片")} 只增不减：${at(v.site)} 不断向其追加元素，没有上限。`,
  "headline-growth-unknown-container": (v) =>
    `在 ${at(v.site)} 分配的对象一直被引用，不断堆积；目前看不出是谁在引用它们。`,
  "headline-subslice-retention": (v) =>
    `${at(v.site)} 只保留了每个大对象（${q(v.objectBytes)}）的一小部分，却使整个对象都无法释放。`,
  "live-heap-grew": (v) =>
    `回收后的存活堆在 ${q(v.span)} 内从 ${q(v.from)} 升至 ${q(v.to)}（${q(v.samples)} 次采样；纯属偶然的概率${aboutOneIn(v.chance.value)}）。`,
  "process-is-young": (v) => `观察窗口开始时进程才启动 ${q(v.age)}：不能排除是预热。`,
  "sites-grew": (v) =>
    `堆 profile：${q(v.sites)} 个相关分配点的在用内存增加了 ${q(v.bytes)} ± ${q(v.error)}，占存活堆增长的 ${q(v.share)}。`,
  "nothing-freed": (v) => `这些分配点在窗口内分配的内存有 ${q(v.kept)} 仍在使用：完全没有释放。`,
  "partly-freed": (v) => `这些分配点在窗口内分配的内存有 ${q(v.kept)} 仍在使用。`,
  "container-operation": (v) => `${at(v.site)} 之上的运行时栈帧表明：此处在${operation(v.operation)}。`,
  "container-not-visible": () => "集合（map、切片等）自身的分配太小或太少，未出现在 profile 中。",
  "value-site": (v) => `随之保留的还有 ${q(v.bytes)}：共 ${q(v.objects)} 个对象，分配于 ${at(v.site)}。`,
  "source-keeps": (v) => `源码：该值最终存入 \`${v.text}\`，位于 ${at(v.site)}。`,
  "source-subslice": (v) => `源码：${at(v.site)} 的 \`${v.text}\` 只保留一部分，但没有复制。`,
  "source-no-removal": (v) => `源码：整个包中没有任何代码从 ${v.target} 中删除元素。`,
  "source-removal": (v) =>
    `源码：${at(v.site)}（\`${v.text}\`）会缩减 ${v.target}，但不够频繁，或不涉及这些条目。`,
  "objects-are-large": (v) => `在 ${at(v.site)} 分配的对象平均每个 ${q(v.objectBytes)}。`,
  "fix-find-keeper": () =>
    "找出是谁在引用它们：某个生命周期长于本次调用的 map、切片、channel 或回调；在那里删除条目，或设置上限。",
  "fix-bound-map": (v) =>
    `如果 ${named(v.target, "该 map")} 是缓存，请为它设置上限：限定大小的 LRU，或让条目过期。`,
  "fix-delete-entries": (v) =>
    `当条目对应的对象结束时（会话关闭、请求完成、连接断开），将其从 ${named(v.target, "该 map")} 中删除。`,
  "fix-bound-slice": (v) =>
    `为 ${named(v.target, "该切片")} 设置上限：使用固定大小的环形缓冲区，或把元素交出后重新开始（s = s[:0] 会保留底层数组）。`,
  "fix-clone-subslice": () =>
    "复制需要保留的部分：strings.Clone(s)、bytes.Clone(b) 或 slices.Clone(x)；大对象随即可以释放。",
};
