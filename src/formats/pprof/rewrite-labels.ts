import { ProtobufReader, WIRE_LENGTH_DELIMITED, WIRE_VARINT } from "../../bytes/protobuf-reader.ts";
import { ProtobufWriter } from "../../bytes/protobuf-writer.ts";
import { LABEL, PROFILE, SAMPLE } from "./spec.ts";

/**
 * The same profile (uncompressed profile.proto in and out) with the texts of its labels passed through `rewrite`, for
 * redaction. Nothing else is decoded or changed, unknown fields stay. A text that is also the name of a function is
 * changed there too: the old one is nowhere in the result.
 *
 * Throws DecodeError if the bytes are no profile, or end early: half of a profile cannot be known to hold nothing else.
 */
export function rewriteLabels(
  bytes: Uint8Array,
  rewrite: (key: string, value: string) => string,
): Uint8Array {
  const strings: Uint8Array[] = [];
  /** Indexes of keys under which each string is a label's text. */
  const keysOf = new Map<number, Set<number>>();
  const reader = new ProtobufReader(bytes, "pprof");
  const sample = new ProtobufReader(bytes, "pprof");
  const label = new ProtobufReader(bytes, "pprof");
  reader.enter(0, bytes.length);
  while (reader.nextField()) {
    if (reader.field === PROFILE.stringTable) {
      reader.expectWireType(WIRE_LENGTH_DELIMITED);
      strings.push(bytes.subarray(reader.start, reader.stop));
    } else if (reader.field === PROFILE.sample) {
      reader.expectWireType(WIRE_LENGTH_DELIMITED);
      sample.enter(reader.start, reader.stop);
      while (sample.nextField()) {
        if (sample.field !== SAMPLE.label) continue;
        sample.expectWireType(WIRE_LENGTH_DELIMITED);
        label.enter(sample.start, sample.stop);
        let key = 0;
        let text = 0;
        while (label.nextField()) {
          if (label.field === LABEL.key) key = indexIn(label);
          else if (label.field === LABEL.str) text = indexIn(label);
        }
        if (text === 0) continue;
        const keys = keysOf.get(text);
        if (keys === undefined) keysOf.set(text, new Set([key]));
        else keys.add(key);
      }
    }
  }

  const decoder = new TextDecoder();
  const textAt = (index: number): string => decoder.decode(strings[index] ?? new Uint8Array());
  const rewritten = new Map<number, Uint8Array>();
  for (const [index, keys] of keysOf) {
    const before = textAt(index);
    const after = [...keys].map((key) => rewrite(textAt(key), before)).find((text) => text !== before);
    if (after !== undefined) rewritten.set(index, new TextEncoder().encode(after));
  }
  if (rewritten.size === 0) return bytes;

  const writer = new ProtobufWriter(bytes.length + 1024);
  let copied = 0;
  let index = 0;
  reader.enter(0, bytes.length);
  while (reader.nextField()) {
    if (reader.field !== PROFILE.stringTable) continue;
    const replacement = rewritten.get(index++);
    if (replacement === undefined) continue;
    writer.writeBytes(bytes.subarray(copied, reader.fieldStart));
    writer.writeBytesField(PROFILE.stringTable, replacement);
    copied = reader.stop;
  }
  writer.writeBytes(bytes.subarray(copied));
  return writer.finish();
}

function indexIn(message: ProtobufReader): number {
  message.expectWireType(WIRE_VARINT);
  return message.high === 0 ? message.low : 0;
}
