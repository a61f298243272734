import { findAllocationBurst } from "../analysis/allocation-burst.ts";
import { computeCollectorLoad } from "../analysis/collector-load.ts";
import { findFinalizerStalls } from "../analysis/finalizer-stalls.ts";
import type { GcCycles } from "../analysis/gc-cycles/gc-cycles.ts";
import { computeGoroutineGrowth, type GoroutineGrowth } from "../analysis/goroutine-growth.ts";
import { computeGrowthClusters } from "../analysis/growth-clusters.ts";
import { buildGrowthFlame } from "../analysis/growth-flame.ts";
import { computeHeapGrowth, type HeapGrowth } from "../analysis/heap-growth.ts";
import {
  type CollectorActivity,
  computeCollectorActivity,
  computeLiveHeap,
  findLastRestart,
  type LiveHeap,
  type MemorySample,
} from "../analysis/memory-series.ts";
import type { ProcessGrowth } from "../analysis/process-growth.ts";
import type { Bundle } from "../bundle/manifest.ts";
import { diagnose } from "../findings/diagnose.ts";
import type { Evidence, MemoryClassSample } from "../findings/evidence.ts";
import type { Series } from "../findings/finding.ts";
import { listHolders } from "../findings/goroutine-holdings.ts";
import { RetentionFinder } from "../findings/retention-finder.ts";
import type { HeapContents } from "../tables/heap-contents.ts";
import { findBrokenIdentity, toMemoryClasses } from "../tables/memory-classes.ts";
import { findSampleType } from "../tables/profile.ts";
import { type DecodedBundle, decodeBundle, type SampleEvidence } from "./decode-bundle.ts";
import { buildGcSection, listGcSeries } from "./gc-section.ts";
import { findGoVersion } from "./go-version.ts";
import type { CaptureUsed, GoroutineGroupGrowth, Inspection, SiteGrowth } from "./inspection.ts";
import { viewProcess } from "./kernel-view.ts";
import { buildProcessGrowth, findLastStart, findProcessAge } from "./process-evidence.ts";
import { reachVerdict } from "./verdict.ts";

/** How many rows of each table an inspection keeps: a report is read by people. */
const SITES_KEPT = 25;
const GROUPS_KEPT = 40;
const CONTAINERS_KEPT = 25;
const STACKS_KEPT = 3;

/**
 * From bytes to findings, the one way. Pure: the same bundle gives the same inspection.
 *
 * @param heapContents what a look at the memory itself found, which no bundle holds
 */
export function inspectBundle(
  bundle: Bundle,
  decoded: DecodedBundle = decodeBundle(bundle),
  heapContents?: HeapContents,
): Inspection {
  const restartedAt = Math.max(
    findLastRestart(decoded.samples.map((s) => s.memStats)),
    findLastStart(decoded.samples),
  );
  const later = decoded.samples.slice(restartedAt);
  const origin = later[0]?.seconds ?? 0;
  const samples = later.map((sample) => ({ ...sample, seconds: sample.seconds - origin }));
  return assembleInspection(bundle, decoded, samples, restartedAt, heapContents);
}

