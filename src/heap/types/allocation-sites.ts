import type { AddressSpace } from "../memory/address-space.ts";
import type { FunctionTable } from "../runtime/function-table.ts";
import type { RuntimeLayout } from "../runtime/layout-fields.ts";
import type { GoModule } from "../runtime/modules.ts";

/** A call in the program's code that makes something of a type which stands beside it as a constant. */
interface AllocationSite {
  /** Address of the rtype: of the value, or of the elements of an array. */
  rtype: number;
  isArray: boolean;
}

/** A variable of package level, by what the code puts into it or takes it for. */
export interface CodeVariable extends AllocationSite {
  address: number;
  /** It holds a map of that type, or a pointer to a value or an array of it. */
  isMap: boolean;
}

/** What machine code alone tells of types. */
export interface CodeTypes {
  /** By return address, as allocation profiles have it. */
  sites: ReadonlyMap<number, AllocationSite>;
  /** Addresses of all rtypes that some instruction names. */
  mentioned: ReadonlySet<number>;
  variables: readonly CodeVariable[];
  /** The struct that a closure of a function is, by the function's entry: that is put into it where it is made. */
  closures: ReadonlyMap<number, number>;
}

/** Register in which a function of the runtime gets its type, by number of the integer argument (cmd/compile/abi-internal). */
interface Allocator {
  argument: number;
  isArray: boolean;
  /** A map's functions get the map in the second one. */
  isMap: boolean;
}

/** From Go 1.20 growslice takes {oldPtr, newLen, oldCap, num, et}, before {et, old, cap}. */
const GROWSLICE_LAST_MINOR = 20;
const ARGUMENT_REGISTERS = {
  // RAX RBX RCX RDI RSI as ModRM numbers.
  amd64: [0, 3, 1, 7, 6],
  arm64: [0, 1, 2, 3, 4],
} as const;
/** How far behind a call its result is put into a variable: a write barrier stands between. */
const LOOK_AHEAD_BYTES = 96;
/** Of those that take {type, map, …}. */
const MAP_FUNCTION = /^runtime\.map(access[12]|assign|delete|iterinit|clear)(_fast(32|64|str)(ptr)?)?$/;
/** How far before a call its type is loaded; the compiler puts other arguments in between. */
const LOOK_BACK_BYTES = 64;
/** Code of one module; the largest Go programs have a tenth of it. */
const MAX_TEXT_BYTES = 2 ** 29;

/**
 * Looks through the code of all modules for instructions that name a type (LEA on amd64, ADRP and ADD on arm64), and for
 * calls of the allocator that follow one. What is decoded is that alone, wherever it stands: that data looks like such
 * an instruction and leads to a type is unlikely, and whoever uses it has the object to compare with.
 */
export function findCodeTypes(
  space: AddressSpace,
  layout: RuntimeLayout,
  modules: readonly GoModule[],
  functions: FunctionTable,
): CodeTypes {
  const allocators = new Map<number, Allocator>();
  const minor = Number(layout.go.split(".")[1]);
  const value = { argument: 0, isArray: false, isMap: false };
  const array = { argument: 0, isArray: true, isMap: false };
  const wanted = new Map<string, Allocator>([
    ["runtime.newobject", value],
    ["runtime.makeslice", array],
    ["runtime.makeslice64", array],
    ["runtime.makeslicecopy", array],
    ["runtime.growslice", { ...array, argument: minor >= GROWSLICE_LAST_MINOR ? 4 : 0 }],
    ["runtime.convT", value],
  ]);
  for (const fn of functions.functionsNamed((name) => wanted.has(name) || MAP_FUNCTION.test(name)))
    allocators.set(fn.entry, wanted.get(fn.name) ?? { argument: 0, isArray: false, isMap: true });
  const found: Found = { sites: new Map(), mentioned: new Set(), variables: [], closures: new Map() };
  const isEntry = (address: number) => functions.isEntry(address);
  const isVariable = (address: number) =>
    address % 8 === 0 &&
    modules.some(({ noptrdata, enoptrbss }) => address >= noptrdata && address < enoptrbss);
  const isType = (address: number) =>
    address % 8 === 0 && modules.some(({ types, etypes }) => address >= types && address < etypes);
  for (const { text, etext } of modules) {
    const code = etext - text <= MAX_TEXT_BYTES ? space.bytes(text, etext - text) : undefined;
    if (code === undefined) continue;
    if (layout.arch === "amd64") scanAmd64(code, text, { isType, isVariable, isEntry, allocators }, found);
    else scanArm64(code, text, { isType, isVariable, isEntry, allocators }, found);
  }
  return found;
}

