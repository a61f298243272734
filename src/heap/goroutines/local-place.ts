import type { LocatedVariable } from "../../formats/dwarf/function-variables.ts";
import { fieldPath } from "../names/field-path.ts";
import { type GoTypes, type TypeIndex, UNKNOWN_TYPE } from "../types/go-types.ts";
import { type PointerStep, PointerSteps } from "../types/pointer-steps.ts";
import { KIND } from "../types/rtype.ts";
import { type FramePiece, sourceName } from "./frame-piece.ts";

/** A word of a stack that is a pointer, and what the source says of it. */
export interface LocalPlace {
  /** How Go code calls it: "sessions", "state.users"; "" if the compiler does not tell which variable it is. */
  variable: string;
  /** The function that declares it, inlined or not. */
  function: string;
  /** What leads from the word into the heap; undefined if nothing is known of that, as of unsafe.Pointer. */
  step: PointerStep | undefined;
  /** Of an interface: where its first word is, bytes from the frame's canonical address; NaN if not on the stack. */
  typeWord: number;
  /** The map in whose header the word is, where the header itself lies in the frame; else UNKNOWN_TYPE. */
  map: TypeIndex;
}

const WORD = 8;
const NOTHING = { step: undefined, typeWord: Number.NaN, map: UNKNOWN_TYPE };

/** The place of a word that no variable is at. */
export function unnamedPlace(functionName: string): LocalPlace {
  return { ...NOTHING, variable: "", function: functionName };
}

/** Says of a word in terms of the source what it is, by the type of the variable that it belongs to. */
export class LocalPlaces {
  readonly #types: GoTypes;
  readonly #steps: PointerSteps;

  constructor(types: GoTypes) {
    this.#types = types;
    this.#steps = new PointerSteps(types);
  }

  /** The word `within` bytes from the start of a piece. */
  inPiece({ variable, offset: start, type, kind }: FramePiece, within: number): LocalPlace {
    const name = sourceName(variable.name);
    const found = { ...NOTHING, variable: name, function: variable.function };
    switch (kind) {
      case "pointer":
        return { ...found, step: { offset: 0, kind: KIND.pointer, type, elem: type } };
      case "map-header":
        return { ...found, map: type };
      case "map-group":
        return { ...found, variable: `${name}[…]`, step: this.#steps.at(type, within) };
      case "elements":
        return { ...found, ...this.#inElements(name, type, within) };
      default: {
        const offset = start + within;
        const step = this.#steps.at(type, offset);
        const typeWord = step?.kind === KIND.interface ? whereIs(variable.pieces, offset - WORD) : Number.NaN;
        return { ...found, variable: name + fieldPath(this.#types, type, offset).path, step, typeWord };
      }
    }
  }

  /** The word `within` bytes from where a place points to; undefined if the place's type tells nothing of it. */
  behind({ variable, function: declaredIn, step, map }: LocalPlace, within: number): LocalPlace | undefined {
    const types = this.#types;
    const found = { ...NOTHING, function: declaredIn };
    if (map !== UNKNOWN_TYPE) {
      const group = types.mapShape(map)?.group ?? UNKNOWN_TYPE;
      return { ...found, variable: `${variable}[…]`, step: this.#steps.at(group, within) };
    }
    if (step?.kind === KIND.map) return { ...found, variable, map: step.type };
    const size = step?.kind === KIND.pointer ? types.get(step.elem).size : 0;
    if (step === undefined || size === 0) return undefined;
    if (types.get(step.type).kind === KIND.slice)
      return { ...found, ...this.#inElements(variable, step.elem, within) };
    if (within >= size) return undefined;
    const { path } = fieldPath(types, step.elem, within);
    return { ...found, variable: variable + path, step: this.#steps.at(step.elem, within) };
  }

  /** The word `within` bytes from the first element of a slice's array. */
  #inElements(slice: string, element: TypeIndex, within: number): Pick<LocalPlace, "variable" | "step"> {
    const { size } = this.#types.get(element);
    const { path } = fieldPath(this.#types, element, within % size);
    const variable = `${slice}[${Math.floor(within / size)}]${path}`;
    return { variable, step: this.#steps.at(element, within % size) };
  }
}

/** Where on the stack the word at `offset` of a variable is; NaN if it is not there. */
function whereIs(pieces: LocatedVariable["pieces"], offset: number): number {
  for (const piece of pieces) {
    const holds = offset >= piece.offset && !(offset + WORD > piece.offset + piece.size);
    if (holds && piece.kind === "frame") return piece.at + offset - piece.offset;
  }
  return Number.NaN;
}
