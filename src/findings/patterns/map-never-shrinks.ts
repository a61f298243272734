import type { GrowthSite, HeapGrowth } from "../../analysis/heap-growth.ts";
import { collectObjectSizes } from "../../analysis/object-sizes.ts";
import { estimate, quantity } from "../../lib/quantity.ts";
import type { RetainedStore } from "../../source/retained-store.ts";
import type { HeapContainer } from "../../tables/heap-contents.ts";
import type { Evidence } from "../evidence.ts";
import type { Severity } from "../finding.ts";
import { findNamedContainer } from "../heap-containers.ts";
import { foundInHeap, severityOfWaste } from "../heap-suspects.ts";
import { clampConfidence } from "../judgement.ts";
import type { Candidate, Pattern } from "../pattern.ts";
import { qualifySite } from "../qualified-site.ts";
import type { RetentionFinder } from "../retention-finder.ts";
import { type Statement, statement } from "../statement.ts";

/** Tables smaller than this are not worth a word. */
const LEAST_TABLE_BYTES = 4 * 1024 * 1024;
/** Tables this much larger than their entries need were made for more of them: a map that has just grown has 2.3. */
const EMPTIED_FACTOR = 8;
/** Or the entries were seen to go, to this share of their most, and the tables stayed at this share of theirs. */
const GONE_SHARE = 0.5;
const STAYED_SHARE = 0.9;
/** Of what was ever put in, this share may be left where the map was emptied before the window. */
const LEFT_SHARE = 0.25;
/** Load of a map right after its tables were split: 7/16 (internal/runtime/maps, and 6.5/16 before Go 1.24). */
const LEAST_LOAD = 7 / 16;
/** Keys and values above 128 bytes lie outside the table. */
const LARGEST_SLOT_BYTES = 256;
/** What hurts: so much of the live heap, and so many bytes. */
const HURTING_SHARE = 0.25;
const HURTING_BYTES = 16 * 1024 * 1024;
const SITES_TRACED = 200;
const MOST_MAPS = 20;

/**
 * A map that was emptied and keeps its tables: deleting frees keys and values, never buckets, in every version of Go.
 *
 * The profile shows the tables' bytes at the line that inserts, standing still; that entries went is seen from the
 * objects that the source says are put in. Where these are not allocated one by one (map[int]int), nothing is said.
 *
 * A look at the heap counts the slots and the entries themselves: it finds every such map, and has the last word.
 */
export const mapNeverShrinks: Pattern = {
  id: "data/map-never-shrinks",
  judge(evidence) {
    const found = judgeProfile(evidence);
    return found.length > 0 ? found : judgeHeap(evidence);
  },
};

function judgeProfile(evidence: Evidence): Candidate[] {
  const { heap, retention } = evidence;
  if (heap === undefined || retention === undefined || heap.seconds.length < 2) return [];
  return heap.sites
    .filter((site) => site.operation === "map-insert" && site.origin === "own")
    .slice(0, MOST_MAPS)
    .flatMap((site) => {
      const tables = measureTables(site, heap);
      if (tables.lastBytes < LEAST_TABLE_BYTES || tables.lastBytes < STAYED_SHARE * tables.firstBytes)
        return [];
      const store = retention.findPath(site)?.store;
      return store === undefined ? [] : judgeMap(site, tables, store, heap, retention, evidence);
    });
}

/** Maps whose tables have many times the slots that their entries need, by what the heap holds. */
function judgeHeap({ heapContents }: Evidence): Candidate[] {
  if (heapContents === undefined) return [];
  return heapContents.containers
    .filter(
      ({ kind, largest }) =>
        kind === "map" &&
        largest.reclaimableBytes >= LEAST_TABLE_BYTES &&
        largest.capacity >= EMPTIED_FACTOR * Math.max(1, largest.entries),
    )
    .map((container) => {
      const { owner, largest } = container;
      const saving = quantity(largest.reclaimableBytes, "bytes");
      return foundInHeap("data/map-never-shrinks", {
        state: "confirmed",
        severity: severityOfWaste(heapContents, largest.reclaimableBytes),
        confidence: 0.85,
        headline: statement("headline-heap-never-shrinks", {
          owner,
          entries: quantity(largest.entries, "count"),
          slots: quantity(largest.capacity, "count"),
          saving,
        }),
        evidence: [
          describeTables(container),
          ...(container.isNamed && largest.path !== owner
            ? [statement("heap-path", { owner, path: largest.path })]
            : []),
        ],
        fix: [statement("fix-compact-map", { target: owner, saving }), statement("fix-shard-map", {})],
        next: [],
      });
    });
}

