import { DecodeError } from "../../bytes/decode-error.ts";
import { Float64Rows, Uint8Rows } from "../../lib/growable-columns.ts";
import type { Abbreviation } from "./abbreviations.ts";
import type { DebugSections } from "./debug-sections.ts";
import type { DwarfCursor } from "./dwarf-cursor.ts";
import { type DwarfUnit, readUnit, unitAt } from "./dwarf-unit.ts";
import { EntrySource } from "./entry-source.ts";
import { FORM, readBlockLength, readNumber, skipForm } from "./forms.ts";
import { skipEntry } from "./skip-entry.ts";

/** DW_TAG_* of the entries that are kept. */
export const TAG = {
  array: 0x01,
  member: 0x0d,
  pointer: 0x0f,
  compileUnit: 0x11,
  structure: 0x13,
  subroutine: 0x15,
  typedef: 0x16,
  subrange: 0x21,
  base: 0x24,
  constant: 0x27,
  variable: 0x34,
  unspecified: 0x3b,
} as const;

/**
 * Types, constants and variables of package level, one row each, in the order of `.debug_info`. What lies within
 * functions is passed over. Most rows are never asked about, so what they say is read when it is.
 */
export interface DebugEntries {
  length: number;
  /** Offset in .debug_info: what references name. Ascending. */
  offset: Float64Array;
  tag: Uint8Array;
  /** 0 for a unit's own entry; a member's is one more than its structure's. */
  depth: Uint8Array;
  /** Variables that closures captured (since Go 1.23), one row each. */
  captures: CapturedVariables;
  functions: DebugFunctions;
  read(row: number): DebugEntry;
  nameOf(row: number): string;
  /** Rows whose name is `name`, in their order. Names that stand elsewhere than in their entry, as C's do, are left out. */
  rowsNamed(name: string): Iterable<number>;
  /** The same for those whose name begins with `prefix`. */
  rowsBeginning(prefix: string): Iterable<number>;
  /** The row of an offset, or -1. */
  rowAt(offset: number): number;
}

/** What an entry says. Absent numbers are NaN, absent references -1. */
export interface DebugEntry {
  /** Offset in .debug_info of the referenced type. */
  type: number;
  byteSize: number;
  /** Offset of a member in its structure; number of an array's elements on its subrange; value of a constant. */
  value: number;
  /** Address of a variable. */
  address: number;
  /** DW_AT_go_kind: a reflect.Kind; -1 without. */
  goKind: number;
  goElem: number;
  /** DW_AT_go_runtime_type: offset of the rtype from runtime.types, or its address. */
  goRuntimeType: number;
}

/** Functions that have code, one row each, in the order of `.debug_info`, for a look at what lies within them. */
export interface DebugFunctions {
  length: number;
  /** Address of their first instruction, before any slide. */
  start: Float64Array;
  /** Of their entry in .debug_info. */
  offset: Float64Array;
  /** In the order of their offsets. */
  units: readonly DwarfUnit[];
  source: EntrySource;
}

/** What the debug information says of closures' contexts: {F uintptr; captured variables}. */
interface CapturedVariables {
  length: number;
  /** From the start of the context. */
  offset: Float64Array;
  /** Of the referenced type, in .debug_info; a variable captured by reference is called "&n" and has a pointer's. */
  type: Float64Array;
  /** Of the closure: "main.fill.func1". */
  functionOf(row: number): string;
  nameOf(row: number): string;
}

const TAG_SUBPROGRAM = 0x2e;

const ATTRIBUTE = {
  location: 0x02,
  name: 0x03,
  lowPc: 0x11,
  byteSize: 0x0b,
  language: 0x13,
  constValue: 0x1c,
  upperBound: 0x2f,
  count: 0x37,
  memberLocation: 0x38,
  type: 0x49,
  strOffsetsBase: 0x72,
  addrBase: 0x73,
  goKind: 0x2900,
  goElem: 0x2902,
  goRuntimeType: 0x2904,
  goClosureOffset: 0x2907,
} as const;

