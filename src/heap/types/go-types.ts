import { type DebugEntries, type DebugEntry, TAG } from "../../formats/dwarf/debug-entries.ts";
import type { AddressSpace } from "../memory/address-space.ts";
import type { StructLayouts } from "../runtime/layout-fields.ts";
import { KIND, RTYPE_BYTES, type RtypeReader } from "./rtype.ts";

/** Index of a type; 0 is "not known". */
export type TypeIndex = number;
export const UNKNOWN_TYPE: TypeIndex = 0;

export interface TypeField {
  name: string;
  offset: number;
  type: TypeIndex;
}

/** How a map's keys and elements lie in its groups (since Go 1.24) or buckets. */
export interface MapShape {
  key: TypeIndex;
  elem: TypeIndex;
  isSwiss: boolean;
  /** Of a group or bucket, overflow pointer included. */
  groupBytes: number;
  keysOffset: number;
  keyStride: number;
  elemsOffset: number;
  elemStride: number;
  indirectKey: boolean;
  indirectElem: boolean;
  /** Type of a group or bucket. */
  group: TypeIndex;
}

export interface GoType {
  /** reflect.Kind; 0 for what has no type of its own in Go (a map's header, bytes of a string). */
  kind: number;
  size: number;
  name: string;
  elem: TypeIndex;
  /** Of an array. */
  count: number;
  /** rtype in memory; 0 if the program has none. */
  rtype: number;
  hasPointers: boolean;
}

/** The function behind x.Method, without a call; generic ones have no receiver of that name. */
const METHOD_VALUE = /^(.+?)\.(?:\(\*([^()[\]]+)\)|([^()[\].]+))\.[^.]+-fm$/s;
/** Entries that are types with names. */
const NAMED_TAGS = new Set<number>([TAG.structure, TAG.typedef, TAG.base, TAG.subroutine, TAG.pointer]);
/** Fields of one structure; more is damage. */
const MAX_FIELDS = 65_536;
const MAX_DEPTH = 64;

/**
 * The program's types, from its rtypes and, for types that are never put in an interface and so have none, from the
 * debug information. Made when first asked for. The same type has one index from both sources.
 */
