import type { HeapSnapshot } from "../heap-snapshot.ts";
import { readAllocationSamples, readBucketStack } from "../roots/allocation-samples.ts";
import type { CodePlace } from "../runtime/function-table.ts";

/** Where the allocation profile saw objects being made: a sample of them, one in 512 KiB by default. */
export interface AllocationStacks {
  /** Bucket of each sampled object. */
  bucketOf: ReadonlyMap<number, number>;
  /** Innermost first. */
  stackOf(bucket: number): CodePlace[];
}

/** Reads which objects were sampled; their stacks when asked for. */
export function readAllocationStacks(heap: HeapSnapshot): AllocationStacks {
  const { image, layout, index, functions } = heap;
  const { space } = image;
  const bucketOf = new Map<number, number>();
  readAllocationSamples(space, layout, index, (object, bucket) => bucketOf.set(object, bucket));
  // From Go 1.21 each inlined call has a counter of its own.
  const expands = Number(layout.go.split(".")[1]) <= 20;
  const known = new Map<number, CodePlace[]>();
  return {
    bucketOf,
    stackOf(bucket) {
      let stack = known.get(bucket);
      if (stack === undefined) {
        stack = [];
        for (const pc of readBucketStack(space, layout, bucket)) {
          const places = functions.placesAt(pc - 1);
          stack.push(...(expands ? places : places.slice(0, 1)));
        }
        known.set(bucket, stack);
      }
      return stack;
    },
  };
}
