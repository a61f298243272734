import { computeGoroutineGrowth, type GoroutineGroup } from "../analysis/goroutine-growth.ts";
import { classifyCourse } from "../analysis/growth-course.ts";
import { buildGrowthFlame } from "../analysis/growth-flame.ts";
import { computeHeapGrowth, type GrowthSite, type HeapGrowth } from "../analysis/heap-growth.ts";
import { findLastRestart } from "../analysis/memory-series.ts";
import { findOwnFrames } from "../analysis/own-frames.ts";
import { computeModuleGrowth, computePackageGrowth } from "../analysis/package-growth.ts";
import type { Profile } from "../tables/profile.ts";
import type { DecodedBundle, SampleEvidence } from "./decode-bundle.ts";
import type { Diff, GoroutineDiff, GroupDiff, HeapDiff, SiteDiff } from "./diff.ts";
import { findGoVersion } from "./go-version.ts";
import { type Counters, chooseLoadCounter, type LoadCounter, listGrowingCounters } from "./load-counter.ts";

/** Inputs that cannot be compared: one sentence, and what to do. */
export class DiffError extends Error {
  override readonly name = "DiffError";
  readonly hint: string;

  constructor(message: string, hint: string) {
    super(message);
    this.hint = hint;
  }
}

export interface NamedBundle {
  name: string;
  decoded: DecodedBundle;
}

export interface DiffOptions {
  /** Name of the counter to divide by; without it one is looked for. */
  per?: string | undefined;
}

const SITES_KEPT = 100;
const GROUPS_KEPT = 100;
const PACKAGES_KEPT = 50;
/** Less than this at one site is not worth a word, however exact. */
const NOISE_BYTES = 64 * 1024;
const NOISE_COUNT = 5;

interface Moment {
  input: number;
  sample: SampleEvidence;
  seconds: number;
}

/**
 * Compares captures of one program from the first sample of the first input to the last of the last; all samples in
 * between tell whether growth was steady.
 *
 * @throws DiffError where the inputs have nothing in common to compare, or are of different programs.
 */
export function diffBundles(inputs: readonly NamedBundle[], { per }: DiffOptions = {}): Diff {
  const moments: Moment[] = inputs.flatMap(({ decoded }, input) =>
    decoded.samples.map((sample) => ({ input, sample, seconds: 0 })),
  );
  checkComparable(inputs);
  const isInOrder = moments.every((m, k) => k === 0 || m.sample.wallMs >= moments[k - 1]!.sample.wallMs);
  const firstMs = moments[0]!.sample.wallMs;
  for (const [k, moment] of moments.entries()) {
    moment.seconds = isInOrder ? (moment.sample.wallMs - firstMs) / 1000 : k;
  }
  const modules = inputs.map(({ decoded }) => findMainModule(decoded));
  checkSameModule(inputs, modules);
  const mainModule = modules.find((m) => m !== undefined);
  const growth = inputs.every(hasHeap) ? buildHeapGrowth(moments, inputs, mainModule) : undefined;
  const routines = inputs.every(hasGoroutines) ? buildGoroutines(moments, mainModule) : undefined;
  const commonFunctions = checkCommonFunctions(inputs, growth?.heap, routines);
  const isSameProcess =
    findLastRestart(moments.map((m) => m.sample.memStats)) === 0 && !hasAllocReset(growth?.heap);
  const load = findLoad(moments, { per, isSameProcess });
  const heap =
    growth === undefined ? null : diffHeap(growth.heap, { mainModule, isSameProcess, load, isInOrder });
  const goroutines =
    routines === undefined ? null : diffGoroutines(routines, isSameProcess ? load : undefined);
  const last = moments.at(-1)!.sample;
  return {
    inputs: inputs.map(({ name, decoded }, input) => {
      const heapAt = pickMoment(growth?.moments ?? [], input);
      const routinesAt = pickMoment(routines?.moments ?? [], input);
      const at = (series: number[] | undefined, k: number) => (k < 0 ? null : (series?.[k] ?? null));
      return {
        name,
        samples: decoded.samples.length,
        wallMs: decoded.samples[0]?.wallMs ?? 0,
        inuseBytes: at(heap?.series, heapAt),
        inuseObjects: at(growth?.objects, heapAt),
        goroutines: at(goroutines?.series, routinesAt),
      };
    }),
    program: {
      mainModule: mainModule ?? null,
      goVersion: findGoVersion([last], growth?.heap, undefined) ?? null,
    },
    seconds: isInOrder ? (growth?.moments ?? routines?.moments ?? []).map((m) => m.seconds) : null,
    isSameProcess,
    commonFunctions,
    load: load ?? null,
    heap,
    goroutines,
    flame: (growth === undefined ? undefined : buildGrowthFlame(growth.heap)) ?? null,
    damage: inputs.flatMap(({ name, decoded }) =>
      decoded.damage.map((d) => ({ ...d, path: inputs.length > 1 ? `${name}: ${d.path}` : d.path })),
    ),
  };
}

