import { assert } from "../lib/assert.ts";
import { ByteWriter } from "./byte-writer.ts";
import { WIRE_LENGTH_DELIMITED, WIRE_VARINT } from "./protobuf-reader.ts";
import { HIGH_WORD, LOW_WORD } from "./words.ts";

const TWO_32 = 0x1_0000_0000;
const INT64_MAX = 2 ** 63;

/** Writes protobuf fields. As in proto3, the `Optional` ones leave out zeros. */
export class ProtobufWriter extends ByteWriter {
  writeTag(field: number, wireType: number): void {
    this.writeVarint(field * 8 + wireType);
  }

  writeUint64Field(field: number, low: number, high: number): void {
    this.writeTag(field, WIRE_VARINT);
    this.writeVarint64(low, high);
  }

  /** Writes element `row` of a 64-bit column seen as words. */
  writeOptionalWords(field: number, words: Uint32Array, row: number): void {
    const low = words[2 * row + LOW_WORD]!;
    const high = words[2 * row + HIGH_WORD]!;
    if (low !== 0 || high !== 0) this.writeUint64Field(field, low, high);
  }

  /** Writes a whole double as int64; doubles from 2^63 on, which an int64 near its end may have been read as, as its largest. */
  writeOptionalInt64(field: number, value: number): void {
    if (value === 0) return;
    this.writeTag(field, WIRE_VARINT);
    this.writeInt64(value);
  }

  writeInt64(value: number): void {
    assert(Number.isInteger(value), "an int64 is written from a whole number");
    if (value >= INT64_MAX) this.writeVarint64(0xffff_ffff, 0x7fff_ffff);
    else this.writeVarint64(value >>> 0, Math.floor(value / TWO_32) >>> 0);
  }

  writeOptionalBigint(field: number, value: bigint): void {
    if (value === 0n) return;
    this.writeTag(field, WIRE_VARINT);
    this.writeVarint64(Number(value & 0xffff_ffffn), Number((value >> 32n) & 0xffff_ffffn));
  }

  writeBytesField(field: number, bytes: Uint8Array): void {
    this.writeTag(field, WIRE_LENGTH_DELIMITED);
    this.writeVarint(bytes.length);
    this.writeBytes(bytes);
  }

  /** Begins a message or a packed list in a field; to be ended by `endLengthDelimited`. */
  beginField(field: number): number {
    this.writeTag(field, WIRE_LENGTH_DELIMITED);
    return this.beginLengthDelimited();
  }
}
