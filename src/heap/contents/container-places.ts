import { type HeldPlace, type HeldValue, HeldValueVisitor } from "../answers/held-values.ts";
import type { HeapSnapshot } from "../heap-snapshot.ts";
import type { TypeIndex } from "../types/go-types.ts";
import { KIND } from "../types/rtype.ts";

/** A place of the program that holds strings, slices, maps or channels: a variable, or a field of all values of a type. */
interface ContainerPlace {
  kind: "string" | "slice" | "map" | "channel";
  /** "main.cache", "session.Store.sessions"; "" if nothing that has a name holds it. */
  owner: string;
  /** Of the slice, map or channel. */
  type: TypeIndex;
  elementBytes: number;
}

/** Index into the places; NO_PLACE for objects that nothing with a name holds. */
export const NO_PLACE = -1;

export interface ContainerPlaces {
  places: readonly ContainerPlace[];
  /** Of each object that is a string's bytes, a slice's array, or part of a map or channel. */
  placeOf: Int32Array;
  /** Of each string's bytes and slice's array: what the place that uses most of it uses, in bytes. */
  usedBytes: Uint32Array;
  /** Of each slice's array: its length at that place. */
  length: Uint32Array;
  /** Places of sync.Maps by the address of the trie. */
  trieOwners: ReadonlyMap<number, string>;
  pools: readonly { owner: string; address: number; type: TypeIndex }[];
}

