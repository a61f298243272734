import { Uint32Rows } from "../lib/growable-columns.ts";
import type { LabelTable, LocationTable, SampleTable } from "../tables/profile.ts";

/**
 * A new sample table out of rows of another one, each with as much of its stack as is kept. Columns and labels are
 * shared with the other table if no row was left out.
 */
export class SampleRewriter {
  readonly #from: SampleTable;
  readonly #rows: Uint32Array;
  readonly #start: Uint32Array;
  #location: Uint32Array;
  #length = 0;
  #used = 0;

  /** `extraLocations` is how many more there may be than in `from`. */
  constructor(from: SampleTable, extraLocations = 0) {
    this.#from = from;
    this.#rows = new Uint32Array(from.length);
    this.#start = new Uint32Array(from.length + 1);
    this.#location = new Uint32Array(from.location.length + extraLocations);
  }

  pushLocation(location: number): void {
    this.#location[this.#used++] = location;
  }

  /** Adds `location[from … to)` of the other table. */
  pushStack(from: number, to: number): void {
    const source = this.#from.location;
    let used = this.#used;
    for (let at = from; at < to; at++) this.#location[used++] = source[at]!;
    this.#used = used;
  }

  /** Ends a row, whose stack is what was pushed since the last one. */
  keep(row: number): void {
    this.#rows[this.#length++] = row;
    this.#start[this.#length] = this.#used;
  }

  /** Forgets what was pushed since the last row. */
  drop(): void {
    this.#used = this.#start[this.#length]!;
  }

  finish(): SampleTable {
    const { columns, label } = this.#from;
    const length = this.#length;
    const isWhole = length === this.#from.length;
    const rows = this.#rows.subarray(0, length);
    return {
      length,
      locationStart: isWhole ? this.#start : this.#start.slice(0, length + 1),
      location: this.#used === this.#location.length ? this.#location : this.#location.slice(0, this.#used),
      columns: isWhole
        ? columns
        : columns.map(({ value, exact }) =>
            exact === undefined
              ? { value: Float64Array.from(rows, (row) => value[row]!) }
              : {
                  value: Float64Array.from(rows, (row) => value[row]!),
                  exact: BigInt64Array.from({ length }, (_, at) => exact[rows[at]!]!),
                },
          ),
      label: isWhole ? label : keepLabels(label, rows, () => true),
    };
  }
}

/** The samples whose row is kept, with their whole stacks. */
export function keepSamples(samples: SampleTable, isKept: (row: number) => boolean): SampleTable {
  const rewriter = new SampleRewriter(samples);
  for (let row = 0; row < samples.length; row++) {
    if (!isKept(row)) continue;
    rewriter.pushStack(samples.locationStart[row]!, samples.locationStart[row + 1]!);
    rewriter.keep(row);
  }
  return rewriter.finish();
}

/** The labels of some samples, of which `isKept` is asked for each. */
export function keepLabels(
  label: LabelTable,
  rows: Uint32Array,
  isKept: (labelRow: number) => boolean,
): LabelTable {
  const start = new Uint32Array(rows.length + 1);
  const kept = new Uint32Rows();
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!;
    for (let from = label.start[row]!; from < label.start[row + 1]!; from++)
      if (isKept(from)) kept.push(from);
    start[at + 1] = kept.length;
  }
  const from = kept.toColumn();
  const num = new BigInt64Array(from.length);
  for (let at = 0; at < from.length; at++) num[at] = label.num[from[at]!]!;
  return {
    start,
    key: from.map((row) => label.key[row]!),
    str: from.map((row) => label.str[row]!),
    num,
    numUnit: from.map((row) => label.numUnit[row]!),
  };
}

/** The same locations with only the lines for which `isKept` is 1. */
export function keepLines(locations: LocationTable, isKept: Uint8Array): LocationTable {
  const lineStart = new Uint32Array(locations.length + 1);
  let kept = 0;
  for (let row = 0; row < isKept.length; row++) kept += isKept[row]!;
  const lineFunction = new Int32Array(kept);
  const line = new Float64Array(kept);
  const column = new Float64Array(kept);
  let next = 0;
  for (let location = 0; location < locations.length; location++) {
    for (let row = locations.lineStart[location]!; row < locations.lineStart[location + 1]!; row++) {
      if (isKept[row] === 0) continue;
      lineFunction[next] = locations.lineFunction[row]!;
      line[next] = locations.line[row]!;
      column[next++] = locations.column[row]!;
    }
    lineStart[location + 1] = next;
  }
  return { ...locations, lineStart, lineFunction, line, column };
}