interface Found {
  sites: Map<number, AllocationSite>;
  mentioned: Set<number>;
  variables: CodeVariable[];
  closures: Map<number, number>;
}

interface Wanted {
  isEntry(address: number): boolean;
  isType(address: number): boolean;
  isVariable(address: number): boolean;
  allocators: ReadonlyMap<number, Allocator>;
}

const REX_W = 0x48;
const REX_WR = 0x4c;
const LEA = 0x8d;
const LOAD = 0x8b;
const STORE = 0x89;
const CALL = 0xe8;
/** ModRM of an operand at [rip + displacement], without the register's three bits. */
const RIP_RELATIVE = 0x05;

function scanAmd64(
  code: Uint8Array,
  text: number,
  { isType, isVariable, isEntry, allocators }: Wanted,
  { sites, mentioned, variables, closures }: Found,
): void {
  const view = new DataView(code.buffer, code.byteOffset, code.byteLength);
  const registers = ARGUMENT_REGISTERS.amd64;
  /** Where each register was last loaded with a type, and with which. */
  const loadedAt = new Float64Array(8).fill(Number.NEGATIVE_INFINITY);
  const loaded = new Float64Array(8);
  let mapAt = Number.NEGATIVE_INFINITY;
  let map = 0;
  let made: AllocationSite | undefined;
  let madeAt = 0;
  for (let at = 0; at + 7 <= code.length; at++) {
    const byte = code[at]!;
    if (byte === CALL) {
      const allocator = allocators.get(text + at + 5 + view.getInt32(at + 1, true));
      if (allocator === undefined) continue;
      const register = registers[allocator.argument]!;
      made = undefined;
      if (at - loadedAt[register]! <= LOOK_BACK_BYTES) {
        const site = { rtype: loaded[register]!, isArray: allocator.isArray };
        if (!allocator.isMap) {
          sites.set(text + at + 5, site);
          made = site;
          madeAt = at;
        } else if (at - mapAt <= LOOK_BACK_BYTES) variables.push({ ...site, address: map, isMap: true });
      }
      // What was loaded before belongs to this call.
      loadedAt.fill(Number.NEGATIVE_INFINITY);
      mapAt = Number.NEGATIVE_INFINITY;
    } else if (byte === REX_W || byte === REX_WR) {
      const operands = code[at + 2]!;
      if ((operands & 0xc7) !== RIP_RELATIVE) continue;
      const address = text + at + 7 + view.getInt32(at + 3, true);
      if (code[at + 1] === LOAD && byte === REX_W && operands === (RIP_RELATIVE | (registers[1] << 3))) {
        if (isVariable(address)) [map, mapAt] = [address, at];
      } else if (code[at + 1] === STORE && byte === REX_W && operands === RIP_RELATIVE) {
        // The result is in RAX, the register of number 0.
        if (made !== undefined && at - madeAt <= LOOK_AHEAD_BYTES && isVariable(address))
          variables.push({ ...made, address, isMap: false });
      }
      if (code[at + 1] !== LEA) continue;
      if (made !== undefined && at - madeAt <= LOOK_AHEAD_BYTES && isEntry(address))
        closures.set(address, made.rtype);
      if (!isType(address)) continue;
      mentioned.add(address);
      if (byte !== REX_W) continue;
      loadedAt[(operands >> 3) & 7] = at;
      loaded[(operands >> 3) & 7] = address;
    }
  }
}