function describeTables({ owner, largest }: HeapContainer): Statement {
  return statement("heap-map-load", {
    owner,
    entries: quantity(largest.entries, "count"),
    slots: quantity(largest.capacity, "count"),
    own: quantity(largest.ownBytes, "bytes"),
    reclaimable: quantity(largest.reclaimableBytes, "bytes"),
  });
}

interface Tables {
  firstBytes: number;
  lastBytes: number;
  /** Values that the same line allocates: `m[k] = &T{}`. */
  values: Pick<Entries, "now" | "most" | "ever"> & { bytes: number };
}

/**
 * Tables and values of a line that allocates both are told apart by size. The tables of a map worth a word are at
 * least 9 kB each: 1024 slots of two words (internal/runtime/maps), or one array up to Go 1.23.
 */
const LEAST_TABLE_OBJECT_BYTES = 8 * 1024;

function measureTables(site: GrowthSite, heap: HeapGrowth): Tables {
  const first = measureEnd(site, heap.ends?.first);
  const last = measureEnd(site, heap.ends?.last);
  const isUnknown = first.tables + last.tables === 0;
  return {
    // Without sizes all of it counts.
    firstBytes: isUnknown ? Math.max(...site.inuseBytes) : first.tables,
    lastBytes: isUnknown ? (site.inuseBytes.at(-1) ?? 0) : last.tables,
    values: {
      now: last.values,
      most: Math.max(first.values, last.values),
      ever: last.valuesEver,
      bytes: last.valueBytes / Math.max(1, last.valuesEver),
    },
  };
}

function measureEnd(site: GrowthSite, end: NonNullable<HeapGrowth["ends"]>["last"] | undefined) {
  const sum = { tables: 0, values: 0, valuesEver: 0, valueBytes: 0 };
  if (end === undefined) return sum;
  const group = new Map(site.nodes.map((node) => [node, 0]));
  for (const [bytes, { allocated, inuse }] of collectObjectSizes(end.profile, end.node, group).get(0) ?? []) {
    if (bytes >= LEAST_TABLE_OBJECT_BYTES) sum.tables += bytes * inuse;
    else {
      sum.values += inuse;
      sum.valuesEver += allocated;
      sum.valueBytes += bytes * allocated;
    }
  }
  return sum;
}

/** One byte of each slot says what is in it. */
function bytesOfSlot({ slotBytes }: RetainedStore): number {
  return 1 + (slotBytes ?? LARGEST_SLOT_BYTES);
}

interface Entries {
  now: number;
  most: number;
  ever: number;
  /** More than are seen may be there by chance: the profile samples. */
  possible: number;
}

