import type { GcStatements } from "../../../findings/statements/gc.ts";
import { at, q, type WordingOf } from "../wording.ts";
import { finalizerKind, operation, state } from "./words.ts";

export const gc: WordingOf<GcStatements> = {
  "headline-gogc-off": (v) =>
    `The garbage collector is switched off (GOGC=off) and no memory limit is set; the heap is at ${q(v.heap)}.`,
  "headline-gogc-off-at": (v) =>
    `The garbage collector is switched off in ${at(v.site)} and no memory limit is set; the heap is at ${q(v.heap)}.`,
  "headline-alloc-churn": (v) =>
    `Short-lived allocations keep the collector busy (${q(v.rate)} in all); ${q(v.share)} of them come from ${at(v.site)}. Nothing leaks.`,
  "headline-gogc-low": (v) =>
    `GOGC is about ${q(v.percent)}: the heap may grow by only ${q(v.percent)} % between two collections, and collecting takes ${q(v.share)} of the CPU.`,
  "headline-gogc-low-at": (v) =>
    `GOGC is set to ${q(v.percent)} in ${at(v.site)}: the heap may grow by only ${q(v.percent)} % between two collections, and collecting takes ${q(v.share)} of the CPU.`,
  "headline-gogc-high": (v) =>
    `GOGC is ${q(v.percent)}: garbage may pile up to a peak of ${q(v.peak)}, above the limit of ${q(v.limit)}, before it is collected.`,
  "headline-gogc-high-at": (v) =>
    `GOGC is set to ${q(v.percent)} in ${at(v.site)}: garbage may pile up to a peak of ${q(v.peak)}, above the limit of ${q(v.limit)}, before it is collected.`,
  "headline-gogc-high-unbounded": (v) =>
    `GOGC is ${q(v.percent)}: ${q(v.garbage)} of garbage may pile up before it is collected, and the collector hardly runs.`,
  "headline-no-memory-limit": (v) =>
    `The runtime does not know of the limit of ${q(v.limit)}: GOMEMLIMIT is not set below it. The peak of ${q(v.peak)} has room today.`,
  "headline-no-memory-limit-peak": (v) =>
    `The runtime does not know of the limit of ${q(v.limit)}: without GOMEMLIMIT the heap may grow to a peak of ${q(v.peak)} before it is collected.`,
  "headline-limit-thrash": (v) =>
    `The memory limit of ${q(v.limit)} is too near the live heap of ${q(v.live)}: the collector runs back to back and takes ${q(v.share)} of the CPU.`,
  "headline-limit-thrash-suspected": (v) =>
    `Something holds the heap goal down to the live heap of ${q(v.live)}, most likely GOMEMLIMIT below the limit of ${q(v.limit)}: collecting takes ${q(v.share)} of the CPU.`,
  "gc-goal": (v) =>
    `The heap goal is ${q(v.goal)} for a live heap of ${q(v.live)}, as GOGC=${q(v.percent)} would set it.`,
  "gogc-by-metric": (v) => `The runtime's metrics say GOGC=${q(v.percent)}.`,
  "gogc-by-source": (v) => `Source: ${at(v.site)} sets it (${q(v.percent)}).`,
  "memory-limit-by-metric": (v) =>
    Number.isFinite(v.limit.value)
      ? `The runtime's metrics say GOMEMLIMIT=${q(v.limit)}.`
      : "The runtime's metrics say that GOMEMLIMIT is not set.",
  "memory-limit-not-felt": () => "The heap goal is above the limit: no GOMEMLIMIT holds it down.",
  "limit-leaves": (v) =>
    `Of the limit of ${q(v.limit)} the live heap takes ${q(v.live)}, stacks and the runtime's own structures ${q(v.rest)}; the heap goal leaves ${q(v.room)} for garbage.`,
  "peak-predicted": (v) =>
    `Estimated peak: ${q(v.peak)}, from a live heap of up to ${q(v.live)} at its goal and ${q(v.rest)} outside of the heap.`,
  "gc-limiter-engaged": () =>
    "The GC CPU limiter was on in the window: the runtime let memory pass the limit to save CPU.",
  "gc-cpu-window": (v) =>
    `The collector took ${q(v.share)} of the CPU available to the process in the window.`,
  "gc-cpu-burned": (v) =>
    `With marking on otherwise idle CPUs it is ${q(v.share)}, and ${q(v.ofUsed)} of the CPU that the process used.`,
  "fix-gogc-set": (v) =>
    `Set GOGC to about ${q(v.percent)}. Estimate: ${q(v.share)} of the CPU for collecting, a peak of ${q(v.peak)}.`,
  "fix-gogc-with-limit": () =>
    "Set GOMEMLIMIT to 90 % of the limit with it, so that a peak is collected before it kills.",
  "fix-memory-limit-set": (v) =>
    `Set GOMEMLIMIT to about ${q(v.limit)}. Estimate: ${q(v.share)} of the CPU for collecting, a peak of ${q(v.peak)}.`,
  "fix-limit-raise": (v) =>
    `Raise GOMEMLIMIT to about ${q(v.limit)}. Estimate: ${q(v.room)} for garbage, ${q(v.share)} of the CPU for collecting.`,
  "fix-limit-too-small-for-live": (v) =>
    `The live heap of ${q(v.live)} is nearly all of that: raise the limit as well, or keep less alive, or the collector will run back to back.`,
  "fix-container-raise": (v) => `That needs a container limit of about ${q(v.limit)}.`,
  "fix-cut-live-heap": () =>
    "Or keep less alive: caches, buffers and pools that were sized for a larger limit.",
  "headline-finalizer-backlog": (v) =>
    v.kind === "cleanup"
      ? `A cleanup has been stuck ${state(v.state)} in ${at(v.site)} for ${q(v.span)} or longer; cleanups queue behind it, and what they would release stays.`
      : `A finalizer has been stuck ${state(v.state)} in ${at(v.site)} for ${q(v.span)} or longer, and every object that waits for one stays in memory.`,
  "headline-finalizer-pin": (v) =>
    `The objects that ${at(v.site)} gives to runtime.${v.call} are kept by their own ${v.call === "AddCleanup" ? "cleanup" : "finalizer"}: it never runs, and they are never freed.`,
  "finalizer-seen-waiting": (v) =>
    `The goroutine that runs ${finalizerKind(v.kind)}s was at that line in the last ${q(v.samples)} samples, over ${q(v.span)}.`,
  "finalizer-queue": (v) =>
    `The queue of ${finalizerKind(v.kind)}s that are due went from ${q(v.from)} to ${q(v.to)}; ${q(v.executed)} ran in the window.`,
  "finalizer-registered": (v) => `Source: ${at(v.site)} registers it with runtime.${v.call}.`,
  "pin-by-closure": (v) =>
    `Source: the function literal given to runtime.${v.call} uses ${v.object} itself, \`${v.text}\` at ${at(v.site)}.`,
  "pin-by-method": (v) =>
    `Source: a method value of ${v.object} is given to runtime.${v.call}, \`${v.text}\` at ${at(v.site)}; it holds ${v.object}.`,
  "pin-by-argument": (v) =>
    `Source: the argument given to runtime.${v.call} is an address inside ${v.object}, \`${v.text}\` at ${at(v.site)}.`,
  "pin-by-cycle": (v) =>
    `Source: what ${v.object} points to points back at it, \`${v.text}\` at ${at(v.site)}; objects in a cycle with a finalizer are not freed.`,
  "consequence-finalized": (v) =>
    `${q(v.bytes)} of heap from ${at(v.site)}, waiting for a ${finalizerKind(v.kind)}.`,
  "consequence-pinned": (v) => `${q(v.bytes)} of heap from ${at(v.site)}, kept by it.`,
  "fix-finalizer-nonblocking": () =>
    "Let it never wait: hand the work to a goroutine or a buffered queue with a default case, and give system calls a deadline. One stuck finalizer stops all of the process.",
  "fix-finalizer-close": () =>
    "Release the resource explicitly (Close with defer) and keep the finalizer or cleanup as a safety net only.",
  "fix-pin-capture": (v) =>
    `Do not use ${v.object} in it: take the object from the finalizer's own parameter, or give runtime.AddCleanup copies of what it needs (a descriptor, a handle).`,
  "fix-pin-cycle": () =>
    "Use runtime.AddCleanup (Go 1.24), which frees cycles as well, or put the resource into a small object of its own and give the finalizer to that.",
  "next-runtime-metrics-queues": () =>
    "Serve the runtime's metrics (Go 1.25 and later count finalizers and cleanups queued and run), or watch longer.",
  "next-runtime-metrics": () =>
    "Serve the runtime's metrics (collectors.WithGoCollectorRuntimeMetrics) or give the source: they tell GOGC and GOMEMLIMIT apart.",
  "next-give-limit": () => "Give the limit that the process is killed at: --limit 2GiB.",
  "headline-mark-assist": (v) =>
    `Goroutines that allocate are made to do ${q(v.share)} of the collector's marking themselves, ${q(v.cpu)} of CPU time in a typical collection: requests wait for it.`,
  "headline-mark-assist-at": (v) =>
    `Goroutines that allocate are made to do ${q(v.share)} of the collector's marking themselves, ${q(v.cpu)} of CPU time in a typical collection; most is allocated in ${at(v.site)}.`,
  "assist-cost": (v) =>
    `gctrace: of the marking in ${q(v.cycles)} collections ${q(v.share)} was assists; half of the collections took ${q(v.cpu)} or more of them, the worst ${q(v.worst)}.`,
  "assist-cost-metrics": (v) =>
    `/cpu/classes/gc/mark/assist: ${q(v.share)} of the marking in the window was assists, ${q(v.cpu)} for each of ${q(v.cycles)} collections.`,
  "assist-slows-allocation": (v) =>
    `The program allocates ${q(v.idle)} between collections and only ${q(v.marking)} while one runs.`,
  "assist-live-heap": (v) =>
    `Marking goes through ${q(v.live)} of live heap at ${q(v.throughput)} for each CPU: ${q(v.time)} of CPU time in every collection.`,
  "assist-allocation-site": (v) => `${at(v.site)} allocates ${q(v.rate)}, ${q(v.share)} of all bytes.`,
  "assist-goal-room": (v) =>
    `Between the live heap of ${q(v.live)} and the goal of ${q(v.goal)} at most three tenths are left for marking; what is allocated faster must be paid for by assists.`,
  "fix-assist-allocate-less": (v) =>
    `Allocate less at ${at(v.site)}: reuse the memory (a buffer for each worker, sync.Pool), or make do without the copy.`,
  "fix-assist-allocate-less-anywhere": () =>
    "Allocate less in bursts: reuse buffers, make do without copies, stream instead of building everything at once.",
  "fix-assist-fewer-pointers": (v) =>
    `Make the ${q(v.live)} of live heap cheaper to mark: indexes or values in place of pointers, large slices without pointers in them.`,
  "fix-assist-gogc": (v) =>
    `With GOGC=${q(v.percent)} there is twice the room to mark in and half the collections; the heap then peaks near ${q(v.peak)}. Set GOMEMLIMIT below the container's limit with it.`,
  "fix-assist-spread": () =>
    "Let fewer goroutines run the allocating work at a time: what a burst allocates within one collection decides how much it must mark.",
  "next-heap-profiles": () =>
    "Inspect the service's pprof address together with the log (gopatrol inspect HOST:PORT --gc-log FILE) to name the line that allocates.",
  "headline-long-stw": (v) =>
    `The collector stops the world for long: ${q(v.long)} stops took more than ${q(v.limit)}, the longest ${q(v.worst)}.`,
  "headline-long-stw-metrics": (v) =>
    `The collector stops the world for long: ${q(v.long)} stops took more than ${q(v.limit)}.`,
  "stw-percentiles": (v) =>
    `gctrace: the two stops of a collection take ${q(v.p50)} together at the median, ${q(v.p95)} at p95, ${q(v.max)} at most.`,
  "stw-first": (v) =>
    `The first stop (sweep termination, ${q(v.p95)} at p95) holds the waiting for running goroutines: something runs on that cannot be interrupted.`,
  "stw-second": (v) => `The second stop (mark termination) takes ${q(v.p95)} at p95.`,
  "stw-by-metric": (v) =>
    `/sched/pauses/total/gc: ${q(v.long)} of ${q(v.stops)} stops in ${q(v.span)} took more than ${q(v.limit)}.`,
  "stw-quota": (v) =>
    `${q(v.stops)} stops lasted almost exactly a multiple of 100 ms: the container's CPU quota ran out in the middle of them.`,
  "stw-runnable": (v) =>
    `schedtrace: ${q(v.runnable)} goroutines waited to run at p95, on ${q(v.processors)} Ps.`,
  "gc-cpu-machine-busy": (v) =>
    `On this machine some task waited for a CPU ${q(v.pressure)} of the time (/proc/pressure/cpu). The runtime counts such waits as CPU of its collector, so the share above says little of what this costs.`,
  "stw-machine-busy": (v) =>
    `On this machine some task waited for a CPU ${q(v.pressure)} of the time (/proc/pressure/cpu): that alone makes stops long, whatever the program does.`,
  "fix-stw-find": () =>
    "Find what delays the stop in an execution trace: curl -o trace.out HOST:PORT/debug/pprof/trace?seconds=10, then go tool trace trace.out; in a long STW the P that stops last runs the culprit.",
  "fix-stw-pieces": () =>
    "The usual culprit is one call on very large memory, which the runtime cannot interrupt: copy, clear, bytes.Equal, bytes.Count, a checksum over hundreds of MB. Do it in pieces of 1 MB, or swap pointers instead of copying.",
  "fix-stw-quota": () =>
    "Raise the CPU limit, or set GOMAXPROCS to it (Go 1.25 and newer do so by themselves): a throttled process cannot stop its own threads.",
  "fix-stw-busy": () =>
    "If nothing of the kind is there, the machine has more to run than CPUs: then a thread that shall stop waits for its turn first.",
  "next-trace-stw": () =>
    "An execution trace tells who delays the stops: curl -o trace.out HOST:PORT/debug/pprof/trace?seconds=10.",
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
  "fix-churn-boxing": () =>
    "Do not box values into interfaces on this path: concrete types or type parameters, typed log fields in place of any.",
  "fix-churn-reuse": () =>
    "Reuse the objects: a sync.Pool, a buffer for each worker, or values in place of pointers.",
  "fix-churn-gogc": () => "Until then a larger GOGC (200 to 400) with GOMEMLIMIT buys CPU for memory.",
};
