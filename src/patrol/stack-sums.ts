/**
 * A profile as history keeps it: what each stack held, without samples, labels or mappings. Columns of one length,
 * sorted by hash. Stacks are named by a 64-bit hash of their frames, so that the same stack is the same row in every
 * profile of every process; `frames` gives the text of those that the writer has not sent before.
 */
export interface StackSums {
  /** "heap/inuse_space", "goroutine/goroutine", … */
  type: string;
  unit: string;
  atMs: number;
  /** 0 for what is a state and not a sum over time. */
  durationMs: number;
  total: number;
  stackHash: BigUint64Array;
  value: Float64Array;
  /** "function file:line" of each frame, root first. */
  frames: ReadonlyMap<bigint, readonly string[]>;
}
