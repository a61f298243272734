import { DecodeError } from "../../bytes/decode-error.ts";
import { ProtobufReader, WIRE_LENGTH_DELIMITED, WIRE_VARINT } from "../../bytes/protobuf-reader.ts";
import { HIGH_WORD, LOW_WORD } from "../../bytes/words.ts";

/** Calls `visit` for every whole message in a repeated field of the profile, with a reader entered into it. */
export function visitMessages(
  bytes: Uint8Array,
  field: number,
  visit: (message: ProtobufReader, row: number) => void,
): void {
  const reader = new ProtobufReader(bytes, "pprof");
  const message = new ProtobufReader(bytes, "pprof");
  let row = 0;
  while (reader.nextFieldOrCut()) {
    if (reader.field !== field) continue;
    reader.expectWireType(WIRE_LENGTH_DELIMITED);
    message.enter(reader.start, reader.stop);
    visit(message, row++);
  }
}

/** The error for a message that is well-formed protobuf but breaks a rule of pprof. */
export function malformedMessage(bytes: Uint8Array, field: number, row: number, what: string): DecodeError {
  let offset = 0;
  visitMessages(bytes, field, (message, at) => {
    if (at === row) offset = message.at;
  });
  return new DecodeError(what, { format: "pprof", offset, hint: "go tool pprof refuses this profile too." });
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
