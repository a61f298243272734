import type { BitSet } from "../../lib/bit-set.ts";
import { isBeingWritten, readMap } from "../maps/find-maps.ts";
import type { AddressSpace } from "../memory/address-space.ts";
import type { PointerBits } from "../objects/heap-bitmap.ts";
import type { ObjectIndex } from "../objects/object-index.ts";
import { objectStartingAt } from "../objects/object-start.ts";
import { PendingObjects } from "../objects/pending-objects.ts";
import type { LocalRoots } from "../roots/local-roots.ts";
import type { CodeTable } from "../runtime/function-table.ts";
import type { RuntimeLayout } from "../runtime/layout-fields.ts";
import type { GoModule } from "../runtime/modules.ts";
import type { CodeTypes } from "./allocation-sites.ts";
import type { GoTypes, TypeIndex } from "./go-types.ts";
import { UNKNOWN_TYPE } from "./go-types.ts";
import { followTrie } from "./hash-trie.ts";
import { typeMapParts } from "./map-parts.ts";
import { HASH_TRIE, type PointerStep, PointerSteps } from "./pointer-steps.ts";
import { KIND } from "./rtype.ts";
import { type FoundMap, type StaticValue, TYPED_BY } from "./typed-heap.ts";

export interface TypingParts {
  space: AddressSpace;
  layout: RuntimeLayout;
  modules: readonly GoModule[];
  functions: Pick<CodeTable, "functionAt">;
  index: ObjectIndex;
  bitmap: PointerBits;
  reachable: BitSet;
  types: GoTypes;
  /** Typed words outside of the heap: variables of package level. */
  variables: readonly { name: string; address: number; type: TypeIndex }[];
  /** Stacks in use, from the innermost frame on. */
  stacks: readonly { sp: number; stackLow: number; stackHigh: number }[];
  locals: LocalRoots;
  /** The types that the program's code names; undefined if the debug information tells all that these do. */
  codeTypes: CodeTypes | undefined;
}

const PROBED_ELEMENTS = 512;
/** Interface tables whose type is remembered; scans ask about words that are none. */
const MAX_ITABS = 1_000_000;

/** Follows typed words to the objects that they point to, until nothing new is found. */
export class TypeWalk {
  /** Of each object. */
  readonly type: Uint32Array;
  readonly #by: Uint8Array;
  readonly maps: FoundMap[] = [];
  readonly channels: FoundMap[] = [];
  readonly statics: StaticValue[] = [];
  readonly syncMaps: { address: number; entries: number }[] = [];
  /** Objects that were taken for closures. */
  readonly closures: number[] = [];
  readonly parts: TypingParts;
  readonly bytesType: TypeIndex;
  readonly #steps: PointerSteps;
  readonly #pending: PendingObjects;
  /** Of each span: bytes at the start of its slots that are the runtime's. */
  readonly #headerBytes: Uint8Array;
  readonly #waitingStatics: number[] = [];
  readonly #seenStatic = new Map<number, TypeIndex>();
  readonly #seenMaps = new Set<number>();
  readonly #seenChannels = new Set<number>();
  readonly #itabs = new Map<number, TypeIndex>();

