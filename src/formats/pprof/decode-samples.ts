import { ProtobufReader, WIRE_LENGTH_DELIMITED, WIRE_VARINT } from "../../bytes/protobuf-reader.ts";
import { HIGH_WORD, isExactInDouble, LOW_WORD, toSignedNumber, viewWords } from "../../bytes/words.ts";
import type { LabelTable, SampleTable, ValueColumn } from "../../tables/profile.ts";
import type { IdIndex } from "./id-index.ts";
import type { ProfileIndex } from "./index-profile.ts";
import { LABEL, SAMPLE } from "./spec.ts";
import { NOT_IN_FILE, type StringReader } from "./string-reader.ts";
import { visitMessages } from "./visit-messages.ts";

export interface DecodedSamples {
  table: SampleTable;
  /** Samples left out because a location they name is not in the file: without it their stack would be another. */
  lostSamples: number;
  /** Labels left out because their key or value is not in the file. */
  lostLabels: number;
}

export function decodeSamples(
  bytes: Uint8Array,
  index: ProfileIndex,
  locations: IdIndex,
  strings: StringReader,
): DecodedSamples {
  const filler = new SampleFiller(bytes, index, locations, strings);
  visitMessages(bytes, index.samples, (message) => filler.add(message));
  return filler.finish();
}

class SampleFiller {
  readonly #locations: IdIndex;
  readonly #strings: StringReader;
  readonly #nested: ProtobufReader;
  readonly #locationStart: Uint32Array;
  readonly #location: Uint32Array;
  readonly #columns: ValueColumn[];
  readonly #label: LabelTable;
  readonly #numWords: Uint32Array;
  #row = 0;
  #locationRow = 0;
  #labelRow = 0;
  #lostSamples = 0;
  #lostLabels = 0;