export class GoTypes {
  readonly #space: AddressSpace;
  readonly #rtypes: RtypeReader;
  readonly #mapLayout: StructLayouts["mapType"];
  readonly #entries: DebugEntries | undefined;
  /** Start of the rtypes in memory, which go_runtime_type counts from. */
  readonly #typesBase: number;
  readonly #types: GoType[] = [
    { kind: 0, size: 0, name: "", elem: UNKNOWN_TYPE, count: 0, rtype: 0, hasPointers: false },
  ];
  readonly #ofRtype = new Map<number, TypeIndex>();
  readonly #ofRow = new Map<number, TypeIndex>();
  readonly #rowOf = new Map<TypeIndex, number>();
  readonly #fields = new Map<TypeIndex, readonly TypeField[]>();
  readonly #maps = new Map<TypeIndex, MapShape | undefined>();
  readonly #made = new Map<string, TypeIndex>();
  readonly #named = new Map<string, TypeIndex>();
  readonly #closures = new Map<string, TypeIndex>();
  #captureRows: Map<string, number[]> | undefined;

  constructor(parts: {
    space: AddressSpace;
    rtypes: RtypeReader;
    mapLayout: StructLayouts["mapType"];
    entries: DebugEntries | undefined;
    typesBase: number;
  }) {
    this.#space = parts.space;
    this.#rtypes = parts.rtypes;
    this.#mapLayout = parts.mapLayout;
    this.#entries = parts.entries;
    this.#typesBase = parts.typesBase;
  }

  get length(): number {
    return this.#types.length;
  }

  get(type: TypeIndex): GoType {
    return this.#types[type]!;
  }

  /** A type that only the runtime has: "map[string]int (directory)". One for each name. */
  make(name: string, size: number): TypeIndex {
    let type = this.#made.get(name);
    if (type === undefined) {
      type = this.#add({ kind: 0, size, name, elem: UNKNOWN_TYPE, count: 0, rtype: 0, hasPointers: false });
      this.#made.set(name, type);
    }
    return type;
  }

  /**
   * The context of a closure: {F uintptr; captured variables}, as far as the debug information tells them (since Go
   * 1.23).
   */
  closureOf(name: string, size: number): TypeIndex {
    const known = this.#closures.get(name);
    if (known !== undefined) return known;
    const type = this.make(`closure of ${name}`, size);
    this.#closures.set(name, type);
    const fields = METHOD_VALUE.test(name) ? this.#receiverOf(name) : this.#capturesOf(name);
    if (fields.length > 0) this.setCaptured(type, fields);
    return type;
  }

  /** Of a method value ("main.(*Store).Get-fm") the receiver: its name tells the type. */
  #receiverOf(name: string): readonly TypeField[] {
    const [, path, pointed, value] = METHOD_VALUE.exec(name) ?? [];
    const receiver = this.named(`${path}.${pointed ?? value}`);
    if (receiver === UNKNOWN_TYPE) return [];
    if (pointed === undefined) return [{ name: "R", offset: 8, type: receiver }];
    const pointer = this.named(`*${path}.${pointed}`);
    return pointer === UNKNOWN_TYPE ? [] : [{ name: "R", offset: 8, type: pointer }];
  }

  #capturesOf(name: string): readonly TypeField[] {
    const entries = this.#entries;
    if (entries === undefined) return [];
    const { captures } = entries;
    if (this.#captureRows === undefined) {
      this.#captureRows = new Map();
      for (let row = 0; row < captures.length; row++) {
        const rows = this.#captureRows.get(captures.functionOf(row));
        if (rows === undefined) this.#captureRows.set(captures.functionOf(row), [row]);
        else rows.push(row);
      }
    }
    const fields = new Map<number, TypeField>();
    for (const row of this.#captureRows.get(name) ?? []) {
      const type = this.ofDebugEntry(entries.rowAt(captures.type[row]!));
      const offset = captures.offset[row]!;
      if (type !== UNKNOWN_TYPE && offset > 0)
        fields.set(offset, { name: captures.nameOf(row), offset, type });
    }
    return [...fields.values()].sort((a, b) => a.offset - b.offset);
  }

  /** The type that the debug information calls `name`; UNKNOWN_TYPE without. */
  named(name: string): TypeIndex {
    let type = this.#named.get(name);
    if (type === undefined) {
      type = this.#findNamed(name);
      this.#named.set(name, type);
    }
    return type;
  }

  #findNamed(name: string): TypeIndex {
    const entries = this.#entries;
    if (entries === undefined) return UNKNOWN_TYPE;
    for (const row of entries.rowsNamed(name))
      if (NAMED_TAGS.has(entries.tag[row]!)) return this.ofDebugEntry(row);
    return UNKNOWN_TYPE;
  }

  /** The type of an rtype; UNKNOWN_TYPE if there is none at `address`, or it has no name. */
  ofRtype(address: number): TypeIndex {
    const known = this.#ofRtype.get(address);
    if (known !== undefined) return known;
    const rtype = this.#rtypes.read(address);
    const name = rtype === undefined ? "" : this.#rtypes.name(address);
    if (rtype === undefined || name === "") {
      const mask = this.#rtypes.readMaskOnly(address);
      const named = mask === undefined ? 0 : this.#rtypes.ofGcProgram(mask.size, mask.pointerBytes);
      if (named !== 0 && named !== address) {
        const type = this.ofRtype(named);
        this.#ofRtype.set(address, type);
        return type;
      }
      this.#ofRtype.set(address, UNKNOWN_TYPE);
      return UNKNOWN_TYPE;
    }
    const type = this.#add({
      kind: rtype.kind,
      size: rtype.size,
      name,
      elem: UNKNOWN_TYPE,
      count: 0,
      rtype: address,
      hasPointers: rtype.pointerBytes > 0,
    });
    // Before its parts: types refer to themselves.
    this.#ofRtype.set(address, type);
    const extra = address + RTYPE_BYTES;
    if (rtype.kind === KIND.pointer || rtype.kind === KIND.slice || rtype.kind === KIND.chan)
      this.#types[type]!.elem = this.ofRtype(this.#space.u64(extra));
    else if (rtype.kind === KIND.array) {
      this.#types[type]!.elem = this.ofRtype(this.#space.u64(extra));
      const { size } = this.#types[this.#types[type]!.elem]!;
      this.#types[type]!.count =
        size === 0 ? 0 : Math.min(this.#space.u64(extra + 16), Math.floor(rtype.size / size));
    }
    return type;
  }

  /** The type of an entry of the debug information. */
  ofDebugEntry(row: number): TypeIndex {
    const entries = this.#entries;
    if (entries === undefined || row < 0) return UNKNOWN_TYPE;
    const known = this.#ofRow.get(row);
    if (known !== undefined) return known;
    const entry = entries.read(row);
    const runtimeType = entry.goRuntimeType;
    if (runtimeType > 0) {
      // An offset since Go 1.?; old position-independent programs have the address.
      const address = runtimeType < this.#typesBase ? this.#typesBase + runtimeType : runtimeType;
      const type = this.ofRtype(address);
      if (type !== UNKNOWN_TYPE) {
        this.#ofRow.set(row, type);
        return type;
      }
    }
    const tag = entries.tag[row]!;
    if (tag === TAG.typedef && entry.goKind < 0) {
      const target = this.ofDebugEntry(entries.rowAt(entry.type));
      this.#ofRow.set(row, target);
      return target;
    }
    const kind = kindOf(entry, tag);
    const name = entries.nameOf(row);
    const type = this.#add({
      kind,
      size: sizeOf(entry, kind),
      name: kind === KIND.pointer && name === "" ? "unsafe.Pointer" : name,
      elem: UNKNOWN_TYPE,
      count: 0,
      rtype: 0,
      hasPointers: true,
    });
    this.#ofRow.set(row, type);
    this.#rowOf.set(type, row);
    const made = this.#types[type]!;
    if (kind === KIND.pointer || kind === KIND.array)
      made.elem = this.ofDebugEntry(entries.rowAt(entry.type));
    else if (kind === KIND.slice || kind === KIND.chan)
      made.elem = this.ofDebugEntry(entries.rowAt(entry.goElem));
    if (kind === KIND.array) {
      const size = this.#types[made.elem]!.size;
      made.count = size === 0 ? 0 : Math.floor(made.size / size);
    }
    made.hasPointers = this.#hasPointers(type, 0);
    return type;
  }

  /** The structs of the debug information whose size in bytes passes. */
  *listStructs(isWanted: (bytes: number) => boolean): Iterable<TypeIndex> {
    const entries = this.#entries;
    if (entries === undefined) return;
    for (let row = 0; row < entries.length; row++) {
      if (entries.tag[row] !== TAG.structure) continue;
      const entry = entries.read(row);
      const kind = kindOf(entry, TAG.structure);
      if (kind === KIND.struct && isWanted(sizeOf(entry, kind))) yield this.ofDebugEntry(row);
    }
  }

  /** The structs of the debug information whose name begins with `prefix`. */
  *listStructsNamed(prefix: string): Iterable<TypeIndex> {
    const entries = this.#entries;
    if (entries === undefined) return;
    for (const row of entries.rowsBeginning(prefix))
      if (entries.tag[row] === TAG.structure && kindOf(entries.read(row), TAG.structure) === KIND.struct)
        yield this.ofDebugEntry(row);
  }

  /** Tells what the closures of a function captured, if that was found out. */
  setCaptured(closure: TypeIndex, fields: readonly TypeField[]): void {
    Object.assign(this.#types[closure]!, { kind: KIND.struct, hasPointers: true });
    this.#fields.set(closure, fields);
  }

  /** Fields of a struct in the order of their offsets; empty for other kinds. */
  fields(type: TypeIndex): readonly TypeField[] {
    let fields = this.#fields.get(type);
    if (fields === undefined) {
      fields = this.#withoutOverlap(this.#readFields(type), this.#types[type]!.size);
      this.#fields.set(type, fields);
    }
    return fields;
  }

  /** The channel type of an element's; made if the program has no rtype for it. */
  channelOf(elem: TypeIndex): TypeIndex {
    const type = this.make(`chan ${this.#types[elem]!.name}`, 8);
    Object.assign(this.#types[type]!, { kind: KIND.chan, elem, hasPointers: true });
    return type;
  }

  /**
   * The map type whose groups or buckets are of type `group`: "map[string]int" of "map.group[string]int". Known from
   * the structure of the group where the map's own rtype is not at hand; UNKNOWN_TYPE if it is no such type.
   */
  mapOfGroup(group: TypeIndex): TypeIndex {
    const { name, size } = this.#types[group]!;
    const found = /^(?:noalg\.)?map\.(group|bucket)(\[.*)$/s.exec(name);
    if (found === null) return UNKNOWN_TYPE;
    const type = this.make(`map${found[2]!}`, 8);
    if (this.#maps.has(type)) return type;
    this.#types[type]!.kind = KIND.map;
    this.#types[type]!.hasPointers = true;
    this.#maps.set(type, this.#shapeOfGroup(group, size, found[1] === "group", found[2]!));
    return type;
  }

  /** {ctrl, [8]{key, elem}}, {ctrl, [8]key, [8]elem}, or {tophash, [8]key, [8]elem, overflow}. */
  #shapeOfGroup(group: TypeIndex, groupBytes: number, isSwiss: boolean, text: string): MapShape | undefined {
    const [, first, second] = this.fields(group);
    if (first === undefined) return undefined;
    const array = this.#types[first.type]!;
    const slot =
      isSwiss && (second === undefined || array.kind !== KIND.array || first.name === "slots")
        ? this.fields(array.elem)
        : undefined;
    const slotBytes = this.#types[array.elem]!.size;
    const elemArray = second === undefined ? undefined : this.#types[second.type];
    const key = slot === undefined ? array.elem : (slot[0]?.type ?? UNKNOWN_TYPE);
    const elem = slot === undefined ? (elemArray?.elem ?? UNKNOWN_TYPE) : (slot[1]?.type ?? UNKNOWN_TYPE);
    const keyText = text.slice(1, closingBracket(text));
    const elemText = text.slice(keyText.length + 2);
    const indirect = (type: TypeIndex, wanted: string) => {
      const { kind, name } = this.#types[type]!;
      return kind === KIND.pointer && name === `*${wanted}`;
    };
    const indirectKey = indirect(key, keyText);
    const indirectElem = indirect(elem, elemText);
    return {
      key: indirectKey ? this.#types[key]!.elem : key,
      elem: indirectElem ? this.#types[elem]!.elem : elem,
      isSwiss,
      groupBytes,
      keysOffset: first.offset,
      keyStride: slotBytes,
      elemsOffset:
        slot === undefined ? (second?.offset ?? first.offset) : first.offset + (slot[1]?.offset ?? 0),
      elemStride:
        slot === undefined ? (elemArray === undefined ? 0 : this.#types[elemArray.elem]!.size) : slotBytes,
      indirectKey,
      indirectElem,
      group,
    };
  }

  /** Undefined unless it is a map type that can be read. */
  mapShape(type: TypeIndex): MapShape | undefined {
    let shape = this.#maps.get(type);
    if (shape === undefined && !this.#maps.has(type)) {
      shape = this.#readMapShape(type);
      this.#maps.set(type, shape);
    }
    return shape;
  }

  #add(type: GoType): TypeIndex {
    this.#types.push(type);
    return this.#types.length - 1;
  }

  #readFields(type: TypeIndex): readonly TypeField[] {
    const { kind, rtype } = this.#types[type]!;
    if (kind !== KIND.struct) return [];
    const fields: TypeField[] = [];
    if (rtype !== 0) {
      const array = this.#space.u64(rtype + RTYPE_BYTES + 8);
      const count = this.#space.u64(rtype + RTYPE_BYTES + 16);
      for (let i = 0; i < Math.min(count, MAX_FIELDS); i++) {
        const at = array + i * 24;
        fields.push({
          name: this.#rtypes.readText(this.#space.u64(at)),
          type: this.ofRtype(this.#space.u64(at + 8)),
          offset: this.#space.u64(at + 16),
        });
      }
      return fields;
    }
    const entries = this.#entries;
    const row = this.#rowOf.get(type);
    if (entries === undefined || row === undefined) return [];
    const depth = entries.depth[row]!;
    for (let at = row + 1; at < entries.length && entries.depth[at]! > depth; at++) {
      if (entries.tag[at] !== TAG.member || entries.depth[at] !== depth + 1) continue;
      const { value, type: target } = entries.read(at);
      fields.push({
        name: entries.nameOf(at),
        offset: value,
        type: this.ofDebugEntry(entries.rowAt(target)),
      });
    }
    return fields;
  }

  /** Fields lie one behind the other; what does not is damage, and would make a value of more values than it has bytes. */
  #withoutOverlap(fields: readonly TypeField[], size: number): readonly TypeField[] {
    let end = 0;
    return fields.filter((field) => {
      const next = field.offset + this.#types[field.type]!.size;
      if (!(field.offset >= end && next <= size)) return false;
      end = next;
      return true;
    });
  }

  #readMapShape(type: TypeIndex): MapShape | undefined {
    const { kind, rtype } = this.#types[type]!;
    // Maps that the program uses have an rtype: the runtime needs it for every access.
    if (kind !== KIND.map || rtype === 0) return undefined;
    const at = this.#mapLayout;
    const word = (offset: number) => this.#space.u64(rtype + offset);
    const flags = this.#space.u32(rtype + at.Flags);
    const key = this.ofRtype(word(at.Key));
    const elem = this.ofRtype(word(at.Elem));
    if (at.Group < 0) {
      const keyStride = this.#space.u8(rtype + at.KeySize);
      const elemStride = this.#space.u8(rtype + at.ValueSize);
      return {
        key,
        elem,
        isSwiss: false,
        groupBytes: this.#space.u16(rtype + at.BucketSize),
        keysOffset: 8,
        keyStride,
        elemsOffset: 8 + 8 * keyStride,
        elemStride,
        indirectKey: (flags & 1) !== 0,
        indirectElem: (flags & 2) !== 0,
        group: this.ofRtype(word(at.Bucket)),
      };
    }
    const interleaved = at.KeysOff < 0;
    const slot = interleaved ? word(at.SlotSize) : 0;
    return {
      key,
      elem,
      isSwiss: true,
      groupBytes: word(at.GroupSize),
      keysOffset: interleaved ? 8 : word(at.KeysOff),
      keyStride: interleaved ? slot : word(at.KeyStride),
      elemsOffset: interleaved ? 8 + word(at.ElemOff) : word(at.ElemsOff),
      elemStride: interleaved ? slot : word(at.ElemStride),
      indirectKey: (flags & 4) !== 0,
      indirectElem: (flags & 8) !== 0,
      group: this.ofRtype(word(at.Group)),
    };
  }

  #hasPointers(type: TypeIndex, depth: number): boolean {
    const { kind, elem, count, size } = this.#types[type]!;
    if (size === 0) return false;
    if (kind === KIND.struct)
      return depth > MAX_DEPTH || this.fields(type).some((field) => this.#hasPointers(field.type, depth + 1));
    if (kind === KIND.array) return count > 0 && (depth > MAX_DEPTH || this.#hasPointers(elem, depth + 1));
    return kind >= KIND.chan;
  }
}

/** Where the bracket that opens `text` is closed. */
function closingBracket(text: string): number {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === "[") depth++;
    else if (text[i] === "]" && --depth === 0) return i;
  }
  return text.length;
}

/** The reflect.Kind of an entry: Go's own attribute, else what its tag implies. */
function kindOf({ goKind }: DebugEntry, tag: number): number {
  if (goKind > 0) return goKind & 31;
  switch (tag) {
    case TAG.structure:
      return KIND.struct;
    case TAG.pointer:
      return KIND.pointer;
    case TAG.array:
      return KIND.array;
    case TAG.subroutine:
      return KIND.func;
    default:
      return 0;
  }
}

function sizeOf({ byteSize }: DebugEntry, kind: number): number {
  if (!Number.isNaN(byteSize)) return byteSize;
  return kind === KIND.interface ? 16 : 8;
}
