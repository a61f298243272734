import type { VerdictStatements } from "../../../findings/statements/verdict.ts";
import { at, type WordingOf } from "../wording.ts";
import { answer, conclusion, liveSource, q, shape } from "./words.ts";

export const verdict: WordingOf<VerdictStatements> = {
  "consequence-heap-site": (v) => `这些 goroutine 引用着 ${at(v.site)} 分配的 ${q(v.bytes)} 堆内存。`,
  "next-longer-window": (v) => `延长观察以确认：--for ${Math.max(60, Math.round(v.span.value))}s。`,
  "next-more-samples": (v) => `至少采样 ${q(v.samples)} 次：--for 30s --every 5s。`,
  "next-source": () => "提供源码（--source DIR），以便指出是哪条语句保留了这些对象。",
  "next-symbols": () => "注册 /debug/pprof/symbol 和堆 profile，或提供 --source DIR，以便指出具体的调用。",
  "next-dump": () => "同时采集 goroutine?debug=2：它能显示是否一直是同一批 goroutine。",
  "next-settle-warm-up": () => "如果进程刚刚启动，请在预热完成后再看一次。",
  "verdict-healthy": (v) =>
    `未发现泄漏：${q(v.span)} 内（${q(v.samples)} 次采样）存活堆和 goroutine 数量保持平稳。`,
  "verdict-saturating": (v) =>
    `未发现泄漏：存活堆从 ${q(v.from)} 升至 ${q(v.to)}，随后在 ${q(v.span)} 内趋于平稳，与预热相符。`,
  "verdict-saturating-goroutines": (v) =>
    `未发现泄漏：goroutine 从 ${q(v.from)} 个增至 ${q(v.to)} 个，随后在 ${q(v.span)} 内趋于平稳。`,
  "verdict-growth-without-pattern": (v) =>
    `存活堆以 ${q(v.rate)} 的速度增长，但没有单一的突出原因。请延长观察：--for 5m。`,
  "verdict-growth-in-log": (v) =>
    `存活堆以 ${q(v.rate)} 的速度增长。日志无法说明是什么保留了内存：请检查进程本身，gopatrol inspect URL --for 2m。`,
  "verdict-goroutines-without-pattern": (v) =>
    `goroutine 以 ${q(v.rate)} 的速度增加，但所在行不符合任何已知模式。`,
  "verdict-insufficient": (v) =>
    `数据不足：只有 ${q(v.samples)} 次采样，至少需要 ${q(v.needed)} 次才能区分增长与偶然波动。`,
  "verdict-nothing-readable": () => "数据不足：没有读到任何堆、goroutine 或内存数据。",
  "verdict-looked-once": () => "数据不足：一次采样只能看到现状，看不出增长。请采样多次：--for 30s。",
  "detection-limit": (v) => `窗口这么短，看不出慢于 ${q(v.rate)} 的增长。`,
  "limit-reached-in": (v) => `按此速度，将在 ${q(v.low)} 至 ${q(v.high)} 后达到 ${q(v.limit)} 的上限。`,
  "ask-goroutines": (v) => `goroutine 是否持续增加？${answer(v.answer)}`,
  "ask-collections": (v) => `垃圾回收是否变得更频繁？${answer(v.answer)}`,
  "ask-live-heap": (v) => `回收后存活的部分是否持续上升？${answer(v.answer)}`,
  "ask-sites": (v) => `分配点能否解释这一上升？${answer(v.answer)}`,
  "ask-peak": (v) => `垃圾回收器是否让堆远超存活部分？${answer(v.answer)}`,
  "ask-resident": (v) => `Go 的内存能否解释常驻内存（RSS）的上升？${answer(v.answer)}`,
  conclude: (v) => `综合判断：${conclusion(v.leaf)}`,
  "branch-gc-rate": (v) => `其中运行时自行触发的：前半段 ${q(v.early)}，后半段 ${q(v.late)}。`,
  "branch-peak": (v) => `下一次回收将在 ${q(v.goal)} 时进行；存活 ${q(v.live)}。`,
  "branch-resident": (v) =>
    `常驻内存（RSS）：${shape(v.shape)}（${q(v.from)} → ${q(v.to)}）；变化中 ${q(v.go)} 属于 Go，${q(v.outside)} 不属于。`,
  "branch-goroutines": (v) => `goroutine：${shape(v.shape)}（${q(v.from)} → ${q(v.to)}）。`,
  "branch-live-heap": (v) =>
    `存活堆：${shape(v.shape)}（${q(v.from)} → ${q(v.to)}，${liveSource(v.source)}）。`,
  "branch-gc": (v) =>
    `窗口内的垃圾回收：运行时自行触发 ${q(v.cycles)} 次，强制 ${q(v.forced)} 次（含我们触发的）。`,
  "branch-sites": (v) => `增长的分配点可以解释存活堆增长的 ${q(v.explained)}。`,
  "branch-restart": (v) => `进程在窗口内重启过：第 ${q(v.sample)} 次采样之前的数据属于先前的进程，已略去。`,
  "branch-allocation": (v) => `分配速率：${q(v.rate)}。`,
};
