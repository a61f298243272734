import type { AddressSpace } from "../memory/address-space.ts";
import type { ObjectIndex } from "../objects/object-index.ts";
import type { RuntimeLayout } from "../runtime/layout-fields.ts";
import { readSpecials } from "./specials.ts";

/** runtime/mprof.go, bucket: program counters of the stack lie behind its 48 bytes. */
const BUCKET_BYTES = 48;
/** GODEBUG=profstackdepth goes up to this. */
const MAX_DEPTH = 1024;

/** Calls `onSample` for each object that the allocation profile sampled, with the bucket of the stack that made it. */
export function readAllocationSamples(
  space: AddressSpace,
  layout: RuntimeLayout,
  index: ObjectIndex,
  onSample: (object: number, bucket: number) => void,
): void {
  readSpecials(space, layout, index.spans, (special) => {
    if (special.kind !== "profile") return;
    const object = index.objectAt(index.spans.start[special.span]! + special.offset);
    const bucket = space.u64(special.address + layout.structs.specialprofile.b);
    if (object >= 0 && bucket > 0) onSample(object, bucket);
  });
}

/** The return addresses of a bucket's stack, innermost first. */
export function readBucketStack(space: AddressSpace, layout: RuntimeLayout, bucket: number): number[] {
  const depth = Math.min(space.u64(bucket + layout.structs.bucket.nstk), MAX_DEPTH);
  const stack: number[] = [];
  for (let i = 0; i < depth; i++) stack.push(space.u64(bucket + BUCKET_BYTES + i * 8));
  return stack;
}
