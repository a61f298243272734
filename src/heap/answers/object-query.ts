import { nodeOfObject } from "../graph/rooted-graph.ts";
import { computeShortestPaths, pathTo } from "../graph/shortest-paths.ts";
import type { HeapSnapshot } from "../heap-snapshot.ts";
import { pathName } from "../names/path-names.ts";
import { UNKNOWN_TYPE } from "../types/go-types.ts";
import type { PathStep } from "./object-path.ts";

/** One condition on an object; all of a query must hold. */
export type QueryTerm =
  | { field: "type"; pattern: RegExp }
  | { field: "size" | "retained"; op: ">" | "<"; bytes: number };

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
};

/**
 * Reads a filter such as `type=Session$ size>4KiB retained>1MB`: terms with blanks between them.
 *
 * @throws RangeError with what is not understood
 */
export function parseQuery(text: string): QueryTerm[] {
  return text
    .trim()
    .split(/\s+/)
    .filter((term) => term !== "")
    .map((term) => {
      const type = /^type=(.+)$/.exec(term);
      if (type !== null) {
        try {
          return { field: "type", pattern: new RegExp(type[1]!) };
        } catch {
          throw new RangeError(`"${type[1]!}" is not a regular expression`);
        }
      }
      const size = /^(size|retained)([<>])(\d+(?:\.\d+)?)([kmg]?i?b?)$/i.exec(term);
      const unit = size === null ? undefined : UNITS[size[4]!.toLowerCase()];
      if (size === null || unit === undefined)
        throw new RangeError(
          `"${term}" is not understood; there are type=REGEXP, size>4KiB and retained>1MB`,
        );
      return {
        field: size[1] as "size" | "retained",
        op: size[2] as ">" | "<",
        bytes: Number(size[3]) * unit,
      };
    });
}

export interface QueryAnswer {
  objects: number;
  bytes: number;
  /** Those that keep most. */
  largest: PathStep[];
}

export function queryObjects(heap: HeapSnapshot, terms: readonly QueryTerm[], top: number): QueryAnswer {
  const { index, reachable, typed, types, retained, graph } = heap;
  const matching = new Uint8Array(types.length).fill(1);
  for (const term of terms) {
    if (term.field !== "type") continue;
    for (let type = 0; type < types.length; type++)
      if (type === UNKNOWN_TYPE || !term.pattern.test(types.get(type).name)) matching[type] = 0;
  }
  const sizes = terms.filter((term) => term.field !== "type");
  const found: number[] = [];
  let bytes = 0;
  let objects = 0;
  const { spans } = index;
  for (let span = 0; span < spans.length; span++) {
    const size = spans.elementBytes[span]!;
    const first = spans.firstObject[span]!;
    for (let object = first; object < first + spans.elements[span]!; object++) {
      if (!reachable.has(object) || matching[typed.type[object]!] === 0) continue;
      const held = retained[nodeOfObject(graph, object)]!;
      const passes = sizes.every(({ field, op, bytes: limit }) => {
        const value = field === "size" ? size : held;
        return op === ">" ? value > limit : value < limit;
      });
      if (!passes) continue;
      objects++;
      bytes += size;
      found.push(object);
    }
  }
  const paths = computeShortestPaths(graph);
  return {
    objects,
    bytes,
    largest: found
      .sort((a, b) => retained[nodeOfObject(graph, b)]! - retained[nodeOfObject(graph, a)]!)
      .slice(0, top)
      .map((object) => ({
        name: pathName(heap, pathTo(paths, nodeOfObject(graph, object))),
        type: types.get(typed.type[object]!).name,
        address: index.addressOf(object),
        bytes: index.sizeOf(object),
        retainedBytes: retained[nodeOfObject(graph, object)]!,
      })),
  };
}