/** The moment an input stands for: its last, of the first input its first. */
function pickMoment(moments: readonly Moment[], input: number): number {
  return input === 0
    ? moments.findIndex((m) => m.input === 0)
    : moments.findLastIndex((m) => m.input === input);
}

function heapOf(sample: SampleEvidence): Profile | undefined {
  return sample.heap ?? sample.heapText;
}

function hasHeap({ decoded }: NamedBundle): boolean {
  return decoded.samples.some((s) => heapOf(s) !== undefined);
}

function hasGoroutines({ decoded }: NamedBundle): boolean {
  return decoded.samples.some((s) => s.goroutineProfile !== undefined || s.goroutineDump !== undefined);
}

function checkComparable(inputs: readonly NamedBundle[]): void {
  const kinds = inputs.map((input) => [
    ...(hasHeap(input) ? ["heap profiles"] : []),
    ...(hasGoroutines(input) ? ["goroutines"] : []),
  ]);
  for (const [k, input] of inputs.entries()) {
    if (kinds[k]!.length > 0) continue;
    const why = input.decoded.damage[0];
    throw new DiffError(
      `${input.name} holds neither a heap profile nor goroutines${why === undefined ? "" : ` (${why.what})`}`,
      "give heap or goroutine profiles, goroutine dumps, or bundles of gopatrol capture",
    );
  }
  if (inputs.every(hasHeap) || inputs.every(hasGoroutines)) return;
  const holds = inputs.map(({ name }, k) => `${name} holds ${kinds[k]!.join(" and ")}`).join(", ");
  throw new DiffError(
    `the inputs are not of one kind: ${holds}`,
    "compare heap with heap, or goroutines with goroutines",
  );
}

function findMainModule(decoded: DecodedBundle): string | undefined {
  return decoded.samples.map((s) => s.runtime?.mainModule).find((m) => m !== undefined);
}

/** Fewer own functions than this say little about which program it is. */
const LEAST_FUNCTIONS = 5;
/** Two captures of one program, busy or idle, have more of their own functions in common. */
const LEAST_COMMON = 0.2;

const OTHER_PROGRAM_HINT = "compare captures of one program, or inspect each by itself";

function checkSameModule(inputs: readonly NamedBundle[], modules: readonly (string | undefined)[]): void {
  const known = modules.flatMap((module, k) =>
    module === undefined ? [] : [{ module, name: inputs[k]!.name }],
  );
  const other = known.find(({ module }) => module !== known[0]!.module);
  if (other === undefined) return;
  throw new DiffError(
    `different programs: ${known[0]!.name} is ${known[0]!.module}, ${other.name} is ${other.module}`,
    OTHER_PROGRAM_HINT,
  );
}

/** Own functions that both ends show, as a share of the smaller number; 1 where too few are known to say. */
function checkCommonFunctions(
  inputs: readonly NamedBundle[],
  heap: HeapGrowth | undefined,
  routines: RoutineGrowth | undefined,
): number {
  const [first, last] = [listOwnFunctions(heap, routines, 0), listOwnFunctions(heap, routines, -1)];
  const fewer = Math.min(first.size, last.size);
  if (fewer < LEAST_FUNCTIONS) return 1;
  const common = [...first].filter((name) => last.has(name)).length;
  if (common >= LEAST_COMMON * fewer) return common / fewer;
  throw new DiffError(
    `different programs: of ${first.size} own functions in ${inputs[0]!.name} and ${last.size} in ${inputs.at(-1)!.name} only ${common} are in both`,
    OTHER_PROGRAM_HINT,
  );
}

/** Own functions on all stacks of the first (0) or last (-1) moment. */
function listOwnFunctions(
  heap: HeapGrowth | undefined,
  routines: RoutineGrowth | undefined,
  moment: 0 | -1,
): Set<string> {
  const names = new Set<string>();
  const column = heap?.columns.at(moment);
  for (const site of column === undefined ? [] : heap!.sites) {
    for (const node of site.nodes) {
      if (column!.inuseBytes[node]! === 0 && column!.allocBytes[node]! === 0) continue;
      for (const frame of findOwnFrames(heap!, node)) names.add(frame.function);
    }
  }
  for (const { count, origin, site, callers } of routines?.groups ?? []) {
    if (!(count.at(moment)! > 0)) continue;
    if (origin === "own") names.add(site.function);
    for (const frame of callers) names.add(frame.function);
  }
  // Every program has these.
  for (const name of names) if (/^main\.main\b/.test(name)) names.delete(name);
  return names;
}

