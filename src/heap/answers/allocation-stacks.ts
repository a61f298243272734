import type { HeapSnapshot } from "../heap-snapshot.ts";
import { readSpecials } from "../roots/specials.ts";
import type { CodePlace } from "../runtime/function-table.ts";

/** Where the allocation profile saw objects being made: a sample of them, one in 512 KiB by default. */
export interface AllocationStacks {
  /** Bucket of each sampled object. */
  bucketOf: ReadonlyMap<number, number>;
  /** Innermost first. */
  stackOf(bucket: number): CodePlace[];
}

const MAX_DEPTH = 1024;
const BUCKET_BYTES = 48;

/** runtime/mprof.go, bucket: program counters of the stack lie behind its 48 bytes. */
export function readAllocationStacks(heap: HeapSnapshot): AllocationStacks {
  const { image, layout, index, functions } = heap;
  const { space } = image;
  const bucketOf = new Map<number, number>();
  readSpecials(space, layout, index.spans, (special) => {
    if (special.kind !== "profile") return;
    const object = index.objectAt(index.spans.start[special.span]! + special.offset);
    const bucket = space.u64(special.address + layout.structs.specialprofile.b);
    if (object >= 0 && bucket > 0) bucketOf.set(object, bucket);
  });
  // From Go 1.21 each inlined call has a counter of its own.
  const expands = Number(layout.go.split(".")[1]) <= 20;
  const known = new Map<number, CodePlace[]>();
  return {
    bucketOf,
    stackOf(bucket) {
      let stack = known.get(bucket);
      if (stack === undefined) {
        stack = [];
        const depth = Math.min(space.u64(bucket + layout.structs.bucket.nstk), MAX_DEPTH);
        for (let i = 0; i < depth; i++) {
          const places = functions.placesAt(space.u64(bucket + BUCKET_BYTES + i * 8) - 1);
          stack.push(...(expands ? places : places.slice(0, 1)));
        }
        known.set(bucket, stack);
      }
      return stack;
    },
  };
}
