import { Float64Rows, Int32Rows, Uint32Rows } from "../lib/growable-columns.ts";
import { TripleInterner } from "../lib/triple-interner.ts";
import { ByteStringInterner } from "./byte-string-interner.ts";
import { NONE, noMappings, type Profile, type ValueColumn, type ValueType } from "./profile.ts";
import { EMPTY_STRING, type StringIndex } from "./string-table.ts";

/**
 * Builds a profile sample by sample, for formats that do not say beforehand how much will come.
 *
 * Locations are interned by address and functions by name and file. What is added after `beginSample` belongs to that
 * sample until the next one begins; lines may be added to any location at any time.
 */
export class ProfileBuilder {
  readonly strings = new ByteStringInterner();
  readonly #sampleTypes: ValueType[];
  readonly #values: ValueRows[];
  readonly #locationStart = new Uint32Rows();
  readonly #location = new Uint32Rows();
  readonly #labelStart = new Uint32Rows();
  readonly #labelKey = new Uint32Rows();
  readonly #labelStr = new Uint32Rows();
  readonly #labelNum = new Float64Rows();
  /** Low word, high word, 0. */
  readonly #addresses = new TripleInterner();
  /** Name, file, 0. */
  readonly #functions = new TripleInterner();
  /** Lines of a location are a list: the first and the last row by location, and the next one by row. */
  readonly #firstLine = new Int32Rows();
  readonly #lastLine = new Int32Rows();
  readonly #nextLine = new Int32Rows();
  readonly #lineFunction = new Uint32Rows();
  readonly #line = new Float64Rows();

  constructor(sampleTypes: readonly (readonly [type: string, unit: string])[]) {
    this.#sampleTypes = sampleTypes.map(([type, unit]) => this.valueType(type, unit));
    this.#values = sampleTypes.map(() => new ValueRows());
  }

  get sampleCount(): number {
    return this.#locationStart.length;
  }

  get locationCount(): number {
    return this.#addresses.length;
  }

  valueType(type: string, unit: string): ValueType {
    return { type: this.strings.internText(type), unit: this.strings.internText(unit) };
  }

  /** One value a sample type; a bigint only where a double would not do. */
  beginSample(values: readonly (number | bigint)[]): void {
    this.#locationStart.push(this.#location.length);
    this.#labelStart.push(this.#labelKey.length);
    for (let type = 0; type < this.#values.length; type++) this.#values[type]!.push(values[type]!);
  }

  pushLocation(location: number): void {
    this.#location.push(location);
  }

  /** An empty value is left out: in a table, as in a protobuf profile, that would be the number 0. */
  addStringLabel(key: StringIndex, value: StringIndex): void {
    if (value === EMPTY_STRING) return;
    this.#labelKey.push(key);
    this.#labelStr.push(value);
    this.#labelNum.push(0);
  }

  /** `value` must be an integer below 2^63; it is kept as the double it comes as. */
  addNumberLabel(key: StringIndex, value: number): void {
    this.#labelKey.push(key);
    this.#labelStr.push(EMPTY_STRING);
    this.#labelNum.push(value);
  }

  internLocation(low: number, high: number): number {
    const location = this.#addresses.intern(low, high, 0);
    if (location === this.#firstLine.length) {
      this.#firstLine.push(NONE);
      this.#lastLine.push(NONE);
    }
    return location;
  }

  isAddressOf(location: number, low: number, high: number): boolean {
    return this.#addresses.first.at(location) === low && this.#addresses.second.at(location) === high;
  }

  hasLines(location: number): boolean {
    return this.#firstLine.at(location) !== NONE;
  }

  /** Appends a line to a location: the innermost inlined callee comes first. */
  addLine(location: number, name: StringIndex, file: StringIndex, line: number): void {
    const row = this.#line.length;
    this.#lineFunction.push(this.#functions.intern(name, file, 0));
    this.#line.push(line);
    this.#nextLine.push(NONE);
    const last = this.#lastLine.at(location);
    if (last === NONE) this.#firstLine.set(location, row);
    else this.#nextLine.set(last, row);
    this.#lastLine.set(location, row);
  }

  build(periodType: ValueType, period: number): Profile {
    const samples = this.sampleCount;
    const locations = this.#addresses.length;
    this.#locationStart.push(this.#location.length);
    this.#labelStart.push(this.#labelKey.length);
    const labels = this.#labelKey.length;
    return {
      sampleTypes: this.#sampleTypes,
      samples: {
        length: samples,
        locationStart: this.#locationStart.toColumn(),
        location: this.#location.toColumn(),
        columns: this.#values.map((rows) => rows.toColumn()),
        label: {
          start: this.#labelStart.toColumn(),
          key: this.#labelKey.toColumn(),
          str: this.#labelStr.toColumn(),
          num: BigInt64Array.from({ length: labels }, (_, row) => BigInt(this.#labelNum.at(row))),
          numUnit: new Uint32Array(labels),
        },
      },
      locations: {
        length: locations,
        id: countingIds(locations),
        mapping: new Int32Array(locations).fill(NONE),
        address: BigUint64Array.from(
          { length: locations },
          (_, row) => (BigInt(this.#addresses.second.at(row)) << 32n) | BigInt(this.#addresses.first.at(row)),
        ),
        isFolded: new Uint8Array(locations),
        ...this.#buildLines(locations),
      },
      functions: this.#buildFunctions(),
      mappings: noMappings(),
      dropFrames: EMPTY_STRING,
      keepFrames: EMPTY_STRING,
      timeNanos: 0n,
      durationNanos: 0n,
      periodType,
      period: BigInt(period),
      comments: [],
      defaultSampleType: EMPTY_STRING,
      docUrl: EMPTY_STRING,
      strings: this.strings.build(),
    };
  }

  #buildFunctions(): Profile["functions"] {
    const { length, first, second } = this.#functions;
    return {
      length,
      id: countingIds(length),
      name: first.toColumn(),
      systemName: first.toColumn(),
      filename: second.toColumn(),
      startLine: new Float64Array(length),
    };
  }

  #buildLines(
    locations: number,
  ): Pick<Profile["locations"], "lineStart" | "lineFunction" | "line" | "column"> {
    const lines = this.#line.length;
    const lineStart = new Uint32Array(locations + 1);
    const lineFunction = new Int32Array(lines);
    const line = new Float64Array(lines);
    let next = 0;
    for (let location = 0; location < locations; location++) {
      lineStart[location] = next;
      for (let row = this.#firstLine.at(location); row !== NONE; row = this.#nextLine.at(row)) {
        lineFunction[next] = this.#lineFunction.at(row);
        line[next++] = this.#line.at(row);
      }
    }
    lineStart[locations] = next;
    return { lineStart, lineFunction, line, column: new Float64Array(lines) };
  }
}

/** Values of one sample type, exact where a double is not. */
class ValueRows {
  readonly #value = new Float64Rows();
  readonly #large = new Map<number, bigint>();

  push(value: number | bigint): void {
    if (!Number.isSafeInteger(Number(value))) this.#large.set(this.#value.length, BigInt(value));
    this.#value.push(Number(value));
  }

  toColumn(): ValueColumn {
    const value = this.#value.toColumn();
    if (this.#large.size === 0) return { value };
    const exact = BigInt64Array.from(
      { length: value.length },
      (_, row) => this.#large.get(row) ?? BigInt(value[row]!),
    );
    return { value, exact };
  }
}

function countingIds(length: number): BigUint64Array {
  return BigUint64Array.from({ length }, (_, row) => BigInt(row + 1));
}