function buildHeapGrowth(
  moments: readonly Moment[],
  inputs: readonly NamedBundle[],
  mainModule: string | undefined,
): { heap: HeapGrowth; moments: Moment[]; objects: number[] } {
  const withHeap = moments.filter((m) => heapOf(m.sample) !== undefined);
  const symbols = new Map(inputs.flatMap(({ decoded }) => [...decoded.symbols]));
  const heap = computeHeapGrowth({
    snapshots: withHeap.map((m) => ({ seconds: m.seconds, profile: heapOf(m.sample)! })),
    textProfile: withHeap.findLast((m) => m.sample.heapText !== undefined)?.sample.heapText,
    symbols,
    layout: { mainModule },
  });
  return {
    heap,
    moments: heap.snapshotOfColumn.map((k) => withHeap[k]!),
    objects: heap.columns.map((c) => c.inuseObjects.reduce((sum, n) => sum + n, 0)),
  };
}

/** A counter of all allocations that fell is another process's. */
function hasAllocReset(heap: HeapGrowth | undefined): boolean {
  const totals = heap?.columns.map((c) => c.allocBytes.reduce((sum, n) => sum + n, 0)) ?? [];
  return totals.some((total, k) => k > 0 && total < totals[k - 1]!);
}

function findLoad(
  moments: readonly Moment[],
  { per, isSameProcess }: { per: string | undefined; isSameProcess: boolean },
): LoadCounter | undefined {
  const none: Counters = new Map();
  const before = moments.find((m) => m.sample.counters !== undefined)?.sample.counters ?? none;
  const after = moments.findLast((m) => m.sample.counters !== undefined)?.sample.counters ?? none;
  const load = chooseLoadCounter(before, after, { wanted: per, isSameProcess });
  if (load !== undefined || per === undefined) return load;
  const names = listGrowingCounters(before, after);
  const listed = names.slice(0, 8).join(", ");
  throw new DiffError(
    `there is no counter ${per} that grew`,
    names.length === 0
      ? "capture /metrics or /debug/vars as well: no other counter grew either"
      : `these grew: ${listed}${names.length > 8 ? ` and ${names.length - 8} more` : ""}`,
  );
}

interface DiffContext {
  mainModule: string | undefined;
  isSameProcess: boolean;
  load: LoadCounter | undefined;
  isInOrder: boolean;
}

function diffHeap(heap: HeapGrowth, context: DiffContext): HeapDiff {
  const total = (pick: (c: HeapGrowth["columns"][number]) => Float64Array) =>
    heap.columns.map((c) => pick(c).reduce((sum, n) => sum + n, 0));
  const series = total((c) => c.inuseBytes);
  const objects = total((c) => c.inuseObjects);
  const alloc = total((c) => c.allocBytes);
  const growthBytes = series.at(-1)! - series[0]!;
  const allocatedBytes = alloc.at(-1) === 0 ? null : allocatedBetween(alloc, context);
  const kept = context.isSameProcess ? growthBytes : series.at(-1)!;
  const load = context.load;
  const sites = heap.sites.map((site) => diffSite(site, heap, context)).filter(isWorthARow);
  sites.sort((a, b) => b.growthBytes - a.growthBytes);
  return {
    beforeBytes: series[0]!,
    afterBytes: series.at(-1)!,
    growthBytes,
    growthObjects: objects.at(-1)! - objects[0]!,
    allocatedBytes,
    survivors: shareOf(kept, allocatedBytes),
    growthPerUnit: load === undefined || !context.isSameProcess ? null : growthBytes / load.growth,
    allocatedPerUnit: load === undefined || allocatedBytes === null ? null : allocatedBytes / load.growth,
    course: classifyCourse(series, Math.max(NOISE_BYTES, 0.02 * series[0]!)),
    series,
    siteCount: heap.sites.length,
    newCount: sites.filter((s) => s.change === "new").length,
    goneCount: sites.filter((s) => s.change === "gone").length,
    sites: keepEnds(sites, SITES_KEPT),
    packages: keepEnds(computePackageGrowth(heap), PACKAGES_KEPT),
    modules: keepEnds(computeModuleGrowth(heap, context.mainModule), PACKAGES_KEPT),
  };
}

