import { at, q, type Wording } from "./wording.ts";

const OPERATION: Record<string, string> = {
  "map-insert": "inserts into a map",
  "map-create": "creates a map",
  "slice-growth": "appends to a slice",
  "make-slice": "makes a slice",
  "new-object": "allocates an object",
  "make-channel": "makes a channel",
  string: "builds a string",
  interface: "boxes a value into an interface",
  goroutine: "starts a goroutine",
  other: "allocates",
};

const STATE: Record<string, string> = {
  send: "sending to a channel",
  receive: "receiving from a channel",
  select: "in a select",
  lock: "waiting for a lock",
  waitgroup: "waiting for a WaitGroup",
  cond: "waiting for a Cond",
  io: "waiting for I/O",
  sleep: "sleeping",
  syscall: "in a system call",
  running: "running",
  other: "waiting",
};

const SHAPE: Record<string, string> = {
  growing: "growing",
  saturating: "rose and has levelled off",
  flat: "steady",
  falling: "falling",
  insufficient: "too few samples to tell",
};

const LIVE_SOURCE: Record<string, string> = {
  "after-gc": "read right after a collection",
  profile: "from the heap profiles, sampled",
  "heap-alloc": "with garbage not yet collected",
};

const operation = (word: string) => OPERATION[word] ?? word;
const state = (word: string) => STATE[word] ?? word;
const shape = (word: string) => SHAPE[word] ?? word;
const named = (target: string, what: string) => (target === "" ? what : `${target}`);

