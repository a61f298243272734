import type { HeapGraph } from "../graph/rooted-graph.ts";
import { objectOfNode } from "../graph/rooted-graph.ts";
import type { TypeIndex } from "./go-types.ts";
import type { TypeWalk } from "./type-walk.ts";
import { TYPED_BY } from "./typed-heap.ts";
import type { UntypedObjects } from "./untyped-objects.ts";

/** What objects are held by, as the dominator tree has it. */
export interface Holders {
  graph: HeapGraph;
  dominator: Uint32Array;
  /** "main.cache", "the stack of main.worker". */
  nameOfGroup(group: number): string;
}

const TINY_BYTES = 16;
/** Variables in which the compiler keeps what interface conversions found (internal/abi/switch.go). */
const INTERFACE_CACHE = /\.\.(typeAssert|interfaceSwitch)\.\d+$/;
const CLOSURE = "closure of ";

/**
 * Names what has no type by who alone keeps it: a variable that a closure captured, a stack, a field of type
 * unsafe.Pointer. Says nothing of what it is made of, so these names are told apart: they are returned.
 */
export function nameByHolder(
  walk: TypeWalk,
  untyped: UntypedObjects,
  { graph, dominator, nameOfGroup }: Holders,
): Set<TypeIndex> {
  const { types, index } = walk.parts;
  const { spans } = index;
  const named = new Set<TypeIndex>();
  // Without a size of its own: nothing is known of what stands where in it.
  const make = (name: string) => {
    const type = types.make(name, 0);
    named.add(type);
    return type;
  };
  const several = make("held by several");
  const tiny = make("small values without pointers (block shared by the allocator)");
  const nodes = new Uint32Array(untyped.length);
  let count = 0;
  untyped.visit((object) => {
    nodes[count++] = graph.node[object]!;
  });
  // By their numbers: a holder's is less, so it has its name before what it holds.
  for (const node of nodes.subarray(0, count).sort()) {
    const object = objectOfNode(graph, node);
    const span = index.spanOf(object);
    if (spans.elementBytes[span]! <= TINY_BYTES && (spans.spanClass[span]! & 1) !== 0) {
      walk.assign(object, tiny, TYPED_BY.structure);
      continue;
    }
    walk.assign(object, typeOfHolder(dominator[node]!), TYPED_BY.structure);
  }
  return named;

  function typeOfHolder(holder: number): TypeIndex {
    if (holder === 0) return several;
    const object = objectOfNode(graph, holder);
    if (object < 0) {
      const name = nameOfGroup(holder - 1);
      return INTERFACE_CACHE.test(name)
        ? types.make("cache of an interface conversion", 0)
        : make(`held by ${name}`);
    }
    const type = walk.type[object]!;
    if (named.has(type)) return type === tiny ? several : type;
    const { name } = types.get(type);
    return make(name.startsWith(CLOSURE) ? `captured by ${name.slice(CLOSURE.length)}` : `held by ${name}`);
  }
}
