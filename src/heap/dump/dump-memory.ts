import type { ByteSource } from "../../bytes/byte-source.ts";
import type { DumpedMemory } from "../../formats/heap-dump/heap-dump.ts";
import type { MemoryRegion } from "../memory/address-space.ts";
import { PAGE_BYTES } from "../runtime/locate-heap.ts";
import type { DumpSpans } from "./dump-spans.ts";

/** The memory that a dump holds: its spans, and the data, bss and stack frames. */
export function listDumpedRegions(
  source: ByteSource,
  objects: DumpedMemory,
  found: DumpSpans,
  plain: readonly DumpedMemory[],
): MemoryRegion[] {
  const regions: MemoryRegion[] = [];
  const { spans } = found;
  for (let span = 0; span < spans.length; span++) {
    const start = spans.start[span]!;
    const size = spans.pages[span]! * PAGE_BYTES;
    const first = found.firstRow[span]!;
    regions.push(
      // A large object's bytes lie in the file as they lay in memory.
      spans.spanClass[span]! >> 1 === 0
        ? {
            start,
            end: start + objects.bytes[first]!,
            source,
            offset: objects.contentAt[first]!,
            flags: 6,
          }
        : {
            start,
            end: start + size,
            source: new SpanSource(source, objects, {
              start,
              size,
              first,
              end: found.endRow[span]!,
            }),
            offset: 0,
            flags: 6,
          },
    );
  }
  for (const memory of plain) {
    for (let i = 0; i < memory.length; i++) {
      const start = memory.address[i]!;
      regions.push({
        start,
        end: start + memory.bytes[i]!,
        source,
        offset: memory.contentAt[i]!,
        flags: 6,
      });
    }
  }
  return regions;
}

/** A span put together from its records, which stand one after the other in the file; free slots are zero. */
class SpanSource implements ByteSource {
  readonly size: number;
  readonly #file: ByteSource;
  readonly #objects: DumpedMemory;
  readonly #start: number;
  readonly #first: number;
  readonly #end: number;

  constructor(
    file: ByteSource,
    objects: DumpedMemory,
    span: { start: number; size: number; first: number; end: number },
  ) {
    this.#file = file;
    this.#objects = objects;
    this.#start = span.start;
    this.size = span.size;
    this.#first = span.first;
    this.#end = span.end;
  }

  read(offset: number, length: number): Uint8Array {
    const { address, bytes, contentAt } = this.#objects;
    const wanted = Math.max(0, Math.min(length, this.size - offset));
    const out = new Uint8Array(wanted);
    let from = this.#first;
    let end = this.#end;
    while (from < end && address[from]! + bytes[from]! <= this.#start + offset) from++;
    while (end > from && address[end - 1]! >= this.#start + offset + wanted) end--;
    if (from === end) return out;
    const base = contentAt[from]!;
    const records = this.#file.read(base, contentAt[end - 1]! + bytes[end - 1]! - base);
    for (let row = from; row < end; row++) {
      const at = address[row]! - this.#start - offset;
      const skipped = Math.max(0, -at);
      const content = contentAt[row]! - base;
      out.set(
        records.subarray(content + skipped, content + Math.min(bytes[row]!, wanted - at)),
        at + skipped,
      );
    }
    return out;
  }
}
