import { AddressLists } from "./address-lists.ts";
import type { DebugFunctions } from "./debug-entries.ts";
import type { DwarfCursor } from "./dwarf-cursor.ts";
import type { DwarfUnit } from "./dwarf-unit.ts";
import {
  type Declaration,
  type FunctionScopes,
  FunctionScopesReader,
  type Scope,
} from "./function-scopes.ts";
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

/** The variables of functions, and where they are at each place of the code. Functions are read when first asked about. */
export class FunctionVariables {
  readonly #functions: DebugFunctions;
  readonly #lists: AddressLists;
  readonly #reader: FunctionScopesReader;
  readonly #rows = new Map<number, number>();
  readonly #scopes = new Map<number, FunctionScopes | undefined>();
  #refusedExpressions = 0;

  constructor(functions: DebugFunctions, sections: LocationSections) {
    this.#functions = functions;
    this.#lists = new AddressLists(functions.source, sections);
    this.#reader = new FunctionScopesReader(functions);
    for (let row = 0; row < functions.length; row++) this.#rows.set(functions.start[row]!, row);
  }

  /** Variables that were left out: their place is told in a way that Go's compiler has not. */
  get refused(): number {
    return this.#reader.refused + this.#refusedExpressions;
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
    for (const declaration of declarations) {
      const { name, type, scope } = declaration;
      const pieces = holds(scope) ? this.#piecesAt(unit, declaration, pc) : undefined;
      if (pieces !== undefined) variables.push({ name, function: scope.function, type, pieces });
    }
    return variables;
  }

  /** What a function declares itself, in whatever block. */
  declaredIn(start: number): { name: string; type: number }[] {
    const declarations = this.#scopesOf(start)?.declarations ?? [];
    return declarations.filter(({ scope }) => !scope.isInlined).map(({ name, type }) => ({ name, type }));
  }

  /** None of a variable that has no place anywhere; undefined if it has one, but not here. */
  #piecesAt(unit: DwarfUnit, declaration: Declaration, pc: number): readonly LocationPiece[] | undefined {
    if (declaration.expression === undefined && declaration.list < 0) return [];
    const cursor = this.#expressionAt(unit, declaration, pc);
    if (cursor === undefined) return undefined;
    const pieces = decodeLocation(cursor, (index) => this.#functions.source.addressAt(unit, index));
    if (pieces === undefined) this.#refusedExpressions++;
    return pieces?.length === 0 ? undefined : pieces;
  }

  #expressionAt(unit: DwarfUnit, { expression, list }: Declaration, pc: number): DwarfCursor | undefined {
    if (expression === undefined) return this.#lists.findLocation(unit, list, pc);
    return this.#functions.source.cursorAt(expression.start, expression.end);
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
      scopes = this.#reader.read(this.#functions.offset[row]!);
      this.#scopes.set(row, scopes);
    }
    return scopes;
  }
}