const KEPT = new Set<number>(Object.values(TAG));
const DW_OP_ADDR = 0x03;
const DW_OP_PLUS_UCONST = 0x23;
const DW_OP_ADDRX = 0xa1;

/** Walks all units. Throws DecodeError on damage: without its types a binary is as good as stripped. */
export function decodeDebugEntries(sections: DebugSections): DebugEntries {
  return new EntryWalk(sections).run();
}

class EntryWalk {
  readonly #source: EntrySource;
  readonly #info: DwarfCursor;
  readonly #units: DwarfUnit[] = [];
  readonly #offset = new Float64Rows();
  readonly #tag = new Uint8Rows();
  readonly #depth = new Uint8Rows();
  readonly #codeStart = new Float64Rows();
  readonly #codeEntry = new Float64Rows();
  readonly #captureFunction = new Float64Rows();
  readonly #captureName = new Float64Rows();
  readonly #captureType = new Float64Rows();
  readonly #captureOffset = new Float64Rows();
  /** Place of the name of the function that is being walked. */
  #functionName = -1;

  constructor(sections: DebugSections) {
    this.#source = new EntrySource(sections);
    this.#info = this.#source.cursorAt(0);
  }

  run(): DebugEntries {
    const info = this.#info;
    while (!info.atEnd) {
      const unit = readUnit(info);
      this.#units.push(unit);
      this.#walkUnit(unit);
      info.at = unit.end;
      info.end = info.bytes.length;
    }
    const rows = {
      offset: this.#offset.toColumn(),
      tag: this.#tag.toColumn(),
      depth: this.#depth.toColumn(),
    };
    return new EntryReader(this.#source, this.#units, rows, this.#captures(), this.#functions());
  }

  #walkUnit(unit: DwarfUnit): void {
    const info = this.#info;
    info.end = unit.end;
    const table = this.#source.tableAt(unit.abbreviations);
    let depth = 0;
    /** Depth below which entries are within a function; -1 outside of one. */
    let functionDepth = -1;
    while (info.at < unit.end) {
      const offset = info.at;
      const code = info.uleb();
      if (code === 0) {
        depth--;
        if (depth <= functionDepth) functionDepth = -1;
        if (depth <= 0) return;
        continue;
      }
      const abbreviation = table[code];
      if (abbreviation === undefined) throw info.malformed(`abbreviation ${code} is not defined`);
      const { tag } = abbreviation;
      const isKept = functionDepth < 0 && KEPT.has(tag);
      if (isKept) {
        this.#offset.push(offset);
        this.#tag.push(tag);
        this.#depth.push(Math.min(depth, 255));
      }
      if (tag === TAG.compileUnit) this.#readUnitEntry(unit, abbreviation);
      else if (tag === TAG_SUBPROGRAM) this.#readFunction(unit, abbreviation, offset);
      else if (abbreviation.isCapture && functionDepth >= 0) this.#readCapture(unit, abbreviation);
      else skipEntry(info, abbreviation, unit);
      if (abbreviation.hasChildren) {
        // Whatever has children and is no type is a function, or a block of one.
        if (functionDepth < 0 && !isKept) functionDepth = depth;
        depth++;
      } else if (depth === 0) return;
    }
  }