  constructor(bytes: Uint8Array, index: ProfileIndex, locations: IdIndex, strings: StringReader) {
    this.#locations = locations;
    this.#strings = strings;
    this.#nested = new ProtobufReader(bytes, "pprof");
    this.#locationStart = new Uint32Array(index.samples.length + 1);
    this.#location = new Uint32Array(index.locationIdCount);
    this.#columns = Array.from({ length: index.sampleTypeCount }, () => ({
      value: new Float64Array(index.samples.length),
    }));
    this.#label = {
      start: new Uint32Array(index.samples.length + 1),
      key: new Uint32Array(index.labelCount),
      str: new Uint32Array(index.labelCount),
      num: new BigInt64Array(index.labelCount),
      numUnit: new Uint32Array(index.labelCount),
    };
    this.#numWords = viewWords(this.#label.num);
  }

  add(message: ProtobufReader): void {
    const locationRow = this.#locationRow;
    const labelRow = this.#labelRow;
    let column = 0;
    let isWhole = true;
    while (message.nextField()) {
      switch (message.field) {
        case SAMPLE.locationId:
          isWhole = this.#readLocations(message) && isWhole;
          break;
        case SAMPLE.value:
          column = this.#readValues(message, column);
          break;
        case SAMPLE.label:
          this.#readLabel(message);
          break;
      }
    }
    if (!isWhole) {
      this.#locationRow = locationRow;
      this.#labelRow = labelRow;
      this.#lostSamples++;
      return;
    }
    const row = ++this.#row;
    this.#locationStart[row] = this.#locationRow;
    this.#label.start[row] = this.#labelRow;
  }

  /** The hottest loop of all: varints of up to three bytes are read in place. Returns false if a location is missing. */
  #readLocations(message: ProtobufReader): boolean {
    const locations = this.#locations;
    if (message.wireType !== WIRE_LENGTH_DELIMITED) {
      message.expectWireType(WIRE_VARINT);
      const index = locations.find(message.low, message.high);
      this.#location[this.#locationRow++] = index;
      return index >= 0;
    }
    const { bytes, start, stop } = message;
    const { direct } = locations;
    const location = this.#location;
    const nested = this.#nested;
    let row = this.#locationRow;
    let isWhole = true;
    let at = start;
    while (at < stop) {
      let index = -1;
      let next = at + 3;
      if (next <= stop) {
        let id = bytes[at]!;
        if (id < 0x80) next = at + 1;
        else {
          const second = bytes[at + 1]!;
          if (second < 0x80) {
            id += (second - 1) << 7;
            next = at + 2;
          } else {
            const third = bytes[at + 2]!;
            // Longer than three bytes: an id that no table has, so the slow way below reads it.
            id = third < 0x80 ? (id & 0x7f) | ((second & 0x7f) << 7) | (third << 14) : 0xffff_ffff;
          }
        }
        if (id < direct.length) index = direct[id]!;
      }
      if (index < 0) {
        nested.enter(at, stop);
        nested.readVarint64();
        next = nested.at;
        index = locations.find(nested.low, nested.high);
        if (index < 0) isWhole = false;
      }
      at = next;
      location[row++] = index;
    }
    this.#locationRow = row;
    return isWhole;
  }

  /** Returns the column behind those it filled; the index has checked their number, so there is one for every value. */
  #readValues(message: ProtobufReader, firstColumn: number): number {
    if (message.wireType !== WIRE_LENGTH_DELIMITED) {
      message.expectWireType(WIRE_VARINT);
      this.#setValue(firstColumn, message);
      return firstColumn + 1;
    }
    const nested = this.#nested;
    nested.enter(message.start, message.stop);
    let column = firstColumn;
    while (nested.at < nested.end) {
      nested.readVarint();
      this.#setValue(column++, nested);
    }
    return column;
  }

  #setValue(columnIndex: number, from: ProtobufReader): void {
    const { low, high } = from;
    const column = this.#columns[columnIndex]!;
    const row = this.#row;
    column.value[row] = toSignedNumber(low, high);
    if (column.exact === undefined) {
      if (isExactInDouble(low, high)) return;
      column.exact = BigInt64Array.from(column.value, (value, at) => (at < row ? BigInt(value) : 0n));
    }
    column.exact[row] = (BigInt(high | 0) << 32n) | BigInt(low);
  }

  /** Which fields make a label is upstream's rule: a string if `str` is set, else a number, else nothing at all. */
  #readLabel(message: ProtobufReader): void {
    message.expectWireType(WIRE_LENGTH_DELIMITED);
    const label = this.#nested;
    const strings = this.#strings;
    label.enter(message.start, message.stop);
    const row = this.#labelRow;
    let key = 0;
    let str = 0;
    let numUnit = 0;
    let low = 0;
    let high = 0;
    while (label.nextField()) {
      switch (label.field) {
        case LABEL.key:
          key = strings.readRawIndex(label);
          break;
        case LABEL.str:
          str = strings.readRawIndex(label);
          break;
        case LABEL.num:
          label.expectWireType(WIRE_VARINT);
          low = label.low;
          high = label.high;
          break;
        case LABEL.numUnit:
          numUnit = strings.readRawIndex(label);
          break;
      }
    }
    const isNumeric = str === 0;
    if (isNumeric && low === 0 && high === 0 && numUnit === 0) return;
    if (key === NOT_IN_FILE || (isNumeric ? numUnit : str) === NOT_IN_FILE) {
      this.#lostLabels++;
      return;
    }
    const table = this.#label;
    table.key[row] = key;
    table.str[row] = str;
    table.numUnit[row] = isNumeric ? numUnit : 0;
    this.#numWords[2 * row + LOW_WORD] = isNumeric ? low : 0;
    this.#numWords[2 * row + HIGH_WORD] = isNumeric ? high : 0;
    this.#labelRow = row + 1;
  }

  finish(): DecodedSamples {
    const length = this.#row;
    const label = this.#label;
    const labels = this.#labelRow;
    const table: SampleTable = {
      length,
      locationStart: cut(this.#locationStart, length + 1),
      location: cut(this.#location, this.#locationRow),
      columns: this.#columns.map((column) => cutValues(column, length)),
      label: {
        start: cut(label.start, length + 1),
        key: cut(label.key, labels),
        str: cut(label.str, labels),
        num: label.num.length === labels ? label.num : label.num.slice(0, labels),
        numUnit: cut(label.numUnit, labels),
      },
    };
    return { table, lostSamples: this.#lostSamples, lostLabels: this.#lostLabels };
  }
}

/** The first `length` elements; a copy only if there are more, so that what was counted too high is not kept. */
function cut(column: Uint32Array, length: number): Uint32Array {
  return column.length === length ? column : column.slice(0, length);
}

function cutValues({ value, exact }: ValueColumn, length: number): ValueColumn {
  if (value.length === length) return exact === undefined ? { value } : { value, exact };
  const kept = value.slice(0, length);
  // The values that needed `exact` may all have gone with the samples that were dropped.
  const isNeeded = exact !== undefined && kept.some((number) => !Number.isSafeInteger(number));
  return isNeeded ? { value: kept, exact: exact.slice(0, length) } : { value: kept };
}
