import type { AddressSpace } from "../memory/address-space.ts";
import type { RuntimeLayout } from "./layout-fields.ts";
import type { GoModule } from "./modules.ts";

/** A function as pclntab describes it. */
export interface GoFunction {
  module: GoModule;
  /** Address of its _func. */
  address: number;
  entry: number;
  end: number;
  name: string;
  /** Of its arguments on the stack, and the room in which it may keep those that came in registers; 0 if unknown. */
  argumentBytes: number;
  deferreturn: number;
  pcsp: number;
  pcfile: number;
  pcln: number;
  npcdata: number;
  cuOffset: number;
  startLine: number;
  funcId: number;
  /** FuncFlag: 1 TopFrame, 2 SPWrite, 4 Asm. */
  flag: number;
  nfuncdata: number;
}

export interface CodePlace {
  function: string;
  file: string;
  line: number;
}

/** What answers need to know of a program counter. */
export type CodeTable = Pick<FunctionTable, "functionAt" | "placesAt">;

const MAX_NAME_BYTES = 64 * 1024;
const NO_FUNCDATA = 0xffff_ffff;
const PCDATA_INL_TREE_INDEX = 2;
const FUNCDATA_INL_TREE = 3;
/** A function's table ends at a zero byte; one without is damaged. */
const MAX_TABLE_STEPS = 1_000_000;

/**
 * From a program counter to the function, its line and its tables, as runtime/symtab.go does it. Works on stripped
 * binaries: pclntab is part of every Go program.
 */
export class FunctionTable {
  readonly #space: AddressSpace;
  readonly #layout: RuntimeLayout;
  readonly #modules: readonly GoModule[];
  readonly #quantum: number;
  readonly #functions = new Map<number, GoFunction | undefined>();
  readonly #ftabs = new Map<GoModule, Uint32Array>();

  constructor(space: AddressSpace, layout: RuntimeLayout, modules: readonly GoModule[]) {
    this.#space = space;
    this.#layout = layout;
    this.#modules = modules;
    this.#quantum = layout.arch === "amd64" ? 1 : 4;
  }

