import type { MapTables } from "../maps/map-table.ts";
import { walkEntries } from "../maps/map-table.ts";
import { readSpecials } from "../roots/specials.ts";
import { PAGE_BYTES } from "../runtime/locate-heap.ts";
import type { CodeTypes, CodeVariable } from "./allocation-sites.ts";
import { type TypeIndex, UNKNOWN_TYPE } from "./go-types.ts";
import { hasGroupsOf } from "./map-fit.ts";
import { listPointerWords, type PointerWord } from "./pointer-words.ts";
import { KIND, RTYPE_BYTES } from "./rtype.ts";
import { pointersOf, slotOf } from "./struct-fit.ts";
import type { TypeWalk } from "./type-walk.ts";
import { TYPED_BY } from "./typed-heap.ts";
import type { UntypedObjects } from "./untyped-objects.ts";

const WORD = 8;
/** What one type leads to may be what tells the next. */
const MAX_ROUNDS = 8;
/** Objects looked at in a round. */
const MAX_OBJECTS = 2_000_000;
/** Of an object the pointers up to here are compared. */
const MAX_COMPARED_BYTES = 32 * 1024;
/** Where so many types have the same pointers (a lone one, say), contents do not tell them apart. */
const MAX_CANDIDATES = 48;
const MAX_TYPES = 200_000;
/** Elements of an array, and entries of a map, that are compared. */
const PROBED = 16;
const MAX_STACK = 64;
/** 128 bytes each, mostly. */
const MAX_SPANS_KEPT = 50_000;
/** What the compiler calls the structs that closures are. */
const CONTEXT = /^(noalg\.)?struct \{ F uintptr; /;
const GENERIC_SHAPE = "go.shape.";
/** Of abi.InterfaceType: {Type, PkgPath, Methods []Imethod}. */
const METHODS_LENGTH_OFFSET = RTYPE_BYTES + 16;
const BUCKET_BYTES = 48;

interface Candidate {
  type: TypeIndex;
  words: readonly PointerWord[];
  /** Offsets of pointers as the collector has them. */
  mask: readonly number[];
}

/**
 * Types what nothing typed leads to, above all in programs without debug information: up to Go 1.21 the allocator writes no types,
 * but the code names those that it works with. An object of the allocation profile has the type that stands beside the
 * call which made it. Any other gets a type if of all that the code names, and those they are made of, just one has its
 * size, its pointers at the same places, and finds at each of them what it must; of two, none is taken. Returns the
 * share of bytes, of those that can be reached, that became known in this way, what it led to included.
 */
export function typeByCode(
  walk: TypeWalk,
  code: CodeTypes,
  untyped: UntypedObjects,
  maps: readonly MapTables[],
): number {
  const before = walk.type.slice();
  const shapes = new CodeShapes(walk, code);
  typeSampled(walk, code, shapes);
  typeVariables(walk, code, shapes, maps);
  walk.run();
  typeClosures(walk, code, shapes);
  walk.run();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const any = typeMaps(walk, shapes, maps);
    walk.run();
    if (!typeObjects(walk, shapes, untyped) && !any) break;
    walk.run();
  }
  return shareOfChanged(walk, before);
}

function shareOfChanged(walk: TypeWalk, before: Uint32Array): number {
  const { index, reachable } = walk.parts;
  const { spans } = index;
  let all = 0;
  let changed = 0;
  for (let span = 0; span < spans.length; span++) {
    const size = spans.elementBytes[span]!;
    const first = spans.firstObject[span]!;
    for (let object = first; object < first + spans.elements[span]!; object++) {
      if (!reachable.has(object)) continue;
      all += size;
      if (walk.type[object] !== before[object]) changed += size;
    }
  }
  return all === 0 ? 0 : changed / all;
}