/** The first three quarters and the last quarter of what is kept: what grew most and what shrank most. */
function keepEnds<T>(rows: T[], count: number): T[] {
  if (rows.length <= count) return rows;
  const tail = count >> 2;
  return [...rows.slice(0, count - tail), ...rows.slice(-tail)];
}

function isWorthARow({ growthBytes, change, allocatedBytes }: SiteDiff): boolean {
  return growthBytes !== 0 || change !== null || (allocatedBytes ?? 0) > 0;
}

/** Cumulative counters between the ends, or since the start of the second process. */
function allocatedBetween(series: readonly number[], { isSameProcess }: DiffContext): number {
  const last = series.at(-1) ?? 0;
  return Math.max(0, isSameProcess ? last - (series[0] ?? 0) : last);
}

function shareOf(growth: number, allocated: number | null): number | null {
  return allocated === null || !(allocated > 0) ? null : Math.max(0, Math.min(1, growth / allocated));
}

function diffSite(site: GrowthSite, heap: HeapGrowth, context: DiffContext): SiteDiff {
  const { growthBytes, inuseBytes } = site;
  const [beforeBytes, afterBytes] = [inuseBytes[0] ?? 0, inuseBytes.at(-1) ?? 0];
  const hasAlloc = site.allocBytes.some((bytes) => bytes > 0);
  const allocatedBytes = hasAlloc ? allocatedBetween(site.allocBytes, context) : null;
  // Objects that live through both are sampled once; of two processes each has its own samples.
  const uncertain = context.isSameProcess ? Math.abs(growthBytes) : beforeBytes + afterBytes;
  const isNew =
    afterBytes > 0 && beforeBytes === 0 && !(context.isSameProcess && (site.allocBytes[0] ?? 0) > 0);
  const span = (heap.seconds.at(-1) ?? 0) - (heap.seconds[0] ?? 0);
  return {
    site: site.site,
    origin: site.origin,
    operation: site.operation ?? null,
    beforeBytes,
    afterBytes,
    growthBytes,
    growthObjects: site.growthObjects,
    errorBytes: Math.sqrt(uncertain * site.sampleWeightBytes),
    change: isNew ? "new" : beforeBytes > 0 && afterBytes === 0 ? "gone" : null,
    course: classifyCourse(inuseBytes, Math.max(NOISE_BYTES, 2 * site.sampleWeightBytes)),
    allocatedBytes,
    allocatedPerGrowth: allocatedBytes === null || growthBytes <= 0 ? null : allocatedBytes / growthBytes,
    survivors: shareOf(context.isSameProcess ? growthBytes : afterBytes, allocatedBytes),
    growthPerUnit:
      context.load === undefined || !context.isSameProcess ? null : growthBytes / context.load.growth,
    bytesPerSecond: context.isInOrder && span > 0 ? growthBytes / span : null,
    series: inuseBytes,
  };
}

interface RoutineGrowth {
  moments: Moment[];
  total: number[];
  groups: GoroutineGroup[];
}

function buildGoroutines(moments: readonly Moment[], mainModule: string | undefined): RoutineGrowth {
  const known = moments.filter(
    (m) => m.sample.goroutineProfile !== undefined || m.sample.goroutineDump !== undefined,
  );
  const growth = computeGoroutineGrowth(
    known.map((m) => ({
      seconds: m.seconds,
      profile: m.sample.goroutineProfile,
      dump: m.sample.goroutineDump,
    })),
    { mainModule },
  );
  return { moments: known, total: growth.total, groups: growth.groups };
}

function diffGoroutines({ total, groups }: RoutineGrowth, load: LoadCounter | undefined): GoroutineDiff {
  const perUnit = (growth: number) => (load === undefined ? null : growth / load.growth);
  const rows = groups.map(({ state, site, origin, createdBy, stack, count }): GroupDiff => {
    const [before, after] = [count[0] ?? 0, count.at(-1) ?? 0];
    return {
      state,
      site,
      origin,
      createdBy: createdBy ?? null,
      before,
      after,
      growth: after - before,
      change: before === 0 && after > 0 ? "new" : before > 0 && after === 0 ? "gone" : null,
      course: classifyCourse(count, NOISE_COUNT),
      growthPerUnit: perUnit(after - before),
      stack,
      series: count,
    };
  });
  rows.sort((a, b) => b.growth - a.growth || b.after - a.after);
  const [before, after] = [total[0] ?? 0, total.at(-1) ?? 0];
  return {
    before,
    after,
    growth: after - before,
    growthPerUnit: perUnit(after - before),
    course: classifyCourse(total, Math.max(NOISE_COUNT, 0.02 * before)),
    series: total,
    groups: keepEnds(rows, GROUPS_KEPT),
  };
}
