import type { TrendStatements } from "../../../findings/statements/trend.ts";
import type { WordingOf } from "../wording.ts";
import { q } from "./words.ts";

const every = (period: number, text: string) => (Number.isNaN(period) ? "" : `，约每 ${text} 一次`);

export const trend: WordingOf<TrendStatements> = {
  "verdict-undecided": (v) =>
    `数据不足：存活堆从 ${q(v.from)} 升至 ${q(v.to)}，但仅凭 ${q(v.span)} 无法判断是否会继续。请观察 ${q(v.needed)}：--for ${Math.ceil(v.needed.value)}s。`,
  "verdict-undecided-in-log": (v) =>
    `数据不足：存活堆从 ${q(v.from)} 升至 ${q(v.to)}，但仅凭这份 ${q(v.span)} 的日志无法判断是否会继续。请提供至少 ${q(v.needed)} 的日志。`,
  "verdict-undecided-goroutines": (v) =>
    `数据不足：goroutine 从 ${q(v.from)} 个增至 ${q(v.to)} 个，但仅凭 ${q(v.span)} 无法判断是否会继续。请观察 ${q(v.needed)}：--for ${Math.ceil(v.needed.value)}s。`,
  "verdict-step": (v) =>
    `未发现泄漏：存活堆一次性从 ${q(v.from)} 升至 ${q(v.to)}，此后在 ${q(v.span)} 的大部分时间里保持平稳。`,
  "verdict-step-goroutines": (v) =>
    `未发现泄漏：goroutine 一次性从 ${q(v.from)} 个增至 ${q(v.to)} 个，此后在 ${q(v.span)} 的大部分时间里保持平稳。`,
  "verdict-swings": (v) =>
    `未发现泄漏：存活堆在 ${q(v.low)} 与 ${q(v.high)} 之间波动，${q(v.span)} 内（${q(v.samples)} 次采样）没有上升。`,
  "verdict-swings-goroutines": (v) =>
    `未发现泄漏：goroutine 在 ${q(v.low)} 与 ${q(v.high)} 个之间波动，${q(v.span)} 内（${q(v.samples)} 次采样）没有上升。`,
  "verdict-falling": (v) => `未发现泄漏：存活堆在 ${q(v.span)} 内从 ${q(v.from)} 降至 ${q(v.to)}。`,
  "live-heap-swings": (v) => `在 ${q(v.low)} 与 ${q(v.high)} 之间波动${every(v.period.value, q(v.period))}。`,
  "goroutines-swing": (v) =>
    `在 ${q(v.low)} 与 ${q(v.high)} 个之间波动${every(v.period.value, q(v.period))}。`,
  "live-heap-steps": (v) =>
    `呈阶梯状变化：窗口内 ${q(v.count)} 级，最后一级在 ${q(v.at)} 后从 ${q(v.from)} 到 ${q(v.to)}。`,
  "live-heap-accelerates": (v) => `增长越来越快：窗口末尾为 ${q(v.rate)}。`,
  "thrash-in": (v) =>
    `${q(v.low)} 至 ${q(v.high)} 后，为不超过 GOMEMLIMIT（${q(v.limit)}），垃圾回收将占用四分之一的 CPU。`,
};