  /** What else in the unit is counted from. */
  #readUnitEntry(unit: DwarfUnit, { attribute, form, implicit }: Abbreviation): void {
    const info = this.#info;
    for (let i = 0; i < form.length; i++) {
      const f = form[i]!;
      if (attribute[i] === ATTRIBUTE.lowPc && f === FORM.addr) unit.lowPc = info.u64();
      else if (attribute[i] === ATTRIBUTE.addrBase)
        unit.addressBase = readNumber(info, f, implicit[i]!, unit);
      else if (attribute[i] === ATTRIBUTE.strOffsetsBase)
        unit.textBase = readNumber(info, f, implicit[i]!, unit);
      else skipForm(info, f, unit);
    }
  }

  #readFunction(unit: DwarfUnit, { attribute, form, implicit }: Abbreviation, offset: number): void {
    const info = this.#info;
    this.#functionName = -1;
    for (let i = 0; i < form.length; i++) {
      const f = form[i]!;
      if (attribute[i] === ATTRIBUTE.name) this.#functionName = this.#source.readNamePlace(info, unit, f);
      else if (attribute[i] === ATTRIBUTE.lowPc) {
        this.#codeStart.push(this.#source.readAddress(info, unit, f, implicit[i]!));
        this.#codeEntry.push(offset);
      } else skipForm(info, f, unit);
    }
  }

  #readCapture(unit: DwarfUnit, { attribute, form, implicit }: Abbreviation): void {
    const info = this.#info;
    let name = -1;
    let type = -1;
    let offset = Number.NaN;
    for (let i = 0; i < form.length; i++) {
      const f = form[i]!;
      if (attribute[i] === ATTRIBUTE.name) name = this.#source.readNamePlace(info, unit, f);
      else if (attribute[i] === ATTRIBUTE.type) type = this.#source.readReference(info, unit, f);
      else if (attribute[i] === ATTRIBUTE.goClosureOffset) offset = readNumber(info, f, implicit[i]!, unit);
      else skipForm(info, f, unit);
    }
    this.#captureFunction.push(this.#functionName);
    this.#captureName.push(name);
    this.#captureType.push(type);
    this.#captureOffset.push(offset);
  }

  #captures(): CapturedVariables {
    const inFunction = this.#captureFunction.toColumn();
    const name = this.#captureName.toColumn();
    return {
      length: name.length,
      offset: this.#captureOffset.toColumn(),
      type: this.#captureType.toColumn(),
      functionOf: (row) => this.#source.textAt(inFunction[row] ?? -1),
      nameOf: (row) => this.#source.textAt(name[row] ?? -1),
    };
  }

  #functions(): DebugFunctions {
    const start = this.#codeStart.toColumn();
    return {
      length: start.length,
      start,
      offset: this.#codeEntry.toColumn(),
      units: this.#units,
      source: this.#source,
    };
  }
}

/** Reads what single entries say. The walk has passed over their attributes, so they are known to lie in their unit. */
class EntryReader implements DebugEntries {
  readonly length: number;
  readonly offset: Float64Array;
  readonly tag: Uint8Array;
  readonly depth: Uint8Array;
  readonly captures: CapturedVariables;
  readonly functions: DebugFunctions;
  readonly #source: EntrySource;
  readonly #info: DwarfCursor;
  readonly #units: readonly DwarfUnit[];

  constructor(
    source: EntrySource,
    units: readonly DwarfUnit[],
    { offset, tag, depth }: Pick<DebugEntries, "offset" | "tag" | "depth">,
    captures: CapturedVariables,
    functions: DebugFunctions,
  ) {
    this.length = offset.length;
    this.offset = offset;
    this.tag = tag;
    this.depth = depth;
    this.captures = captures;
    this.functions = functions;
    this.#source = source;
    this.#info = source.cursorAt(0);
    this.#units = units;
  }

  read(row: number): DebugEntry {
    const entry: DebugEntry = {
      type: -1,
      byteSize: Number.NaN,
      value: Number.NaN,
      address: Number.NaN,
      goKind: -1,
      goElem: -1,
      goRuntimeType: Number.NaN,
    };
    try {
      this.#readInto(entry, row);
    } catch (error) {
      // Attributes that go on behind their unit, in whatever forms the walk has not looked into.
      if (!(error instanceof DecodeError)) throw error;
    }
    return entry;
  }

