import { DecodeError } from "../../bytes/decode-error.ts";
import { type ProtobufReader, WIRE_VARINT } from "../../bytes/protobuf-reader.ts";
import { EMPTY_STRING, SlicedStringTable, type StringIndex } from "../../tables/string-table.ts";
import { visitMessages } from "./visit-messages.ts";

export const NOT_IN_FILE = -1;

/** Resolves the string indexes of one profile against the strings that were in the file. */
export class StringReader {
  readonly length: number;
  /** References to strings that were not in the file; they read as "". */
  lost = 0;

  constructor(length: number) {
    this.length = length;
  }

  /**
   * Reads the current field as a string index; NOT_IN_FILE if it is beyond the table.
   *
   * @throws DecodeError if it is negative.
   */
  readRawIndex(field: ProtobufReader): number {
    field.expectWireType(WIRE_VARINT);
    const { low, high } = field;
    if (high >= 0x8000_0000) throw field.malformed("a negative string index");
    return high === 0 && low < this.length ? low : NOT_IN_FILE;
  }

  /** As `readRawIndex`, but what is not in the file is counted as lost. */
  readIndex(field: ProtobufReader): StringIndex {
    const index = this.readRawIndex(field);
    if (index !== NOT_IN_FILE) return index as StringIndex;
    this.lost++;
    return EMPTY_STRING;
  }
}

/** A string table that is less than this share of the input is copied out, so that the input can be freed. */
const COPIED_SHARE = 0.5;

/** `offsets` of at least one string. @throws DecodeError if the first one is not "". */
export function decodeStrings(bytes: Uint8Array, offsets: Uint32Array): SlicedStringTable {
  const start = new Uint32Array(offsets.length);
  const end = new Uint32Array(offsets.length);
  visitMessages(bytes, offsets, (message, row) => {
    start[row] = message.at;
    end[row] = message.end;
  });
  if (start[0] !== end[0]) {
    throw new DecodeError('string_table[0] must be ""', {
      format: "pprof",
      offset: offsets[0]!,
      hint: "This is not a pprof profile, or a damaged one.",
    });
  }
  // Writers put all strings in a row, so one stretch of the input holds little else.
  const first = start[0]!;
  const last = end[end.length - 1]!;
  if (last - first > bytes.length * COPIED_SHARE) return new SlicedStringTable(bytes, start, end);
  for (let row = 0; row < start.length; row++) {
    start[row]! -= first;
    end[row]! -= first;
  }
  return new SlicedStringTable(bytes.slice(first, last), start, end);
}
