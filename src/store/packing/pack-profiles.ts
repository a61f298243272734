import { PackedReader } from "./packed-reader.ts";
import { PackedWriter } from "./packed-writer.ts";
import { unzstd, zstd } from "./zstd.ts";

/** One profile; `stack` are the store's own numbers of stacks, ascending. */
export interface StackProfile {
  atMs: number;
  durationMs: number;
  total: number;
  stack: Float64Array;
  value: Float64Array;
}

/** The stacks and values of one profile: count, stacks ascending, values. */
export function packStacks(profile: Pick<StackProfile, "stack" | "value">): Uint8Array {
  const writer = new PackedWriter();
  writer.varint(profile.stack.length);
  writer.ascending(profile.stack);
  writer.numbers(profile.value);
  return zstd(writer.bytes());
}

/** Throws PackedError. */
export function unpackStacks(blob: Uint8Array): Pick<StackProfile, "stack" | "value"> {
  const reader = new PackedReader(unzstd(blob));
  const count = reader.count();
  const stack = reader.ascending(count);
  const value = reader.numbers(count);
  reader.end();
  return { stack, value };
}

/**
 * An hour of profiles: counts of profiles and stacks, columns of times, durations and totals, the stacks, and for each
 * stack its value in every profile, 0 where it is not in it. Neighbouring values are alike: most differences are small.
 */
export function packProfileHour(profiles: readonly StackProfile[]): Uint8Array {
  const sorted = profiles.toSorted((a, b) => a.atMs - b.atMs);
  const series = new Map<number, Float64Array>();
  for (const [p, { stack, value }] of sorted.entries()) {
    for (let i = 0; i < stack.length; i++) {
      let row = series.get(stack[i]!);
      if (row === undefined) {
        row = new Float64Array(sorted.length);
        series.set(stack[i]!, row);
      }
      row[p] = value[i]!;
    }
  }
  const stacks = [...series.keys()].sort((a, b) => a - b);
  const writer = new PackedWriter();
  writer.varint(sorted.length);
  writer.varint(stacks.length);
  writer.ascending(sorted.map((profile) => profile.atMs));
  writer.numbers(sorted.map((profile) => profile.durationMs));
  writer.numbers(sorted.map((profile) => profile.total));
  writer.ascending(stacks);
  for (const stack of stacks) writer.numbers(series.get(stack)!);
  return zstd(writer.bytes());
}

/** Oldest first. Throws PackedError. */
export function unpackProfileHour(blob: Uint8Array): StackProfile[] {
  const reader = new PackedReader(unzstd(blob));
  const count = reader.count();
  const stackCount = reader.count();
  const atMs = reader.ascending(count);
  const durationMs = reader.numbers(count);
  const total = reader.numbers(count);
  const stacks = reader.ascending(stackCount);
  const rows: { stack: number[]; value: number[] }[] = Array.from(atMs, () => ({ stack: [], value: [] }));
  for (const stack of stacks) {
    const values = reader.numbers(count);
    for (let p = 0; p < count; p++) {
      if (values[p] === 0) continue;
      rows[p]!.stack.push(stack);
      rows[p]!.value.push(values[p]!);
    }
  }
  reader.end();
  return rows.map((row, p) => ({
    atMs: atMs[p]!,
    durationMs: durationMs[p]!,
    total: total[p]!,
    stack: Float64Array.from(row.stack),
    value: Float64Array.from(row.value),
  }));
}