/** English. Each sentence is plain text, complete, and carries its numbers with their units. */
export const en: Wording = {
  "headline-unbounded-map": (v) =>
    `${named(v.target, "A map")} only grows: entries are added in ${at(v.site)} and stay.`,
  "headline-unbounded-slice": (v) =>
    `${named(v.target, "A slice")} only grows: ${at(v.site)} appends to it without bound.`,
  "headline-growth-unknown-container": (v) =>
    `Objects allocated in ${at(v.site)} are kept and pile up; what keeps them is not visible.`,
  "headline-subslice-retention": (v) =>
    `A small part of each large object (${q(v.objectBytes)}) is kept by ${at(v.site)}, and with it the whole object.`,
  "headline-goroutines-blocked": (v) =>
    `Goroutines pile up ${state(v.state)} in ${at(v.site)}: ${q(v.rate)} and none returns.`,
  "headline-http-body": (v) =>
    `HTTP response bodies are not closed after the call in ${at(v.site)}: ${q(v.rate)} connections are lost.`,
  "headline-http-body-unknown-site": (v) =>
    `HTTP response bodies are not closed: ${q(v.rate)} connections are lost.`,
  "headline-gogc-off": (v) =>
    `The garbage collector is switched off (GOGC=off) and no memory limit is set; the heap is at ${q(v.heap)}.`,
  "headline-gogc-off-at": (v) =>
    `The garbage collector is switched off in ${at(v.site)} and no memory limit is set; the heap is at ${q(v.heap)}.`,
  "headline-alloc-churn": (v) =>
    `Short-lived allocations keep the collector busy (${q(v.rate)} in all); ${q(v.share)} of them come from ${at(v.site)}. Nothing leaks.`,

  "live-heap-grew": (v) =>
    `Live heap after collection rose from ${q(v.from)} to ${q(v.to)} over ${q(v.span)} (${q(v.samples)} samples; by chance 1 time in ${oneIn(v.chance.value)}).`,
  "process-is-young": (v) =>
    `The process was only ${q(v.age)} old when the window began: a warm-up is not excluded.`,
  "sites-grew": (v) =>
    `Heap profile: ${q(v.bytes)} ± ${q(v.error)} more in use at ${q(v.sites)} related ${v.sites.value === 1 ? "site" : "sites"}, ${q(v.share)} of the live-heap growth.`,
  "nothing-freed": (v) =>
    `${q(v.kept)} of what these sites allocated in the window is still in use: nothing is freed.`,
  "partly-freed": (v) => `${q(v.kept)} of what these sites allocated in the window is still in use.`,
  "container-operation": (v) =>
    `The runtime's frames above ${at(v.site)} show that it ${operation(v.operation)}.`,
  "container-not-visible": () =>
    "The container's own allocations are too small or too few to appear in the profile.",
  "value-site": (v) => `Kept with it: ${q(v.bytes)} in ${q(v.objects)} objects allocated in ${at(v.site)}.`,
  "source-keeps": (v) => `Source: the value ends up in \`${v.text}\` at ${at(v.site)}.`,
  "source-subslice": (v) => `Source: only a part is kept, \`${v.text}\` at ${at(v.site)}, without a copy.`,
  "source-no-removal": (v) => `Source: nothing in the package removes from ${v.target}.`,
  "source-removal": (v) =>
    `Source: ${v.target} is reduced at ${at(v.site)} (\`${v.text}\`), not often enough or not for these entries.`,
  "objects-are-large": (v) => `Each object from ${at(v.site)} is ${q(v.objectBytes)} on average.`,

  "goroutines-grew": (v) =>
    `Goroutines at this line rose from ${q(v.from)} to ${q(v.to)} over ${q(v.span)} (${q(v.samples)} samples; by chance 1 time in ${oneIn(v.chance.value)}).`,
  "goroutines-survive": (v) =>
    `${q(v.share)} of the goroutines seen early in the window are still there at its end, by id.`,
  "goroutines-leave": (v) =>
    `Only ${q(v.share)} of the goroutines seen early are still there: some do get through.`,
  "goroutines-waited": (v) => `The longest has waited for ${q(v.minutes)}.`,
  "goroutines-leaked": (v) =>
    `The runtime itself marks ${q(v.count)} of them as leaked: unreachable and blocked for good.`,
  "goroutines-created": (v) => `They are started by ${at(v.site)}.`,
  "source-blocks": (v) => `Source: they stop at \`${v.text}\`.`,
  "source-channel-made": (v) =>
    `Source: the channel is made at ${at(v.site)}, ${v.text === "" || v.text === "0" ? "without a buffer" : `with a buffer of ${v.text}`}.`,
  "source-select-without-done": () => "Source: the select has no case for ctx.Done(), a time-out or default.",
  "http-read-loops": (v) =>
    `Client connections waiting for their response body to be read rose from ${q(v.from)} to ${q(v.to)} (readLoop in select; an idle connection would wait in I/O).`,
  "http-call-site": (v) =>
    `${at(v.site)} calls the HTTP client (${q(v.calls)} objects allocated on the way in the window).`,
  "source-no-body-close": (v) => `Source: ${at(v.site)} never closes the body.`,
  "source-close-behind-loop": (v) =>
    `Source: the body is closed behind the loop that ${at(v.site)} is in: of several tries only the last.`,
  "source-return-before-close": (v) =>
    `Source: the return at ${at(v.site)} leaves before the body is closed.`,

  "gc-goal-infinite": () =>
    "The heap goal (MemStats.NextGC) is infinite: GOGC=off or debug.SetGCPercent(-1), without GOMEMLIMIT.",
  "gc-no-automatic-cycle": (v) =>
    `${q(v.allocated)} were allocated in ${q(v.span)} and the runtime started no collection of its own.`,
  "gc-cycles": (v) => `${q(v.cycles)} collections in ${q(v.span)} (${q(v.rate)}).`,
  "gc-cpu": (v) =>
    `The collector has taken ${q(v.share)} of the CPU available to the process since it started.`,
  "allocation-rate": (v) => `${q(v.rate)} are allocated, ${q(v.ratio)} times what stays.`,
  "churn-site": (v) =>
    `${at(v.site)} ${operation(v.operation)}: ${q(v.rate)}, ${q(v.share)} of all allocated bytes.`,
  "forced-by-us": (v) =>
    `${q(v.cycles)} forced ${v.cycles.value === 1 ? "collection" : "collections"} fell into the window, among them one for each of our samples; without them the heap would be larger.`,

  "consequence-heap-site": (v) => `${q(v.bytes)} of heap from ${at(v.site)}, held by these goroutines.`,
  "consequence-stacks": (v) => `${q(v.bytes)} of goroutine stacks.`,
  "consequence-goroutines": (v) => `${q(v.grown)} more goroutines ${state(v.state)} in ${at(v.site)}.`,

  "fix-find-keeper": () =>
    "Find what keeps them: a map, slice, channel or callback that outlives the call; end the entry there, or bound it.",
  "fix-bound-map": (v) =>
    `If ${named(v.target, "the map")} is a cache, bound it: an LRU with a maximum size, or entries that expire.`,
  "fix-delete-entries": (v) =>
    `Delete the entry from ${named(v.target, "the map")} when its subject ends (session closed, request done, connection gone).`,
  "fix-bound-slice": (v) =>
    `Bound ${named(v.target, "the slice")}: a ring of fixed size, or hand the elements on and start anew (s = s[:0] keeps the array).`,
  "fix-clone-subslice": () =>
    "Copy the part that is kept: strings.Clone(s), bytes.Clone(b) or slices.Clone(x); the large object is then freed.",
  "fix-send-done": () => "Let the sender give up: select on the send and on ctx.Done().",
  "fix-send-buffer": () =>
    "If exactly one value is sent and its reader may have left, make the channel with capacity 1.",
  "fix-receive-close": () =>
    "Close the channel when the last sender is done, on every path out, also on errors.",
  "fix-receive-done": () => "Let the receiver give up: select on the receive and on ctx.Done().",
  "fix-select-done": () =>
    "Add a case for ctx.Done() (or a stop channel), and see that it is cancelled on every path.",
  "fix-lock-scope": () =>
    "Find who holds the lock: look for an Unlock missed on an early return or panic, and use defer Unlock().",
  "fix-lock-holder": () =>
    "Do not send, receive, call out or sleep while holding the lock; copy what is needed and unlock first.",
  "fix-body-close": () =>
    "defer resp.Body.Close() right after the error check, on every path, also when the status is not 200.",
  "fix-body-drain": () =>
    "To reuse the connection read the rest first: io.Copy(io.Discard, resp.Body), with a limit.",
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
  "branch-goroutines": (v) => `Goroutines: ${shape(v.shape)} (${q(v.from)} → ${q(v.to)}).`,
  "branch-live-heap": (v) =>
    `Live heap: ${shape(v.shape)} (${q(v.from)} → ${q(v.to)}, ${LIVE_SOURCE[v.source] ?? v.source}).`,
  "branch-gc": (v) =>
    `Collections in the window: ${q(v.cycles)} by the runtime, ${q(v.forced)} forced (ours included).`,
  "branch-sites": (v) => `Growing allocation sites explain ${q(v.explained)} of the live-heap growth.`,
  "branch-restart": (v) =>
    `The process was restarted during the window: samples before number ${q(v.sample)} are of an earlier process and left out.`,
  "branch-allocation": (v) => `Allocation rate: ${q(v.rate)}.`,
};

/** "1 time in N" for a probability; chances below one in 10,000 are not worth more digits. */
function oneIn(chance: number): string {
  if (!(chance > 1e-4)) return "10,000 or more";
  return String(Math.max(1, Math.round(1 / chance)));
}
