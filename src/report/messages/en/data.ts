import type { DataStatements } from "../../../findings/statements/data.ts";
import { at, q, type WordingOf } from "../wording.ts";
import { keyPart, keyRemedy, named, oneIn, operation } from "./words.ts";

export const data: WordingOf<DataStatements> = {
  "headline-unbounded-map": (v) =>
    `${named(v.target, "A map")} only grows: entries are added in ${at(v.site)} and stay.`,
  "headline-unbounded-slice": (v) =>
    `${named(v.target, "A slice")} only grows: ${at(v.site)} appends to it without bound.`,
  "headline-growth-unknown-container": (v) =>
    `Objects allocated in ${at(v.site)} are kept and pile up; what keeps them is not visible.`,
  "headline-map-high-cardinality": (v) =>
    `${named(v.target, "A map")} gets ever new keys in ${at(v.site)}: they carry ${keyPart(v.kind)} (\`${v.part}\`).`,
  "headline-listener-registry": (v) =>
    `Callbacks pile up in ${named(v.target, "a registry")}: ${at(v.site)} registers them and nothing takes them out again.`,
  "headline-channel-backlog": (v) =>
    `${named(v.target, "A channel")} fills up: ${at(v.site)} sends faster than its readers take.`,
  "headline-slice-growth-waste": (v) =>
    `${named(v.target, "A slice")} is appended to without a capacity in ${at(v.site)}: ${q(v.share)} of all allocated bytes go into arrays that are outgrown.`,
  "headline-string-concat": (v) =>
    `${named(v.target, "A string")} is built by + in a loop in ${at(v.site)}: ${q(v.share)} of all allocated bytes are strings that the next turn throws away.`,
  "headline-map-never-shrinks": (v) =>
    `${named(v.target, "A map")} was emptied and keeps its tables: ${q(v.saving)} that no entry needs, filled by ${at(v.site)}. Nothing leaks.`,
  "headline-subslice-retention": (v) =>
    `A small part of each large object (${q(v.objectBytes)}) is kept by ${at(v.site)}, and with it the whole object.`,
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
  "source-key": (v) =>
    `Source: the key \`${v.key}\` is made with ${keyPart(v.kind)}, \`${v.part}\` at ${at(v.site)}.`,
  "listener-registered-by": (v) => `They are registered by ${at(v.site)}.`,
  "channel-made": (v) => `Source: the channel is made at ${at(v.site)}, \`${v.text}\`.`,
  "channel-read": (v) =>
    `Source: it is read in ${at(v.site)} (\`${v.text}\`)${
      Number.isNaN(v.readers.value)
        ? ""
        : `, by ${q(v.readers)} ${v.readers.value === 1 ? "goroutine" : "goroutines"} now`
    }.`,
  "channel-rates": (v) =>
    `${q(v.sent)} are sent and ${q(v.taken)} taken; ${q(v.queued)} wait${
      Number.isNaN(v.wait.value) ? "" : `, each for ${q(v.wait)} (Little's law)`
    }.`,
  "channel-full": (v) =>
    `The buffer of ${q(v.capacity)} is full after ${q(v.after)} more; it then holds ${q(v.bytes)}, and every sender blocks.`,
  "source-cost-loop": (v) =>
    `Source: \`${v.text}\` at ${at(v.site)} runs in \`${v.loop}\`${v.turns === "" ? "" : `, ${v.turns} times, which is known before the loop`}.`,
  "slice-growth-observed": (v) =>
    `Arrays of ${q(v.sizes)} sizes were seen, ${q(v.smallest)} to ${q(v.largest)}; ${q(v.share)} of their bytes (${q(v.wasted)}) were copied on and dropped.`,
  "slice-growth-predicted": (v) =>
    `A slice of ${q(v.length)} elements of ${q(v.elementBytes)} takes ${q(v.allocations)} allocations and ${q(v.allocated)}, and copies ${q(v.copied)}; made with its capacity, 1 allocation of ${q(v.exact)}.`,
  "concat-quadratic": (v) =>
    `Each turn copies the whole string (${q(v.mean)} on average): one of ${q(v.largest)} in ${q(v.turns)} turns, as many as sizes were seen, costs ${q(v.allocated)} at least, and one twice as long four times that.`,
  "map-tables": (v) =>
    `The map's tables, allocated in ${at(v.site)}, hold ${q(v.bytes)} (${q(v.share)} of the live heap) and stay.`,
  "map-entries-went": (v) => `Objects kept in it went from ${q(v.from)} to ${q(v.to)} in the window.`,
  "map-entries-few": (v) =>
    `Of ${q(v.ever)} objects put into it at most ${q(v.most)} are left: ${q(v.perEntry)} of table for each entry of ${q(v.slot)}.`,
  "map-entries-deleted": (v) =>
    `Source: entries leave ${v.target} at ${at(v.site)} (\`${v.text}\`); deleting never gives tables back, in any version of Go.`,
  "objects-are-large": (v) => `Each object from ${at(v.site)} is ${q(v.objectBytes)} on average.`,
  "fix-find-keeper": () =>
    "Find what keeps them: a map, slice, channel or callback that outlives the call; end the entry there, or bound it.",
  "fix-bound-map": (v) =>
    `If ${named(v.target, "the map")} is a cache, bound it: an LRU with a maximum size, or entries that expire.`,
  "fix-delete-entries": (v) =>
    `Delete the entry from ${named(v.target, "the map")} when its subject ends (session closed, request done, connection gone).`,
  "fix-bound-slice": (v) =>
    `Bound ${named(v.target, "the slice")}: a ring of fixed size, or hand the elements on and start anew (s = s[:0] keeps the array).`,
  "fix-normalise-key": (v) => `Normalise the key: ${keyRemedy(v.kind)}.`,
  "fix-bound-labels": () =>
    "Give labels values from a closed set: each combination is a series that lives as long as the process (DeleteLabelValues ends one).",
  "fix-unsubscribe": (v) =>
    `Return a cancel function from the registration and call it when the listener's owner ends (defer unsubscribe()), so that ${named(v.target, "the registry")} loses the entry.`,
  "fix-listener-captures": () =>
    "Until then let the callback capture little: an id in place of the whole request, session or buffer.",
  "fix-channel-readers": (v) =>
    Number.isNaN(v.readers.value)
      ? `Read ${q(v.factor)} times as fast: more readers, or several elements at a time.`
      : `Read ${q(v.factor)} times as fast: ${q(v.readers)} readers at the present speed, or several elements at a time.`,
  "fix-channel-capacity": (v) =>
    `Make the buffer as large as the wait that is tolerable: for ${q(v.wait)} at ${q(v.taken)} that is ${q(v.capacity)} elements (${q(v.bytes)}). A larger one only hides the overload.`,
  "fix-channel-back-pressure": () =>
    "Push back: select on the send, ctx.Done() and a time-out as long as that wait, and then drop, reject or slow the producer.",
  "fix-preallocate-known": (v) =>
    `The length is known: \`${v.target} := make(${v.type}, 0, ${v.turns})\` before the loop.`,
  "fix-preallocate-typical": (v) =>
    Number.isNaN(v.length.value)
      ? `Make ${named(v.target, "the slice")} with the capacity it usually ends up with: \`make(${v.type}, 0, n)\`.`
      : `Make ${named(v.target, "the slice")} with the capacity it usually ends up with: \`make(${v.type}, 0, ${Math.round(v.length.value)})\`.`,
  "fix-reuse-slice": () =>
    "Where it is filled again and again, keep the array: s = s[:0], or a sync.Pool of slices.",
  "fix-string-builder": (v) =>
    Number.isNaN(v.capacity.value)
      ? `Write the parts into a strings.Builder and take ${named(v.target, "the string")} from it once; for a slice of strings strings.Join does it.`
      : `Write the parts into a strings.Builder (Grow(${v.capacity.value}) for the largest seen) and take ${named(v.target, "the string")} from it once; for a slice of strings strings.Join does it.`,
  "fix-compact-map": (v) =>
    `After a large purge copy what is left into a new map, next := make(map[K]V, len(m)), and let ${named(v.target, "the map")} be that one: saves ${q(v.saving)}.`,
  "fix-shard-map": () =>
    "Or keep what comes in waves in a map for each wave (day, batch), and drop the map with the wave.",
  "fix-clone-subslice": () =>
    "Copy the part that is kept: strings.Clone(s), bytes.Clone(b) or slices.Clone(x); the large object is then freed.",
};
