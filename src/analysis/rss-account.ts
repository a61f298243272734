import type { MemStats } from "../tables/mem-stats.ts";
import type { ProcessStatus } from "../tables/process-facts.ts";
import { type ClassifiedMappings, MAPPING_CLASSES, type MappingClass } from "./mapping-class.ts";
import { findMemStatsWithin, type MemStatsBracket } from "./mem-stats-bracket.ts";

/** What the resident set is made of, in the order in which it is shown. Terms that are negative lower it. */
export const RSS_TERMS = [
  "go-live",
  "go-garbage",
  "go-objects",
  "go-unused",
  "go-free",
  "go-stacks",
  "go-heap",
  "go-work-buffers",
  "go-huge-pages",
  "go-lazy-free",
  "go-in-between",
  "go-untouched",
  "go-swapped",
  "go-metadata",
  "exe-text",
  "exe-data",
  "c-heap",
  "thread-stacks",
  "anonymous",
  "plugins",
  "shared-libraries",
  "files",
  "shared-memory",
  "outside-go",
] as const;
export type RssTermId = (typeof RSS_TERMS)[number];

/** Which evidence a term was computed from. */
type RssSource = "smaps" | "mem-stats" | "smaps-and-mem-stats" | "status" | "status-and-mem-stats";

export interface RssTerm {
  id: RssTermId;
  /** Signed. */
  bytes: number;
  source: RssSource;
  /** 0 to 1: how sure it is that these bytes are what the term says. */
  confidence: number;
}

/** One resident set explained: `rssBytes` is exactly the sum of all terms and `residualBytes`. */
export interface RssAccount {
  /** VmRSS; where status could not be read, the sum over all mappings. */
  rssBytes: number;
  /** None is zero; each id at most once, in the order of RSS_TERMS. */
  terms: RssTerm[];
  /** What no term explains. Small figures come from the time between the readings. */
  residualBytes: number;
  /** "mappings": every byte has its mapping. "totals": smaps could not be read, so only kinds of pages are known. */
  detail: "mappings" | "totals";
}

export interface RssInputs {
  status: ProcessStatus | undefined;
  /** With sizes, or undefined. */
  mappings: ClassifiedMappings | undefined;
  /** The runtime's figures, or those before and after the moment of the mappings. */
  memStats: MemStats | MemStatsBracket | undefined;
  /** Bytes that the last collection found alive. */
  liveBytes: number | undefined;
}

/**
 * Explains one resident set as signed terms (spec: https://go.dev/doc/gc-guide and runtime/metrics' memory classes laid
 * over the kernel's mappings). The mappings' sum is exact; inside the Go heap the runtime's classes are laid over what
 * is resident, and the difference is a term of its own: pages never touched lower it, huge pages that back freed memory
 * and pages freed lazily raise it. Undefined if there is no resident set.
 */
export function accountRss(inputs: RssInputs): RssAccount | undefined {
  const terms = new Terms();
  let detail: RssAccount["detail"] = "mappings";
  let sum = 0;
  if (inputs.mappings !== undefined) {
    sum = addMappings(terms, inputs.mappings, inputs);
  } else {
    detail = "totals";
    sum = addTotals(terms, inputs, chooseMemStats(inputs.memStats, undefined));
  }
  const rssBytes = inputs.status?.vmRss ?? sum;
  if (rssBytes === 0) return undefined;
  const listed = terms.list();
  const explained = listed.reduce((total, { bytes }) => total + bytes, 0);
  return { rssBytes, terms: listed, residualBytes: rssBytes - explained, detail };
}

function chooseMemStats(
  memStats: RssInputs["memStats"],
  residentBytes: number | undefined,
): MemStats | undefined {
  return memStats !== undefined && "before" in memStats
    ? findMemStatsWithin(memStats, residentBytes)
    : memStats;
}

class Terms {
  readonly #byId = new Map<RssTermId, RssTerm>();

  add(id: RssTermId, bytes: number, source: RssSource, confidence: number): void {
    if (bytes === 0 || Number.isNaN(bytes)) return;
    this.#byId.set(id, { id, bytes, source, confidence });
  }

