import { nodeOfObject } from "../../graph/rooted-graph.ts";
import { computeShortestPaths, pathTo, type ShortestPaths } from "../../graph/shortest-paths.ts";
import type { HeapSnapshot } from "../../heap-snapshot.ts";
import { groupName, pathName } from "../../names/path-names.ts";
import { resolveExpression } from "../../names/resolve-expression.ts";
import { packageOf } from "../histogram.ts";
import type { PathStep } from "../object-path.ts";
import { ownerGroups } from "../owner-groups.ts";
import { kindOfObject } from "./object-kinds.ts";
import { parseQuery } from "./parse-query.ts";
import { type Comparison, QueryError, type QueryExpression } from "./query-expression.ts";

export interface QueryAnswer {
  objects: number;
  /** Of these objects alone. */
  bytes: number;
  /** What would be free without all of them. */
  retainedBytes: number;
  /** Those that keep most. */
  largest: PathStep[];
}

/** An object as conditions see it. */
interface Candidate {
  object: number;
  node: number;
  span: number;
}
type Condition = (candidate: Candidate) => boolean;

/**
 * The live objects for which a filter holds (see parseQuery), in one pass over the heap.
 *
 * @throws QueryError if it is not understood, or names what is not there
 */
export function queryObjects(heap: HeapSnapshot, text: string, limit: number): QueryAnswer {
  const expression = parseQuery(text);
  const { index, reachable, typed, types, retained, graph } = heap;
  const { spans } = index;
  const paths = computeShortestPaths(graph);
  const holds = compile(heap, paths, expression, text);
  const found: number[] = [];
  const matched = new Uint8Array(graph.start.length - 1);
  const candidate: Candidate = { object: 0, node: 0, span: 0 };
  let bytes = 0;
  for (let span = 0; span < spans.length; span++) {
    candidate.span = span;
    const first = spans.firstObject[span]!;
    for (let object = first; object < first + spans.elements[span]!; object++) {
      if (!reachable.has(object)) continue;
      candidate.object = object;
      candidate.node = nodeOfObject(graph, object);
      if (!holds(candidate)) continue;
      bytes += spans.elementBytes[span]!;
      matched[candidate.node] = 1;
      found.push(object);
    }
  }
  const retainedBytes = sumRetained(heap, matched);
  return {
    objects: found.length,
    bytes,
    retainedBytes,
    largest: found
      .sort((a, b) => retained[nodeOfObject(graph, b)]! - retained[nodeOfObject(graph, a)]!)
      .slice(0, limit)
      .map((object) => ({
        name: pathName(heap, pathTo(paths, nodeOfObject(graph, object))),
        type: types.get(typed.type[object]!).name,
        address: index.addressOf(object),
        bytes: index.sizeOf(object),
        retainedBytes: retained[nodeOfObject(graph, object)]!,
      })),
  };
}

/** Of nodes that lie within each other only the outermost count. `matched` is 2 afterwards for what lies within. */
function sumRetained({ dominators, retained }: HeapSnapshot, matched: Uint8Array): number {
  const { reached, dominator } = dominators;
  let total = 0;
  for (let node = 1; node < reached; node++) {
    if (matched[dominator[node]!] !== 0) matched[node] = 2;
    else if (matched[node] === 1) total += retained[node]!;
  }
  return total;
}

function compile(heap: HeapSnapshot, paths: ShortestPaths, whole: QueryExpression, text: string): Condition {
  const { index, typed, types, retained } = heap;
  const { spans } = index;
  let owners: Uint32Array | undefined;
  return build(whole);

  /** As deep as the brackets of a query, which are bounded. */
  function build(expression: QueryExpression): Condition {
    switch (expression.op) {
      case "and": {
        const parts = expression.parts.map(build);
        return (candidate) => parts.every((part) => part(candidate));
      }
      case "or": {
        const parts = expression.parts.map(build);
        return (candidate) => parts.some((part) => part(candidate));
      }
      case "not": {
        const part = build(expression.part);
        return (candidate) => !part(candidate);
      }
      case "text":
        return buildText(expression);
      case "number":
        return buildNumber(expression);
      case "reachable":
      case "kept": {
        const from = [...resolveExpression(heap, expression.from).keys()];
        if (from.length === 0) {
          throw new QueryError(
            text,
            expression.at,
            `nothing is called "${expression.from}"; give an address, or a variable as the report names it, such as main.cache`,
          );
        }
        const inside = expression.op === "kept" ? markKept(heap, from) : markReached(heap, from);
        return ({ node }) => inside[node] === 1;
      }
    }
  }

  /** Texts are judged once for each type or root, not for each object. */
  function buildText({ field, holds }: Extract<QueryExpression, { op: "text" }>): Condition {
    if (field === "owner") {
      owners ??= ownerGroups(heap, paths);
      const ownerOf = owners;
      const known = heap.roots.table.groups.map((_, group) => holds(groupName(heap, group)));
      return ({ node }) => known[ownerOf[node]!] === true;
    }
    const known = Array.from({ length: types.length }, (_, type) => {
      const goType = types.get(type);
      if (field === "type") return [holds(goType.name), holds(goType.name)];
      if (field === "package") return [holds(packageOf(goType.name)), holds(packageOf(goType.name))];
      return [holds(kindOfObject(goType, false)), holds(kindOfObject(goType, true))];
    });
    return ({ object, span }) => {
      const type = typed.type[object]!;
      const isRepeated = types.get(type).size * 2 <= spans.elementBytes[span]!;
      return known[type]![isRepeated ? 1 : 0]!;
    };
  }

  function buildNumber({ field, comparison, value }: Extract<QueryExpression, { op: "number" }>): Condition {
    if (field === "bytes") return ({ span }) => compare(spans.elementBytes[span]!, comparison, value);
    if (field === "retained") return ({ node }) => compare(retained[node]!, comparison, value);
    if (comparison === "=" || comparison === "!=") {
      // An address within an object is that object's.
      const at = index.objectAt(value);
      return ({ object }) => (object === at) === (comparison === "=");
    }
    return ({ object, span }) =>
      compare(
        spans.start[span]! + (object - spans.firstObject[span]!) * spans.elementBytes[span]!,
        comparison,
        value,
      );
  }
}

function compare(value: number, comparison: Comparison, limit: number): boolean {
  switch (comparison) {
    case "<":
      return value < limit;
    case "<=":
      return value <= limit;
    case ">":
      return value > limit;
    case ">=":
      return value >= limit;
    case "=":
      return value === limit;
    case "!=":
      return value !== limit;
  }
}

function markKept({ dominators }: HeapSnapshot, from: readonly number[]): Uint8Array {
  const { reached, dominator } = dominators;
  const kept = new Uint8Array(reached);
  for (const node of from) if (node < reached) kept[node] = 1;
  for (let node = 1; node < reached; node++) {
    if (kept[dominator[node]!] === 1) kept[node] = 1;
  }
  return kept;
}

function markReached(heap: HeapSnapshot, from: readonly number[]): Uint8Array {
  const { start, target } = heap.graph;
  const reached = new Uint8Array(start.length - 1);
  const queue = new Uint32Array(start.length - 1);
  let end = 0;
  for (const node of from) {
    if (reached[node] === 1) continue;
    reached[node] = 1;
    queue[end++] = node;
  }
  for (let at = 0; at < end; at++) {
    const node = queue[at]!;
    for (let edge = start[node]!; edge < start[node + 1]!; edge++) {
      const next = target[edge]!;
      if (reached[next] === 1) continue;
      reached[next] = 1;
      queue[end++] = next;
    }
  }
  return reached;
}
