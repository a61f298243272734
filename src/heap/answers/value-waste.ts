import { BitSet } from "../../lib/bit-set.ts";
import type { HeapSnapshot } from "../heap-snapshot.ts";
import { describeStringKeys } from "../maps/key-distribution.ts";
import { visitHeldValues } from "./held-values.ts";
import { TextCopies } from "./text-copies.ts";

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

/** Below this, what a cut-off part wastes is not worth a line. */
const MIN_PINNED_BYTES = 32 * 1024;
const MAX_PINNED = 100_000;

export function findValueWaste(heap: HeapSnapshot, top: number, showValues: boolean): ValueWaste {
  const { index, image } = heap;
  const texts = new TextCopies(image.space);
  // An object counts once: what is cut out of it, or shared by many headers, is no copy.
  const seen = new BitSet(index.length);
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
      if (!seen.has(object)) {
        seen.add(object);
        texts.add(pointer, length, objectBytes);
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
  return {
    strings,
    stringsWastedBytes: texts.wastedBytes,
    duplicates: texts.largest(top).map(({ bytes, copies, wastedBytes }) => {
      const text = Buffer.from(bytes).toString();
      const shown = showValues ? text : (describeStringKeys([text]).shapes[0]?.shape ?? "");
      return { text: shown, length: bytes.length, copies, wastedBytes };
    }),
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