function assembleInspection(
  bundle: Bundle,
  decoded: DecodedBundle,
  samples: SampleEvidence[],
  restartedAt: number,
  look: HeapContents | undefined,
): Inspection {
  const { manifest } = bundle;
  const memorySamples = samples.map(toMemorySample);
  const { gc, ...otherLogs } = decoded.logs;
  const gcCycles = gc?.processes[gc.main];
  const liveHeap = computeLiveHeap(memorySamples) ?? findLoggedHeap(gcCycles);
  const collector = computeCollectorActivity(memorySamples);
  const mainModule = samples.map((s) => s.runtime?.mainModule).find((m) => m !== undefined);
  const heap = buildHeapGrowth(samples, decoded, mainModule);
  const goroutines = buildGoroutineGrowth(samples, mainModule);
  const stackSeries = samples.flatMap((s) => s.memStats?.stackInuse ?? []);
  const process = buildProcessGrowth(samples);
  const gomemlimitBytes = samples.map((s) => s.runtime?.gomemlimitBytes).find(Number.isFinite);
  const { limitBytes, limitSource } = findLimit(manifest.limitBytes, process, gomemlimitBytes);
  const source = decoded.source.size === 0 ? undefined : decoded.source;
  const retention =
    source === undefined || heap === undefined ? undefined : new RetentionFinder(source, heap);
  const memoryClasses = samples.flatMap(findMemoryClasses);
  const runtimeMetrics = samples.flatMap(({ seconds, runtime }) =>
    runtime === undefined ? [] : [{ seconds, metrics: runtime }],
  );
  const processAgeSeconds = findProcessAge(samples);
  const statedVersion = findGoVersion(samples, heap, goroutines);
  const isOfAnother = look !== undefined && areOtherVersions(statedVersion, look.goVersion);
  const heapContents = isOfAnother ? undefined : look;
  const evidence: Evidence = {
    liveHeap,
    collector,
    collectorLoad: computeCollectorLoad({
      collector,
      samples: memorySamples,
      memoryClasses,
      runtimeMetrics,
      processAgeSeconds,
    }),
    allocationBurst: findAllocationBurst(memorySamples),
    memoryClasses,
    gcCycles,
    ...otherLogs,
    runtimeMetrics,
    heap,
    clusters:
      heap === undefined
        ? []
        : computeGrowthClusters(heap, {
            findStore: (site) => retention?.findStore(site),
            holders: listHolders(goroutines),
          }),
    heapContents,
    retention,
    goroutines,
    finalizerStalls: findFinalizerStalls(listGoroutineSnapshots(samples), { mainModule }),
    stackBytes: stackSeries.length < 2 ? undefined : { first: stackSeries[0]!, last: stackSeries.at(-1)! },
    limitBytes,
    process,
    gomemlimitBytes,
    hardLimitBytes: manifest.limitBytes ?? findContainerLimit(process),
    processAgeSeconds,
    goVersion: statedVersion ?? heapContents?.goVersion,
    source,
  };
  const findings = diagnose(evidence);
  const gcSection = buildGcSection(gc);
  const samplesSeen = liveHeap?.source === "gctrace" ? liveHeap.bytes.length : samples.length;
  const last = samples[samples.length - 1];
  const stats = last === undefined ? undefined : last.memStats;
  return {
    target: {
      name: manifest.target.name,
      goVersion: evidence.goVersion ?? null,
      mainModule: mainModule ?? null,
    },
    window: {
      beganWallMs: manifest.begun.wallMs,
      samples: samplesSeen,
      spanSeconds: samples.length === 0 ? (liveHeap?.trend.spanSeconds ?? 0) : (last?.seconds ?? 0),
      interrupted: manifest.interrupted,
      restartedAtSample: restartedAt,
    },
    limitBytes: limitBytes ?? null,
    limitSource,
    kernel: process === undefined ? null : viewProcess(process),
    process: {
      liveHeapBytes: liveHeap?.trend.last ?? null,
      liveHeapSource: liveHeap?.source ?? null,
      sysBytes: stats?.sys ?? null,
      releasedBytes: stats?.heapReleased ?? null,
      residentBytes: process?.rss?.value.at(-1) ?? last?.runtime?.residentBytes ?? null,
      memoryClasses: memoryClasses.at(-1)?.classes ?? null,
      goroutines: goroutines?.total.findLast((n) => !Number.isNaN(n)) ?? null,
      allocatedBytesPerSecond: rate(collector, collector?.allocatedBytes),
      gcCyclesPerSecond: rate(collector, collector?.automaticCycles),
      gcCpuFraction:
        collector === undefined || Number.isNaN(collector.gcCpuFraction) ? null : collector.gcCpuFraction,
    },
    verdict: reachVerdict(evidence, findings, { samples: samplesSeen, restartedAt }),
    findings,
    gc: gcSection,
    series: [
      ...buildSeries(samples, liveHeap, goroutines),
      ...(gcSection === null
        ? []
        : listGcSeries(gcSection, { withLiveHeap: liveHeap?.source !== "gctrace" })),
    ],
    heapContents: heapContents === undefined ? null : keepRows(heapContents),
    flame: (heap === undefined ? undefined : buildGrowthFlame(heap)) ?? null,
    sites: heap === undefined ? [] : listSites(heap),
    goroutineGroups: goroutines === undefined ? [] : listGroups(goroutines),
    captures: manifest.captures.map(
      (c): CaptureUsed => ({
        sample: c.sample,
        kind: c.kind,
        format: c.kind === "source" ? "go source" : (decoded.formats.get(c.path) ?? "not used"),
        path: c.path,
        origin: c.origin,
        bytes: c.bytes,
        elapsedMs: c.elapsedMs,
        forcedGc: c.forcedGc,
        cutOff: c.cutOff,
      }),
    ),
    failures: manifest.failures,
    damage: isOfAnother
      ? [...decoded.damage, describeOther(look.goVersion, statedVersion ?? "")]
      : decoded.damage,
  };
}

