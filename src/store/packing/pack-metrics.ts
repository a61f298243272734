import type { MetricBucket } from "../downsample.ts";
import { PackedReader } from "./packed-reader.ts";
import { PackedWriter } from "./packed-writer.ts";
import { unzstd, zstd } from "./zstd.ts";

/** Values by time, by the number of the metric's name. */
export type MetricColumns = Map<number, Map<number, number>>;

/**
 * An hour of one target: groups of metrics that were measured at the same times.
 *
 *     groups, then each: rows, metrics, times ascending, and for each metric its name's number and its values
 */
export function packMetrics(columns: MetricColumns): Uint8Array {
  const groups = new Map<string, { times: number[]; columns: [name: number, values: number[]][] }>();
  for (const [name, rows] of [...columns].sort(([a], [b]) => a - b)) {
    const sorted = [...rows].sort(([a], [b]) => a - b);
    const times = sorted.map(([atMs]) => atMs);
    const key = times.join();
    const group = groups.get(key) ?? { times, columns: [] };
    group.columns.push([name, sorted.map(([, value]) => value)]);
    groups.set(key, group);
  }
  const writer = new PackedWriter();
  writer.varint(groups.size);
  for (const group of groups.values()) {
    writer.varint(group.times.length);
    writer.varint(group.columns.length);
    writer.ascending(group.times);
    for (const [name, values] of group.columns) {
      writer.varint(name);
      writer.numbers(values);
    }
  }
  return zstd(writer.bytes());
}

/** Adds what was packed to `into`. Throws PackedError. */
export function unpackMetrics(blob: Uint8Array, into: MetricColumns): void {
  const reader = new PackedReader(unzstd(blob));
  const groups = reader.count(2);
  for (let g = 0; g < groups; g++) {
    const rows = reader.count();
    const metrics = reader.count();
    const times = reader.ascending(rows);
    for (let m = 0; m < metrics; m++) {
      const name = reader.varint();
      const values = reader.numbers(rows);
      const column = into.get(name) ?? new Map<number, number>();
      for (let row = 0; row < rows; row++) column.set(times[row]!, values[row]!);
      into.set(name, column);
    }
  }
  reader.end();
}

/** Five-minute buckets of one target's hour: metrics, then each: name, buckets, times, counts, least, greatest, mean. */
export function packBuckets(columns: ReadonlyMap<number, readonly MetricBucket[]>): Uint8Array {
  const writer = new PackedWriter();
  writer.varint(columns.size);
  for (const [name, buckets] of columns) {
    writer.varint(name);
    writer.varint(buckets.length);
    writer.ascending(buckets.map((bucket) => bucket.atMs));
    writer.numbers(buckets.map((bucket) => bucket.count));
    writer.numbers(buckets.map((bucket) => bucket.min));
    writer.numbers(buckets.map((bucket) => bucket.max));
    writer.numbers(buckets.map((bucket) => bucket.mean));
  }
  return zstd(writer.bytes());
}

/** Throws PackedError. */
export function unpackBuckets(blob: Uint8Array): Map<number, MetricBucket[]> {
  const reader = new PackedReader(unzstd(blob));
  const columns = new Map<number, MetricBucket[]>();
  const metrics = reader.count(2);
  for (let m = 0; m < metrics; m++) {
    const name = reader.varint();
    const length = reader.count();
    const atMs = reader.ascending(length);
    const count = reader.numbers(length);
    const [min, max, mean] = [reader.numbers(length), reader.numbers(length), reader.numbers(length)];
    columns.set(
      name,
      Array.from(atMs, (at, i) => ({
        atMs: at,
        min: min[i]!,
        max: max[i]!,
        mean: mean[i]!,
        count: count[i]!,
      })),
    );
  }
  reader.end();
  return columns;
}