  /** The function that holds `pc`, or undefined: C code, or no code at all. */
  functionAt(pc: number): GoFunction | undefined {
    const module = this.#modules.find((m) => pc >= m.minpc && pc < m.maxpc);
    if (module === undefined) return undefined;
    const ftab = this.#ftabOf(module);
    const offset = pc - module.text;
    let low = 0;
    let high = ftab.length / 2 - 2;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      if (ftab[middle * 2]! <= offset) low = middle + 1;
      else high = middle - 1;
    }
    if (high < 0) return undefined;
    const entry = module.text + ftab[high * 2]!;
    const key = entry;
    let found = this.#functions.get(key);
    if (found === undefined && !this.#functions.has(key)) {
      found = this.#read(
        module,
        module.pclntable + ftab[high * 2 + 1]!,
        entry,
        module.text + ftab[high * 2 + 2]!,
      );
      this.#functions.set(key, found);
    }
    return found;
  }

  isEntry(pc: number): boolean {
    return this.functionAt(pc)?.entry === pc;
  }

  /** The functions of all modules whose name passes, in the order of their code. */
  *functionsNamed(accept: (name: string) => boolean): Iterable<GoFunction> {
    for (const module of this.#modules) {
      const ftab = this.#ftabOf(module);
      for (let i = 0; i + 2 < ftab.length; i += 2) {
        const address = module.pclntable + ftab[i + 1]!;
        const name = this.#nameAt(module, this.#space.i32(address + this.#layout.structs.func.nameOff));
        if (!accept(name)) continue;
        const found = this.functionAt(module.text + ftab[i]!);
        if (found !== undefined) yield found;
      }
    }
  }

  /** Value of one of the function's tables at `pc`; -1 before its first entry and on damage. */
  valueAt(fn: GoFunction, table: number, pc: number): number {
    if (table === 0) return -1;
    const space = this.#space;
    let at = fn.module.pctab + table;
    let value = -1;
    let end = fn.entry;
    for (let step = 0; step < MAX_TABLE_STEPS; step++) {
      const first = this.#varint(at);
      if (first.value === 0 && step > 0) return -1;
      value += (first.value & 1) === 0 ? first.value / 2 : -(first.value + 1) / 2;
      const second = this.#varint(first.next);
      at = second.next;
      end += second.value * this.#quantum;
      if (pc < end) return value;
      if (!space.has(at)) return -1;
    }
    return -1;
  }

  /** Value of PCDATA `index` at `pc`; -1 if the function has no such table. */
  pcdata(fn: GoFunction, index: number, pc: number): number {
    if (index >= fn.npcdata) return -1;
    const table = this.#space.u32(fn.address + this.#layout.structs.func.size + index * 4);
    return this.valueAt(fn, table, pc);
  }

  /** Address of FUNCDATA `index`, or 0. */
  funcdata(fn: GoFunction, index: number): number {
    if (index >= fn.nfuncdata) return 0;
    const at = fn.address + this.#layout.structs.func.size + (fn.npcdata + index) * 4;
    const offset = this.#space.u32(at);
    return offset === NO_FUNCDATA ? 0 : fn.module.gofunc + offset;
  }

  /** Where the code at `pc` comes from, inlined calls expanded, innermost first. */
  placesAt(pc: number): CodePlace[] {
    const fn = this.functionAt(pc);
    if (fn === undefined) return [];
    const places: CodePlace[] = [];
    let at = pc;
    const tree = this.funcdata(fn, FUNCDATA_INL_TREE);
    let index = tree === 0 ? -1 : this.pcdata(fn, PCDATA_INL_TREE_INDEX, at);
    // Each level's parent has a smaller index in all that the compiler makes; the count guards against damage.
    for (let level = 0; index >= 0 && level < 100; level++) {
      const call = this.#inlinedCall(tree, index);
      places.push({ ...this.#lineAt(fn, at), function: this.#nameAt(fn.module, call.nameOffset) });
      at = fn.entry + call.parentPc;
      index = this.pcdata(fn, PCDATA_INL_TREE_INDEX, at);
    }
    places.push({ ...this.#lineAt(fn, at), function: fn.name });
    return places;
  }

  /** runtime.inlinedCall: 20 bytes up to Go 1.19, 16 since. */
  #inlinedCall(tree: number, index: number): { nameOffset: number; parentPc: number } {
    if (this.#layout.structs.func.startLine < 0) {
      const at = tree + index * 20;
      return { nameOffset: this.#space.i32(at + 12), parentPc: this.#space.i32(at + 16) };
    }
    const at = tree + index * 16;
    return { nameOffset: this.#space.i32(at + 4), parentPc: this.#space.i32(at + 8) };
  }

  #lineAt(fn: GoFunction, pc: number): { file: string; line: number } {
    const fileIndex = this.valueAt(fn, fn.pcfile, pc);
    const line = this.valueAt(fn, fn.pcln, pc);
    if (fileIndex < 0) return { file: "", line: Math.max(0, line) };
    const offset = this.#space.u32(fn.module.cutab + (fn.cuOffset + fileIndex) * 4);
    return { file: this.#textAt(fn.module.filetab + offset), line: Math.max(0, line) };
  }

  #read(module: GoModule, address: number, entry: number, end: number): GoFunction | undefined {
    const space = this.#space;
    const at = this.#layout.structs.func;
    const nameOffset = space.i32(address + at.nameOff);
    if (!space.has(address, at.size)) return undefined;
    return {
      module,
      address,
      entry,
      end,
      name: this.#nameAt(module, nameOffset),
      argumentBytes: Math.max(0, space.i32(address + at.args)),
      deferreturn: space.u32(address + at.deferreturn),
      pcsp: space.u32(address + at.pcsp),
      pcfile: space.u32(address + at.pcfile),
      pcln: space.u32(address + at.pcln),
      npcdata: space.u32(address + at.npcdata),
      cuOffset: space.u32(address + at.cuOffset),
      startLine: at.startLine < 0 ? 0 : space.i32(address + at.startLine),
      funcId: space.u8(address + at.funcID),
      flag: space.u8(address + at.flag),
      nfuncdata: space.u8(address + at.nfuncdata),
    };
  }

  #ftabOf(module: GoModule): Uint32Array {
    let ftab = this.#ftabs.get(module);
    if (ftab === undefined) {
      const bytes = this.#space.bytes(module.ftab, module.ftabLength * 8);
      ftab =
        bytes === undefined ? new Uint32Array(0) : new Uint32Array(bytes.buffer, 0, module.ftabLength * 2);
      this.#ftabs.set(module, ftab);
    }
    return ftab;
  }

  #nameAt(module: GoModule, offset: number): string {
    return offset <= 0 ? "" : this.#textAt(module.funcnametab + offset);
  }

  #textAt(address: number): string {
    const bytes: number[] = [];
    for (let at = address; bytes.length < MAX_NAME_BYTES; at++) {
      const byte = this.#space.u8(at);
      if (!(byte > 0)) break;
      bytes.push(byte);
    }
    return new TextDecoder().decode(Uint8Array.from(bytes));
  }

  #varint(at: number): { value: number; next: number } {
    let value = 0;
    let scale = 1;
    let next = at;
    for (let i = 0; i < 5; i++) {
      const byte = this.#space.u8(next++);
      value += (byte & 0x7f) * scale;
      if (!(byte >= 0x80)) break;
      scale *= 128;
    }
    return { value, next };
  }
}
