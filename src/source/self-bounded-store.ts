import type { RetainedStore } from "./retained-store.ts";

/**
 * Whether the very function that appends also looks at the length and cuts: each such slice has an end, and what grows
 * is many of them that fill up. A bound elsewhere may never be reached; this one is passed at every append.
 */
export function isSelfBounded({ file, function: name, removals }: RetainedStore): boolean {
  const here = removals.filter((removal) => removal.file === file && removal.function === name);
  return (
    here.some(({ kind }) => kind === "length-check") &&
    here.some(({ kind }) => kind === "truncate" || kind === "ring-write")
  );
}