function judgeMap(
  site: GrowthSite,
  tables: Tables,
  store: RetainedStore,
  heap: HeapGrowth,
  retention: RetentionFinder,
  evidence: Evidence,
): Candidate[] {
  const removal = store.removals.find(({ kind }) => kind === "delete" || kind === "reset");
  const entries = countEntries(site, tables, store, heap, retention);
  if (removal === undefined || entries === undefined) return [];
  const tableBytes = tables.lastBytes;
  const wentInWindow = entries.possible <= GONE_SHARE * entries.most;
  const slotBytes = bytesOfSlot(store);
  const wentBefore =
    tableBytes >= EMPTIED_FACTOR * entries.possible * slotBytes &&
    entries.possible <= LEFT_SHARE * entries.ever;
  if (!wentInWindow && !wentBefore) return [];
  const { heapContents } = evidence;
  const seen = heapContents === undefined ? undefined : findNamedContainer(heapContents, store.owner);
  // The heap's own count has the last word: a map that is in use has its tables for a reason.
  if (seen !== undefined && seen.largest.capacity < EMPTIED_FACTOR * Math.max(1, seen.largest.entries))
    return [];
  const needed = Math.min(tableBytes, (entries.possible * slotBytes) / LEAST_LOAD);
  const saving = seen?.largest.reclaimableBytes ?? tableBytes - needed;
  const live = evidence.liveHeap?.trend.last ?? Number.NaN;
  const severity: Severity = saving >= HURTING_BYTES && saving >= HURTING_SHARE * live ? "warning" : "info";
  const at = qualifySite(
    { function: store.function, file: store.file, line: store.line },
    heap.interner.frames(),
  );
  return [
    {
      claims: { clusters: [], groups: [] },
      finding: {
        pattern: "data/map-never-shrinks",
        state: "confirmed",
        severity,
        confidence: clampConfidence((wentInWindow ? 0.9 : 0.75) + (seen === undefined ? 0 : 0.1)),
        site: at,
        callers: [],
        headline: statement("headline-map-never-shrinks", {
          target: store.owner,
          site: at,
          saving: estimate(saving, "bytes"),
        }),
        evidence: [
          statement("map-tables", {
            site: at,
            bytes: estimate(tableBytes, "bytes"),
            share: estimate(tableBytes / live, "fraction"),
          }),
          wentInWindow
            ? statement("map-entries-went", {
                from: estimate(Math.round(entries.most), "count"),
                to: estimate(Math.round(entries.now), "count"),
              })
            : statement("map-entries-few", {
                most: estimate(Math.round(entries.possible), "count"),
                ever: estimate(Math.round(entries.ever), "count"),
                perEntry: estimate(tableBytes / Math.max(1, entries.possible), "bytes"),
                slot: quantity(slotBytes, "bytes"),
              }),
          statement("map-entries-deleted", {
            target: store.owner,
            text: removal.text,
            site: { function: "", file: removal.file, line: removal.line },
          }),
          ...(seen === undefined ? [] : [describeTables(seen)]),
        ],
        consequences: [],
        fix: [
          statement("fix-compact-map", { target: store.owner, saving: estimate(saving, "bytes") }),
          statement("fix-shard-map", {}),
        ],
        next: [],
        series:
          tables.values.ever > 0
            ? []
            : [{ label: "map tables", unit: "bytes", seconds: heap.seconds, value: site.inuseBytes }],
      },
    },
  ];
}

/** Of all objects that end up in this map, those of the line that has most of them: at least one for each entry. */
function countEntries(
  tableSite: GrowthSite,
  { values, lastBytes }: Tables,
  store: RetainedStore,
  heap: HeapGrowth,
  retention: RetentionFinder,
): Entries | undefined {
  let best: Entries | undefined;
  const mostByChance = (count: number, objectBytes: number): number => {
    const weight = heap.periodBytes / Math.max(1, objectBytes);
    return count + 2 * Math.sqrt((count + weight) * weight);
  };
  const consider = (counts: Pick<Entries, "now" | "most" | "ever">, objectBytes: number): void => {
    const possible = mostByChance(counts.now, objectBytes);
    if (best === undefined || possible > best.possible) best = { ...counts, possible };
  };
  // Tables grew to their size by so many entries at once. What is fewer is the map's own: a table's head has 32 bytes.
  const leastEver = (LEAST_LOAD * lastBytes) / bytesOfSlot(store);
  if (values.ever > 0 && mostByChance(values.ever, values.bytes) >= leastEver) consider(values, values.bytes);
  const byAllocated = [...heap.sites]
    .filter((site) => site !== tableSite && site.operation !== "map-insert")
    .sort((a, b) => (b.allocBytes.at(-1) ?? 0) - (a.allocBytes.at(-1) ?? 0));
  for (const site of byAllocated.slice(0, SITES_TRACED)) {
    const at = retention.findStore(site);
    if (at === undefined || at.file !== store.file || at.line !== store.line) continue;
    const ever = site.allocObjects.at(-1) ?? 0;
    consider(
      { now: site.inuseObjects.at(-1) ?? 0, most: Math.max(...site.inuseObjects), ever },
      (site.allocBytes.at(-1) ?? 0) / Math.max(1, ever),
    );
  }
  return best;
}