/** Objects that the allocation profile sampled, by the innermost call of their stack that names a type. */
function typeSampled(walk: TypeWalk, { sites }: CodeTypes, shapes: CodeShapes): void {
  const { space, layout, index, types, reachable } = walk.parts;
  readSpecials(space, layout, index.spans, (special) => {
    if (special.kind !== "profile") return;
    const object = index.objectAt(index.spans.start[special.span]! + special.offset);
    if (object < 0 || !reachable.has(object) || walk.type[object] !== UNKNOWN_TYPE) return;
    const bucket = space.u64(special.address + layout.structs.specialprofile.b);
    const depth = Math.min(space.u64(bucket + layout.structs.bucket.nstk), MAX_STACK);
    for (let i = 0; i < depth; i++) {
      const site = sites.get(space.u64(bucket + BUCKET_BYTES + i * WORD));
      if (site === undefined) continue;
      const type = types.ofRtype(site.rtype);
      if (type !== UNKNOWN_TYPE && shapes.isOf(object, type, site.isArray))
        walk.assign(object, type, TYPED_BY.seed);
      return;
    }
  });
}

/** What a variable holds, of which all the code that was understood says the same. */
function typeVariables(
  walk: TypeWalk,
  { variables }: CodeTypes,
  shapes: CodeShapes,
  maps: readonly MapTables[],
): void {
  const { space, index, bitmap, types, reachable } = walk.parts;
  const mapAt = new Map(maps.map((map) => [map.address, map]));
  const byAddress = new Map<number, CodeVariable | undefined>();
  for (const variable of variables) {
    const known = byAddress.get(variable.address);
    const agrees = known === undefined || (known.rtype === variable.rtype && known.isMap === variable.isMap);
    byAddress.set(
      variable.address,
      agrees && !(known === undefined && byAddress.has(variable.address)) ? variable : undefined,
    );
  }
  for (const variable of byAddress.values()) {
    if (variable === undefined) continue;
    const value = space.u64(variable.address);
    const object = value > 4096 ? index.objectAt(value) : -1;
    const type = types.ofRtype(variable.rtype);
    if (type === UNKNOWN_TYPE) continue;
    if (variable.isMap) {
      const map = mapAt.get(value);
      if (map !== undefined && types.get(type).kind === KIND.map && shapes.canBe(map, type))
        walk.followMap(value, type);
      continue;
    }
    if (object < 0 || !reachable.has(object) || walk.type[object] !== UNKNOWN_TYPE) continue;
    const isStart = value === index.addressOf(object) + bitmap.headerBytes(index.spanOf(object));
    if (isStart && shapes.isOf(object, type, variable.isArray)) walk.assign(object, type, TYPED_BY.seed);
  }
}

/** What a closure captured, by the struct that is made where its function is put into it. */
function typeClosures(walk: TypeWalk, { closures }: CodeTypes, shapes: CodeShapes): void {
  const { index, space, types, bitmap } = walk.parts;
  for (const object of walk.closures) {
    const closure = walk.type[object]!;
    const { kind, name } = types.get(closure);
    if (kind !== 0 || !name.startsWith("closure of ")) continue;
    const start = index.addressOf(object) + bitmap.headerBytes(index.spanOf(object));
    const struct = types.ofRtype(closures.get(space.u64(start)) ?? 0);
    if (struct === UNKNOWN_TYPE || !CONTEXT.test(types.get(struct).name)) continue;
    if (!shapes.isOf(object, struct, false)) continue;
    types.setCaptured(
      closure,
      types.fields(struct).filter(({ offset }) => offset > 0),
    );
    walk.followAgain(closure);
  }
}

function typeMaps(walk: TypeWalk, shapes: CodeShapes, maps: readonly MapTables[]): boolean {
  const known = new Set(walk.maps.map(({ address }) => address));
  let any = false;
  for (const map of maps) {
    if (known.has(map.address) || map.entries === 0) continue;
    const type = shapes.mapTypeOf(map);
    if (type === UNKNOWN_TYPE) continue;
    walk.followMap(map.address, type);
    any = true;
  }
  return any;
}