function keepRows(contents: HeapContents): HeapContents {
  return {
    ...contents,
    containers: contents.containers
      .slice(0, CONTAINERS_KEPT)
      .map((container) => ({ ...container, allocatedAt: container.allocatedAt.slice(0, STACKS_KEPT) })),
  };
}

/** "go1.26" of a path may be any go1.26.x. */
function areOtherVersions(stated: string | undefined, ofHeap: string): boolean {
  if (stated === undefined || ofHeap === "") return false;
  const [seen] = ofHeap.split(" ") as [string];
  return !`${seen}.`.startsWith(`${stated}.`) && !`${stated}.`.startsWith(`${seen}.`);
}

function describeOther(ofHeap: string, stated: string): DecodedBundle["damage"][number] {
  return {
    format: "go-runtime",
    offset: 0,
    path: "core",
    what: `the core is of another program: built by ${ofHeap}, the profiles are of ${stated}; give the core of the same process`,
  };
}

/** Without any sample of the heap, the log's live heap after each collection stands for it. */
function findLoggedHeap(gcCycles: GcCycles | undefined): LiveHeap | undefined {
  if (gcCycles === undefined) return undefined;
  const { seconds, liveBytes } = gcCycles.series;
  const origin = seconds[0] ?? 0;
  return {
    source: "gctrace",
    seconds: seconds.map((s) => s - origin),
    bytes: liveBytes,
    trend: gcCycles.liveHeap.trend,
  };
}

/** Of what a cgroup holds, the part that must be the process's own for the limit to be its limit. */
const SOLE_TENANT = 0.5;

/** The limit of the container that the process has for itself; a limit shared with others says nothing of its heap. */
function findContainerLimit(process: Evidence["process"]): number | undefined {
  const cgroup = process?.cgroup?.last;
  const rss = process?.rss?.trend.last;
  if (cgroup === undefined || rss === undefined) return undefined;
  // A cgroup that may have more than the machine has no limit of its own.
  if (!(cgroup.limit < (process?.machine?.memoryBytes ?? Number.POSITIVE_INFINITY))) return undefined;
  return rss >= SOLE_TENANT * (cgroup.anon ?? cgroup.current ?? Number.POSITIVE_INFINITY)
    ? cgroup.limit
    : undefined;
}

/** The user's word comes first; then the kernel's, which kills; a limit that the runtime keeps to by itself is the last. */
function findLimit(
  given: number | null,
  process: ProcessGrowth | undefined,
  gomemlimitBytes: number | undefined,
): Pick<Evidence, "limitBytes"> & Pick<Inspection, "limitSource"> {
  if (given !== null) return { limitBytes: given, limitSource: "given" };
  const container = findContainerLimit(process);
  if (container !== undefined) return { limitBytes: container, limitSource: "cgroup" };
  if (gomemlimitBytes !== undefined) return { limitBytes: gomemlimitBytes, limitSource: "gomemlimit" };
  return { limitBytes: undefined, limitSource: null };
}

/** Classes of one reading that told all of them; figures of several readings would not add up. */
function findMemoryClasses({ seconds, readings }: SampleEvidence): MemoryClassSample[] {
  for (const { memStats } of readings) {
    const classes = findBrokenIdentity(memStats) === undefined ? toMemoryClasses(memStats) : undefined;
    if (classes !== undefined) return [{ seconds, classes }];
  }
  return [];
}

function toMemorySample(sample: SampleEvidence): MemorySample {
  const inuse = sample.heap === undefined ? undefined : findSampleType(sample.heap, "inuse_space");
  return {
    seconds: sample.seconds,
    memStats: sample.memStats,
    afterForcedGc:
      sample.heapForcedGc && sample.memStats?.heapAlloc !== undefined && sample.heapText !== undefined,
    profileInuseBytes: inuse?.value.reduce((sum, bytes) => sum + bytes, 0),
    residentBytes: sample.process.status?.vmRss ?? sample.runtime?.residentBytes,
  };
}

