import type { DataStatements } from "../../../findings/statements/data.ts";
import { at, type WordingOf } from "../wording.ts";
import { aboutOneIn, keyPart, keyRemedy, named, operation, q } from "./words.ts";

export const data: WordingOf<DataStatements> = {
  "headline-unbounded-map": (v) =>
    `${named(v.target, "某个 map")} 只增不减：条目在 ${at(v.site)} 写入后一直保留。`,
  "headline-unbounded-slice": (v) =>
    `${named(v.target, "某个切片")} 只增不减：${at(v.site)} 不断向其追加元素，没有上限。`,
  "headline-growth-unknown-container": (v) =>
    `在 ${at(v.site)} 分配的对象一直被引用，不断堆积；目前看不出是谁在引用它们。`,
  "headline-map-high-cardinality": (v) =>
    `${named(v.target, "某个 map")} 在 ${at(v.site)} 不断得到新的键：键中含有${keyPart(v.kind)}（\`${v.part}\`）。`,
  "headline-listener-registry": (v) =>
    `${named(v.target, "某个注册表")} 中的回调不断堆积：${at(v.site)} 注册之后，再没有代码将其移除。`,
  "headline-channel-backlog": (v) =>
    `${named(v.target, "某个 channel")} 逐渐积满：${at(v.site)} 的发送快于读取方的接收。`,
  "headline-slice-growth-waste": (v) =>
    `${at(v.site)} 在没有预留容量的情况下向${v.target === "" ? "切片" : ` ${v.target} `}追加元素：全部分配字节的 ${q(v.share)} 用于很快就不够大的数组。`,
  "headline-string-concat": (v) =>
    `${at(v.site)} 在循环中用 + 拼接${v.target === "" ? "字符串" : ` ${v.target}`}：全部分配字节的 ${q(v.share)} 是下一轮就丢弃的字符串。`,
  "headline-map-never-shrinks": (v) =>
    `${named(v.target, "某个 map")} 的条目已删除，但仍占着它的表：由 ${at(v.site)} 填充，有 ${q(v.saving)} 不为任何条目所需。并无泄漏。`,
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
  "source-key": (v) => `源码：键 \`${v.key}\` 由${keyPart(v.kind)}构成，即 ${at(v.site)} 的 \`${v.part}\`。`,
  "listener-registered-by": (v) => `它们由 ${at(v.site)} 注册。`,
  "channel-made": (v) => `源码：该 channel 创建于 ${at(v.site)}，\`${v.text}\`。`,
  "channel-read": (v) =>
    `源码：${at(v.site)}（\`${v.text}\`）读取它${
      Number.isNaN(v.readers.value) ? "" : `，目前有 ${q(v.readers)} 个 goroutine`
    }。`,
  "channel-rates": (v) =>
    `发送 ${q(v.sent)}，接收 ${q(v.taken)}；有 ${q(v.queued)} 个在排队${
      Number.isNaN(v.wait.value) ? "" : `，每个等待 ${q(v.wait)}（利特尔法则）`
    }。`,
  "channel-full": (v) =>
    `容量为 ${q(v.capacity)} 的缓冲区再过 ${q(v.after)} 就会写满；届时占用 ${q(v.bytes)}，所有发送方都会阻塞。`,
  "source-cost-loop": (v) =>
    `源码：${at(v.site)} 的 \`${v.text}\` 位于循环 \`${v.loop}\` 中${v.turns === "" ? "" : `，共执行 ${v.turns} 次，循环之前即可得知`}。`,
  "slice-growth-observed": (v) =>
    `观察到 ${q(v.sizes)} 种大小的底层数组，从 ${q(v.smallest)} 到 ${q(v.largest)}；其中 ${q(v.share)} 的字节（${q(v.wasted)}）在复制之后被丢弃。`,
  "slice-growth-predicted": (v) =>
    `含 ${q(v.length)} 个元素、每个 ${q(v.elementBytes)} 的切片需要 ${q(v.allocations)} 次分配，共 ${q(v.allocated)}，并复制 ${q(v.copied)}；预留容量则只需 1 次分配，${q(v.exact)}。`,
  "concat-quadratic": (v) =>
    `每一轮都复制整个字符串（平均 ${q(v.mean)}）：观察到多少种大小就至少有多少轮，长 ${q(v.largest)} 的字符串经 ${q(v.turns)} 轮至少分配 ${q(v.allocated)}；长度加倍则为四倍。`,
  "map-tables": (v) =>
    `该 map 的表分配于 ${at(v.site)}，占用 ${q(v.bytes)}（存活堆的 ${q(v.share)}），一直没有释放。`,
  "map-entries-went": (v) => `其中保存的对象在窗口内从 ${q(v.from)} 个降至 ${q(v.to)} 个。`,
  "map-entries-few": (v) =>
    `曾写入的 ${q(v.ever)} 个对象至多还剩 ${q(v.most)} 个：每个 ${q(v.slot)} 的条目占用 ${q(v.perEntry)} 的表。`,
  "map-entries-deleted": (v) =>
    `源码：条目在 ${at(v.site)}（\`${v.text}\`）从 ${v.target} 中删除；无论哪个 Go 版本，删除都不会归还表。`,
  "objects-are-large": (v) => `在 ${at(v.site)} 分配的对象平均每个 ${q(v.objectBytes)}。`,
  "fix-find-keeper": () =>
    "找出是谁在引用它们：某个生命周期长于本次调用的 map、切片、channel 或回调；在那里删除条目，或设置上限。",
  "fix-bound-map": (v) =>
    `如果 ${named(v.target, "该 map")} 是缓存，请为它设置上限：限定大小的 LRU，或让条目过期。`,
  "fix-delete-entries": (v) =>
    `当条目对应的对象结束时（会话关闭、请求完成、连接断开），将其从 ${named(v.target, "该 map")} 中删除。`,
  "fix-bound-slice": (v) =>
    `为 ${named(v.target, "该切片")} 设置上限：使用固定大小的环形缓冲区，或把元素交出后重新开始（s = s[:0] 会保留底层数组）。`,
  "fix-normalise-key": (v) => `规范化键：${keyRemedy(v.kind)}。`,
  "fix-bound-labels": () =>
    "标签只取自有限的集合：每种组合都是一个时间序列，与进程同生命周期（DeleteLabelValues 可删除）。",
  "fix-unsubscribe": (v) =>
    `让注册函数返回取消函数，并在监听者的所有者结束时调用（defer unsubscribe()），使 ${named(v.target, "注册表")} 删除该条目。`,
  "fix-listener-captures": () => "在此之前，让回调少捕获一些：用 ID 代替整个请求、会话或缓冲区。",
  "fix-channel-readers": (v) =>
    Number.isNaN(v.readers.value)
      ? `把读取速度提高到 ${q(v.factor)} 倍：增加读取方，或一次处理多个元素。`
      : `把读取速度提高到 ${q(v.factor)} 倍：按目前的速度需要 ${q(v.readers)} 个读取方，或一次处理多个元素。`,
  "fix-channel-capacity": (v) =>
    `缓冲区只需容纳可以容忍的等待：等待 ${q(v.wait)}、接收 ${q(v.taken)} 时为 ${q(v.capacity)} 个元素（${q(v.bytes)}）。更大的缓冲区只会掩盖过载。`,
  "fix-channel-back-pressure": () =>
    "施加背压：对发送、ctx.Done() 和与该等待等长的超时做 select，超时后丢弃、拒绝或让生产者减速。",
  "fix-preallocate-known": (v) =>
    `长度是已知的：在循环之前用 make 创建 \`${v.target}\`，类型为 \`${v.type}\`，容量为 \`${v.turns}\`。`,
  "fix-preallocate-typical": (v) =>
    Number.isNaN(v.length.value)
      ? `用 make 创建 ${named(v.target, "该切片")}，并按通常的最终长度预留容量。`
      : `用 make 创建 ${named(v.target, "该切片")}，并按通常的最终长度预留容量：${q(v.length)}。`,
  "fix-reuse-slice": () => "如果它被反复填充，请保留底层数组：s = s[:0]，或使用切片的 sync.Pool。",
  "fix-string-builder": (v) =>
    Number.isNaN(v.capacity.value)
      ? `把各部分写入 strings.Builder，最后一次性得到 ${named(v.target, "该字符串")}；若是字符串切片，用 strings.Join。`
      : `把各部分写入 strings.Builder（按观察到的最大长度 Grow(${v.capacity.value})），最后一次性得到 ${named(v.target, "该字符串")}；若是字符串切片，用 strings.Join。`,
  "fix-compact-map": (v) =>
    `大量删除之后，把剩余条目复制到新的 map（next := make(map[K]V, len(m))），并用它替换 ${named(v.target, "原 map")}：可节省 ${q(v.saving)}。`,
  "fix-shard-map": () => "或者为每一批数据（每天、每个批次）使用单独的 map，批次结束时整个丢弃。",
  "fix-clone-subslice": () =>
    "复制需要保留的部分：strings.Clone(s)、bytes.Clone(b) 或 slices.Clone(x)；大对象随即可以释放。",
};
