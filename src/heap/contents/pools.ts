import type { PoolContents } from "../../tables/heap-contents.ts";
import type { AllocationStacks } from "../answers/allocation-stacks.ts";
import { skipRuntime } from "../answers/heap-report.ts";
import { HeldValueVisitor } from "../answers/held-values.ts";
import { UNREACHED } from "../dominators/dominator-tree.ts";
import { nodeOfObject } from "../graph/rooted-graph.ts";
import type { HeapSnapshot } from "../heap-snapshot.ts";
import { type TypeIndex, UNKNOWN_TYPE } from "../types/go-types.ts";
import { KIND } from "../types/rtype.ts";
import { type ContainerPlaces, shortTypeName } from "./container-places.ts";

/** sync/pool.go and poolqueue.go, the same from Go 1.13 to 1.27: {private any; shared {head, tail}}, padded to 128 bytes. */
const LOCAL_BYTES = 128;
const HEAD_OFFSET = 16;
const TAIL_OFFSET = 24;
/** poolChainElt: {headTail uint64; vals []eface; next, prev *poolChainElt} */
const VALS_OFFSET = 8;
const VALS_LENGTH_OFFSET = 16;
const NEXT_OFFSET = 32;
const MAX_LOCALS = 4096;
const MAX_CHAIN = 64;
const MAX_QUEUE = 1 << 16;
/** A shorter rest of the last use is nothing to speak of. */
const LEAST_FILLED_BYTES = 4096;

/** Every sync.Pool of the program that is not empty, those that keep most first. */
export function describePools(
  heap: HeapSnapshot,
  { pools }: ContainerPlaces,
  stacks: AllocationStacks,
): PoolContents[] {
  const rows = new Map<string, PoolContents>();
  const rowOf = new Map<number, PoolContents>();
  const visitor = new HeldValueVisitor(heap);
  for (const { owner, address, type } of pools) {
    const objects = listPooled(heap, address, type);
    if (objects.size === 0) continue;
    const row = rows.get(owner) ?? {
      owner,
      type: "",
      values: 0,
      retainedBytes: 0,
      largestBytes: 0,
      takenBytes: 0,
      filled: 0,
      filledField: "",
    };
    for (const [object, of] of objects) {
      const node = nodeOfObject(heap.graph, object);
      // What somebody else holds as well is not the pool's alone.
      const bytes = heap.dominators.dominator[node] === UNREACHED ? 0 : heap.retained[node]!;
      row.values++;
      rowOf.set(node, row);
      row.retainedBytes += bytes;
      row.largestBytes = Math.max(row.largestBytes, bytes);
      if (of === UNKNOWN_TYPE) continue;
      row.type = shortTypeName(heap.types.get(of).name);
      const field = filledField(heap, visitor, object, of);
      if (field === undefined) continue;
      row.filled++;
      row.filledField = field;
    }
    rows.set(owner, row);
  }
  countTaken(heap, stacks, rowOf);
  return [...rows.values()].sort((a, b) => b.retainedBytes - a.retainedBytes);
}

/** Dominators between a pooled value and what hangs on it. */
const MAX_ANCESTORS = 16;
/** Functions by which two allocations are taken for the same: the caller's and the one that it calls. */
const FUNCTIONS_COMPARED = 2;

/** A pool does not know what is taken from it; what the same functions allocated is of the same kind. */
function countTaken(
  heap: HeapSnapshot,
  stacks: AllocationStacks,
  rowOf: ReadonlyMap<number, PoolContents>,
): void {
  const { dominator } = heap.dominators;
  const makers = new Map<string, PoolContents>();
  const others: { object: number; maker: string }[] = [];
  const makerOf = new Map<number, string>();
  for (const [object, bucket] of stacks.bucketOf) {
    let maker = makerOf.get(bucket);
    if (maker === undefined) {
      const own = skipRuntime(stacks.stackOf(bucket)).slice(0, FUNCTIONS_COMPARED);
      maker = own.map((place) => place.function).join(" ");
      makerOf.set(bucket, maker);
    }
    if (maker === "" || !heap.reachable.has(object)) continue;
    let row: PoolContents | undefined;
    let at = nodeOfObject(heap.graph, object);
    for (let i = 0; row === undefined && at !== 0 && at !== UNREACHED && i < MAX_ANCESTORS; i++) {
      row = rowOf.get(at);
      at = dominator[at]!;
    }
    if (row === undefined) others.push({ object, maker });
    else makers.set(maker, row);
  }
  for (const { object, maker } of others) {
    const row = makers.get(maker);
    if (row !== undefined) row.takenBytes += heap.index.sizeOf(object);
  }
}

/** Objects of the values in the pool's private slots and queues, those of the last round (victims) as well, with their types. */
function listPooled(heap: HeapSnapshot, address: number, type: TypeIndex): Map<number, TypeIndex> {
  const { image, types, index } = heap;
  const { space } = image;
  const found = new Map<number, TypeIndex>();
  const addInterface = (at: number) => {
    const data = space.u64(at + 8);
    const object = space.u64(at) > 4096 && data > 4096 ? index.objectAt(data) : -1;
    if (object < 0 || !heap.reachable.has(object)) return;
    const dynamic = types.get(types.ofRtype(space.u64(at)));
    found.set(object, dynamic.kind === KIND.pointer ? dynamic.elem : UNKNOWN_TYPE);
  };
  const offsetOf = (name: string) => types.fields(type).find((field) => field.name === name)?.offset;
  for (const name of ["local", "victim"]) {
    const [at, sizeAt] = [offsetOf(name), offsetOf(`${name}Size`)];
    if (at === undefined || sizeAt === undefined) continue;
    const locals = space.u64(address + at);
    const count = Math.min(space.u64(address + sizeAt), MAX_LOCALS);
    for (let i = 0; locals > 4096 && i < count; i++) {
      const local = locals + i * LOCAL_BYTES;
      addInterface(local);
      let queue = space.u64(local + TAIL_OFFSET) || space.u64(local + HEAD_OFFSET);
      for (let k = 0; queue > 4096 && k < MAX_CHAIN; k++) {
        const vals = space.u64(queue + VALS_OFFSET);
        const length = Math.min(space.u64(queue + VALS_LENGTH_OFFSET), MAX_QUEUE);
        for (let slot = 0; slot < length; slot++) addInterface(vals + slot * 16);
        queue = space.u64(queue + NEXT_OFFSET);
      }
    }
  }
  return found;
}

/** The field of a large slice that is not cut to length 0, "" for a slice that is the value itself. */
function filledField(
  heap: HeapSnapshot,
  visitor: HeldValueVisitor,
  object: number,
  type: TypeIndex,
): string | undefined {
  const { index, types, bitmap, image } = heap;
  const start = index.addressOf(object) + bitmap.headerBytes(index.spanOf(object));
  for (const { kind, holder, offset, elementBytes } of visitor.placesOf(type)) {
    if (kind !== "slice") continue;
    const length = image.space.u64(start + offset + 8);
    // One that is as long as it has room for is scratch memory, which is written over.
    const isScratch = length === image.space.u64(start + offset + 16);
    if (!isScratch && length * elementBytes >= LEAST_FILLED_BYTES)
      return holder.slice(types.get(type).name.length + 1);
  }
  return undefined;
}