  #readInto(entry: DebugEntry, row: number): void {
    const { unit, abbreviation } = this.#enter(row);
    const { attribute, form, implicit } = abbreviation;
    const info = this.#info;
    const source = this.#source;
    for (let i = 0; i < attribute.length; i++) {
      const f = form[i]!;
      switch (attribute[i]) {
        case ATTRIBUTE.type:
          entry.type = source.readReference(info, unit, f);
          break;
        case ATTRIBUTE.byteSize:
          entry.byteSize = readNumber(info, f, implicit[i]!, unit);
          break;
        case ATTRIBUTE.constValue:
        case ATTRIBUTE.count:
          entry.value = readNumber(info, f, implicit[i]!, unit);
          break;
        case ATTRIBUTE.upperBound:
          entry.value = readNumber(info, f, implicit[i]!, unit) + 1;
          break;
        case ATTRIBUTE.memberLocation:
          entry.value = this.#readMemberLocation(unit, f, implicit[i]!);
          break;
        case ATTRIBUTE.location:
          entry.address = this.#readLocation(unit, f);
          break;
        case ATTRIBUTE.goKind:
          entry.goKind = readNumber(info, f, implicit[i]!, unit) | 0;
          break;
        case ATTRIBUTE.goElem:
          entry.goElem = source.readReference(info, unit, f);
          break;
        case ATTRIBUTE.goRuntimeType:
          entry.goRuntimeType = source.readAddress(info, unit, f, implicit[i]!);
          break;
        default:
          skipForm(info, f, unit);
      }
    }
  }

  nameOf(row: number): string {
    return this.#source.textAt(this.#namePlace(row));
  }

  rowsNamed(name: string): Iterable<number> {
    return this.rowsBeginning(`${name}\0`);
  }

  *rowsBeginning(prefix: string): Iterable<number> {
    const { info } = this.#source.sections;
    const text = Buffer.from(info.buffer, info.byteOffset, info.length);
    const wanted = Buffer.from(prefix);
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
      const row = this.#lastRowAt(at);
      if (row >= 0 && this.#namePlace(row) === at) yield row;
    }
  }

  rowAt(offset: number): number {
    const row = this.#lastRowAt(offset);
    return row >= 0 && this.offset[row] === offset ? row : -1;
  }

  /** The last row that does not lie behind `offset`, or -1. */
  #lastRowAt(offset: number): number {
    let low = 0;
    let high = this.offset.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      if (this.offset[middle]! <= offset) low = middle + 1;
      else high = middle - 1;
    }
    return high;
  }

  #namePlace(row: number): number {
    const { unit, abbreviation } = this.#enter(row);
    const { attribute, form } = abbreviation;
    for (let i = 0; i < form.length; i++) {
      if (attribute[i] === ATTRIBUTE.name) return this.#source.readNamePlace(this.#info, unit, form[i]!);
      skipForm(this.#info, form[i]!, unit);
    }
    return -1;
  }

  /** Puts the cursor before the attributes of a row. */
  #enter(row: number): { unit: DwarfUnit; abbreviation: Abbreviation } {
    const info = this.#info;
    const offset = this.offset[row]!;
    const unit = unitAt(this.#units, offset)!;
    info.at = offset;
    info.end = unit.end;
    return { unit, abbreviation: this.#source.tableAt(unit.abbreviations)[info.uleb()]! };
  }

  /** A block: up to DWARF 3, and in Go 1.17 and before, a member's offset is an expression. */
  #readMemberLocation(unit: DwarfUnit, form: number, implicit: number): number {
    const length = readBlockLength(this.#info, form);
    if (length < 0) return readNumber(this.#info, form, implicit, unit);
    const end = this.#info.at + length;
    const value = length > 1 && this.#info.u8() === DW_OP_PLUS_UCONST ? this.#info.uleb() : Number.NaN;
    this.#info.at = end;
    return value;
  }

  /** The address of `DW_OP_addr A` and `DW_OP_addrx N`; NaN for all that is not at a fixed place. */
  #readLocation(unit: DwarfUnit, form: number): number {
    const info = this.#info;
    const length = readBlockLength(info, form);
    if (length < 0) {
      skipForm(info, form, unit);
      return Number.NaN;
    }
    const end = info.at + length;
    let address = Number.NaN;
    if (length > 0) {
      const operation = info.u8();
      if (operation === DW_OP_ADDR && length === 9) address = info.u64();
      else if (operation === DW_OP_ADDRX) address = this.#source.addressAt(unit, info.uleb());
    }
    info.at = end;
    return address;
  }
}
