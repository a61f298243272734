import { DecodeError } from "../../bytes/decode-error.ts";
import { type ProtobufReader, WIRE_LENGTH_DELIMITED, WIRE_VARINT } from "../../bytes/protobuf-reader.ts";
import { EMPTY_STRING, SlicedStringTable, type StringIndex } from "../../tables/string-table.ts";
import { PROFILE } from "./spec.ts";

/** Resolves the string indexes of one profile against the strings that were in the file. */
export class StringReader {
  readonly length: number;
  /** References to strings that were not in the file; they read as "". */
  lost = 0;

  constructor(length: number) {
    this.length = length;
  }

  /** Reads the current field as a string index. @throws DecodeError if it is negative. */
  readIndex(field: ProtobufReader): StringIndex {
    field.expectWireType(WIRE_VARINT);
    const { low, high } = field;
    if (high === 0 && low < this.length) return low as StringIndex;
    if (high >= 0x8000_0000) throw field.malformed("a negative string index");
    this.lost++;
    return EMPTY_STRING;
  }
}

/** A string table that is less than this share of the input is copied out, so that the input can be freed. */
const COPIED_SHARE = 0.5;

/** @throws DecodeError if the first string is not "", or there is none. */
export function decodeStrings(bytes: Uint8Array, count: number, reader: ProtobufReader): SlicedStringTable {
  const start = new Uint32Array(count);
  const end = new Uint32Array(count);
  let row = 0;
  let first = bytes.length;
  let last = 0;
  while (reader.nextFieldOrCut()) {
    if (reader.field !== PROFILE.stringTable) continue;
    reader.expectWireType(WIRE_LENGTH_DELIMITED);
    if (row === 0 && reader.start !== reader.stop) {
      throw new DecodeError('string_table[0] must be ""', {
        format: "pprof",
        offset: reader.fieldStart,
        hint: "This is not a pprof profile, or a damaged one.",
      });
    }
    start[row] = reader.start;
    end[row++] = reader.stop;
    first = Math.min(first, reader.start);
    last = Math.max(last, reader.stop);
  }
  // Writers put all strings in a row, so one stretch of the input holds little else.
  if (last - first > bytes.length * COPIED_SHARE) return new SlicedStringTable(bytes, start, end);
  for (row = 0; row < count; row++) {
    start[row]! -= first;
    end[row]! -= first;
  }
  return new SlicedStringTable(bytes.slice(first, last), start, end);
}