  list(): RssTerm[] {
    return RSS_TERMS.flatMap((id) => this.#byId.get(id) ?? []);
  }
}

/** Resident bytes by class; the two halves of "anonymous" and the parts of the heap need the runtime's figures. */
function addMappings(terms: Terms, mappings: ClassifiedMappings, inputs: RssInputs): number {
  const { table, named } = mappings;
  const rss = sumByClass(mappings, table.rss);
  const take = (id: RssTermId, name: MappingClass, confidence: number) =>
    terms.add(id, rss[name], "smaps", confidence);
  take("exe-text", "exe-text", 1);
  take("exe-data", "exe-data", 1);
  take("c-heap", "c-heap", 0.95);
  take("thread-stacks", "thread-stack", 0.9);
  take("plugins", "plugin", 0.9);
  terms.add("shared-libraries", rss["shared-library"] + rss.kernel, "smaps", 1);
  take("files", "file", 1);
  take("shared-memory", "shared-memory", 1);
  const memStats = chooseMemStats(inputs.memStats, rss["go-heap"]);
  addGoHeap(terms, mappings, rss["go-heap"], {
    memStats,
    liveBytes: inputs.liveBytes,
    allocatedBetween: countAllocatedBetween(inputs.memStats),
  });
  const { metadataBytes, isNamed } = splitMetadata(rss, named, memStats);
  terms.add("go-metadata", metadataBytes, isNamed ? "smaps" : "smaps-and-mem-stats", isNamed ? 1 : 0.6);
  terms.add(
    "anonymous",
    rss["go-metadata"] + rss.anonymous - metadataBytes,
    isNamed ? "smaps" : "smaps-and-mem-stats",
    isNamed ? 0.95 : 0.7,
  );
  return table.rss.reduce((total, bytes) => total + bytes, 0);
}

/**
 * Without names the runtime's metadata cannot be told from the program's own mmaps, and the kernel merges neighbours:
 * as much is taken for metadata as the runtime says it has got from the system, touched or not.
 */
function splitMetadata(
  rss: Record<MappingClass, number>,
  named: boolean,
  memStats: MemStats | undefined,
): { metadataBytes: number; isNamed: boolean } {
  if (named || rss["go-heap"] === 0) return { metadataBytes: rss["go-metadata"], isNamed: true };
  const sys =
    (memStats?.mspanSys ?? 0) +
    (memStats?.mcacheSys ?? 0) +
    (memStats?.buckHashSys ?? 0) +
    (memStats?.gcSys ?? 0) +
    (memStats?.otherSys ?? 0);
  return { metadataBytes: Math.min(rss.anonymous, sys), isNamed: false };
}

interface GoFigures {
  memStats: MemStats | undefined;
  liveBytes: number | undefined;
  allocatedBetween: number;
}

function addGoHeap(
  terms: Terms,
  mappings: ClassifiedMappings,
  heapRss: number,
  { memStats, liveBytes, allocatedBetween }: GoFigures,
): void {
  const parts = divideGoMemory(memStats);
  if (parts === undefined || heapRss === 0) {
    terms.add("go-heap", heapRss, "smaps", mappings.named ? 1 : 0.9);
    return;
  }
  addGoParts(terms, parts, liveBytes);
  const { table } = mappings;
  const excess = heapRss - parts.objects - parts.unused - parts.free - parts.stacks;
  if (excess < 0) {
    const swapped = Math.min(-excess, sumByClass(mappings, table.swap)["go-heap"]);
    terms.add("go-swapped", -swapped, "smaps-and-mem-stats", 0.9);
    terms.add("go-untouched", excess + swapped, "smaps-and-mem-stats", 0.8);
    return;
  }
  // What the arenas have mapped beyond heap and stacks are the collector's work buffers.
  const opened = sumByClass(
    mappings,
    table.end.map((end, row) => openedBytes(mappings, row, end)),
  )["go-heap"];
  const buffers = Math.max(0, opened - (memStats?.heapSys ?? opened) - parts.stacks);
  let rest = excess;
  const explain = (id: RssTermId, bytes: number, confidence: number) => {
    const part = Math.min(rest, bytes);
    terms.add(id, part, "smaps-and-mem-stats", confidence);
    rest -= part;
  };
  explain("go-lazy-free", sumByClass(mappings, table.lazyFree)["go-heap"], 0.9);
  explain("go-work-buffers", buffers, 0.7);
  const hugePages = sumByClass(mappings, table.anonHugePages)["go-heap"];
  explain("go-huge-pages", Math.min(hugePages, memStats?.heapReleased ?? hugePages), 0.85);
  // A heap that is collected many times a second had, at some moment between the readings, up to so much more.
  explain("go-in-between", allocatedBetween, 0.6);
}

/** Bytes that the program allocated between the two readings that enclose the mappings. */
function countAllocatedBetween(memStats: RssInputs["memStats"]): number {
  if (memStats === undefined || !("before" in memStats)) return 0;
  return Math.max(0, (memStats.after.totalAlloc ?? 0) - (memStats.before.totalAlloc ?? Number.NaN)) || 0;
}

function openedBytes({ table }: ClassifiedMappings, row: number, end: number): number {
  return table.permissions[row]! === 0 ? 0 : end - table.start[row]!;
}

interface GoParts {
  objects: number;
  unused: number;
  free: number;
  stacks: number;
}

/** runtime.MemStats as the memory classes that lie in the heap's arenas. */
function divideGoMemory(memStats: MemStats | undefined): GoParts | undefined {
  const { heapAlloc, heapInuse, heapIdle, heapReleased, stackInuse } = memStats ?? {};
  if (heapAlloc === undefined || heapInuse === undefined) return undefined;
  return {
    objects: heapAlloc,
    unused: Math.max(0, heapInuse - heapAlloc),
    free: Math.max(0, (heapIdle ?? 0) - (heapReleased ?? 0)),
    stacks: stackInuse ?? 0,
  };
}

function addGoParts(terms: Terms, parts: GoParts, liveBytes: number | undefined): void {
  if (liveBytes === undefined) {
    terms.add("go-objects", parts.objects, "mem-stats", 1);
  } else {
    const live = Math.min(liveBytes, parts.objects);
    terms.add("go-live", live, "mem-stats", 0.9);
    terms.add("go-garbage", parts.objects - live, "mem-stats", 0.9);
  }
  terms.add("go-unused", parts.unused, "mem-stats", 1);
  terms.add("go-free", parts.free, "mem-stats", 1);
  terms.add("go-stacks", parts.stacks, "mem-stats", 1);
}

/** Without smaps: kinds of pages from status, and the runtime's figures as an upper bound of the anonymous ones. */
function addTotals(terms: Terms, { status, liveBytes }: RssInputs, memStats: MemStats | undefined): number {
  const { vmRss, rssAnon, rssFile, rssShmem } = status ?? {};
  if (vmRss === undefined) return 0;
  terms.add("files", rssFile ?? 0, "status", 0.9);
  terms.add("shared-memory", rssShmem ?? 0, "status", 1);
  const anonymous = rssAnon ?? vmRss - (rssFile ?? 0) - (rssShmem ?? 0);
  const parts = divideGoMemory(memStats);
  if (parts === undefined) {
    terms.add("outside-go", anonymous, "status", 0.3);
    return vmRss;
  }
  addGoParts(terms, parts, liveBytes);
  const { sys = 0, heapSys = 0, stackInuse = 0 } = memStats ?? {};
  const metadata = Math.max(0, sys - heapSys - stackInuse);
  terms.add("go-metadata", metadata, "mem-stats", 0.5);
  const rest = anonymous - parts.objects - parts.unused - parts.free - parts.stacks - metadata;
  if (rest < 0) terms.add("go-untouched", rest, "status-and-mem-stats", 0.5);
  else terms.add("outside-go", rest, "status-and-mem-stats", 0.5);
  return vmRss;
}

function sumByClass(
  { table, class: classes }: ClassifiedMappings,
  column: ArrayLike<number>,
): Record<MappingClass, number> {
  const sums = Object.fromEntries(MAPPING_CLASSES.map((name) => [name, 0])) as Record<MappingClass, number>;
  for (let row = 0; row < table.length; row++) sums[MAPPING_CLASSES[classes[row]!]!] += column[row]!;
  return sums;
}
