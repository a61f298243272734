import { AddressLists } from "./address-lists.ts";
import type { DebugFunctions } from "./debug-entries.ts";
import { DwarfCursor } from "./dwarf-cursor.ts";
import { type DwarfUnit, unitAt } from "./dwarf-unit.ts";
import { FORM, readBlockLength, readNumber, skipForm } from "./forms.ts";
import { decodeLocation, type LocationPiece } from "./location-expression.ts";
import type { LocationSections } from "./location-sections.ts";

/** A local variable or parameter, and where it is at one place of the code: nowhere if it has no place in any. */
export interface LocatedVariable {
  name: string;
  /** The function that declares it, inlined or not: "main.run". */
  function: string;
  /** Of its type, in .debug_info. */
  type: number;
  pieces: readonly LocationPiece[];
}

/** Part of a function's code in which a variable is declared; `undefined` bounds: all of the function. */
interface Scope {
  parent: Scope | undefined;
  function: string;
  isInlined: boolean;
  low: number;
  high: number;
  /** Of its list of ranges; -1 without one. */
  ranges: number;
}

interface Declaration {
  name: string;
  type: number;
  scope: Scope;
  /** An expression in .debug_info, or else the offset of a list; neither if it has no place of its own. */
  expression: { start: number; end: number } | undefined;
  list: number;
}

interface FunctionScopes {
  unit: DwarfUnit;
  declarations: readonly Declaration[];
}

interface Origin {
  name: string;
  type: number;
}

const TAG = { parameter: 0x05, lexicalBlock: 0x0b, inlined: 0x1d, subprogram: 0x2e, variable: 0x34 } as const;
const ATTRIBUTE = {
  location: 0x02,
  name: 0x03,
  lowPc: 0x11,
  highPc: 0x12,
  abstractOrigin: 0x31,
  frameBase: 0x40,
  type: 0x49,
  ranges: 0x55,
} as const;
const CALL_FRAME_CFA = 0x9c;
/** Variables and blocks of one function; generated code has some thousand. */
const MAX_ENTRIES = 1_000_000;
const MAX_ENTRIES_READ = 20_000_000;
/** Inlined calls within each other. */
const MAX_DEPTH = 1000;
const MAX_ORIGINS = 8;

/** Looks into the entries of single functions, which the walk over all passes over. */
export class FunctionVariables {
  /** Variables that were left out: their place is told in a way that Go's compiler has not. */
  refused = 0;
  readonly #functions: DebugFunctions;
  readonly #lists: AddressLists;
  /** Entries that are still read, should functions have lost their ends. */
  #left = MAX_ENTRIES_READ;
  readonly #rows = new Map<number, number>();
  readonly #scopes = new Map<number, FunctionScopes | undefined>();
  readonly #origins = new Map<number, Origin>();

  constructor(functions: DebugFunctions, sections: LocationSections) {
    this.#functions = functions;
    this.#lists = new AddressLists(functions.source, sections);
    for (let row = 0; row < functions.length; row++) this.#rows.set(functions.start[row]!, row);
  }

  /**
   * What is declared where `pc` is, inlined calls included, without what has a place only elsewhere. Addresses are those
   * of the file.
   *
   * @param start of the function's code
   * @throws DecodeError on damage
   */
  at(start: number, pc: number): LocatedVariable[] {
    const found = this.#scopesOf(start);
    if (found === undefined) return [];
    const { unit, declarations } = found;
    const { source } = this.#functions;
    const inScope = new Map<Scope, boolean>();
    const holds = (scope: Scope): boolean => {
      let known = inScope.get(scope);
      if (known === undefined) {
        known = (scope.parent === undefined || holds(scope.parent)) && this.#holds(unit, scope, pc);
        inScope.set(scope, known);
      }
      return known;
    };
    const variables: LocatedVariable[] = [];
    for (const { name, type, scope, expression, list } of declarations) {
      if (!holds(scope)) continue;
      const found = { name, function: scope.function, type };
      if (expression === undefined && list < 0) {
        variables.push({ ...found, pieces: [] });
        continue;
      }
      const cursor =
        expression === undefined
          ? this.#lists.findLocation(unit, list, pc)
          : new DwarfCursor(source.sections.info, ".debug_info", expression.start, expression.end);
      if (cursor === undefined) continue;
      const pieces = decodeLocation(cursor, (index) => source.addressAt(unit, index));
      if (pieces === undefined) this.refused++;
      else if (pieces.length > 0) variables.push({ ...found, pieces });
    }
    return variables;
  }

  /** What a function declares itself, in whatever block. */
  declaredIn(start: number): { name: string; type: number }[] {
    const found = this.#scopesOf(start);
    if (found === undefined) return [];
    return found.declarations
      .filter(({ scope }) => !scope.isInlined)
      .map(({ name, type }) => ({ name, type }));
  }