/**
 * An object whose size and pointers some types have, but which none of them can be, shows that there is another type
 * of that shape, which the code does not name (reflect and generic functions take theirs from tables): then nothing of that
 * shape is known.
 */
function typeObjects(walk: TypeWalk, shapes: CodeShapes, untyped: UntypedObjects): boolean {
  const { spans } = walk.parts.index;
  const found: { object: number; type: TypeIndex; shape: Shape }[] = [];
  let seen = 0;
  untyped.visit((object, span) => {
    if ((spans.spanClass[span]! & 1) !== 0 || seen++ >= MAX_OBJECTS) return;
    const k = object - spans.firstObject[span]!;
    const shape = shapes.shapeOf(span, k);
    if (shape === undefined || shape.isForeign) return;
    const type = shapes.typeOf(shape, span, k);
    if (type !== UNKNOWN_TYPE) found.push({ object, type, shape });
  });
  let any = false;
  for (const { object, type, shape } of found) {
    if (shape.isForeign) continue;
    walk.assign(object, type, TYPED_BY.seed);
    any = true;
  }
  return any;
}

/** Objects of one size whose pointers are at the same places. */
interface Shape {
  candidates: readonly Candidate[];
  /** One of them is of a type that the code does not name. */
  isForeign: boolean;
}

class CodeShapes {
  readonly #walk: TypeWalk;
  readonly #single = new Map<number, Candidate[]>();
  readonly #elements: Candidate[] = [];
  readonly #maps: TypeIndex[] = [];
  readonly #byMask = new Map<string, Shape>();
  readonly #known = new Map<TypeIndex, Candidate>();
  /** Pointer bits of spans that were looked at. */
  readonly #bits = new Map<number, Uint8Array | undefined>();

  constructor(walk: TypeWalk, { mentioned }: CodeTypes) {
    this.#walk = walk;
    const { types } = walk.parts;
    for (const type of closeOver(walk, mentioned)) {
      const { kind, size, hasPointers } = types.get(type);
      if (kind === KIND.map) this.#maps.push(type);
      if (!hasPointers || size === 0) continue;
      const candidate = this.#candidate(type);
      this.#elements.push(candidate);
      const slot = slotBytes(size);
      const list = this.#single.get(slot);
      if (list === undefined) this.#single.set(slot, [candidate]);
      else list.push(candidate);
    }
  }

