import type { AddressSpace } from "../memory/address-space.ts";
import type { GoModule } from "../runtime/modules.ts";

/** reflect.Kind (internal/abi/type.go). */
export const KIND = {
  bool: 1,
  int: 2,
  uint8: 8,
  uintptr: 12,
  float64: 14,
  complex128: 16,
  array: 17,
  chan: 18,
  func: 19,
  interface: 20,
  map: 21,
  pointer: 22,
  slice: 23,
  string: 24,
  struct: 25,
  unsafePointer: 26,
} as const;

export const RTYPE_BYTES = 48;
const TFLAG_EXTRA_STAR = 2;
const TFLAG_NAMED = 4;
const TFLAG_UNROLLED_BITMAP = 16;
const TFLAG_GC_MASK_ON_DEMAND = 16;
const TFLAG_DIRECT_IFACE = 32;
const KIND_DIRECT_IFACE = 32;
const KIND_GC_PROGRAM = 64;
/** Types whose pointers take more than 2 KiB of mask have programs. */
const MIN_PROGRAM_BYTES = 2048 * 8 * 8;
const MAX_NAME_BYTES = 64 * 1024;
/** No type is larger than the address space of a process; what says so is no type. */
const MAX_TYPE_BYTES = 2 ** 40;

/** An rtype's own fields (abi.Type, the same 48 bytes from Go 1.19 to 1.27). */
export interface Rtype {
  address: number;
  size: number;
  pointerBytes: number;
  kind: number;
  tflag: number;
  gcData: number;
  /** The value of this type is a pointer and stands in an interface's data word itself. */
  isDirectIface: boolean;
  /** Pointers are told by a program instead of a mask (up to Go 1.23). */
  hasGcProgram: boolean;
  /** gcData points to a place that holds the mask's address, once somebody needed it (since Go 1.24). */
  maskOnDemand: boolean;
}

/** Reads rtypes, with the rules of the program's Go version. */
export class RtypeReader {
  readonly #space: AddressSpace;
  readonly #modules: readonly GoModule[];
  readonly #minor: number;
  readonly #types = new Map<number, Rtype | undefined>();
  readonly #names = new Map<number, string>();
  #programs: Rtype[] | undefined;

  constructor(space: AddressSpace, modules: readonly GoModule[], minor: string) {
    this.#space = space;
    this.#modules = modules;
    this.#minor = Number(minor.split(".")[1] ?? "0");
  }

  /** The type at `address`, or undefined unless it looks like one in every field. */
  read(address: number): Rtype | undefined {
    let type = this.#types.get(address);
    if (type === undefined && !this.#types.has(address)) {
      type = this.#decode(address);
      // Scans ask about words that are no types: those are not remembered without end.
      if (type !== undefined || this.#types.size < 1_000_000) this.#types.set(address, type);
    }
    return type;
  }

  /**
   * The mask's fields alone of a type that the runtime made for a GC program (Go 1.22 and 1.23): it has no kind and no
   * name.
   */
  readMaskOnly(address: number): { size: number; pointerBytes: number; gcData: number } | undefined {
    const size = this.#space.u64(address);
    const pointerBytes = this.#space.u64(address + 8);
    const gcData = this.#space.u64(address + 32);
    const isUnrolled = (this.#space.u8(address + 20) & TFLAG_UNROLLED_BITMAP) !== 0;
    const isSound = size > 0 && size < MAX_TYPE_BYTES && pointerBytes <= size && this.#space.has(gcData);
    return isUnrolled && isSound ? { size, pointerBytes, gcData } : undefined;
  }

  /**
   * The only (or only named) type of this size whose pointers a program tells, as `readMaskOnly` finds it without a name; 0 if there
   * are several or none. Looks through all of the program's types.
   */
  ofGcProgram(size: number, pointerBytes: number): number {
    this.#programs ??= this.#listPrograms();
    const found = this.#programs.filter((type) => type.size === size && type.pointerBytes === pointerBytes);
    // A struct of one array has the array's mask: of those the one that the program gave a name.
    const named = found.filter((type) => (type.tflag & TFLAG_NAMED) !== 0);
    const [only, second] = named.length === 0 ? found : named;
    return only !== undefined && second === undefined ? only.address : 0;
  }

  #listPrograms(): Rtype[] {
    const found: Rtype[] = [];
    for (const { types, etypes } of this.#modules) {
      for (const part of this.#space.partsWithin(types, etypes)) {
        for (let at = Math.ceil(part.from / 8) * 8; at + RTYPE_BYTES <= part.to; at += 8) {
          if ((this.#space.u8(at + 23) & KIND_GC_PROGRAM) === 0 || this.#space.u64(at) < MIN_PROGRAM_BYTES)
            continue;
          const type = this.#decode(at);
          if (type !== undefined && this.name(at) !== "") found.push(type);
        }
      }
    }
    return found;
  }

  /** Whether `address` lies where the linker puts types; those made by reflect, or for a GC program, do not. */
  isStatic(address: number): boolean {
    return this.moduleOf(address) !== undefined;
  }

  moduleOf(address: number): GoModule | undefined {
    return this.#modules.find((module) => address >= module.types && address < module.etypes);
  }

  /** As Go writes it, qualified by the last element of the package path: "map[string]*main.Session". "" if unnamed. */
  name(address: number): string {
    let name = this.#names.get(address);
    if (name === undefined) {
      name = this.#readName(address);
      this.#names.set(address, name);
    }
    return name;
  }

  /** The text of an abi.Name: flags, length, bytes. */
  readText(address: number): string {
    let length = 0;
    let at = address + 1;
    for (let scale = 1; scale < 2 ** 28; scale *= 128) {
      const byte = this.#space.u8(at++);
      length += (byte & 0x7f) * scale;
      if (!(byte >= 0x80)) break;
    }
    return length > 0 && length <= MAX_NAME_BYTES ? (this.#space.text(at, length) ?? "") : "";
  }

  #readName(address: number): string {
    const type = this.read(address);
    const module = this.moduleOf(address);
    if (type === undefined || module === undefined) return "";
    const text = this.readText(module.types + this.#space.i32(address + 40));
    return (type.tflag & TFLAG_EXTRA_STAR) !== 0 ? text.slice(1) : text;
  }

  #decode(address: number): Rtype | undefined {
    if (!(address > 0) || address % 8 !== 0) return undefined;
    const space = this.#space;
    const size = space.u64(address);
    const pointerBytes = space.u64(address + 8);
    const tflag = space.u8(address + 20);
    const align = space.u8(address + 21);
    const kindByte = space.u8(address + 23);
    const kind = kindByte & 31;
    if (!(size < MAX_TYPE_BYTES && pointerBytes <= size && pointerBytes % 8 === 0)) return undefined;
    if (kind < 1 || kind > 26 || !(align <= 64) || (align & (align - 1)) !== 0) return undefined;
    const gcData = space.u64(address + 32);
    if (pointerBytes > 0 && !space.has(gcData)) return undefined;
    const since124 = this.#minor >= 24;
    return {
      address,
      size,
      pointerBytes,
      kind,
      tflag,
      gcData,
      isDirectIface:
        this.#minor >= 26 ? (tflag & TFLAG_DIRECT_IFACE) !== 0 : (kindByte & KIND_DIRECT_IFACE) !== 0,
      hasGcProgram: !since124 && (kindByte & KIND_GC_PROGRAM) !== 0,
      maskOnDemand: since124 && (tflag & TFLAG_GC_MASK_ON_DEMAND) !== 0,
    };
  }
}
