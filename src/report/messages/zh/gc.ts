import type { GcStatements } from "../../../findings/statements/gc.ts";
import { at, type WordingOf } from "../wording.ts";
import { operation, q } from "./words.ts";

export const gc: WordingOf<GcStatements> = {
  "headline-gogc-off": (v) => `垃圾回收器已关闭（GOGC=off），且未设置内存上限；堆当前为 ${q(v.heap)}。`,
  "headline-gogc-off-at": (v) =>
    `垃圾回收器在 ${at(v.site)} 被关闭，且未设置内存上限；堆当前为 ${q(v.heap)}。`,
  "headline-alloc-churn": (v) =>
    `短命对象的分配（合计 ${q(v.rate)}）使垃圾回收器持续忙碌，其中 ${q(v.share)} 来自 ${at(v.site)}。没有泄漏。`,
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
  "fix-churn-reuse": () => "复用对象：使用 sync.Pool、每个 worker 一个缓冲区，或用值代替指针。",
  "fix-churn-gogc": () => "在此之前，可以调大 GOGC（200 至 400）并配合 GOMEMLIMIT，以内存换 CPU。",
};
