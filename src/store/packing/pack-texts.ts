import { PackedReader } from "./packed-reader.ts";
import { PackedWriter } from "./packed-writer.ts";
import { unzstd, zstd } from "./zstd.ts";

const utf8 = new TextEncoder();
const text = new TextDecoder();

/** Texts that are alike, such as JSON of one kind: their lengths, then all of them behind one another. */
export function packTexts(texts: readonly string[]): Uint8Array {
  const parts = texts.map((each) => utf8.encode(each));
  const writer = new PackedWriter();
  writer.varint(parts.length);
  for (const part of parts) writer.varint(part.length);
  const head = writer.bytes();
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, head.length));
  all.set(head);
  let at = head.length;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return zstd(all);
}

/** Throws PackedError. */
export function unpackTexts(blob: Uint8Array): string[] {
  const bytes = unzstd(blob);
  const reader = new PackedReader(bytes);
  const lengths = Array.from({ length: reader.count() }, () => reader.varint());
  return lengths.map((length) => text.decode(reader.take(length)));
}
