import type { TrendStatements } from "../../../findings/statements/trend.ts";
import { q, type WordingOf } from "../wording.ts";

const every = (period: number, text: string) => (Number.isNaN(period) ? "" : `, about every ${text}`);

export const trend: WordingOf<TrendStatements> = {
  "verdict-undecided": (v) =>
    `Insufficient data: the live heap rose from ${q(v.from)} to ${q(v.to)}, but within ${q(v.span)} it cannot be said whether it goes on. Watch for ${q(v.needed)}: --for ${Math.ceil(v.needed.value)}s.`,
  "verdict-undecided-in-log": (v) =>
    `Insufficient data: the live heap rose from ${q(v.from)} to ${q(v.to)}, but within the ${q(v.span)} of this log it cannot be said whether it goes on. Give one of ${q(v.needed)} or more.`,
  "verdict-undecided-goroutines": (v) =>
    `Insufficient data: goroutines rose from ${q(v.from)} to ${q(v.to)}, but within ${q(v.span)} it cannot be said whether they go on. Watch for ${q(v.needed)}: --for ${Math.ceil(v.needed.value)}s.`,
  "verdict-step": (v) =>
    `No leak seen: the live heap rose from ${q(v.from)} to ${q(v.to)} in one go, and has been level for most of the ${q(v.span)} since.`,
  "verdict-step-goroutines": (v) =>
    `No leak seen: goroutines rose from ${q(v.from)} to ${q(v.to)} in one go, and have been level for most of the ${q(v.span)} since.`,
  "verdict-swings": (v) =>
    `No leak seen: the live heap swings between ${q(v.low)} and ${q(v.high)} and does not rise over ${q(v.span)} (${q(v.samples)} samples).`,
  "verdict-swings-goroutines": (v) =>
    `No leak seen: goroutines swing between ${q(v.low)} and ${q(v.high)} and do not rise over ${q(v.span)} (${q(v.samples)} samples).`,
  "verdict-falling": (v) =>
    `No leak seen: the live heap fell from ${q(v.from)} to ${q(v.to)} over ${q(v.span)}.`,
  "live-heap-swings": (v) =>
    `It swings between ${q(v.low)} and ${q(v.high)}${every(v.period.value, q(v.period))}.`,
  "goroutines-swing": (v) =>
    `They swing between ${q(v.low)} and ${q(v.high)}${every(v.period.value, q(v.period))}.`,
  "live-heap-steps": (v) =>
    `It moves in steps: ${q(v.count)} in the window, the last from ${q(v.from)} to ${q(v.to)} after ${q(v.at)}.`,
  "live-heap-accelerates": (v) => `It grows faster and faster: ${q(v.rate)} at the end of the window.`,
  "thrash-in": (v) =>
    `In ${q(v.low)} to ${q(v.high)} the collector takes a quarter of the CPU to stay below GOMEMLIMIT (${q(v.limit)}).`,
};
