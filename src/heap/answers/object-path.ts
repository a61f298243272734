import { UNREACHED } from "../dominators/dominator-tree.ts";
import { nodeOfObject, objectOfNode } from "../graph/rooted-graph.ts";
import { computeShortestPaths, pathTo } from "../graph/shortest-paths.ts";
import type { HeapSnapshot } from "../heap-snapshot.ts";
import { describeLocal, findLocal, type LocalVariable } from "../names/local-names.ts";
import { groupName, pathName } from "../names/path-names.ts";
import { resolveExpression } from "../names/resolve-expression.ts";
import { nodeType } from "./owners.ts";

export interface PathStep {
  /** Go expression that leads here. */
  name: string;
  type: string;
  /** 0 for a root. */
  address: number;
  bytes: number;
  retainedBytes: number;
  /** The local variable that holds it; absent where another object or a variable of package level does. */
  local?: LocalVariable;
}

export interface ObjectPath {
  address: number;
  type: string;
  bytes: number;
  retainedBytes: number;
  reachable: boolean;
  /** Shortest way from a root. */
  path: PathStep[];
  /** Who must let go for it to be freed: each dominates what comes after it. */
  dominators: PathStep[];
}

/** What the object at `address` is and what keeps it alive; undefined if there is no object. */
export function findObjectPath(heap: HeapSnapshot, address: number): ObjectPath | undefined {
  const object = heap.index.objectAt(address);
  if (object < 0 || !heap.index.allocated.has(object)) return undefined;
  const node = nodeOfObject(heap.graph, object);
  const paths = computeShortestPaths(heap.graph);
  const path = pathTo(paths, node);
  const dominators: number[] = [];
  for (let at = node; at !== 0 && at !== UNREACHED; at = heap.dominators.dominator[at]!) dominators.push(at);
  const step = (at: number): PathStep => {
    const of = objectOfNode(heap.graph, at);
    const way = pathTo(paths, at);
    return {
      ...localOfWay(heap, way),
      name: of < 0 ? groupName(heap, at - 1) : pathName(heap, way),
      type: of < 0 ? "" : nodeType(heap, at),
      address: of < 0 ? 0 : heap.index.addressOf(of),
      bytes: of < 0 ? 0 : heap.index.sizeOf(of),
      retainedBytes: heap.retained[at]!,
    };
  };
  return {
    address: heap.index.addressOf(object),
    type: nodeType(heap, node),
    bytes: heap.index.sizeOf(object),
    retainedBytes: heap.retained[node]!,
    reachable: heap.reachable.has(object),
    path: path.map(step),
    dominators: dominators.reverse().map(step),
  };
}

/** The local variable that a way of two nodes goes through. */
function localOfWay(heap: HeapSnapshot, [first, second, third]: readonly number[]): Pick<PathStep, "local"> {
  if (first === undefined || second === undefined || third !== undefined) return {};
  const place = findLocal(heap, first - 1, objectOfNode(heap.graph, second));
  return place === undefined ? {} : { local: describeLocal(heap, first - 1, place) };
}

/** What `expression` holds: variables, goroutines and what they lead to, as reports call them, or the object at an address. */
export function findRetained(heap: HeapSnapshot, expression: string): PathStep[] {
  const found = [...resolveExpression(heap, expression)];
  const paths = found.length === 0 ? undefined : computeShortestPaths(heap.graph);
  return found
    .map(([node, name]) => {
      const object = objectOfNode(heap.graph, node);
      return {
        ...(paths === undefined ? {} : localOfWay(heap, pathTo(paths, node))),
        name,
        type: nodeType(heap, node),
        address: object < 0 ? 0 : heap.index.addressOf(object),
        bytes: object < 0 ? 0 : heap.index.sizeOf(object),
        retainedBytes: heap.retained[node]!,
      };
    })
    .sort((a, b) => b.retainedBytes - a.retainedBytes);
}

/** Groups of roots that are the runtime's own. */
const RUNTIME_ROOTS = [
  "finalizers",
  "cleanups",
  "weak pointers' handles",
  "finalizers and cleanups that are due",
];

/** What finalizers, cleanups and the like alone keep. */
export function findRuntimeRoots(heap: HeapSnapshot): PathStep[] {
  return RUNTIME_ROOTS.flatMap((name) => findRetained(heap, name));
}