  /** What the code names that is shaped like the object; undefined if nothing, or too much, is. */
  shapeOf(span: number, k: number): Shape | undefined {
    const slot = this.#walk.parts.index.spans.elementBytes[span]!;
    const mask = this.#maskOf(span, k);
    if (mask === undefined || mask.length === 0) return undefined;
    const key = `${slot} ${mask.join()}`;
    let shape = this.#byMask.get(key);
    if (shape === undefined) {
      shape = { candidates: this.#withMask(slot, mask), isForeign: false };
      this.#byMask.set(key, shape);
    }
    return shape.candidates.length > 0 && shape.candidates.length <= MAX_CANDIDATES ? shape : undefined;
  }

  /** The only type of that shape that an object can be of. */
  typeOf(shape: Shape, span: number, k: number): TypeIndex {
    const { index, bitmap, types } = this.#walk.parts;
    const slot = index.spans.elementBytes[span]!;
    const start = index.spans.start[span]! + k * slot + bitmap.headerBytes(span);
    let found = UNKNOWN_TYPE;
    let isUnique = true;
    for (const candidate of shape.candidates) {
      if (!this.#holds(candidate, start, slot)) continue;
      const [known, name] = [types.get(found).name, types.get(candidate.type).name];
      if (found === UNKNOWN_TYPE || isInstanceOf(name, known)) found = candidate.type;
      else if (known !== name && !isInstanceOf(known, name)) isUnique = false;
    }
    if (found === UNKNOWN_TYPE) shape.isForeign = true;
    return isUnique ? found : UNKNOWN_TYPE;
  }

  /** Whether an object may be a value of a type, or an array of them, that some call made. */
  isOf(object: number, type: TypeIndex, isArray: boolean): boolean {
    const { index, types } = this.#walk.parts;
    const { spans } = index;
    const span = index.spanOf(object);
    const slot = spans.elementBytes[span]!;
    const { size, hasPointers } = types.get(type);
    if (size === 0 || size > slot || ((spans.spanClass[span]! & 1) === 0) !== hasPointers) return false;
    if (!hasPointers) return isArray || slotBytes(size) === slot;
    const mask = this.#maskOf(span, object - spans.firstObject[span]!);
    const candidate = this.#candidate(type);
    if (mask === undefined) return false;
    return isArray
      ? isTiled(candidate, size, slot, mask)
      : slotBytes(size) === slot && equals(candidate.mask, mask);
  }

  /** The only map type of the code whose groups, keys and elements a map's tables can hold. */
  mapTypeOf(map: MapTables): TypeIndex {
    const { types } = this.#walk.parts;
    let found = UNKNOWN_TYPE;
    for (const type of this.#maps) {
      if (!this.canBe(map, type)) continue;
      if (found !== UNKNOWN_TYPE && types.get(found).name !== types.get(type).name) return UNKNOWN_TYPE;
      found = type;
    }
    return found;
  }

  /** Whether a map's tables can hold groups, keys and elements of a map type. */
  canBe(map: MapTables, type: TypeIndex): boolean {
    const { index, types, space } = this.#walk.parts;
    const shape = types.mapShape(type);
    const groups = index.objectAt(map.arrays[0]?.address ?? 0);
    if (shape === undefined || groups < 0 || !hasGroupsOf(this.#walk, map, type)) return false;
    if (!this.isOf(groups, shape.group, true)) return false;
    const [key, elem] = [this.#candidate(shape.key), this.#candidate(shape.elem)];
    let probed = 0;
    let agrees = true;
    walkEntries(space, map, shape, (keyAt, elemAt) => {
      agrees = this.#wordsAgree(key.words, keyAt) && this.#wordsAgree(elem.words, elemAt);
      probed++;
      return agrees && probed < PROBED * 4;
    });
    // Without an entry at hand nothing speaks for it.
    return agrees && probed > 0;
  }

  #candidate(type: TypeIndex): Candidate {
    let candidate = this.#known.get(type);
    if (candidate === undefined) {
      const words = listPointerWords(this.#walk.parts.types, type, MAX_COMPARED_BYTES);
      const mask = words.map(({ offset, kind }) => (kind === KIND.interface ? offset + WORD : offset));
      candidate = { type, words, mask };
      this.#known.set(type, candidate);
    }
    return candidate;
  }

  #withMask(slot: number, mask: readonly number[]): Candidate[] {
    const { types } = this.#walk.parts;
    const found = (this.#single.get(slot) ?? []).filter((candidate) => equals(candidate.mask, mask));
    for (const candidate of this.#elements)
      if (!found.includes(candidate) && isTiled(candidate, types.get(candidate.type).size, slot, mask))
        found.push(candidate);
    return found;
  }

  /** Of the first elements of the object each word holds what the type says. */
  #holds({ type, words }: Candidate, start: number, slot: number): boolean {
    const { size } = this.#walk.parts.types.get(type);
    for (let i = 0; i < PROBED && (i + 1) * size <= slot; i++)
      if (!this.#wordsAgree(words, start + i * size)) return false;
    return true;
  }

  #wordsAgree(words: readonly PointerWord[], start: number): boolean {
    for (let i = 0; i < words.length && i < PROBED * 4; i++)
      if (!this.#agrees(words[i]!, start)) return false;
    return true;
  }

  /** False only for what the type rules out. */
  #agrees({ kind, type, offset }: PointerWord, start: number): boolean {
    const { types, space, index } = this.#walk.parts;
    const { spans } = index;
    const at = start + offset;
    const value = space.u64(at);
    if (kind === KIND.interface) {
      if (value === 0) return space.u64(at + WORD) === 0;
      const { rtype } = types.get(type);
      const hasMethods = space.u64(rtype + METHODS_LENGTH_OFFSET) > 0;
      // The first word of one with methods is an itab, which begins with the interface's type; of others a type.
      return hasMethods ? space.u64(value) === rtype : types.ofRtype(value) !== UNKNOWN_TYPE;
    }
    const length = kind === KIND.string || kind === KIND.slice ? space.u64(at + WORD) : 0;
    if (value === 0) return length === 0;
    if (!(value > 4096)) return false;
    const span = index.spanAt(value);
    const object = span < 0 ? -1 : index.objectIn(span, value);
    // Static data, or a stack: nothing is known of it.
    if (object < 0) return kind === KIND.func ? this.#walk.isCode(space.u64(value)) : length < 2 ** 40;
    const base = spans.start[span]! + (object - spans.firstObject[span]!) * spans.elementBytes[span]!;
    const room = base + spans.elementBytes[span]! - value;
    const isNoscan = (spans.spanClass[span]! & 1) !== 0;
    const { elem, name } = types.get(type);
    const target = types.get(elem);
    switch (kind) {
      case KIND.string:
        return isNoscan && length > 0 && length <= room;
      case KIND.slice: {
        const capacity = space.u64(at + 2 * WORD);
        if (length > capacity || capacity * target.size > room) return false;
        if (elem === UNKNOWN_TYPE || target.size === 0 || capacity === 0) return true;
        if (!this.#isLaidOut(span, value, this.#candidate(elem), target.size)) return false;
        return !target.hasPointers || this.#isLike(object, value === base, target.name);
      }
      case KIND.pointer:
        if (elem === UNKNOWN_TYPE || target.size === 0) return true;
        if (target.size > room || !this.#isLaidOut(span, value, this.#candidate(elem), target.size))
          return false;
        return value !== base || this.#isLike(object, true, target.name);
      case KIND.map:
        return value === base && this.#isPart(object, name, "map (header)");
      case KIND.chan:
        return value === base && !isNoscan;
      case KIND.func:
        return value === base && this.#walk.isCode(space.u64(value));
      default:
        return true;
    }
  }

  /** An object whose type is known already has no other; a part of it that comes first may have. */
  #isLike(object: number, isStart: boolean, name: string): boolean {
    const { types } = this.#walk.parts;
    let known = this.#walk.type[object]!;
    for (let depth = 0; isStart && known !== UNKNOWN_TYPE && depth < 8; depth++) {
      const type = types.get(known);
      if (type.kind === 0 || type.name === name) return type.kind !== 0 || type.name === name;
      if (type.kind !== KIND.struct) return false;
      const [first] = types.fields(known);
      if (first === undefined || first.offset !== 0) return false;
      known = first.type;
    }
    return true;
  }

  #isPart(object: number, name: string, byStructure: string): boolean {
    const known = this.#walk.type[object]!;
    if (known === UNKNOWN_TYPE) return this.#walk.parts.index.sizeOf(object) === 48;
    const found = this.#walk.parts.types.get(known).name;
    return found === byStructure || found === `${name} (header)`;
  }

  /** Offsets of an object's pointers, up to where they are compared. */
  #maskOf(span: number, k: number): readonly number[] | undefined {
    const { index, bitmap } = this.#walk.parts;
    const { spans } = index;
    const slot = spans.elementBytes[span]!;
    const words = Math.min(slot, MAX_COMPARED_BYTES) / WORD;
    if (spans.spanClass[span]! >> 1 === 0) {
      const bits = bitmap.ofLarge(span, 0, words);
      return bits === undefined ? undefined : pointersOf(bits, 0, words);
    }
    if (bitmap.hasHeader(span)) return undefined;
    const bits = this.#bitsOf(span);
    return bits === undefined ? undefined : pointersOf(bits, (k * slot) / WORD, words);
  }

  #bitsOf(span: number): Uint8Array | undefined {
    let bits = this.#bits.get(span);
    if (bits === undefined && !this.#bits.has(span)) {
      const { index, bitmap, space } = this.#walk.parts;
      const bytes = new Uint8Array(index.spans.pages[span]! * PAGE_BYTES);
      space.readInto(index.spans.start[span]!, bytes);
      // What is at the end of a span is a view of all of it.
      bits = bitmap.ofSpan(span, bytes)?.slice();
      if (this.#bits.size >= MAX_SPANS_KEPT) this.#bits.clear();
      this.#bits.set(span, bits);
    }
    return bits;
  }

  /** Whether memory of a small object has its pointers where a value of the type has them. */
  #isLaidOut(span: number, value: number, target: Candidate, size: number): boolean {
    const { index, bitmap } = this.#walk.parts;
    const { spans } = index;
    if (spans.spanClass[span]! >> 1 === 0 || bitmap.hasHeader(span) || value % WORD !== 0) return true;
    const bits = (spans.spanClass[span]! & 1) !== 0 ? undefined : this.#bitsOf(span);
    if (bits === undefined) return target.mask.length === 0;
    const found = pointersOf(bits, (value - spans.start[span]!) / WORD, Math.ceil(size / WORD));
    return equals(found, target.mask);
  }
}

/** The code of generic functions names types by the shape of their arguments; an instance of the same type tells more. */
function isInstanceOf(name: string, generic: string): boolean {
  const bracket = generic.indexOf("[");
  return (
    generic.includes(GENERIC_SHAPE) &&
    !name.includes(GENERIC_SHAPE) &&
    name.startsWith(generic.slice(0, bracket + 1))
  );
}

/** The types that the code names, and all that these are made of or lead to. */
function closeOver(walk: TypeWalk, mentioned: ReadonlySet<number>): Set<TypeIndex> {
  const { types } = walk.parts;
  const seen = new Set<TypeIndex>();
  const waiting: TypeIndex[] = [];
  const add = (type: TypeIndex) => {
    if (type === UNKNOWN_TYPE || seen.has(type) || seen.size >= MAX_TYPES) return;
    seen.add(type);
    waiting.push(type);
  };
  for (const rtype of mentioned) add(types.ofRtype(rtype));
  for (let type = waiting.pop(); type !== undefined; type = waiting.pop()) {
    const { kind, elem } = types.get(type);
    add(elem);
    if (kind === KIND.struct) for (const field of types.fields(type)) add(field.type);
    const shape = kind === KIND.map ? types.mapShape(type) : undefined;
    if (shape === undefined) continue;
    add(shape.key);
    add(shape.elem);
  }
  return seen;
}

/** The slot that the allocator takes for `size` bytes; beyond its classes whole pages. */
function slotBytes(size: number): number {
  return slotOf(size) || Math.ceil(size / PAGE_BYTES) * PAGE_BYTES;
}

function equals(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((offset, i) => offset === b[i]);
}

/** Whether an object's pointers are those of an array, as many elements as its slot was taken for. */
function isTiled({ mask }: Candidate, size: number, slot: number, found: readonly number[]): boolean {
  if (mask.length === 0 || size === 0 || size > slot) return false;
  const last = found.at(-1)!;
  const elements = Math.floor(last / size) + 1;
  const isCut = slot > MAX_COMPARED_BYTES;
  if (!isCut && slotBytes(elements * size) !== slot) return false;
  for (let i = 0; i < found.length; i++) {
    const element = Math.floor(i / mask.length);
    if (found[i] !== element * size + mask[i % mask.length]!) return false;
  }
  return isCut || found.length === elements * mask.length;
}
