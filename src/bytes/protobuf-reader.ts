import { ByteReader, CutShortError } from "./byte-reader.ts";

/** https://protobuf.dev/programming-guides/encoding/#structure. Groups (3 and 4) are long gone and refused. */
export const WIRE_VARINT = 0;
export const WIRE_FIXED64 = 1;
export const WIRE_LENGTH_DELIMITED = 2;
export const WIRE_FIXED32 = 5;

/**
 * Walks the fields of one protobuf message; one instance a nesting level, moved from message to message by `enter`.
 *
 * After `nextField` the field's payload is either in `low` and `high` (varint, fixed) or lies at
 * `bytes[start … stop - 1]` (length-delimited), and `at` is behind it: skipping an unknown field takes no code.
 */
export class ProtobufReader extends ByteReader {
  field = 0;
  wireType = 0;
  /** Where the field's tag is. */
  fieldStart = 0;
  start = 0;
  stop = 0;
  /** Where the field that the input breaks off in begins, or -1. Set by `nextFieldOrCut` alone. */
  cutAt = -1;

  /**
   * Moves to the next field, or returns false at the end of the message.
   *
   * @throws CutShortError if the field goes on past the end of the message.
   * @throws DecodeError for an unknown wire type or an overlong varint.
   */
  nextField(): boolean {
    if (this.at >= this.end) return false;
    this.fieldStart = this.at;
    this.readVarint();
    this.wireType = this.low & 7;
    // A number of more than 29 bits is no field's; 0 is not either, so both are passed over as Go's reader does.
    this.field = this.high === 0 ? this.low >>> 3 : 0;
    switch (this.wireType) {
      case WIRE_VARINT:
        this.readVarint();
        return true;
      case WIRE_LENGTH_DELIMITED: {
        const length = this.readVarint();
        const left = this.end - this.at;
        if (length > left) {
          throw this.cutShort(`field ${this.field} claims ${length} bytes, ${left} remain`);
        }
        this.start = this.at;
        this.stop = this.at + length;
        this.at = this.stop;
        return true;
      }
      case WIRE_FIXED64:
        this.readFixed64();
        return true;
      case WIRE_FIXED32:
        this.readFixed32();
        return true;
      default:
        this.at = this.fieldStart;
        throw this.malformed(`field ${this.field} has the unknown wire type ${this.wireType}`);
    }
  }

  /** As `nextField` for the outermost message, where a field past the end means that the file was cut: ends there. */
  nextFieldOrCut(): boolean {
    try {
      return this.nextField();
    } catch (error) {
      if (!(error instanceof CutShortError)) throw error;
      this.cutAt = this.fieldStart;
      return false;
    }
  }

  expectWireType(expected: number): void {
    if (this.wireType === expected) return;
    this.at = this.fieldStart;
    throw this.malformed(`field ${this.field} has wire type ${this.wireType} instead of ${expected}`);
  }
}
