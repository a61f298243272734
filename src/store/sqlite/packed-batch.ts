import type { Batch, MetricRow, ProfileRow, TargetRow } from "../store.ts";

/**
 * A batch as it goes to the worker: numbers in columns that are handed over without copying, records as the JSON that is
 * stored. Packing copies, so the caller's rows stay its own.
 */
export interface PackedBatch {
  id: string;
  targets: TargetRow[];
  metrics: MetricRowColumns;
  profiles: PackedProfile[];
  runs: { id: string; target: string; slotMs: number; body: string }[];
  captures: NonNullable<Batch["captures"]>;
  records: RecordRows;
}

/** Rows of metrics; row r has the names `lists[list[r]]` and that many values, one row's behind another's. */
export interface MetricRowColumns {
  target: string[];
  atMs: Float64Array;
  lists: string[][];
  list: Uint32Array;
  values: Float64Array;
}

export interface PackedProfile {
  target: string;
  service: string;
  type: string;
  unit: string;
  atMs: number;
  durationMs: number;
  total: number;
  stackHash: BigUint64Array;
  value: Float64Array;
  frames: Map<bigint, readonly string[]>;
}

/** What goes into the file that is synced at each commit. */
export interface RecordRows {
  findings: { id: string; version: number; target: string; state: string; atMs: number; body: string }[];
  alerts: { id: string; phase: string; lastEvaluatedMs: number; body: string }[];
  events: { target: string; atMs: number; body: string }[];
}

export function packBatch(batch: Batch): { packed: PackedBatch; transfer: ArrayBuffer[] } {
  const metrics = packMetricRows(batch.metrics ?? []);
  const profiles = (batch.profiles ?? []).map(packProfile);
  const buffers = [
    metrics.atMs,
    metrics.list,
    metrics.values,
    ...profiles.flatMap((p) => [p.stackHash, p.value]),
  ];
  return {
    packed: {
      id: batch.id,
      targets: [...(batch.targets ?? [])],
      metrics,
      profiles,
      runs: (batch.runs ?? []).map((run) => ({
        id: run.id,
        target: run.target,
        slotMs: Math.round(run.slotMs),
        body: JSON.stringify(run),
      })),
      captures: [...(batch.captures ?? [])],
      records: {
        findings: (batch.findings ?? []).map((row) => ({
          id: row.id,
          version: row.version,
          target: row.target,
          state: row.state,
          atMs: Math.round(row.atMs),
          body: JSON.stringify(row),
        })),
        alerts: (batch.alerts ?? []).map((row) => ({
          id: row.id,
          phase: row.phase,
          lastEvaluatedMs: Math.round(row.lastEvaluatedMs),
          body: JSON.stringify(row),
        })),
        events: (batch.events ?? []).map((row) => ({
          target: row.target,
          atMs: Math.round(row.atMs),
          body: JSON.stringify(row),
        })),
      },
    },
    transfer: buffers.map((column) => column.buffer as ArrayBuffer),
  };
}

/** About what a batch takes in memory, in bytes: what the queue is bounded by. */
export function measureBatch(packed: PackedBatch): number {
  let bytes =
    8 * packed.metrics.values.length + 200 * packed.targets.length + 100 * packed.metrics.target.length;
  for (const { stackHash, frames } of packed.profiles) bytes += 16 * stackHash.length + 2000 * frames.size;
  for (const { body } of packed.runs) bytes += body.length;
  for (const rows of Object.values(packed.records)) for (const { body } of rows) bytes += body.length;
  return bytes;
}

function packMetricRows(rows: readonly MetricRow[]): MetricRowColumns {
  const lists: string[][] = [];
  const listIndex = new Map<string, number>();
  const list = new Uint32Array(rows.length);
  const values: number[] = [];
  for (const [r, row] of rows.entries()) {
    const names = Object.keys(row.values);
    const key = names.join("\n");
    let index = listIndex.get(key);
    if (index === undefined) {
      index = lists.length;
      lists.push(names);
      listIndex.set(key, index);
    }
    list[r] = index;
    for (const name of names) values.push(row.values[name]!);
  }
  return {
    target: rows.map((row) => row.target),
    atMs: Float64Array.from(rows, (row) => Math.round(row.atMs)),
    lists,
    list,
    values: Float64Array.from(values),
  };
}

function packProfile({ target, service, sums }: ProfileRow): PackedProfile {
  return {
    target,
    service,
    type: sums.type,
    unit: sums.unit,
    atMs: Math.round(sums.atMs),
    durationMs: sums.durationMs,
    total: sums.total,
    stackHash: sums.stackHash.slice(),
    value: sums.value.slice(),
    frames: new Map(sums.frames),
  };
}
