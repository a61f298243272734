import type { HeapSnapshot } from "../heap-snapshot.ts";
import {
  findSurvivors,
  type HeapCensus,
  type HeapSurvey,
  type SurveyRow,
  surveyHeap,
  takeCensus,
} from "./heap-survey.ts";

export interface HeapDiffRow {
  name: string;
  beforeBytes: number;
  afterBytes: number;
  beforeCount: number;
  afterCount: number;
  /** Of `afterBytes` in objects that the heap before has at the same address with the same type; null: not known. */
  olderBytes: number | null;
}

/** How long the two heaps lie apart, and what of the later one is at least that old. */
export interface DiffAge {
  /** By the seeds of the maps; where "no", nothing is older. */
  sameProcess: "yes" | "no" | "unknown";
  /** Between the heaps; null if not known. */
  seconds: number | null;
  /** Where the time comes from: what the user says, two looks at a running process, when the files were last written. */
  basis: "given" | "measured" | "files" | null;
  /** In both heaps at one address with one type. */
  objects: number;
  bytes: number;
}

interface DiffSide {
  bytes: number;
  objects: number;
  goroutines: number;
}

/** Two heaps of one program, by what changed most. */
export interface HeapDiff {
  before: DiffSide;
  after: DiffSide;
  age: DiffAge;
  types: HeapDiffRow[];
  owners: HeapDiffRow[];
  /** Bytes are those retained, counts are entries. */
  maps: HeapDiffRow[];
}

/** What is kept of the earlier heap. */
export interface EarlierHeap {
  survey: HeapSurvey;
  census: HeapCensus;
}

export function keepEarlier(heap: HeapSnapshot): EarlierHeap {
  return { survey: surveyHeap(heap), census: takeCensus(heap) };
}

export function compareHeaps(
  earlier: EarlierHeap,
  heap: HeapSnapshot,
  { top, time }: { top: number; time: Pick<DiffAge, "seconds" | "basis"> },
): HeapDiff {
  const { olderBytes, ...survivors } = findSurvivors(earlier.census, heap);
  const isOther = survivors.sameProcess === "no";
  const before = earlier.survey;
  const after = surveyHeap(heap, isOther ? undefined : olderBytes);
  const rows = (of: "types" | "owners" | "maps") => join(before[of], after[of], { top, knowsAge: !isOther });
  return {
    before: sideOf(before),
    after: sideOf(after),
    age: { ...survivors, ...(isOther ? { objects: 0, bytes: 0 } : {}), ...time },
    types: rows("types"),
    owners: rows("owners"),
    maps: rows("maps"),
  };
}

function sideOf({ bytes, objects, goroutines }: HeapSurvey): DiffSide {
  return { bytes, objects, goroutines };
}

function join(
  before: readonly SurveyRow[],
  after: readonly SurveyRow[],
  { top, knowsAge }: { top: number; knowsAge: boolean },
): HeapDiffRow[] {
  const rows = new Map<string, HeapDiffRow & { olderBytes: number }>();
  const rowOf = (name: string) => {
    let row = rows.get(name);
    if (row === undefined) {
      row = { name, beforeBytes: 0, afterBytes: 0, beforeCount: 0, afterCount: 0, olderBytes: 0 };
      rows.set(name, row);
    }
    return row;
  };
  for (const { name, bytes, count } of before) {
    const row = rowOf(name);
    row.beforeBytes += bytes;
    row.beforeCount += count;
  }
  for (const { name, bytes, count, olderBytes } of after) {
    const row = rowOf(name);
    row.afterBytes += bytes;
    row.afterCount += count;
    row.olderBytes += olderBytes;
  }
  return [...rows.values()]
    .filter((row) => row.beforeBytes !== row.afterBytes || row.beforeCount !== row.afterCount)
    .sort((a, b) => Math.abs(b.afterBytes - b.beforeBytes) - Math.abs(a.afterBytes - a.beforeBytes))
    .slice(0, top)
    .map((row) => (knowsAge ? row : { ...row, olderBytes: null }));
}
