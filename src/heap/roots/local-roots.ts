import { Float64Rows, Int32Rows } from "../../lib/growable-columns.ts";
import type { FrameVariables } from "../goroutines/frame-variables.ts";
import type { LocalPlace } from "../goroutines/local-place.ts";
import type { GoFunction } from "../runtime/function-table.ts";
import type { TypeIndex } from "../types/go-types.ts";

/** What words of stacks are by the source, one row for each that leads to an object in a way that is known. */
export interface LocalRoots {
  /** What the `local` column of a root table names. */
  places: readonly LocalPlace[];
  length: number;
  place: Int32Array;
  /** The pointer, and of an interface the word before it (NaN if that is not at hand). */
  value: Float64Array;
  typeWord: Float64Array;
  /** What may be headers of maps, in frames: their place, and the root group of their goroutine. */
  mapHeaders: readonly { address: number; place: number; group: number }[];
  /** Variables and parameters of a function by the source, wherever they are. */
  declaredIn: (fn: GoFunction | undefined) => readonly { name: string; type: TypeIndex }[];
  /** Functions whose debug information is damaged, and variables whose place is told in a way that is not known. */
  damagedFunctions: number;
  refused: number;
}

export class LocalRootsBuilder {
  readonly #place = new Int32Rows();
  readonly #value = new Float64Rows();
  readonly #typeWord = new Float64Rows();
  readonly #mapHeaders: { address: number; place: number; group: number }[] = [];

  add(place: number, value: number, typeWord: number): void {
    this.#place.push(place);
    this.#value.push(value);
    this.#typeWord.push(typeWord);
  }

  addMapHeader(address: number, place: number, group: number): void {
    this.#mapHeaders.push({ address, place, group });
  }

  build(frameVariables: FrameVariables): LocalRoots {
    return {
      places: frameVariables.places,
      declaredIn: (fn) => (fn === undefined ? [] : frameVariables.declaredIn(fn)),
      damagedFunctions: frameVariables.damaged,
      refused: frameVariables.refused,
      length: this.#place.length,
      place: this.#place.toColumn(),
      value: this.#value.toColumn(),
      typeWord: this.#typeWord.toColumn(),
      mapHeaders: this.#mapHeaders,
    };
  }
}
