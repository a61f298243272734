import { findVariable, type GlobalVariables } from "../roots/global-variables.ts";
import type { GoTypes, TypeIndex } from "../types/go-types.ts";
import type { StaticValue } from "../types/typed-heap.ts";
import { fieldPath } from "./field-path.ts";

/** A variable that the source names, with its type. */
export interface TypedVariable {
  name: string;
  address: number;
  type: TypeIndex;
}

/** What the compiler calls values that have no name of their own: composite literals, closures' contexts. */
const UNNAMED = /\.\.(stmp|stmp_|dict|gobytes|inittask|interfaceSwitch|typeAssert)|\.\.stmp_\d+$/;
/** Literals within literals; none of real programs is deeper. */
const MAX_DEPTH = 16;

/** Gives words of the program's data the names that its source has for them: "main.server.registry.sessions". */
export class StaticNames {
  readonly #types: GoTypes;
  readonly #variables: GlobalVariables;
  readonly #typed: ReadonlyMap<number, TypedVariable>;
  readonly #statics: readonly StaticValue[];
  readonly #starts: Float64Array;

  constructor(
    types: GoTypes,
    variables: GlobalVariables,
    typed: readonly TypedVariable[],
    statics: readonly StaticValue[],
  ) {
    this.#types = types;
    this.#variables = variables;
    this.#typed = new Map(typed.map((variable) => [variable.address, variable]));
    this.#statics = [...statics].sort((a, b) => a.address - b.address);
    this.#starts = Float64Array.from(this.#statics, (value) => value.address);
  }

  /** The name of the word at `address`, or "" if nothing is known of it. */
  nameOf(address: number, depth = 0): string {
    const variable = findVariable(this.#variables, address);
    const name = variable < 0 ? "" : this.#variables.name[variable]!;
    if (name !== "" && !UNNAMED.test(name)) {
      const start = this.#variables.address[variable]!;
      const typed = this.#typed.get(start);
      return typed === undefined ? name : name + fieldPath(this.#types, typed.type, address - start).path;
    }
    const value = depth < MAX_DEPTH ? this.#staticAt(address) : undefined;
    if (value !== undefined) {
      const holder = this.nameOf(value.from, depth + 1);
      if (holder !== "") return holder + fieldPath(this.#types, value.type, address - value.address).path;
    }
    return name;
  }

  #staticAt(address: number): StaticValue | undefined {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      if (this.#starts[middle]! <= address) low = middle + 1;
      else high = middle - 1;
    }
    const value = this.#statics[high];
    if (value === undefined) return undefined;
    return address < value.address + this.#types.get(value.type).size ? value : undefined;
  }
}
