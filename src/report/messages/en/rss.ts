import type { RssStatements } from "../../../findings/statements/rss.ts";
import { q, type WordingOf } from "../wording.ts";
import { rssTerm } from "./rss-words.ts";

export const rss: WordingOf<RssStatements> = {
  "rss-go-live": (v) =>
    `Live objects (${q(v.bytes)}) are what the program holds; the heap profile says where they were allocated: gopatrol inspect.`,
  "rss-go-garbage": (v) =>
    `Garbage (${q(v.bytes)}) is kept until the next collection: a lower GOGC, or a GOMEMLIMIT, keeps less of it for more CPU.`,
  "rss-go-objects": (v) =>
    `Objects (${q(v.bytes)}) are live ones and garbage; --gc asks for a collection first and tells them apart.`,
  "rss-go-unused": (v) =>
    `${q(v.bytes)} in spans hold no object (${q(v.share)} of what objects take): objects of the same size were freed here and there. Above 30 % for long, look for bursts of many small objects of one size.`,
  "rss-go-free": (v) =>
    `${q(v.bytes)} are free and kept for reuse; the runtime gives back what exceeds its goal by 10 % within minutes. A GOMEMLIMIT makes it give back earlier, debug.FreeOSMemory() at once.`,
  "rss-go-stacks": (v) =>
    `Goroutine stacks take ${q(v.bytes)}: fewer goroutines, or less deep calls, make it less.`,
  "rss-go-heap": (v) =>
    `The Go heap (${q(v.bytes)}) cannot be divided without the runtime's figures: give the address of net/http/pprof, /debug/vars or /metrics as well.`,
  "rss-go-huge-pages": (v) =>
    `Huge pages make ${q(v.bytes)} resident that the runtime has given back${v.maxPtesNone.value > 0 ? ` (khugepaged fills a huge page although ${q(v.maxPtesNone)} of its 512 pages are empty)` : ""}: set /sys/kernel/mm/transparent_hugepage/khugepaged/max_ptes_none to 0, or GODEBUG=disablethp=1 (Go 1.21.6 and later).`,
  "rss-go-lazy-free": (v) =>
    `${q(v.bytes)} were given back with MADV_FREE and stay resident until the kernel needs them; GODEBUG=madvdontneed=1, the default since Go 1.16, shows them as free at once.`,
  "rss-go-swapped": (v) =>
    `${q(v.bytes)} of the Go heap are swapped out: each collection reads them back. A Go service should not swap.`,
  "rss-go-metadata": (v) =>
    `The runtime's own structures take ${q(v.bytes)}; they grow with the heap's largest size and never shrink.`,
  "rss-exe-text": (v) =>
    `Code and constants (${q(v.bytes)}) are pages of the executable's file, which the kernel can drop and read again.`,
  "rss-c-heap": (v) =>
    `malloc of C code holds ${q(v.bytes)}, which neither the heap profile nor GOMEMLIMIT sees. If it grows, look for C.malloc without C.free (valgrind, or jemalloc's profile); if it only stays large, MALLOC_ARENA_MAX=2 or malloc_trim helps.`,
  "rss-thread-stacks": (v) =>
    `${q(v.threads)} threads touch ${q(v.bytes)} of their stacks: threads pile up where many goroutines are in system calls or C code at once.`,
  "rss-anonymous": (v) =>
    `${q(v.bytes)} are mapped by the program or its libraries without malloc: look for syscall.Mmap without Munmap, off-heap caches, and C allocations of 128 kB and more.`,
  "rss-plugins": (v) => `Loaded shared objects take ${q(v.bytes)}; a Go plugin can never be unloaded.`,
  "rss-files": (v) =>
    `${q(v.bytes)} are pages of mapped files; the kernel can drop those that were not written to.`,
  "rss-shared-memory": (v) =>
    `${q(v.bytes)} are shared memory, which stays until it is unmapped and removed.`,
  "rss-outside-go": (v) =>
    `${q(v.bytes)} of anonymous memory cannot be divided without /proc/PID/smaps: run gopatrol as the process's user, as root, or with CAP_SYS_PTRACE.`,
  "rss-unexplained": (v) =>
    `${q(v.bytes)} (${q(v.share)}) are not explained; the readings are some milliseconds apart, so a busy heap leaves a small rest.`,
  "rss-term-grows": (v) => `Growing: ${rssTerm(v.term)}, ${q(v.from)} → ${q(v.to)}, ${q(v.rate)}.`,
  "rss-cgroup-cache": (v) =>
    `The working set that kubelet goes by (${q(v.workingSet)}) counts ${q(v.reclaimable)} of active page cache, which the kernel drops before it kills.`,
  "rss-cgroup-events": (v) =>
    `In the window the cgroup ran into memory.high ${q(v.high)} times and into its limit ${q(v.max)} times; ${q(v.oomKill)} processes were killed.`,
  "rss-fds-near-limit": (v) => `${q(v.open)} of ${q(v.limit)} file descriptors are open.`,
  "verdict-rss-growing": (v) =>
    `The resident set grows by ${q(v.rate)}, most of it by ${rssTerm(v.term)} (${q(v.rise)}).`,
  "verdict-rss-level": (v) =>
    `The resident set stayed level over ${q(v.span)} (${q(v.samples)} samples). Without pprof the heap itself cannot be judged.`,
  "verdict-rss-insufficient": (v) =>
    `Insufficient data: ${q(v.samples)} ${v.samples.value === 1 ? "look" : "looks"} at the resident set, at least ${q(v.needed)} are needed to tell growth from chance.`,
};
