import type { ShortestPaths } from "../graph/shortest-paths.ts";
import { pathTo } from "../graph/shortest-paths.ts";
import type { HeapSnapshot } from "../heap-snapshot.ts";
import { dottedExpression } from "../names/local-names.ts";
import { pathName } from "../names/path-names.ts";
import { shortTypeName } from "./container-places.ts";

/** Steps from the root that are named; a list is longer. */
const MAX_STEPS = 16;
const MAX_LENGTH = 160;

/** The Go expression that leads to a node, short enough for a sentence. */
export function namePath(heap: HeapSnapshot, paths: ShortestPaths, node: number): string {
  const path = pathTo(paths, node);
  // Steps that have no name are one arrow.
  const name = shortTypeName(dottedExpression(pathName(heap, path.slice(0, MAX_STEPS))))
    .replace(/( → )+(?= → )/g, "")
    .replace(/ → $/, " → …");
  const text = path.length > MAX_STEPS ? `${name}…` : name;
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}…`;
}
