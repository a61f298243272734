import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { type Damage, DecodeError } from "../../src/bytes/decode-error.ts";

const folder = join(import.meta.dirname, "../fixtures/text");

/** Bytes of a recorded capture: "go1.27/heap.txt". */
export function readCapture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(folder, name)));
}

/** Every recorded capture whose name has `part`, as paths below the folder. */
export function listCaptures(part: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /^(go1\.|[^/]*\.txt$)/.test(name) && name.includes(part) && /\.[a-z]+$/.test(name))
    .sort();
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Calls `read` with every prefix of `bytes`; it may throw nothing but a DecodeError. */
export function decodePrefixes<T extends { damage: Damage[] }>(
  bytes: Uint8Array,
  decode: (prefix: Uint8Array) => T,
  onDecoded: (decoded: T, length: number) => void,
): void {
  for (let length = 0; length < bytes.length; length++) {
    const decoded = decodeOrRefuse(bytes.subarray(0, length), decode);
    if (decoded !== undefined) onDecoded(decoded, length);
  }
}

/** Bytes of a capture with some of them overwritten, removed or repeated, as a damaged file or a strange one is. */
export function anyMutation(bytes: Uint8Array): fc.Arbitrary<Uint8Array> {
  const edit = fc.record({
    at: fc.nat(bytes.length - 1),
    drop: fc.oneof(fc.nat(3), fc.nat(400)),
    repeat: fc.oneof(fc.constant(0), fc.nat(300)),
    put: fc.oneof(
      fc.constantFrom(
        "",
        "\n",
        "0x",
        "#",
        "@",
        "{",
        "}",
        "[",
        "]",
        '"',
        "\\",
        ":",
        "\t",
        "-1",
        "99999999999999999999",
      ),
      fc.string({ maxLength: 6, unit: "binary" }),
    ),
  });
  return fc.array(edit, { minLength: 1, maxLength: 5 }).map((edits) => {
    let mutated = Buffer.from(bytes);
    for (const { at, drop, repeat, put } of edits) {
      const from = Math.min(at, mutated.length);
      const again = mutated.subarray(Math.max(0, from - repeat), from);
      mutated = Buffer.concat([
        mutated.subarray(0, from),
        again,
        Buffer.from(put),
        mutated.subarray(from + drop),
      ]);
    }
    return new Uint8Array(mutated);
  });
}

export function decodeOrRefuse<T>(bytes: Uint8Array, decode: (bytes: Uint8Array) => T): T | undefined {
  try {
    return decode(bytes);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return undefined;
  }
}
