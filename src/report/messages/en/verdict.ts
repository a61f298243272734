import type { VerdictStatements } from "../../../findings/statements/verdict.ts";
import { at, q, type WordingOf } from "../wording.ts";
import { answer, conclusion, liveSource, shape } from "./words.ts";

export const verdict: WordingOf<VerdictStatements> = {
  "consequence-heap-site": (v) => `${q(v.bytes)} of heap from ${at(v.site)}, held by these goroutines.`,
  "next-longer-window": (v) =>
    `Watch longer to confirm it: --for ${Math.max(60, Math.round(v.span.value))}s.`,
  "next-more-samples": (v) => `Take at least ${q(v.samples)} samples: --for 30s --every 5s.`,
  "next-source": () =>
    "Give the source (--source DIR), so that the statement that keeps the objects can be named.",
  "next-symbols": () =>
    "Register /debug/pprof/symbol and the heap profile, or give --source DIR, so that the call can be named.",
  "next-dump": () => "Capture goroutine?debug=2 as well: it shows whether the same goroutines stay.",
  "next-settle-warm-up": () => "If the process has just started, look again once it has warmed up.",
  "verdict-healthy": (v) =>
    `No leak seen: live heap and goroutines stayed level over ${q(v.span)} (${q(v.samples)} samples).`,
  "verdict-saturating": (v) =>
    `No leak seen: the live heap rose from ${q(v.from)} to ${q(v.to)} and then levelled off within ${q(v.span)}, as a warm-up does.`,
  "verdict-saturating-goroutines": (v) =>
    `No leak seen: goroutines rose from ${q(v.from)} to ${q(v.to)} and then levelled off within ${q(v.span)}.`,
  "verdict-growth-without-pattern": (v) =>
    `The live heap grows by ${q(v.rate)}, but no single cause stands out. Watch longer: --for 5m.`,
  "verdict-growth-in-log": (v) =>
    `The live heap grows by ${q(v.rate)}. A log does not tell what keeps it: look at the process itself, gopatrol inspect URL --for 2m.`,
  "verdict-goroutines-without-pattern": (v) =>
    `Goroutines grow by ${q(v.rate)}, but not at a line that a known pattern explains.`,
  "verdict-insufficient": (v) =>
    `Insufficient data: ${q(v.samples)} ${v.samples.value === 1 ? "sample" : "samples"}, at least ${q(v.needed)} are needed to tell growth from chance.`,
  "verdict-nothing-readable": () => "Insufficient data: no heap, goroutine or memory figures could be read.",
  "verdict-looked-once": () =>
    "Insufficient data: one sample shows what is there, not what grows. Take several: --for 30s.",
  "detection-limit": (v) => `Growth slower than ${q(v.rate)} cannot be seen in a window this short.`,
  "limit-reached-in": (v) =>
    `At this rate the limit of ${q(v.limit)} is reached in ${q(v.low)} to ${q(v.high)}.`,
  "ask-goroutines": (v) => `Do goroutines keep rising? ${answer(v.answer)}`,
  "ask-collections": (v) => `Do collections come more often? ${answer(v.answer)}`,
  "ask-live-heap": (v) => `Does what survives a collection keep rising? ${answer(v.answer)}`,
  "ask-sites": (v) => `Do allocation sites explain that rise? ${answer(v.answer)}`,
  "ask-peak": (v) => `Does the collector let the heap grow far beyond what is live? ${answer(v.answer)}`,
  "ask-resident": (v) => `Does Go's memory explain the rise of the resident set? ${answer(v.answer)}`,
  conclude: (v) => `So ${conclusion(v.leaf)}`,
  "branch-gc-rate": (v) =>
    `Of the runtime's own: ${q(v.early)} in the first half, ${q(v.late)} in the second.`,
  "branch-peak": (v) => `The next collection is due at ${q(v.goal)}; ${q(v.live)} is live.`,
  "branch-resident": (v) =>
    `Resident set: ${shape(v.shape)} (${q(v.from)} → ${q(v.to)}); of the change ${q(v.go)} is Go's memory, ${q(v.outside)} is not.`,
  "branch-goroutines": (v) => `Goroutines: ${shape(v.shape)} (${q(v.from)} → ${q(v.to)}).`,
  "branch-live-heap": (v) =>
    `Live heap: ${shape(v.shape)} (${q(v.from)} → ${q(v.to)}, ${liveSource(v.source)}).`,
  "branch-gc": (v) =>
    `Collections in the window: ${q(v.cycles)} by the runtime, ${q(v.forced)} forced (ours included).`,
  "branch-sites": (v) => `Growing allocation sites explain ${q(v.explained)} of the live-heap growth.`,
  "branch-restart": (v) =>
    `The process was restarted during the window: samples before number ${q(v.sample)} are of an earlier process and left out.`,
  "branch-allocation": (v) => `Allocation rate: ${q(v.rate)}.`,
};
