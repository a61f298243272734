import type { HeapStatements } from "../../../findings/statements/heap.ts";
import type { Quantity } from "../../../lib/quantity.ts";
import { shortFunction } from "../../code-position.ts";
import { at, q, type WordingOf, wordOf } from "../wording.ts";
import { finalizerKind, keyPart } from "./words.ts";

const HOLDER: Record<string, string> = {
  map: "a map of",
  slice: "a slice of",
  channel: "a channel with",
  listeners: "a registry of callbacks with",
};
const ENTRIES: Record<string, string> = {
  map: "entries",
  slice: "elements",
  channel: "waiting elements",
  listeners: "entries",
};

const holder = (kind: string, entries: string) =>
  kind === "owner" ? "" : `, ${wordOf(HOLDER, kind)} ${entries} ${wordOf(ENTRIES, kind)},`;
const typed = (type: string) => (type === "" ? "" : `${type}, `);
const count = (number: Quantity, noun: string) => `${q(number)} ${noun}${number.value === 1 ? "" : "s"}`;
const ofType = (type: string) => (type === "" ? "" : ` (${type})`);

export const heap: WordingOf<HeapStatements> = {
  "headline-heap-holder": (v) =>
    `\`${v.owner}\`${holder(v.kind, q(v.entries))} keeps ${q(v.bytes)} alive, ${q(v.share)} of the heap. Whether it grows, one look cannot tell.`,
  "headline-heap-high-cardinality": (v) =>
    `\`${v.owner}\` has ${q(v.entries)} keys that carry ${keyPart(v.part)} and keeps ${q(v.bytes)} alive. Whether it grows, one look cannot tell.`,
  "headline-heap-never-shrinks": (v) =>
    `The map \`${v.owner}\` was emptied and keeps its tables: room for ${q(v.slots)} entries, of which ${q(v.entries)} are there; ${q(v.saving)} that no entry needs. Nothing leaks.`,
  "headline-heap-subslice": (v) =>
    `Small parts keep large objects: \`${v.owner}\` uses ${q(v.used)} of ${q(v.bytes)} that stay with them.`,
  "headline-heap-finalizers-due": (v) =>
    `Dead objects pile up: ${q(v.due)} finalizers or cleanups are due and keep ${q(v.bytes)}, and the goroutine that runs them waits in ${at(v.site)}.`,
  "headline-heap-finalizer-pin": (v) =>
    `${q(v.objects)} objects${ofType(v.type)} keep themselves alive by their own ${finalizerKind(v.kind)}: ${q(v.bytes)} that are never freed.`,
  "headline-heap-pool": (v) =>
    `The pool \`${v.owner}\` holds ${count(v.values, "value")} of up to ${q(v.largest)}, ${q(v.bytes)} together. Whether they grow, one look cannot tell.`,
  "verdict-heap-spread": (v) =>
    `One look at the heap: ${q(v.bytes)} are alive, and nothing in it stands out. Whether it grows, only a second look tells.`,
  "heap-container": (v) =>
    `In the heap: \`${v.owner}\`${ofType(v.type)} holds ${q(v.entries)} ${wordOf(ENTRIES, v.kind)}${
      Number.isFinite(v.capacity.value) && v.capacity.value > 0 ? ` (room for ${q(v.capacity)})` : ""
    } and keeps ${q(v.bytes)} alive, ${q(v.share)} of the heap${
      v.shared.value > 0 ? ` (${q(v.shared)} of it together with others that point to the same)` : ""
    }.`,
  "heap-containers": (v) =>
    `In the heap: ${q(v.count)} of these are at \`${v.owner}\`${ofType(v.type)}, with ${q(v.entries)} entries, and keep ${q(v.bytes)} alive together.`,
  "heap-path": (v) => `It is reached by \`${v.path}\`.`,
  "heap-owner": (v) =>
    `In the heap: \`${v.owner}\` keeps ${q(v.bytes)} alive, ${q(v.share)} of it; it piles up at \`${v.point}\`${ofType(v.type)}.`,
  "heap-map-load": (v) =>
    `In the heap: the tables of \`${v.owner}\` have ${q(v.slots)} slots for ${q(v.entries)} entries and take ${q(v.own)}; made anew it would need ${q(v.reclaimable)} less.`,
  "heap-keys": (v) =>
    `Of ${q(v.sampled)} of its keys ${q(v.distinct)} differ once numbers, ids and times are taken out: ${v.forms}.`,
  "heap-key-lengths": (v) =>
    `Keys are ${q(v.shortest)} to ${q(v.longest)} long (median ${q(v.median)}), with ${v.entropy.value.toFixed(1)} bits of information in a byte.`,
  "heap-callbacks": (v) =>
    `In the heap: below \`${v.owner}\` lie ${q(v.closures)} closures of \`${shortFunction(v.function)}\`.`,
  "heap-channel-waiters": (v) =>
    `${q(v.senders)} goroutines wait to send to \`${v.owner}\` and ${q(v.receivers)} to receive from it.`,
  "heap-not-it": (v) =>
    `In the heap: \`${v.owner}\` has ${q(v.entries)} entries and keeps ${q(v.bytes)}. It is not what keeps the ${q(v.objects)} objects (${q(v.grown)}) that the profile shows.`,
  "heap-keeps-samples": (v) =>
    `In the heap: ${q(v.samples)} sampled objects from these very lines are kept alive by \`${v.owner}\` alone.`,
  "heap-allocated-at": (v) =>
    `What it keeps was allocated in ${at(v.site)} (${q(v.samples)} ${v.samples.value === 1 ? "sample" : "samples"} of the memory profile).`,
  "heap-partly-used": (v) =>
    `In the heap: of ${q(v.objects)} objects (${q(v.bytes)}) only the ${q(v.used)} that \`${v.owner}\` names are in use; the rest is kept with them.`,
  "heap-finalizers-due": (v) =>
    `In the heap: ${q(v.due)} finalizers or cleanups are due and have not run; they keep ${q(v.bytes)}${v.types === "" ? "" : ` (${v.types})`}.`,
  "heap-finalizer-stuck": (v) =>
    `In the heap: the goroutine that runs ${v.kind === "cleanup" ? "cleanups" : "finalizers"} waits in ${at(v.site)}${v.wait === "" ? "" : ` (${v.wait})`}.`,
  "heap-pinned": (v) =>
    v.by === "cycle"
      ? `In the heap: ${q(v.objects)} objects (${typed(v.type)}${q(v.bytes)}) with a ${finalizerKind(v.kind)} lie on a circle that leads back to themselves; ${at(v.site)} never runs.`
      : `In the heap: ${q(v.objects)} objects (${typed(v.type)}${q(v.bytes)}) are held by nothing but their own ${finalizerKind(v.kind)} ${at(v.site)}, which leads back to them.`,
  "heap-pool-contents": (v) =>
    `In the heap: \`${v.owner}\` holds ${count(v.values, "value")}${ofType(v.type)}, ${q(v.bytes)} together, the largest ${q(v.largest)}.`,
  "heap-pool-taken": (v) =>
    `In the heap: sampled objects made by the functions that fill the values of \`${v.owner}\` take ${q(v.bytes)} in the hands of their users: with the pool ${q(v.share)} of the heap.`,
  "heap-pool-filled": (v) =>
    `In the heap: ${q(v.filled)} of the ${q(v.values)} values that lie in \`${v.owner}\` still hold what their last user wrote${v.field === "" ? "" : ` (\`${v.field}\`)`}: they are put back without being emptied.`,
  "heap-one-look": () => "One look at the heap shows how large something is, not that it grows.",
  "next-prove-growth": () =>
    "Watch it grow: `gopatrol inspect http://HOST:PORT --for 5m --deep`, or take a second core some minutes later: `gopatrol heap first.core diff second.core`.",
};
