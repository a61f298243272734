import type { HeapSnapshot } from "../heap-snapshot.ts";
import { UNKNOWN_TYPE } from "../types/go-types.ts";

/** What the analysis says of itself: whether its parts agree with each other and with the runtime's counters. */
export interface HeapChecks {
  /** Values in pointer words that cannot be pointers. */
  badPointers: number;
  /** Spans that were left out, since what the runtime has of them cannot be. */
  damagedSpans: number;
  /** Bytes of the heap that the core does not hold. */
  missingBytes: number;
  /** Share of the core's segments that the file lacks. */
  missingShare: number;
  /** The process could not be stopped, and ran for so long while it was copied; 0 if all is of one moment. */
  copiedOverMs: number;
  /** Objects whose pointers are not known, because their type's mask is not at hand. */
  unknownMasks: number;
  /** Maps whose full slots are as many as they say, of those with a known type. */
  incompleteStacks: number;
  /** Share of reachable objects, and of their bytes, whose type is known. */
  typedObjects: number;
  typedBytes: number;
  /** The same of those of which only is known who holds them: a closure, a stack. */
  heldBytes: number;
  /** Share of the bytes whose type is the only one of the program's code that fits: likely, not certain. Within typedBytes. */
  codeBytes: number;
  /** Allocated but not reachable: garbage since the last collection, and what waits for a finalizer. */
  unreachableObjects: number;
}

export function checkHeap(heap: HeapSnapshot): HeapChecks {
  const { index, reachable, typed, types, edges, bitmap, image, roots } = heap;
  const { spans } = index;
  const isHeld = new Uint8Array(types.length);
  for (const type of typed.namedByHolder) isHeld[type] = 1;
  let objects = 0;
  let bytes = 0;
  let typedObjects = 0;
  let typedBytes = 0;
  let heldBytes = 0;
  for (let span = 0; span < spans.length; span++) {
    const size = spans.elementBytes[span]!;
    const first = spans.firstObject[span]!;
    for (let object = first; object < first + spans.elements[span]!; object++) {
      if (!reachable.has(object)) continue;
      objects++;
      bytes += size;
      const type = typed.type[object]!;
      if (type === UNKNOWN_TYPE) continue;
      if (isHeld[type] === 1) {
        heldBytes += size;
        continue;
      }
      typedObjects++;
      typedBytes += size;
    }
  }
  return {
    badPointers: edges.badPointers,
    damagedSpans: spans.damaged,
    missingBytes: edges.missingBytes,
    missingShare: image.missingShare,
    copiedOverMs: image.copiedOverMs,
    unknownMasks: bitmap.unknownMasks,
    incompleteStacks: roots.stacks.filter((stack) => !stack.complete).length,
    typedObjects: objects === 0 ? 1 : typedObjects / objects,
    typedBytes: bytes === 0 ? 1 : typedBytes / bytes,
    heldBytes: bytes === 0 ? 0 : heldBytes / bytes,
    codeBytes: typed.codeShare,
    unreachableObjects: index.allocated.count() - objects,
  };
}
