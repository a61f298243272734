import type { GcStatements } from "../../../findings/statements/gc.ts";
import { at, type WordingOf } from "../wording.ts";
import { finalizerKind, operation, q, state } from "./words.ts";

export const gc: WordingOf<GcStatements> = {
  "headline-gogc-off": (v) => `垃圾回收器已关闭（GOGC=off），且未设置内存上限；堆当前为 ${q(v.heap)}。`,
  "headline-gogc-off-at": (v) =>
    `垃圾回收器在 ${at(v.site)} 被关闭，且未设置内存上限；堆当前为 ${q(v.heap)}。`,
  "headline-alloc-churn": (v) =>
    `短命对象的分配（合计 ${q(v.rate)}）使垃圾回收器持续忙碌，其中 ${q(v.share)} 来自 ${at(v.site)}。没有泄漏。`,
  "headline-gogc-low": (v) =>
    `GOGC 约为 ${q(v.percent)}：两次回收之间堆只能增长 ${q(v.percent)} %，回收占用了 ${q(v.share)} 的 CPU。`,
  "headline-gogc-low-at": (v) =>
    `${at(v.site)} 把 GOGC 设为 ${q(v.percent)}：两次回收之间堆只能增长 ${q(v.percent)} %，回收占用了 ${q(v.share)} 的 CPU。`,
  "headline-gogc-high": (v) =>
    `GOGC 为 ${q(v.percent)}：垃圾在回收之前可能堆积到 ${q(v.peak)} 的峰值，超过 ${q(v.limit)} 的上限。`,
  "headline-gogc-high-at": (v) =>
    `${at(v.site)} 把 GOGC 设为 ${q(v.percent)}：垃圾在回收之前可能堆积到 ${q(v.peak)} 的峰值，超过 ${q(v.limit)} 的上限。`,
  "headline-gogc-high-unbounded": (v) =>
    `GOGC 为 ${q(v.percent)}：垃圾在回收之前可以堆积 ${q(v.garbage)}，而垃圾回收器几乎不运行。`,
  "headline-no-memory-limit": (v) =>
    `运行时不知道 ${q(v.limit)} 的上限：没有设置低于它的 GOMEMLIMIT。目前 ${q(v.peak)} 的峰值尚有余量。`,
  "headline-no-memory-limit-peak": (v) =>
    `运行时不知道 ${q(v.limit)} 的上限：没有 GOMEMLIMIT，堆在回收之前可能增长到 ${q(v.peak)} 的峰值。`,
  "headline-limit-thrash": (v) =>
    `${q(v.limit)} 的内存上限离 ${q(v.live)} 的存活堆太近：垃圾回收接连不断，占用了 ${q(v.share)} 的 CPU。`,
  "headline-limit-thrash-suspected": (v) =>
    `有什么把堆目标压到了 ${q(v.live)} 的存活堆附近，很可能是低于 ${q(v.limit)} 上限的 GOMEMLIMIT：回收占用了 ${q(v.share)} 的 CPU。`,
  "gc-goal": (v) => `存活堆为 ${q(v.live)}，堆目标为 ${q(v.goal)}，相当于 GOGC=${q(v.percent)}。`,
  "gogc-by-metric": (v) => `运行时指标显示 GOGC=${q(v.percent)}。`,
  "gogc-by-source": (v) => `源码：${at(v.site)} 设置了它（${q(v.percent)}）。`,
  "memory-limit-by-metric": (v) =>
    Number.isFinite(v.limit.value)
      ? `运行时指标显示 GOMEMLIMIT=${q(v.limit)}。`
      : "运行时指标显示未设置 GOMEMLIMIT。",
  "memory-limit-not-felt": () => "堆目标高于上限：没有 GOMEMLIMIT 约束它。",
  "limit-leaves": (v) =>
    `在 ${q(v.limit)} 的上限中，存活堆占 ${q(v.live)}，栈和运行时自身的结构占 ${q(v.rest)}；堆目标只给垃圾留下 ${q(v.room)}。`,
  "peak-predicted": (v) =>
    `估计峰值：${q(v.peak)}，由最大 ${q(v.live)} 的存活堆达到其目标时的大小加上堆外的 ${q(v.rest)} 得出。`,
  "gc-limiter-engaged": () => "窗口内垃圾回收的 CPU 限制器曾启用：运行时为节省 CPU 而允许内存超过上限。",
  "gc-cpu-window": (v) => `窗口内，垃圾回收占用了进程可用 CPU 的 ${q(v.share)}。`,
  "gc-cpu-burned": (v) =>
    `若计入在空闲 CPU 上的标记，则为 ${q(v.share)}，占进程实际使用的 CPU 的 ${q(v.ofUsed)}。`,
  "fix-gogc-set": (v) =>
    `把 GOGC 设为约 ${q(v.percent)}。估计：回收占用 ${q(v.share)} 的 CPU，峰值为 ${q(v.peak)}。`,
  "fix-gogc-with-limit": () => "同时把 GOMEMLIMIT 设为上限的 90 %，使峰值在触发 OOM 之前被回收。",
  "fix-memory-limit-set": (v) =>
    `把 GOMEMLIMIT 设为约 ${q(v.limit)}。估计：回收占用 ${q(v.share)} 的 CPU，峰值为 ${q(v.peak)}。`,
  "fix-limit-raise": (v) =>
    `把 GOMEMLIMIT 提高到约 ${q(v.limit)}。估计：给垃圾留出 ${q(v.room)}，回收占用 ${q(v.share)} 的 CPU。`,
  "fix-limit-too-small-for-live": (v) =>
    `${q(v.live)} 的存活堆几乎占满了它：还要提高上限或减少存活对象，否则垃圾回收会接连不断。`,
  "fix-container-raise": (v) => `这需要约 ${q(v.limit)} 的容器上限。`,
  "fix-cut-live-heap": () => "或者减少存活对象：缓存、缓冲区和池的大小可能是按更大的上限设定的。",
  "headline-finalizer-backlog": (v) =>
    v.kind === "cleanup"
      ? `一个 cleanup 已在 ${at(v.site)} ${state(v.state)}，卡住至少 ${q(v.span)}；其他 cleanup 排在它后面，本应由它们释放的资源得不到释放。`
      : `一个 finalizer 已在 ${at(v.site)} ${state(v.state)}，卡住至少 ${q(v.span)}，所有等待它的对象都留在内存中。`,
  "headline-finalizer-pin": (v) =>
    `${at(v.site)} 交给 runtime.${v.call} 的对象被它们自己的 ${v.call === "AddCleanup" ? "cleanup" : "finalizer"} 引用：它永远不会运行，这些对象也永远不会被释放。`,
  "finalizer-seen-waiting": (v) =>
    `运行 ${finalizerKind(v.kind)} 的 goroutine 在最近 ${q(v.samples)} 次采样中（跨度 ${q(v.span)}）都停在这一行。`,
  "finalizer-queue": (v) =>
    `到期的 ${finalizerKind(v.kind)} 队列从 ${q(v.from)} 变为 ${q(v.to)}；窗口内运行了 ${q(v.executed)} 个。`,
  "finalizer-registered": (v) => `源码：${at(v.site)} 用 runtime.${v.call} 注册了它。`,
  "pin-by-closure": (v) =>
    `源码：交给 runtime.${v.call} 的函数字面量使用了 ${v.object} 本身，\`${v.text}\`，位于 ${at(v.site)}。`,
  "pin-by-method": (v) =>
    `源码：交给 runtime.${v.call} 的是 ${v.object} 的方法值，\`${v.text}\`，位于 ${at(v.site)}；它引用着 ${v.object}。`,
  "pin-by-argument": (v) =>
    `源码：交给 runtime.${v.call} 的参数是 ${v.object} 内部的地址，\`${v.text}\`，位于 ${at(v.site)}。`,
  "pin-by-cycle": (v) =>
    `源码：${v.object} 指向的对象又指回它，\`${v.text}\`，位于 ${at(v.site)}；带 finalizer 的循环引用不会被释放。`,
  "consequence-finalized": (v) =>
    `来自 ${at(v.site)} 的 ${q(v.bytes)} 堆内存在等待 ${finalizerKind(v.kind)}。`,
  "consequence-pinned": (v) => `来自 ${at(v.site)} 的 ${q(v.bytes)} 堆内存被它引用。`,
  "fix-finalizer-nonblocking": () =>
    "不要让它等待：把工作交给另一个 goroutine 或带 default 分支的缓冲队列，并给系统调用设定期限。一个卡住的 finalizer 会停住整个进程的 finalizer。",
  "fix-finalizer-close": () => "显式释放资源（defer Close），finalizer 或 cleanup 只作为最后的保险。",
  "fix-pin-capture": (v) =>
    `不要在其中使用 ${v.object}：从 finalizer 自己的参数取得对象，或者把所需内容（描述符、句柄）的副本交给 runtime.AddCleanup。`,
  "fix-pin-cycle": () =>
    "使用 runtime.AddCleanup（Go 1.24），它也能释放循环引用；或者把资源放进单独的小对象，只给这个对象设置 finalizer。",
  "next-runtime-metrics-queues": () =>
    "导出运行时指标（Go 1.25 起会统计排队和已运行的 finalizer 与 cleanup），或者观察更长时间。",
  "next-runtime-metrics": () =>
    "导出运行时指标（collectors.WithGoCollectorRuntimeMetrics）或提供源码：由此可以区分 GOGC 与 GOMEMLIMIT。",
  "next-give-limit": () => "给出进程会被杀死的上限：--limit 2GiB。",
  "headline-mark-assist": (v) =>
    `分配内存的 goroutine 被迫自行承担 ${q(v.share)} 的标记工作，一次典型的回收中占用 ${q(v.cpu)} CPU 时间：请求因此等待。`,
  "headline-mark-assist-at": (v) =>
    `分配内存的 goroutine 被迫自行承担 ${q(v.share)} 的标记工作，一次典型的回收中占用 ${q(v.cpu)} CPU 时间；分配最多的是 ${at(v.site)}。`,
  "assist-cost": (v) =>
    `gctrace：${q(v.cycles)} 次回收的标记工作中 ${q(v.share)} 是辅助标记；半数回收的辅助标记达到 ${q(v.cpu)} 或更多，最多 ${q(v.worst)}。`,
  "assist-cost-metrics": (v) =>
    `/cpu/classes/gc/mark/assist：窗口内的标记工作中 ${q(v.share)} 是辅助标记，${q(v.cycles)} 次回收平均每次 ${q(v.cpu)}。`,
  "assist-slows-allocation": (v) =>
    `程序在两次回收之间每秒分配 ${q(v.idle)}，回收进行时只有 ${q(v.marking)}。`,
  "assist-live-heap": (v) =>
    `标记要遍历 ${q(v.live)} 的存活堆，每个 CPU 的速度为 ${q(v.throughput)}：每次回收需要 ${q(v.time)} CPU 时间。`,
  "assist-allocation-site": (v) => `${at(v.site)} 的分配速率为 ${q(v.rate)}，占全部字节的 ${q(v.share)}。`,
  "assist-goal-room": (v) =>
    `存活堆 ${q(v.live)} 与堆目标 ${q(v.goal)} 之间最多只有三成空间可供标记期间使用；分配得更快的部分须由辅助标记偿付。`,
  "fix-assist-allocate-less": (v) =>
    `减少 ${at(v.site)} 的分配：复用内存（每个 worker 一个缓冲区、sync.Pool），或省去这份复制。`,
  "fix-assist-allocate-less-anywhere": () =>
    "减少突发分配：复用缓冲区，省去复制，以流式处理代替一次性构造全部数据。",
  "fix-assist-fewer-pointers": (v) =>
    `让 ${q(v.live)} 的存活堆更便于标记：用下标或值代替指针，让大切片中不含指针。`,
  "fix-assist-gogc": (v) =>
    `设置 GOGC=${q(v.percent)} 后，可供标记的空间加倍，回收次数减半；堆峰值将接近 ${q(v.peak)}。同时把 GOMEMLIMIT 设在容器限制以下。`,
  "fix-assist-spread": () =>
    "减少同时执行这类分配工作的 goroutine：一次突发在同一次回收内分配多少，决定它要承担多少标记。",
  "next-heap-profiles": () =>
    "连同日志一起检查服务的 pprof 地址（gopatrol inspect HOST:PORT --gc-log FILE），以便指出是哪一行在分配。",
  "headline-long-stw": (v) =>
    `垃圾回收器使程序长时间停顿：有 ${q(v.long)} 次停顿超过 ${q(v.limit)}，最长 ${q(v.worst)}。`,
  "headline-long-stw-metrics": (v) =>
    `垃圾回收器使程序长时间停顿：有 ${q(v.long)} 次停顿超过 ${q(v.limit)}。`,
  "stw-percentiles": (v) =>
    `gctrace：一次回收的两次停顿合计，中位数 ${q(v.p50)}，p95 为 ${q(v.p95)}，最长 ${q(v.max)}。`,
  "stw-first": (v) =>
    `第一次停顿（清扫终止，p95 为 ${q(v.p95)}）包含等待运行中的 goroutine 停下的时间：有代码在运行而无法被打断。`,
  "stw-second": (v) => `第二次停顿（标记终止）的 p95 为 ${q(v.p95)}。`,
  "stw-by-metric": (v) =>
    `/sched/pauses/total/gc：${q(v.span)} 内的 ${q(v.stops)} 次停顿中有 ${q(v.long)} 次超过 ${q(v.limit)}。`,
  "stw-quota": (v) => `${q(v.stops)} 次停顿几乎正好是 100 ms 的整数倍：容器的 CPU 配额在停顿途中用尽。`,
  "stw-runnable": (v) =>
    `schedtrace：p95 时有 ${q(v.runnable)} 个 goroutine 等待运行，而 P 只有 ${q(v.processors)} 个。`,
  "gc-cpu-machine-busy": (v) =>
    `这台机器有 ${q(v.pressure)} 的时间有任务在等待 CPU（/proc/pressure/cpu）。运行时把这种等待也算作垃圾回收器占用的 CPU，因此上面的占比说明不了真正的代价。`,
  "stw-machine-busy": (v) =>
    `这台机器有 ${q(v.pressure)} 的时间有任务在等待 CPU（/proc/pressure/cpu）：仅此一点就会使停顿变长，与程序做什么无关。`,
  "fix-stw-find": () =>
    "用执行跟踪找出拖延停顿的代码：curl -o trace.out HOST:PORT/debug/pprof/trace?seconds=10，再运行 go tool trace trace.out；在一次长停顿中，最后停下的 P 上运行的就是元凶。",
  "fix-stw-pieces": () =>
    "常见的元凶是对超大内存的一次调用，运行时无法打断它：copy、clear、bytes.Equal、bytes.Count，或对数百 MB 计算校验和。请按 1 MB 分块处理，或以交换指针代替复制。",
  "fix-stw-quota": () =>
    "调高 CPU 限制，或把 GOMAXPROCS 设为该限制（Go 1.25 及更新版本会自动设置）：被限流的进程无法让自己的线程停下。",
  "fix-stw-busy": () => "如果没有这类调用，则是机器上要运行的任务多于 CPU：要停下的线程得先轮到它运行。",
  "next-trace-stw": () =>
    "执行跟踪能指出是谁拖延了停顿：curl -o trace.out HOST:PORT/debug/pprof/trace?seconds=10。",
  "gc-goal-infinite": () =>
    "堆目标（MemStats.NextGC）为无穷大：设置了 GOGC=off 或 debug.SetGCPercent(-1)，且没有 GOMEMLIMIT。",
  "gc-no-automatic-cycle": (v) => `${q(v.span)} 内分配了 ${q(v.allocated)}，而运行时没有自行触发过一次回收。`,
  "gc-cycles": (v) => `${q(v.span)} 内回收 ${q(v.cycles)} 次（${q(v.rate)}）。`,
  "gc-cpu": (v) => `进程启动以来，垃圾回收占用了可用 CPU 的 ${q(v.share)}。`,
  "allocation-rate": (v) => `分配速率为 ${q(v.rate)}，是最终保留部分的 ${q(v.ratio)} 倍。`,
  "allocation-rate-nothing-stays": (v) => `分配速率为 ${q(v.rate)}，而且什么都没有留下。`,
  "churn-site": (v) =>
    `${at(v.site)} 在${operation(v.operation)}：${q(v.rate)}，占全部分配字节的 ${q(v.share)}。`,
  "forced-by-us": (v) =>
    `窗口内有 ${q(v.cycles)} 次强制回收，其中包括我们每次采样触发的一次；若无这些回收，堆会更大。`,
  "fix-gogc-finite": () => "去掉 debug.SetGCPercent(-1) 或 GOGC=off，或在确实需要它的阶段结束后恢复原值。",
  "fix-gogc-memlimit": (v) =>
    Number.isFinite(v.limit.value)
      ? `如果希望在某个上限以下保持关闭，请将 GOMEMLIMIT 设为约 ${q(v.limit)}（内存上限的 90 %）。`
      : "如果希望在某个上限以下保持关闭，请将 GOMEMLIMIT 设为容器内存上限的约 90 %。",
  "fix-churn-string": () =>
    "一次性构造字符串：使用 strings.Builder 并先调用 Grow，或用 strconv.Append… 写入复用的缓冲区，代替循环中的 + 和 fmt.Sprintf。",
  "fix-churn-slice": () => "按最终容量一次性创建切片，或让每个 worker 复用一个缓冲区。",
  "fix-churn-boxing": () =>
    "不要在这条路径上把值装箱为接口：使用具体类型或类型参数，日志使用带类型的字段而不是 any。",
  "fix-churn-reuse": () => "复用对象：使用 sync.Pool、每个 worker 一个缓冲区，或用值代替指针。",
  "fix-churn-gogc": () => "在此之前，可以调大 GOGC（200 至 400）并配合 GOMEMLIMIT，以内存换 CPU。",
};
