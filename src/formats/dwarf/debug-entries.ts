import { Float64Rows, Int32Rows, Uint8Rows } from "../../lib/growable-columns.ts";
import type { Abbreviation } from "./abbreviations.ts";
import type { DebugSections } from "./debug-sections.ts";
import type { DwarfCursor } from "./dwarf-cursor.ts";
import { type DwarfUnit, readUnit } from "./dwarf-unit.ts";
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
 * functions is passed over. Absent numbers are NaN, absent references and texts -1.
 */
export interface DebugEntries {
  length: number;
  /** Offset in .debug_info: what references name. Ascending. */
  offset: Float64Array;
  tag: Uint8Array;
  /** 0 for a unit's own entry; a member's is one more than its structure's. */
  depth: Uint8Array;
  /** Kept as places in the sections, since most names are never asked for. */
  name: Float64Array;
  /** Of the referenced type, in .debug_info. */
  type: Float64Array;
  byteSize: Float64Array;
  /** Offset of a member in its structure; number of an array's elements on its subrange; value of a constant. */
  value: Float64Array;
  /** Address of a variable. */
  address: Float64Array;
  /** DW_AT_go_kind: a reflect.Kind. */
  goKind: Int32Array;
  goKey: Float64Array;
  goElem: Float64Array;
  /** DW_AT_go_runtime_type: offset of the rtype from runtime.types, or its address. */
  goRuntimeType: Float64Array;
  /** Variables that closures captured (since Go 1.23), one row each. */
  captures: CapturedVariables;
  functions: DebugFunctions;
  nameOf(row: number): string;
  /** Whether that is a row's name, given in UTF-8 with the zero behind it; spares making a text of every name. */
  isNamed(row: number, bytes: Uint8Array): boolean;
  /** The row of an offset, or -1. */
  rowAt(offset: number): number;
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
  goKey: 0x2901,
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
  readonly #name = new Float64Rows();
  readonly #type = new Float64Rows();
  readonly #byteSize = new Float64Rows();
  readonly #value = new Float64Rows();
  readonly #address = new Float64Rows();
  readonly #goKind = new Int32Rows();
  readonly #goKey = new Float64Rows();
  readonly #goElem = new Float64Rows();
  readonly #goRuntimeType = new Float64Rows();
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
    return this.#finish();
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
      const kept = functionDepth < 0 && KEPT.has(abbreviation.tag);
      if (kept) this.#readEntry(unit, abbreviation, offset, depth);
      else if (abbreviation.tag === TAG_SUBPROGRAM) this.#readFunction(unit, abbreviation, offset);
      else if (functionDepth >= 0 && abbreviation.attribute.includes(ATTRIBUTE.goClosureOffset))
        this.#readCapture(unit, abbreviation);
      else skipEntry(info, abbreviation, unit);
      if (abbreviation.hasChildren) {
        // Whatever has children and is no type is a function, or a block of one.
        if (functionDepth < 0 && !kept) functionDepth = depth;
        depth++;
      } else if (depth === 0) return;
    }
  }

  #readEntry(
    unit: DwarfUnit,
    { tag, attribute, form, implicit }: Abbreviation,
    offset: number,
    depth: number,
  ): void {
    const info = this.#info;
    let name = -1;
    let type = -1;
    let byteSize = Number.NaN;
    let value = Number.NaN;
    let address = Number.NaN;
    let goKind = -1;
    let goKey = -1;
    let goElem = -1;
    let goRuntimeType = Number.NaN;
    for (let i = 0; i < attribute.length; i++) {
      const f = form[i]!;
      switch (attribute[i]) {
        case ATTRIBUTE.name:
          name = this.#source.readNamePlace(info, unit, f);
          break;
        case ATTRIBUTE.type:
          type = this.#source.readReference(info, unit, f);
          break;
        case ATTRIBUTE.byteSize:
          byteSize = readNumber(info, f, implicit[i]!, unit);
          break;
        case ATTRIBUTE.constValue:
        case ATTRIBUTE.count:
          value = readNumber(info, f, implicit[i]!, unit);
          break;
        case ATTRIBUTE.upperBound:
          value = readNumber(info, f, implicit[i]!, unit) + 1;
          break;
        case ATTRIBUTE.memberLocation:
          value = this.#readMemberLocation(unit, f, implicit[i]!);
          break;
        case ATTRIBUTE.location:
          address = this.#readLocation(unit, f);
          break;
        case ATTRIBUTE.goKind:
          goKind = readNumber(info, f, implicit[i]!, unit);
          break;
        case ATTRIBUTE.goKey:
          goKey = this.#source.readReference(info, unit, f);
          break;
        case ATTRIBUTE.goElem:
          goElem = this.#source.readReference(info, unit, f);
          break;
        case ATTRIBUTE.goRuntimeType:
          goRuntimeType = this.#source.readAddress(info, unit, f, implicit[i]!);
          break;
        case ATTRIBUTE.lowPc:
          if (f === FORM.addr) unit.lowPc = info.u64();
          else skipForm(info, f, unit);
          break;
        case ATTRIBUTE.addrBase:
          unit.addressBase = readNumber(info, f, implicit[i]!, unit);
          break;
        case ATTRIBUTE.strOffsetsBase:
          unit.textBase = readNumber(info, f, implicit[i]!, unit);
          break;
        default:
          skipForm(info, f, unit);
      }
    }
    this.#offset.push(offset);
    this.#tag.push(tag);
    this.#depth.push(Math.min(depth, 255));
    this.#name.push(name);
    this.#type.push(type);
    this.#byteSize.push(byteSize);
    this.#value.push(value);
    this.#address.push(address);
    this.#goKind.push(goKind);
    this.#goKey.push(goKey);
    this.#goElem.push(goElem);
    this.#goRuntimeType.push(goRuntimeType);
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

  /** A block: up to DWARF 3, and in Go 1.17 and before, a member's offset is an expression. */
  #readMemberLocation(unit: DwarfUnit, form: number, implicit: number): number {
    const length = readBlockLength(this.#info, form);
    if (length < 0) return readNumber(this.#info, form, implicit, unit);
    const end = this.#info.at + length;
    const value = length > 1 && this.#info.u8() === DW_OP_PLUS_UCONST ? this.#info.uleb() : Number.NaN;
    this.#info.skip(end - this.#info.at);
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
    info.skip(end - info.at);
    return address;
  }

  #finish(): DebugEntries {
    const offset = this.#offset.toColumn();
    const name = this.#name.toColumn();
    const source = this.#source;
    const textAt = (place: number) => source.textAt(place);
    const captureFunction = this.#captureFunction.toColumn();
    const captureName = this.#captureName.toColumn();
    const start = this.#codeStart.toColumn();
    return {
      length: offset.length,
      offset,
      tag: this.#tag.toColumn(),
      depth: this.#depth.toColumn(),
      name,
      type: this.#type.toColumn(),
      byteSize: this.#byteSize.toColumn(),
      value: this.#value.toColumn(),
      address: this.#address.toColumn(),
      goKind: this.#goKind.toColumn(),
      goKey: this.#goKey.toColumn(),
      goElem: this.#goElem.toColumn(),
      goRuntimeType: this.#goRuntimeType.toColumn(),
      captures: {
        length: captureFunction.length,
        offset: this.#captureOffset.toColumn(),
        type: this.#captureType.toColumn(),
        functionOf: (row) => textAt(captureFunction[row] ?? -1),
        nameOf: (row) => textAt(captureName[row] ?? -1),
      },
      functions: {
        length: start.length,
        start,
        offset: this.#codeEntry.toColumn(),
        units: this.#units,
        source,
      },
      nameOf: (row) => textAt(name[row] ?? -1),
      isNamed: (row, bytes) => source.hasText(name[row] ?? -1, bytes),
      rowAt(wanted) {
        let low = 0;
        let high = offset.length - 1;
        while (low <= high) {
          const middle = (low + high) >>> 1;
          const found = offset[middle]!;
          if (found === wanted) return middle;
          if (found < wanted) low = middle + 1;
          else high = middle - 1;
        }
        return -1;
      },
    };
  }
}