  constructor(parts: TypingParts) {
    this.parts = parts;
    const { index, types, bitmap } = parts;
    this.type = new Uint32Array(index.length);
    this.#by = new Uint8Array(index.length);
    this.bytesType = types.make("string bytes", 1);
    this.#steps = new PointerSteps(types);
    this.#pending = new PendingObjects(index.spans);
    this.#headerBytes = Uint8Array.from({ length: index.spans.length }, (_, span) =>
      bitmap.headerBytes(span),
    );
  }

  /** Follows all that waits, until nothing new is found. */
  run(): void {
    for (;;) {
      const waiting = this.#waitingStatics.pop();
      if (waiting !== undefined) {
        const { address, type, by } = this.statics[waiting]!;
        this.walkValue(address, type, by);
      } else if (!this.#pending.drain((object, span) => this.#walkObject(object, span))) return;
    }
  }

  /** Follows all objects of a type once more, since more has become known of it. */
  followAgain(type: TypeIndex): void {
    const { index } = this.parts;
    this.#steps.forget(type);
    for (const object of this.closures)
      if (this.type[object] === type) this.#pending.add(object, index.spanOf(object));
  }

  #walkObject(object: number, span: number): void {
    const { index, types } = this.parts;
    const type = this.type[object]!;
    const steps = this.#steps.of(type);
    const { size } = types.get(type);
    if (steps.length === 0 || size === 0) return;
    const slotBytes = index.spans.elementBytes[span]!;
    const slot = index.spans.start[span]! + (object - index.spans.firstObject[span]!) * slotBytes;
    const end = slot + slotBytes;
    for (let at = slot + this.#headerBytes[span]!; at + size <= end; at += size)
      for (const step of steps) this.#take(step, at + step.offset, TYPED_BY.reached);
  }

  /** Follows the pointers of one value at `address`. */
  walkValue(address: number, type: TypeIndex, by: number): void {
    for (const step of this.#steps.of(type)) this.#take(step, address + step.offset, by);
  }

  /**
   * Follows a word of which is known what it is.
   *
   * @param typeWord of an interface, the word before it
   */
  followWord({ kind, type, elem }: PointerStep, value: number, typeWord: number): void {
    const by = TYPED_BY.reached;
    switch (kind) {
      case KIND.pointer:
        this.#follow(value, elem, by, 0);
        return;
      case KIND.string:
        this.#followBytes(value);
        return;
      case KIND.map:
        this.followMap(value, type);
        return;
      case KIND.chan:
        this.followChannel(value, type);
        return;
      case KIND.func:
        this.#followClosure(value, by);
        return;
      case KIND.interface: {
        const dynamic = this.dynamicType(typeWord);
        if (dynamic !== UNKNOWN_TYPE) this.followInterface(value, dynamic, by, 0);
      }
    }
  }

  #take({ kind, type, elem }: PointerStep, address: number, by: number): void {
    const { types, space } = this.parts;
    switch (kind) {
      case KIND.pointer:
        this.#follow(space.u64(address), elem, by, address);
        return;
      case KIND.string:
        this.#followBytes(space.u64(address));
        return;
      case KIND.interface: {
        const word = space.u64(address);
        if (word === 0) return;
        const data = space.u64(address + 8);
        const dynamic = this.dynamicType(word);
        if (dynamic !== UNKNOWN_TYPE) this.followInterface(data, dynamic, by, address + 8);
        return;
      }
      case KIND.map:
        this.followMap(space.u64(address), type);
        return;
      case KIND.chan:
        this.followChannel(space.u64(address), type);
        return;
      case KIND.func:
        this.#followClosure(space.u64(address), by);
        return;
      case KIND.array: {
        const { count } = types.get(type);
        const { size } = types.get(elem);
        for (let i = 0; i < count; i++) {
          // A damaged type may have any length.
          if (i % PROBED_ELEMENTS === 0 && !space.has(address + i * size)) return;
          this.walkValue(address + i * size, elem, by);
        }
        return;
      }
      case HASH_TRIE:
        followTrie(this, address, types.fields(type), types.get(type).name);
    }
  }

  /**
   * Says what an object is. The allocator's word counts most; between others, a type that fills the slot is better
   * than one that would have to be repeated in it.
   */
  assign(object: number, type: TypeIndex, by: number): void {
    this.#assignIn(this.parts.index.spanOf(object), object, type, by);
  }

  #assignIn(span: number, object: number, type: TypeIndex, by: number): void {
    if (type === UNKNOWN_TYPE) return;
    const known = this.type[object]!;
    if (known === type) return;
    const { types } = this.parts;
    if (known !== UNKNOWN_TYPE) {
      const before = this.#by[object]!;
      if (before === TYPED_BY.header || by === TYPED_BY.structure) return;
      if (
        before !== TYPED_BY.structure &&
        by !== TYPED_BY.header &&
        types.get(type).size <= types.get(known).size
      )
        return;
    }
    this.type[object] = type;
    this.#by[object] = by;
    if (types.get(type).hasPointers) this.#pending.add(object, span);
  }

  #follow(pointer: number, elem: TypeIndex, by: number, from: number): void {
    if (!(pointer > 4096) || elem === UNKNOWN_TYPE) return;
    const { index, types } = this.parts;
    const span = index.spanAt(pointer);
    if (span < 0) {
      this.#followStatic(pointer, elem, by, from);
      return;
    }
    const object = index.objectIn(span, pointer);
    if (object < 0 || this.type[object] === elem) return;
    const { start, firstObject, elementBytes } = index.spans;
    const slotBytes = elementBytes[span]!;
    const header = this.#headerBytes[span]!;
    const room = slotBytes - header;
    const offset = pointer - start[span]! - (object - firstObject[span]!) * slotBytes - header;
    const { size } = types.get(elem);
    // A pointer into the middle tells the type of the whole only if it is an element of an array of these.
    if (size > room || (offset !== 0 && (size === 0 || offset % size !== 0 || size * 2 > room))) return;
    this.#assignIn(span, object, elem, by);
  }

  /** What a composite literal at package level points to lies in the data, not in the heap. */
  #followStatic(pointer: number, type: TypeIndex, by: number, from: number): void {
    const isStatic = this.parts.modules.some(
      ({ noptrdata, enoptrbss }) => pointer >= noptrdata && pointer < enoptrbss,
    );
    if (!isStatic || this.#seenStatic.get(pointer) === type) return;
    this.#seenStatic.set(pointer, type);
    this.statics.push({ address: pointer, type, by, from });
    this.#waitingStatics.push(this.statics.length - 1);
  }

  #followBytes(pointer: number): void {
    if (!(pointer > 4096)) return;
    const { index } = this.parts;
    const span = index.spanAt(pointer);
    // Tiny strings share their block with other values.
    if (span < 0 || (index.spans.spanClass[span]! & 1) === 0) return;
    const object = index.objectIn(span, pointer);
    if (object >= 0) this.#assignIn(span, object, this.bytesType, TYPED_BY.reached);
  }

  followInterface(data: number, dynamic: TypeIndex, by: number, from: number): void {
    const { types } = this.parts;
    const { kind, elem } = types.get(dynamic);
    // Pointer-shaped values stand in the interface themselves; others are pointed to.
    switch (kind) {
      case KIND.pointer:
        this.#follow(data, elem, by, from);
        return;
      case KIND.map:
        this.followMap(data, dynamic);
        return;
      case KIND.chan:
        this.followChannel(data, dynamic);
        return;
      case KIND.func:
        this.#followClosure(data, by);
        return;
      case KIND.unsafePointer:
        return;
      default:
        this.#follow(data, dynamic, by, from);
    }
  }

  #followClosure(pointer: number, by: number): void {
    if (!(pointer > 4096)) return;
    const { index, space, functions } = this.parts;
    const object = index.objectAt(pointer);
    if (object < 0) return;
    const fn = functions.functionAt(space.u64(pointer));
    if (fn !== undefined) this.assignClosure(object, fn.name, by);
  }

  assignClosure(object: number, name: string, by: number): void {
    const { index, types } = this.parts;
    const type = types.closureOf(name, index.sizeOf(object));
    if (this.type[object] === type) return;
    this.closures.push(object);
    this.assign(object, type, by);
  }

  followMap(address: number, type: TypeIndex): void {
    if (!(address > 4096) || this.#seenMaps.has(address)) return;
    this.#seenMaps.add(address);
    const { space, layout } = this.parts;
    // What looked like an interface with a map may be none: its words would call other objects tables and groups.
    if (readMap(space, layout, address) === undefined && !isBeingWritten(space, layout, address)) return;
    this.maps.push({ address, type });
    typeMapParts(this, address, type);
  }

  followChannel(address: number, type: TypeIndex): void {
    if (!(address > 4096) || this.#seenChannels.has(address)) return;
    this.#seenChannels.add(address);
    this.channels.push({ address, type });
    const { index, space, types, layout } = this.parts;
    const { hchan } = layout.structs;
    const { elem, name } = types.get(type);
    this.assignStart(address, types.make(`${name} (channel)`, hchan.size));
    const buffer = space.u64(address + hchan.buf);
    const own = index.objectAt(address);
    const object = buffer > 4096 ? index.objectAt(buffer) : -1;
    const slots = space.u64(address + hchan.dataqsiz);
    if (object >= 0 && object !== own) {
      this.assign(object, elem, TYPED_BY.reached);
      return;
    }
    // Elements without pointers lie behind the header in the same object.
    const size = types.get(elem).size;
    for (let i = 0; i < Math.min(slots, 1 << 20) && size > 0; i++)
      this.walkValue(buffer + i * size, elem, TYPED_BY.reached);
  }

  /** Types an object if `address` is where it begins. */
  assignStart(address: number, type: TypeIndex, by: number = TYPED_BY.reached): void {
    const object = objectStartingAt(this.parts, address);
    if (object >= 0) this.assign(object, type, by);
  }

  /** The dynamic type that an interface's first word names: an rtype, or an itab with one. */
  dynamicType(word: number): TypeIndex {
    if (!(word > 4096)) return UNKNOWN_TYPE;
    const { types, space } = this.parts;
    if (this.isStaticType(word)) {
      const type = types.ofRtype(word);
      // Up to Go 1.19 itabs lie among the types.
      if (type !== UNKNOWN_TYPE) return type;
    }
    if (this.parts.index.spanAt(word) >= 0) return UNKNOWN_TYPE;
    const known = this.#itabs.get(word);
    if (known !== undefined) return known;
    // itab: {inter, type, hash, fun}. Both types are static, the first of an interface.
    const inter = space.u64(word);
    const dynamic = space.u64(word + 8);
    const isTable =
      this.isStaticType(inter) &&
      this.isStaticType(dynamic) &&
      types.get(types.ofRtype(inter)).kind === KIND.interface;
    const type = isTable ? types.ofRtype(dynamic) : UNKNOWN_TYPE;
    if (this.#itabs.size < MAX_ITABS) this.#itabs.set(word, type);
    return type;
  }

  isStaticType(address: number): boolean {
    for (const { types, etypes } of this.parts.modules) if (address >= types && address < etypes) return true;
    return false;
  }

  isCode(address: number): boolean {
    for (const { text, etext } of this.parts.modules) if (address >= text && address < etext) return true;
    return false;
  }
}
