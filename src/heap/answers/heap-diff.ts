import type { HeapReport } from "./heap-report.ts";

export interface HeapDiffRow {
  name: string;
  beforeBytes: number;
  afterBytes: number;
  beforeCount: number;
  afterCount: number;
}

/** Two heaps of one program, by what changed most. */
export interface HeapDiff {
  before: { bytes: number; objects: number; goroutines: number };
  after: { bytes: number; objects: number; goroutines: number };
  types: HeapDiffRow[];
  owners: HeapDiffRow[];
  /** Bytes are those retained, counts are entries. */
  maps: HeapDiffRow[];
}

/** Compares two reports, made with rows enough that none of interest is cut off. */
export function compareHeaps(before: HeapReport, after: HeapReport, top: number): HeapDiff {
  const side = (report: HeapReport) => ({
    bytes: report.reachableBytes,
    objects: report.reachableObjects,
    goroutines: report.goroutines,
  });
  const owners = (report: HeapReport) =>
    report.owners.map(({ name, retainedBytes }) => ({ name, bytes: retainedBytes, count: 1 }));
  const maps = (report: HeapReport) =>
    report.maps.map(({ owner, type, retainedBytes, entries }) => ({
      name: `${owner} ${type}`.trim(),
      bytes: retainedBytes,
      count: entries,
    }));
  const types = (report: HeapReport) =>
    report.types.map(({ name, bytes, objects }) => ({ name, bytes, count: objects }));
  return {
    before: side(before),
    after: side(after),
    types: join(types(before), types(after), top),
    owners: join(owners(before), owners(after), top),
    maps: join(maps(before), maps(after), top),
  };
}

interface Row {
  name: string;
  bytes: number;
  count: number;
}

function join(before: readonly Row[], after: readonly Row[], top: number): HeapDiffRow[] {
  const rows = new Map<string, HeapDiffRow>();
  const rowOf = (name: string) => {
    let row = rows.get(name);
    if (row === undefined) {
      row = { name, beforeBytes: 0, afterBytes: 0, beforeCount: 0, afterCount: 0 };
      rows.set(name, row);
    }
    return row;
  };
  for (const { name, bytes, count } of before) {
    const row = rowOf(name);
    row.beforeBytes += bytes;
    row.beforeCount += count;
  }
  for (const { name, bytes, count } of after) {
    const row = rowOf(name);
    row.afterBytes += bytes;
    row.afterCount += count;
  }
  return [...rows.values()]
    .filter((row) => row.beforeBytes !== row.afterBytes || row.beforeCount !== row.afterCount)
    .sort((a, b) => Math.abs(b.afterBytes - b.beforeBytes) - Math.abs(a.afterBytes - a.beforeBytes))
    .slice(0, top);
}
