import type { DataStatements } from "../../../findings/statements/data.ts";
import { at, q, type WordingOf } from "../wording.ts";
import { named, oneIn, operation } from "./words.ts";

export const data: WordingOf<DataStatements> = {
  "headline-unbounded-map": (v) =>
    `${named(v.target, "A map")} only grows: entries are added in ${at(v.site)} and stay.`,
  "headline-unbounded-slice": (v) =>
    `${named(v.target, "A slice")} only grows: ${at(v.site)} appends to it without bound.`,
  "headline-growth-unknown-container": (v) =>
    `Objects allocated in ${at(v.site)} are kept and pile up; what keeps them is not visible.`,
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
  "objects-are-large": (v) => `Each object from ${at(v.site)} is ${q(v.objectBytes)} on average.`,
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
};