function scanArm64(
  code: Uint8Array,
  text: number,
  { isType, isVariable, isEntry, allocators }: Wanted,
  { sites, mentioned, variables, closures }: Found,
): void {
  const words = new Uint32Array(code.buffer.slice(code.byteOffset, code.byteOffset + (code.length & ~3)));
  const registers = ARGUMENT_REGISTERS.arm64;
  /** The page in each register, and where it was put there. */
  const page = new Float64Array(32);
  const pageAt = new Int32Array(32).fill(-LOOK_BACK_BYTES);
  const loadedAt = new Int32Array(32).fill(-LOOK_BACK_BYTES);
  const loaded = new Float64Array(32);
  const reach = LOOK_BACK_BYTES / 4;
  /** The variable whose value is in each register. */
  const variable = new Float64Array(32);
  const variableAt = new Int32Array(32).fill(-LOOK_BACK_BYTES);
  let made: AllocationSite | undefined;
  let madeAt = 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const pc = text + i * 4;
    if ((word & 0x9f00_0000) >>> 0 === 0x9000_0000) {
      // ADRP: 21 bits of pages, from the instruction's own.
      const pages = (((((word >>> 5) & 0x7ffff) << 2) | ((word >>> 29) & 3)) << 11) >> 11;
      page[word & 31] = Math.floor(pc / 4096) * 4096 + pages * 4096;
      pageAt[word & 31] = i;
    } else if ((word & 0xffc0_0000) >>> 0 === 0x9100_0000) {
      // ADD of an immediate, not shifted.
      const [target, source] = [word & 31, (word >>> 5) & 31];
      if (i - pageAt[source]! > reach) continue;
      const address = page[source]! + ((word >>> 10) & 0xfff);
      if (made !== undefined && (i - madeAt) * 4 <= LOOK_AHEAD_BYTES && isEntry(address))
        closures.set(address, made.rtype);
      if (!isType(address)) continue;
      mentioned.add(address);
      loaded[target] = address;
      loadedAt[target] = i;
    } else if ((word & 0xfc00_0000) >>> 0 === 0x9400_0000) {
      const allocator = allocators.get(pc + ((word << 6) >> 6) * 4);
      if (allocator === undefined) continue;
      const register = registers[allocator.argument]!;
      made = undefined;
      if (i - loadedAt[register]! <= reach) {
        const site = { rtype: loaded[register]!, isArray: allocator.isArray };
        if (!allocator.isMap) {
          sites.set(pc + 4, site);
          made = site;
          madeAt = i;
        } else if (i - variableAt[registers[1]]! <= reach)
          variables.push({ ...site, address: variable[registers[1]]!, isMap: true });
      }
      loadedAt.fill(-LOOK_BACK_BYTES);
      variableAt.fill(-LOOK_BACK_BYTES);
    } else if ((word & 0xffe0_ffe0) >>> 0 === 0xaa00_03e0) {
      // MOV between registers.
      const [target, source] = [word & 31, (word >>> 16) & 31];
      [loaded[target], loadedAt[target]] = [loaded[source]!, loadedAt[source]!];
      [variable[target], variableAt[target]] = [variable[source]!, variableAt[source]!];
    } else if ((word & 0xff80_0000) >>> 0 === 0xf900_0000) {
      // STR and LDR of 64 bits, with an offset in words; the result of a call is in X0, a map in X1.
      const source = (word >>> 5) & 31;
      if (i - pageAt[source]! > reach) continue;
      const address = page[source]! + ((word >>> 10) & 0xfff) * 8;
      if (!isVariable(address)) continue;
      const isLoad = (word & 0x0040_0000) !== 0;
      if (isLoad) [variable[word & 31], variableAt[word & 31]] = [address, i];
      else if (!isLoad && (word & 31) === 0 && made !== undefined && (i - madeAt) * 4 <= LOOK_AHEAD_BYTES)
        variables.push({ ...made, address, isMap: false });
    }
  }
}
