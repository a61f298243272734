import { computeGoroutineGrowth, type GoroutineGroup } from "../analysis/goroutine-growth.ts";
import { classifyCourse } from "../analysis/growth-course.ts";
import { buildGrowthFlame } from "../analysis/growth-flame.ts";
import { computeHeapGrowth, type HeapGrowth } from "../analysis/heap-growth.ts";
import { findLastRestart } from "../analysis/memory-series.ts";
import type { SampleEvidence } from "./decode-bundle.ts";
import type { Diff, GoroutineDiff, GroupDiff, HeapDiff } from "./diff.ts";
import {
  checkCommonFunctions,
  checkComparable,
  checkSameModule,
  DiffError,
  findMainModule,
  hasGoroutines,
  hasHeap,
  heapOf,
  type NamedBundle,
} from "./diff-checks.ts";
import { diffHeap, keepEnds } from "./diff-heap.ts";
import { findGoVersion } from "./go-version.ts";
import { type Counters, chooseLoadCounter, type LoadCounter, listGrowingCounters } from "./load-counter.ts";

export interface DiffOptions {
  /** Name of the counter to divide by; without it one is looked for. */
  per?: string | undefined;
}

const GROUPS_KEPT = 100;
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
  const commonFunctions = checkCommonFunctions(inputs, growth?.heap, routines?.groups ?? []);
  const isSameProcess =
    findLastRestart(moments.map((m) => m.sample.memStats)) === 0 && !hasAllocReset(growth?.heap);
  const load = findLoad(moments, { per, isSameProcess });
  const heap =
    growth === undefined ? null : diffHeap(growth.heap, { mainModule, isSameProcess, load, isInOrder });
  const goroutines =
    routines === undefined ? null : diffGoroutines(routines, isSameProcess ? load : undefined);
  const last = moments.at(-1)!.sample;
  return {
    inputs: listInputs(inputs, moments, { heap, goroutines, growth, routines }),
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

/** The inputs with what they hold at their end; of a single one, each of its samples. */
function listInputs(
  inputs: readonly NamedBundle[],
  moments: readonly Moment[],
  { heap, goroutines, growth, routines }: Results,
): Diff["inputs"] {
  const at = (series: number[] | undefined, k: number) => series?.[k] ?? null;
  const describe = (name: string, samples: number, wallMs: number, isPart: (m: Moment) => boolean) => {
    // Of the first input it is the first moment that is compared.
    const pick = (of: readonly Moment[] = []) =>
      isPart(moments[0]!) ? of.findIndex(isPart) : of.findLastIndex(isPart);
    const [h, g] = [pick(growth?.moments), pick(routines?.moments)];
    return {
      name,
      samples,
      wallMs,
      inuseBytes: at(heap?.series, h),
      inuseObjects: at(growth?.objects, h),
      goroutines: at(goroutines?.series, g),
    };
  };
  const [only] = inputs;
  if (inputs.length === 1 && only !== undefined) {
    return moments.map((moment, k) =>
      describe(`${only.name}#${k + 1}`, 1, moment.sample.wallMs, (m) => m === moment),
    );
  }
  return inputs.map(({ name, decoded }, input) =>
    describe(name, decoded.samples.length, decoded.samples[0]?.wallMs ?? 0, (m) => m.input === input),
  );
}

interface Results {
  heap: HeapDiff | null;
  goroutines: GoroutineDiff | null;
  growth: { moments: Moment[]; objects: number[] } | undefined;
  routines: RoutineGrowth | undefined;
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
      : `these grew: ${listed}${names.length > 8 ? ", …" : ""}`,
  );
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
