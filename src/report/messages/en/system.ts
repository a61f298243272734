import type { SystemStatements } from "../../../findings/statements/system.ts";
import { at, q, type WordingOf } from "../wording.ts";
import { descriptors, mapping, oneIn, rssTerm } from "./words.ts";

const to = (place: string, direction = "") =>
  place === ""
    ? ""
    : direction === "outgoing"
      ? ` to ${place}`
      : direction === "accepted"
        ? ` accepted on ${place}`
        : ` (${place})`;

const CAUSE: Record<string, string> = {
  fragmentation: "sparsely used spans",
  free: "free pages that were not given back",
  "huge-pages": "huge pages that back freed memory",
  "lazy-free": "pages that the kernel has not taken back yet",
};

export const system: WordingOf<SystemStatements> = {
  "headline-fd": (v) =>
    `File descriptors are not closed: ${q(v.rate)} more ${descriptors(v.kind)}${to(v.place)}.`,
  "headline-fd-at": (v) =>
    `Descriptors opened in ${at(v.site)} are not closed: ${q(v.rate)} more ${descriptors(v.kind)}${to(v.place)}.`,
  "headline-mmap": (v) => `Memory mappings are not unmapped: ${mapping(v.class)} grow by ${q(v.rate)}.`,
  "headline-mmap-at": (v) =>
    `What ${at(v.site)} maps is not unmapped: ${mapping(v.class)} grow by ${q(v.rate)}.`,
  "headline-cgo": (v) =>
    `Memory allocated in C is not freed: the C heap grows by ${q(v.rate)}, outside Go's.`,
  "headline-cgo-at": (v) =>
    `What ${at(v.site)} gets from C is not freed: the C heap grows by ${q(v.rate)}, outside Go's.`,
  "headline-plugin": (v) => `Plugins pile up: ${q(v.count)} more are mapped, and none can ever be unloaded.`,
  "headline-plugin-at": (v) =>
    `${at(v.site)} loads plugin after plugin: ${q(v.count)} more are mapped, and none can ever be unloaded.`,
  "headline-not-released": (v) =>
    `${q(v.excess)} of memory stay with the process beyond what its heap needs: ${CAUSE[v.cause] ?? v.cause}.`,
  "headline-outside-go": (v) => `Memory outside Go grows by ${q(v.rate)}: ${rssTerm(v.term)}.`,

  "descriptors-grew": (v) =>
    `Open descriptors rose from ${q(v.from)} to ${q(v.to)} over ${q(v.span)} (${q(v.samples)} samples; by chance 1 time in ${oneIn(v.chance.value)}).`,
  "descriptor-group-grew": (v) =>
    `Among them ${descriptors(v.kind)}${to(v.place, v.direction)}: ${q(v.from)} → ${q(v.to)}.`,
  "descriptors-half-closed": (v) =>
    `${q(v.count)} of them are in CLOSE_WAIT: the other side has closed, this process has not.`,
  "descriptor-limit": (v) => `${q(v.open)} of at most ${q(v.limit)} descriptors are open.`,
  "descriptor-limit-reached-in": (v) =>
    `At this rate the limit of ${q(v.limit)} descriptors ("too many open files") is reached in ${q(v.low)} to ${q(v.high)}.`,
  "mappings-grew": (v) =>
    `${capital(mapping(v.class))}${v.part === "" ? "" : ` (${v.part})`}: ${q(v.from)} → ${q(v.to)} mappings, ${q(v.bytes)} more.`,
  "resident-term-grew": (v) =>
    `Resident memory, ${rssTerm(v.term)}: ${q(v.from)} → ${q(v.to)} over ${q(v.span)} (${q(v.samples)} samples; by chance 1 time in ${oneIn(v.chance.value)}).`,
  "go-memory-steady": (v) => `The Go runtime's own memory does not explain it: ${q(v.from)} → ${q(v.to)}.`,
  "threads-grew": (v) => `Threads of the process: ${q(v.from)} → ${q(v.to)}.`,
  "plugins-mapped": (v) =>
    `Shared objects outside the system's folders: ${q(v.from)} → ${q(v.to)}, the last ${v.example}.`,
  "plugins-loaded-in-log": (v) =>
    `LD_DEBUG: ${q(v.count)} shared objects were loaded after the start, the last ${v.example}.`,
  "source-acquires": (v) => `Source: \`${v.text}\` at ${at(v.site)}.`,
  "source-never-releases": (v) => `Source: what ${at(v.site)} gets is given back nowhere in sight.`,
  "source-leaves-before-release": (v) =>
    `Source: the return at ${at(v.site)} leaves before it is given back.`,
  "source-releases-late": (v) =>
    `Source: ${at(v.site)} is in a loop, and a deferred call waits for the end of the function, not of the turn.`,
  "native-leak": (v) =>
    `valgrind: ${q(v.bytes)} in ${q(v.blocks)} blocks lost, allocated by ${v.function}${v.place === "" ? "" : ` (${v.place})`}.`,
  "held-beyond-goal": (v) =>
    `The heap holds ${q(v.held)}, though its collector's goal is ${q(v.goal)}: ${q(v.excess)} too much, in each of ${q(v.samples)} samples.`,
  "held-unused": (v) =>
    `${q(v.bytes)} of it lie in spans that are in use for ${q(v.objects)} of objects: a span is freed only as a whole.`,
  "held-free": (v) => `${q(v.bytes)} of it are free pages that the scavenger has not given back.`,
  "held-huge-pages": (v) => `${q(v.bytes)} of huge pages back heap memory that Go does not use.`,
  "held-lazily-freed": (v) =>
    `${q(v.bytes)} were given back with MADV_FREE: they count as resident until the kernel needs them.`,

  "consequence-descriptors": (v) => `${q(v.grown)} more ${descriptors(v.kind)}${to(v.place)}.`,

  "fix-fd-close": () =>
    "Close it on every path: defer the Close right after the error check, in a function of its own where it stands in a loop.",
  "fix-fd-keepers": () =>
    "What is kept open on purpose needs a bound: close the oldest, or keep one for all in place of one for each.",
  "fix-mmap-unmap": () => "Unmap on every path (defer syscall.Munmap), also when the mapping is handed on.",
  "fix-mmap-share": () =>
    "Map a file once and share the mapping, or read the part that is needed with ReadAt.",
  "fix-cgo-free": () =>
    "Free it on every path: defer C.free(unsafe.Pointer(p)), or the library's own function for that, right after the check.",
  "fix-cgo-valgrind": () =>
    "To see which C call leaks, run a test of it under valgrind --leak-check=full and give the log to gopatrol inspect.",
  "fix-cgo-arenas": () =>
    "If the C side frees everything, its allocator keeps it: try MALLOC_ARENA_MAX=2 or malloc_trim.",
  "fix-plugin-data": () =>
    "Express what changes as data, or embed an interpreter (Starlark, CEL, WebAssembly): a Go plugin can never be unloaded.",
  "fix-plugin-process": () =>
    "If it has to be code, run it in a process of its own and replace the process; load a plugin once at start at most.",
  "fix-fragmentation-copy": (v) =>
    `Copy what survives out of the crowd: build the long-lived objects anew once the short-lived ones are gone (about ${q(v.saving)} can be saved).`,
  "fix-fragmentation-group": () =>
    "Do not allocate what lives long among what lives for a moment: filter before keeping, or hold the survivors in one slice of values.",
  "fix-free-limit": (v) =>
    Number.isFinite(v.limit.value)
      ? `Set GOMEMLIMIT (about ${q(v.limit)}): the runtime then gives memory back when it comes near; debug.FreeOSMemory() after a peak does so at once.`
      : "Set GOMEMLIMIT to about 90 % of the container's limit: the runtime then gives memory back when it comes near; debug.FreeOSMemory() after a peak does so at once.",
  "fix-huge-pages": () =>
    "Set /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none to 0, or run with GODEBUG=disablethp=1 (Go 1.21.6 and later).",
  "fix-lazy-free": () => "Nothing has to be done; GODEBUG=madvdontneed=1 gives it back at once.",
  "fix-outside-threads": () =>
    "Find what starts threads: C code, or goroutines that stay in C or in system calls; end them, and bound how many there are.",
  "fix-outside-library": () =>
    "Look at the libraries behind cgo: call what they have for closing, and read their own statistics.",

  "next-source-of-resource": () =>
    "Give the source (--source DIR), so that the call which is not undone can be named.",
};

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