function buildHeapGrowth(
  samples: readonly SampleEvidence[],
  decoded: DecodedBundle,
  mainModule: string | undefined,
): HeapGrowth | undefined {
  const usesText = !samples.some((s) => s.heap !== undefined);
  const snapshots = samples.flatMap((s) => {
    const profile = usesText ? s.heapText : s.heap;
    return profile === undefined ? [] : [{ seconds: s.seconds, profile }];
  });
  if (snapshots.length === 0) return undefined;
  return computeHeapGrowth({
    snapshots,
    textProfile: samples.findLast((s) => s.heapText !== undefined)?.heapText,
    symbols: decoded.symbols,
    layout: { mainModule },
  });
}

function hasGoroutines(sample: SampleEvidence): boolean {
  return (
    sample.goroutineProfile !== undefined ||
    sample.goroutineDump !== undefined ||
    sample.goroutineLeaks !== undefined
  );
}

function listGoroutineSnapshots(samples: readonly SampleEvidence[]) {
  return samples.filter(hasGoroutines).map((s) => ({
    seconds: s.seconds,
    profile: s.goroutineProfile,
    dump: s.goroutineDump,
    leaks: s.goroutineLeaks,
  }));
}

function buildGoroutineGrowth(
  samples: readonly SampleEvidence[],
  mainModule: string | undefined,
): GoroutineGrowth | undefined {
  const snapshots = listGoroutineSnapshots(samples);
  return snapshots.length === 0 ? undefined : computeGoroutineGrowth(snapshots, { mainModule });
}

function rate(collector: CollectorActivity | undefined, amount: number | undefined): number | null {
  return collector === undefined || amount === undefined || collector.seconds <= 0
    ? null
    : amount / collector.seconds;
}

function buildSeries(
  samples: readonly SampleEvidence[],
  liveHeap: LiveHeap | undefined,
  goroutines: GoroutineGrowth | undefined,
): Series[] {
  const series: Series[] = [];
  const add = (
    label: Series["label"],
    unit: Series["unit"],
    pick: (s: SampleEvidence) => number | undefined,
  ) => {
    const points = samples.flatMap((s) => {
      const value = pick(s);
      return value === undefined || !Number.isFinite(value) ? [] : [[s.seconds, value] as const];
    });
    if (points.length < 2) return;
    series.push({ label, unit, seconds: points.map(([t]) => t), value: points.map(([, v]) => v) });
  };
  if (liveHeap !== undefined && liveHeap.bytes.length >= 2) {
    series.push({ label: "live heap", unit: "bytes", seconds: liveHeap.seconds, value: liveHeap.bytes });
  }
  add("memory held from the OS", "bytes", (s) => {
    const stats = s.memStats;
    return stats?.sys === undefined ? undefined : stats.sys - (stats.heapReleased ?? 0);
  });
  add("resident set", "bytes", (s) => s.process.status?.vmRss ?? s.runtime?.residentBytes);
  if (goroutines !== undefined && goroutines.total.length >= 2) {
    series.push({ label: "goroutines", unit: "count", seconds: goroutines.seconds, value: goroutines.total });
  }
  return series;
}

function listSites(heap: HeapGrowth): SiteGrowth[] {
  return heap.sites
    .filter((site) => site.growthBytes > 0)
    .slice(0, SITES_KEPT)
    .map((site) => ({
      site: site.site,
      origin: site.origin,
      operation: site.operation ?? null,
      beforeBytes: site.inuseBytes[0] ?? 0,
      afterBytes: site.inuseBytes.at(-1) ?? 0,
      growthBytes: site.growthBytes,
      bytesPerSecond: Number.isNaN(site.trend.slope) ? null : site.trend.slope,
      kept: Number.isNaN(site.kept) ? null : site.kept,
      series: site.inuseBytes,
    }));
}

function listGroups(goroutines: GoroutineGrowth): GoroutineGroupGrowth[] {
  return goroutines.groups.slice(0, GROUPS_KEPT).map((group) => ({
    state: group.state,
    site: group.site,
    origin: group.origin,
    before: group.count.find((n) => !Number.isNaN(n)) ?? 0,
    after: group.count.findLast((n) => !Number.isNaN(n)) ?? 0,
    growing: group.trend.shape === "growing",
    waitMinutes: group.waitMinutes,
    createdBy: group.createdBy ?? null,
    stack: group.stack,
    series: group.count,
  }));
}
