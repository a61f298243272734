import type { MemStats } from "./mem-stats.ts";

/**
 * The disjoint classes of memory that the Go runtime holds, as package runtime/metrics divides it (the names there are
 * below `/memory/classes/`). Together they are `total`, which MemStats calls Sys.
 */
const MEMORY_CLASSES = [
  /** Live objects and garbage not yet swept. */
  "heapObjects",
  /** Spans in use less their objects: internal fragmentation. */
  "heapUnused",
  /** Free pages still backed by the system. */
  "heapFree",
  /** Given back to the system, still mapped. */
  "heapReleased",
  /** Goroutine stacks, those cached for reuse among them. */
  "heapStacks",
  "osStacks",
  "mspanInuse",
  "mspanFree",
  "mcacheInuse",
  "mcacheFree",
  /** Mark bits, work buffers and the like: MemStats.GCSys. */
  "metadataOther",
  "profilingBuckets",
  /** Trace buffers, specials of finalizers and profiles. */
  "other",
] as const;

type MemoryClass = (typeof MEMORY_CLASSES)[number];

/** Bytes of every class at one moment. `total` includes what was released; `total - heapReleased` is what GOMEMLIMIT bounds. */
export type MemoryClasses = Readonly<Record<MemoryClass | "total", number>>;

/**
 * The classes of one reading of MemStats, by the identities of runtime.ReadMemStats. Undefined where a field is
 * missing. All fields must come from one reading: figures of two moments do not add up (`findBrokenIdentity`).
 */
export function toMemoryClasses(stats: MemStats): MemoryClasses | undefined {
  const of = (field: keyof MemStats) => stats[field] ?? Number.NaN;
  const classes = {
    heapObjects: of("heapAlloc"),
    heapUnused: of("heapInuse") - of("heapAlloc"),
    heapFree: of("heapIdle") - of("heapReleased"),
    heapReleased: of("heapReleased"),
    heapStacks: of("stackInuse"),
    osStacks: of("stackSys") - of("stackInuse"),
    mspanInuse: of("mspanInuse"),
    mspanFree: of("mspanSys") - of("mspanInuse"),
    mcacheInuse: of("mcacheInuse"),
    mcacheFree: of("mcacheSys") - of("mcacheInuse"),
    metadataOther: of("gcSys"),
    profilingBuckets: of("buckHashSys"),
    other: of("otherSys"),
    total: of("sys"),
  };
  return Object.values(classes).some(Number.isNaN) ? undefined : classes;
}

/** Exporters print up to 17 digits, some only six. */
const ROUNDING = 1e-4;

/**
 * What does not hold of what must: no class is negative and all together are the total, and HeapSys is HeapInuse and
 * HeapIdle. Undefined if all is well or the fields are not there. A break says that the figures were not read at once.
 */
export function findBrokenIdentity(stats: MemStats): string | undefined {
  const { heapSys, heapInuse, heapIdle, sys } = stats;
  const slack = ROUNDING * (sys ?? heapSys ?? 0);
  if (heapSys !== undefined && heapInuse !== undefined && heapIdle !== undefined) {
    if (Math.abs(heapInuse + heapIdle - heapSys) > slack) {
      return `HeapInuse ${heapInuse} and HeapIdle ${heapIdle} do not add up to HeapSys ${heapSys}`;
    }
  }
  const classes = toMemoryClasses(stats);
  if (classes === undefined) return undefined;
  const negative = MEMORY_CLASSES.find((name) => classes[name] < -slack);
  if (negative !== undefined) return `the memory class ${negative} would be ${classes[negative]} bytes`;
  const sum = MEMORY_CLASSES.reduce((bytes, name) => bytes + classes[name], 0);
  if (Math.abs(sum - classes.total) <= slack) return undefined;
  return `the memory classes add up to ${sum} bytes, and Sys is ${classes.total}`;
}