/** Containers within containers are followed so far: map[string]map[int][]T has two. */
const MAX_NESTING = 3;
const MAX_PLACES = 1_000_000;
const MAX_U32 = 0xffff_ffff;
/** What the compiler makes for maps, and structs without a name. */
const WITHIN_GROUP = /^\.slots\[…\]\.(elem|key)|^\.(elems|keys)\[…\]/;
const UNNAMED_STRUCT = /^(noalg\.)?(map\.(group|bucket|slot)\[|struct \{)/;

/**
 * Who holds each container, by a name of the source. A field says more than a way through the heap: all sessions have
 * their basket at `session.Session.Basket`, whatever leads to them. What lies in a map or array itself, as the inner
 * maps of map[string]map[int]T do, is named after the place of that one.
 */
export function findContainerPlaces(heap: HeapSnapshot): ContainerPlaces {
  const finder = new PlaceFinder(heap);
  return finder.find();
}

/** "example.com/shop/cart.Store" → "cart.Store", also within "map[string]*…". */
export function shortTypeName(name: string): string {
  return name.replace(/[\w.~%-]+\//g, "");
}

class PlaceFinder {
  readonly #heap: HeapSnapshot;
  readonly #visitor: HeldValueVisitor;
  readonly #places: ContainerPlace[] = [];
  /** Of each way of holding, within the place that holds the holder itself; NO_PLACE for what has a name. */
  readonly #idOf = new Map<number, Map<HeldPlace, number>>();
  readonly #idOfName = new Map<string, number>();
  readonly #placeOf: Int32Array;
  readonly #usedBytes: Uint32Array;
  readonly #length: Uint32Array;
  readonly #trieOwners = new Map<number, string>();
  readonly #pools = new Map<number, ContainerPlaces["pools"][number]>();
  readonly #isTrie: ReadonlySet<number>;

  constructor(heap: HeapSnapshot) {
    this.#heap = heap;
    this.#visitor = new HeldValueVisitor(heap);
    this.#placeOf = new Int32Array(heap.index.length).fill(NO_PLACE);
    this.#usedBytes = new Uint32Array(heap.index.length);
    this.#length = new Uint32Array(heap.index.length);
    this.#isTrie = new Set(heap.typed.syncMaps.map(({ address }) => address));
  }

  find(): ContainerPlaces {
    this.#visitor.visitVariables((value) => this.#enter(value, NO_PLACE));
    this.#visitor.visitObjects(
      (value) => this.#enter(value, NO_PLACE),
      (type) => this.#isNamed(type),
    );
    this.#spread();
    const done = new Uint8Array(this.#heap.index.length);
    for (let nesting = 0; nesting < MAX_NESTING; nesting++) {
      let any = false;
      this.#visitor.visitObjects(
        (value) => {
          this.#enter(value, this.#placeOf[value.object]!);
          any = true;
        },
        (type, object) => {
          const isNew = done[object] === 0 && this.#placeOf[object] !== NO_PLACE && !this.#isNamed(type);
          if (isNew) done[object] = 1;
          return isNew;
        },
      );
      if (!any) break;
      this.#spread();
    }
    return {
      places: this.#places,
      placeOf: this.#placeOf,
      usedBytes: this.#usedBytes,
      length: this.#length,
      trieOwners: this.#trieOwners,
      pools: [...this.#pools.values()],
    };
  }

  #isNamed(type: TypeIndex): boolean {
    const { kind, name } = this.#heap.types.get(type);
    return kind === KIND.struct && !UNNAMED_STRUCT.test(name);
  }

  /** @param outer the place of the array or map that the value lies in */
  #enter({ place, object: holder, pointer, length, capacity }: HeldValue, outer: number): void {
    const { index, reachable } = this.#heap;
    if (place.kind === "pool") {
      if (this.#pools.has(pointer)) return;
      this.#pools.set(pointer, {
        owner: this.#nameOf(place, holder, outer),
        address: pointer,
        type: place.type,
      });
      return;
    }
    if (place.kind === "sync-map") {
      for (let at = pointer; at < pointer + this.#heap.types.get(place.type).size; at += 8)
        if (this.#isTrie.has(at)) this.#trieOwners.set(at, this.#nameOf(place, holder, outer));
      return;
    }
    const object = index.objectAt(pointer);
    if (object < 0 || !reachable.has(object)) return;
    const used = Math.min(capacity * place.elementBytes, MAX_U32);
    // The first place that names it stays, unless another one uses more of it.
    if (this.#placeOf[object] !== NO_PLACE && !(used > this.#usedBytes[object]!)) return;
    const id = this.#idOfPlace(place, place.kind, holder, outer);
    if (id === NO_PLACE) return;
    this.#placeOf[object] = id;
    this.#usedBytes[object] = used;
    this.#length[object] = Math.min(length, MAX_U32);
  }

  #nameOf(place: HeldPlace, holder: number, outer: number): string {
    if (outer === NO_PLACE) return shortTypeName(place.holder);
    const { types, typed } = this.#heap;
    // What is left of the holder behind the type's own name: the way within the element.
    const own = types.get(typed.type[holder]!).name;
    const within = place.holder.slice(own.length).replace(WITHIN_GROUP, "");
    return `${this.#places[outer]!.owner}[…]${shortTypeName(within)}`;
  }

  #idOfPlace(place: HeldPlace, kind: ContainerPlace["kind"], holder: number, outer: number): number {
    let ids = this.#idOf.get(outer);
    if (ids === undefined) {
      ids = new Map();
      this.#idOf.set(outer, ids);
    }
    let id = ids.get(place);
    if (id !== undefined) return id;
    const owner = this.#nameOf(place, holder, outer);
    const key = `${kind} ${place.type} ${owner}`;
    id = this.#idOfName.get(key);
    if (id === undefined) {
      if (this.#places.length === MAX_PLACES) return NO_PLACE;
      id = this.#places.length;
      this.#places.push({ kind, owner, type: place.type, elementBytes: place.elementBytes });
      this.#idOfName.set(key, id);
    }
    ids.set(place, id);
    return id;
  }

  /** Tables, groups and buffers belong where their header is held. */
  #spread(): void {
    const { maps, typed, index, image, layout } = this.#heap;
    const give = (address: number, id: number) => {
      const object = index.objectAt(address);
      if (object >= 0 && this.#placeOf[object] === NO_PLACE) this.#placeOf[object] = id;
    };
    for (const { address, parts, arrays } of maps) {
      const header = index.objectAt(address);
      const id = header < 0 ? NO_PLACE : this.#placeOf[header]!;
      if (id === NO_PLACE) continue;
      for (const part of parts) give(part, id);
      for (const array of arrays) give(array.address, id);
    }
    for (const { address } of typed.channels) {
      const header = index.objectAt(address);
      const id = header < 0 ? NO_PLACE : this.#placeOf[header]!;
      if (id !== NO_PLACE) give(image.space.u64(address + layout.structs.hchan.buf), id);
    }
  }
}