  #holds(unit: DwarfUnit, { low, high, ranges }: Scope, pc: number): boolean {
    if (ranges >= 0) return this.#lists.rangesHold(unit, ranges, pc);
    return Number.isNaN(low) || (pc >= low && pc < high);
  }

  #scopesOf(start: number): FunctionScopes | undefined {
    const row = this.#rows.get(start);
    if (row === undefined) return undefined;
    let scopes = this.#scopes.get(row);
    if (scopes === undefined && !this.#scopes.has(row)) {
      // Before it is read, should it be damaged.
      this.#scopes.set(row, undefined);
      scopes = this.#readFunction(this.#functions.offset[row]!);
      this.#scopes.set(row, scopes);
    }
    return scopes;
  }

  #readFunction(offset: number): FunctionScopes | undefined {
    const unit = unitAt(this.#functions.units, offset);
    if (unit === undefined) return undefined;
    const { source } = this.#functions;
    const info = source.cursorAt(offset, unit.end);
    const table = source.tableAt(unit.abbreviations);
    const declarations: Declaration[] = [];
    /** The scope of each level that is open; undefined below what is not looked at. */
    const open: (Scope | undefined)[] = [];
    for (let i = 0; i < MAX_ENTRIES && this.#left > 0; i++) {
      this.#left--;
      const code = info.uleb();
      if (code === 0) {
        open.pop();
        if (open.length === 0) break;
        continue;
      }
      const abbreviation = table[code];
      if (abbreviation === undefined) throw info.malformed(`abbreviation ${code} is not defined`);
      if (open.length > MAX_DEPTH)
        throw info.malformed("blocks of a function within each other without an end");
      const parent = open.at(-1);
      const { tag, attribute, form, implicit, hasChildren } = abbreviation;
      const isScope = tag === TAG.subprogram || tag === TAG.inlined || tag === TAG.lexicalBlock;
      const read = this.#readAttributes(info, unit, attribute, form, implicit);
      if (open.length === 0 && !read.hasCfaBase) return undefined;
      const isLooked = open.length === 0 || parent !== undefined;
      if (isScope && hasChildren) {
        const origin = read.origin < 0 ? read : this.#originAt(read.origin);
        open.push(
          isLooked
            ? {
                parent,
                function: tag === TAG.lexicalBlock ? (parent?.function ?? "") : origin.name,
                isInlined: tag === TAG.inlined || (parent?.isInlined ?? false),
                low: read.low,
                high: read.high,
                ranges: read.ranges,
              }
            : undefined,
        );
      } else if (hasChildren) open.push(undefined);
      else if (open.length === 0) break;
      if (parent === undefined || (tag !== TAG.variable && tag !== TAG.parameter)) continue;
      const { name, type } = read.origin < 0 ? read : this.#originAt(read.origin);
      declarations.push({ name, type, scope: parent, expression: read.expression, list: read.list });
    }
    return { unit, declarations };
  }

  #readAttributes(
    info: DwarfCursor,
    unit: DwarfUnit,
    attribute: readonly number[],
    form: readonly number[],
    implicit: readonly number[],
  ) {
    const { source } = this.#functions;
    let expression: Declaration["expression"];
    let namePlace = -1;
    let type = -1;
    let origin = -1;
    let low = Number.NaN;
    let high = Number.NaN;
    let isLength = false;
    let ranges = -1;
    let list = -1;
    let hasCfaBase = false;
    for (let i = 0; i < form.length; i++) {
      const f = form[i]!;
      switch (attribute[i]) {
        case ATTRIBUTE.name:
          namePlace = source.readNamePlace(info, unit, f);
          break;
        case ATTRIBUTE.type:
          type = source.readReference(info, unit, f);
          break;
        case ATTRIBUTE.abstractOrigin:
          origin = source.readReference(info, unit, f);
          break;
        case ATTRIBUTE.lowPc:
          low = source.readAddress(info, unit, f, implicit[i]!);
          break;
        case ATTRIBUTE.highPc:
          // A length since DWARF 4, unless it has the form of an address.
          isLength = f !== FORM.addr;
          high = source.readAddress(info, unit, f, implicit[i]!);
          break;
        case ATTRIBUTE.ranges:
          ranges = f === FORM.secOffset || f === FORM.data4 ? info.u32() : this.#refuse(info, unit, f);
          break;
        case ATTRIBUTE.frameBase: {
          const length = readBlockLength(info, f);
          if (length < 0) skipForm(info, f, unit);
          else {
            hasCfaBase = length === 1 && source.sections.info[info.at] === CALL_FRAME_CFA;
            info.skip(length);
          }
          break;
        }
        case ATTRIBUTE.location: {
          const length = readBlockLength(info, f);
          if (length >= 0) {
            expression = length === 0 ? undefined : { start: info.at, end: info.at + length };
            info.skip(length);
          } else if (f === FORM.secOffset || f === FORM.data4) list = readNumber(info, f, implicit[i]!, unit);
          else this.#refuse(info, unit, f);
          break;
        }
        default:
          skipForm(info, f, unit);
      }
    }
    const name = source.textAt(namePlace);
    return {
      expression,
      name,
      type,
      origin,
      low,
      high: isLength ? low + high : high,
      ranges,
      list,
      hasCfaBase,
    };
  }

  #refuse(info: DwarfCursor, unit: DwarfUnit, form: number): number {
    skipForm(info, form, unit);
    this.refused++;
    return -1;
  }

  /** Name and type of what an inlined or concrete entry is a copy of. */
  #originAt(offset: number): Origin {
    const known = this.#origins.get(offset);
    if (known !== undefined) return known;
    let found: Origin = { name: "", type: -1 };
    let at = offset;
    for (let i = 0; at >= 0 && i < MAX_ORIGINS; i++) {
      const unit = unitAt(this.#functions.units, at);
      if (unit === undefined) break;
      const { source } = this.#functions;
      const info = source.cursorAt(at, unit.end);
      const abbreviation = source.tableAt(unit.abbreviations)[info.uleb()];
      if (abbreviation === undefined) break;
      const { attribute, form, implicit } = abbreviation;
      const read = this.#readAttributes(info, unit, attribute, form, implicit);
      found = { name: found.name || read.name, type: found.type < 0 ? read.type : found.type };
      at = read.origin;
    }
    this.#origins.set(offset, found);
    return found;
  }
}
