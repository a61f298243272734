import { ProtobufReader, WIRE_VARINT } from "../../bytes/protobuf-reader.ts";
import { HIGH_WORD, LOW_WORD } from "../../bytes/words.ts";

/** Calls `visit` with a reader entered into each of the length-delimited fields whose tags are at `offsets`. */
export function visitMessages(
  bytes: Uint8Array,
  offsets: Uint32Array,
  visit: (message: ProtobufReader, row: number) => void,
): void {
  const reader = new ProtobufReader(bytes, "pprof");
  const message = new ProtobufReader(bytes, "pprof");
  for (let row = 0; row < offsets.length; row++) {
    reader.enter(offsets[row]!, bytes.length);
    reader.nextField();
    message.enter(reader.start, reader.stop);
    visit(message, row);
  }
}

/** Stores the current field of `message` in row `row` of a 64-bit column, seen as words. */
export function setUint64(words: Uint32Array, row: number, message: ProtobufReader): void {
  message.expectWireType(WIRE_VARINT);
  words[2 * row + LOW_WORD] = message.low;
  words[2 * row + HIGH_WORD] = message.high;
}

/** Sets or, as the last field of a kind counts, clears a bit by the current field's truth. */
export function setFlag(flags: Uint8Array, row: number, bit: number, message: ProtobufReader): void {
  message.expectWireType(WIRE_VARINT);
  if (message.low !== 0 || message.high !== 0) flags[row]! |= bit;
  else flags[row]! &= ~bit;
}
