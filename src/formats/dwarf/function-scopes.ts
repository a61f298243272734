import type { DebugFunctions } from "./debug-entries.ts";
import { type DwarfUnit, unitAt } from "./dwarf-unit.ts";
import { readScopeEntry, type ScopeEntry } from "./scope-entry.ts";

/** Part of a function's code in which variables are declared. */
export interface Scope {
  parent: Scope | undefined;
  /** The function that it belongs to, inlined or not. */
  function: string;
  isInlined: boolean;
  /** NaN: all of its parent, unless it has ranges. */
  low: number;
  high: number;
  /** Its list of ranges; -1 without one. */
  ranges: number;
}

/** A variable or parameter. It has a location expression, or else a list of them; neither if it has no place of its own. */
export interface Declaration extends Pick<ScopeEntry, "name" | "type" | "expression" | "list"> {
  scope: Scope;
}

export interface FunctionScopes {
  unit: DwarfUnit;
  declarations: readonly Declaration[];
}

type Origin = Pick<ScopeEntry, "name" | "type">;

/** DW_TAG_*. */
const TAG = { parameter: 0x05, lexicalBlock: 0x0b, inlined: 0x1d, subprogram: 0x2e, variable: 0x34 } as const;
const SCOPES = new Set<number>([TAG.subprogram, TAG.inlined, TAG.lexicalBlock]);
/** Variables and blocks of one function; generated code has some thousand. */
const MAX_ENTRIES = 1_000_000;
const MAX_ENTRIES_READ = 20_000_000;
/** Inlined calls within each other. */
const MAX_DEPTH = 1000;
const MAX_ORIGINS = 8;

/** Reads what is declared within single functions, which the walk over all entries passes over. */
export class FunctionScopesReader {
  /** Places and ranges that were left out: they are told in a form that Go's compiler does not write. */
  refused = 0;
  readonly #functions: DebugFunctions;
  /** Entries that are still read, should functions have lost their ends. */
  #left = MAX_ENTRIES_READ;
  readonly #origins = new Map<number, Origin>();

  constructor(functions: DebugFunctions) {
    this.#functions = functions;
  }

  /**
   * What the function at `offset` in .debug_info declares, inlined calls included; undefined for one that is not Go's.
   *
   * @throws DecodeError on damage
   */
  read(offset: number): FunctionScopes | undefined {
    const { source, units } = this.#functions;
    const unit = unitAt(units, offset);
    if (unit === undefined) return undefined;
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
      const { tag, hasChildren } = abbreviation;
      const isFunction = open.length === 0;
      const parent = open.at(-1);
      const entry = readScopeEntry(source, info, unit, abbreviation);
      this.refused += entry.refused;
      if (isFunction && !entry.hasCfaBase) return undefined;
      if (hasChildren) {
        const isScope = SCOPES.has(tag) && (isFunction || parent !== undefined);
        open.push(isScope ? this.#scopeOf(tag, entry, parent) : undefined);
      } else if (isFunction) break;
      if (parent === undefined || (tag !== TAG.variable && tag !== TAG.parameter)) continue;
      const { expression, list } = entry;
      declarations.push({ ...this.#originOf(entry), scope: parent, expression, list });
    }
    return { unit, declarations };
  }

  #scopeOf(tag: number, entry: ScopeEntry, parent: Scope | undefined): Scope {
    const { low, high, ranges } = entry;
    return {
      parent,
      function: tag === TAG.lexicalBlock ? (parent?.function ?? "") : this.#originOf(entry).name,
      isInlined: tag === TAG.inlined || (parent?.isInlined ?? false),
      low,
      high,
      ranges,
    };
  }

  /** Name and type of an entry, which stand at another if it is a copy of that. */
  #originOf({ name, type, origin }: ScopeEntry): Origin {
    if (origin < 0) return { name, type };
    let found = this.#origins.get(origin);
    if (found === undefined) {
      found = this.#readOrigin(origin);
      this.#origins.set(origin, found);
    }
    return found;
  }

  #readOrigin(offset: number): Origin {
    const { source, units } = this.#functions;
    let found: Origin = { name: "", type: -1 };
    let at = offset;
    for (let i = 0; at >= 0 && i < MAX_ORIGINS; i++) {
      const unit = unitAt(units, at);
      if (unit === undefined) break;
      const info = source.cursorAt(at, unit.end);
      const abbreviation = source.tableAt(unit.abbreviations)[info.uleb()];
      if (abbreviation === undefined) break;
      const entry = readScopeEntry(source, info, unit, abbreviation);
      this.refused += entry.refused;
      found = { name: found.name || entry.name, type: found.type < 0 ? entry.type : found.type };
      at = entry.origin;
    }
    return found;
  }
}
