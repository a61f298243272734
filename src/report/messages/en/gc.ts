import type { GcStatements } from "../../../findings/statements/gc.ts";
import { at, q, type WordingOf } from "../wording.ts";
import { operation } from "./words.ts";

export const gc: WordingOf<GcStatements> = {
  "headline-gogc-off": (v) =>
    `The garbage collector is switched off (GOGC=off) and no memory limit is set; the heap is at ${q(v.heap)}.`,
  "headline-gogc-off-at": (v) =>
    `The garbage collector is switched off in ${at(v.site)} and no memory limit is set; the heap is at ${q(v.heap)}.`,
  "headline-alloc-churn": (v) =>
    `Short-lived allocations keep the collector busy (${q(v.rate)} in all); ${q(v.share)} of them come from ${at(v.site)}. Nothing leaks.`,
  "gc-goal-infinite": () =>
    "The heap goal (MemStats.NextGC) is infinite: GOGC=off or debug.SetGCPercent(-1), without GOMEMLIMIT.",
  "gc-no-automatic-cycle": (v) =>
    `${q(v.allocated)} were allocated in ${q(v.span)} and the runtime started no collection of its own.`,
  "gc-cycles": (v) => `${q(v.cycles)} collections in ${q(v.span)} (${q(v.rate)}).`,
  "gc-cpu": (v) =>
    `The collector has taken ${q(v.share)} of the CPU available to the process since it started.`,
  "allocation-rate-nothing-stays": (v) => `${q(v.rate)} are allocated, and nothing of it stays.`,
  "allocation-rate": (v) => `${q(v.rate)} are allocated, ${q(v.ratio)} times what stays.`,
  "churn-site": (v) =>
    `${at(v.site)} ${operation(v.operation)}: ${q(v.rate)}, ${q(v.share)} of all allocated bytes.`,
  "forced-by-us": (v) =>
    `${q(v.cycles)} forced ${v.cycles.value === 1 ? "collection" : "collections"} fell into the window, among them one for each of our samples; without them the heap would be larger.`,
  "fix-gogc-finite": () =>
    "Remove debug.SetGCPercent(-1) or GOGC=off, or set it back after the phase that needed it.",
  "fix-gogc-memlimit": (v) =>
    Number.isFinite(v.limit.value)
      ? `If the collector shall stay off below a ceiling, set GOMEMLIMIT to about ${q(v.limit)} (90 % of the limit).`
      : "If the collector shall stay off below a ceiling, set GOMEMLIMIT to about 90 % of the container's limit.",
  "fix-churn-string": () =>
    "Build the string once: strings.Builder with Grow, or strconv.Append… into a reused buffer, in place of + and fmt.Sprintf in the loop.",
  "fix-churn-slice": () =>
    "Make the slice once with its final capacity, or reuse one buffer for each worker.",
  "fix-churn-reuse": () =>
    "Reuse the objects: a sync.Pool, a buffer for each worker, or values in place of pointers.",
  "fix-churn-gogc": () => "Until then a larger GOGC (200 to 400) with GOMEMLIMIT buys CPU for memory.",
};
