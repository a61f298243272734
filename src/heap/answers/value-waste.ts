import type { HeapSnapshot } from "../heap-snapshot.ts";
import { describeStringKeys } from "../maps/key-distribution.ts";
import { visitHeldValues } from "./held-values.ts";

/** Equal strings that lie in the heap several times. */
interface DuplicateString {
  /** What it looks like; the text itself only if values may be shown. */
  text: string;
  length: number;
  copies: number;
  /** What one copy for all would save. */
  wastedBytes: number;
}

/** Slices of one field that have room for more than they hold. */
interface SliceRow {
  holder: string;
  slices: number;
  usedBytes: number;
  unusedBytes: number;
}

/** A large object of which only a part is still named: kept by a string or slice cut out of it. */
interface PinnedObject {
  holder: string;
  address: number;
  objectBytes: number;
  usedBytes: number;
}

export interface ValueWaste {
  strings: number;
  stringsWastedBytes: number;
  duplicates: DuplicateString[];
  slices: SliceRow[];
  pinned: PinnedObject[];
}

/** Texts that are compared; a heap with more has its first ones judged. */
const MAX_TEXTS = 2_000_000;
const MAX_TEXT_BYTES = 512;
/** Below this, what a cut-off part wastes is not worth a line. */
const MIN_PINNED_BYTES = 32 * 1024;
const MAX_PINNED = 100_000;

export function findValueWaste(heap: HeapSnapshot, top: number, showValues: boolean): ValueWaste {
  const { index, image } = heap;
  const texts = new Map<string, Map<number, number> | number>();
  const slices = new Map<string, SliceRow>();
  const pinned = new Map<number, PinnedObject>();
  let strings = 0;
  visitHeldValues(heap, ({ place: { kind, holder, elementBytes }, pointer, length, capacity }) => {
    if (length === 0 || (kind !== "string" && kind !== "slice")) return;
    const object = index.objectAt(pointer);
    if (object < 0) return;
    const objectBytes = index.sizeOf(object);
    if (kind === "string") {
      strings++;
      if (length <= MAX_TEXT_BYTES && texts.size < MAX_TEXTS) {
        const bytes = image.space.bytes(pointer, length);
        if (bytes !== undefined) addText(texts, Buffer.from(bytes).toString("latin1"), pointer, objectBytes);
      }
    } else {
      const row = slices.get(holder) ?? { holder, slices: 0, usedBytes: 0, unusedBytes: 0 };
      row.slices++;
      row.usedBytes += length * elementBytes;
      row.unusedBytes +=
        Math.min(capacity * elementBytes, objectBytes) - Math.min(length * elementBytes, objectBytes);
      slices.set(holder, row);
    }
    if (objectBytes < MIN_PINNED_BYTES) return;
    const usedBytes = capacity * elementBytes;
    const known = pinned.get(object);
    if (known === undefined && pinned.size < MAX_PINNED)
      pinned.set(object, { holder, address: index.addressOf(object), objectBytes, usedBytes });
    else if (known !== undefined && usedBytes > known.usedBytes) {
      known.usedBytes = usedBytes;
      known.holder = holder;
    }
  });
  const duplicates: DuplicateString[] = [];
  for (const [text, copies] of texts) {
    if (typeof copies === "number" || copies.size < 2) continue;
    const sizes = [...copies.values()];
    duplicates.push({
      text,
      length: text.length,
      copies: copies.size,
      wastedBytes: sizes.slice(1).reduce((a, b) => a + b, 0),
    });
  }
  duplicates.sort((a, b) => b.wastedBytes - a.wastedBytes);
  return {
    strings,
    stringsWastedBytes: duplicates.reduce((total, row) => total + row.wastedBytes, 0),
    duplicates: duplicates.slice(0, top).map((row) => ({
      ...row,
      text: showValues
        ? Buffer.from(row.text, "latin1").toString()
        : (describeStringKeys([Buffer.from(row.text, "latin1").toString()]).shapes[0]?.shape ?? ""),
    })),
    slices: [...slices.values()]
      .filter((row) => row.unusedBytes > 0)
      .sort((a, b) => b.unusedBytes - a.unusedBytes)
      .slice(0, top),
    pinned: [...pinned.values()]
      .filter((row) => row.usedBytes * 2 < row.objectBytes)
      .sort((a, b) => b.objectBytes - b.usedBytes - a.objectBytes + a.usedBytes)
      .slice(0, top),
  };
}

/** The pointer alone until a second one comes: most strings are there once. */
function addText(
  texts: Map<string, Map<number, number> | number>,
  text: string,
  pointer: number,
  bytes: number,
): void {
  const known = texts.get(text);
  if (known === undefined) texts.set(text, pointer);
  else if (typeof known === "number") {
    if (known !== pointer)
      texts.set(
        text,
        new Map([
          [known, bytes],
          [pointer, bytes],
        ]),
      );
  } else known.set(pointer, bytes);
}
