import { Float64Rows, Int32Rows, Uint32Rows } from "../../lib/growable-columns.ts";

/**
 * What keeps objects alive, in the collector's sense. `global`: a variable of package level. `goroutine`: a stack.
 * `finalizer`, `cleanup`, `weak-handle`: the runtime's specials. `queued`: functions that are due to run.
 */
type RootKind = "global" | "goroutine" | "finalizer" | "cleanup" | "weak-handle" | "queued";

export interface RootGroup {
  kind: RootKind;
  /** "main.cache", or "goroutine 12". */
  name: string;
  /** Of the variable, or of the goroutine's g; 0 for groups of the runtime's. */
  address: number;
  /** Index into the goroutines; -1 for others. */
  goroutine: number;
}

/** Roots in groups that a user knows by name; a group may name an object several times. */
export interface RootTable {
  groups: readonly RootGroup[];
  length: number;
  group: Uint32Array;
  object: Uint32Array;
  /** Address of the word that holds the pointer; 0 for registers and the like. */
  holder: Float64Array;
  /** Which local variable holds it: a row of `LocalRoots.places`; -1 for what no frame holds. */
  local: Int32Array;
}

export class RootTableBuilder {
  readonly groups: RootGroup[] = [];
  readonly #group = new Uint32Rows();
  readonly #object = new Uint32Rows();
  readonly #holder = new Float64Rows();
  readonly #local = new Int32Rows();

  addGroup(group: RootGroup): number {
    this.groups.push(group);
    return this.groups.length - 1;
  }

  /** Returns the row. */
  add(group: number, object: number, holder: number, local = -1): number {
    this.#group.push(group);
    this.#object.push(object);
    this.#holder.push(holder);
    this.#local.push(local);
    return this.#group.length - 1;
  }

  localOf(row: number): number {
    return this.#local.at(row);
  }

  setLocal(row: number, local: number): void {
    this.#local.set(row, local);
  }

  build(): RootTable {
    return {
      groups: this.groups,
      length: this.#object.length,
      group: this.#group.toColumn(),
      object: this.#object.toColumn(),
      holder: this.#holder.toColumn(),
      local: this.#local.toColumn(),
    };
  }
}
