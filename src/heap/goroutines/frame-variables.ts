import type { GoFunction } from "../runtime/function-table.ts";
import type { TypeIndex } from "../types/go-types.ts";
import type { FramePiece } from "./frame-piece.ts";
import { type LocalPlace, LocalPlaces, unnamedPlace } from "./local-place.ts";
import { type FrameParts, FramePieceReader } from "./read-frame-pieces.ts";
import type { ScannedFrame } from "./scan-stack.ts";

/** Pieces, and the places of their words that were asked for, by word. */
interface PlacedPieces {
  pieces: readonly FramePiece[];
  places: Map<number, number>;
}

interface FramePlaces {
  frame: PlacedPieces;
  registers: PlacedPieces;
  /** The place of words that no variable is at. */
  unnamed: number;
}

/** Larger values on stacks are followed no further. */
const MAX_WITHIN = 2 ** 20;

/**
 * Which variable each word of a stack frame belongs to at the place where the frame was left, from the debug
 * information. Functions are read when they are first met on a stack, and each place of their code once.
 */
export class FrameVariables {
  readonly places: LocalPlace[] = [];
  readonly #reader: FramePieceReader;
  readonly #made: LocalPlaces;
  /** By the place of the code. */
  readonly #frames = new Map<number, FramePlaces>();
  readonly #unnamed = new Map<string, number>();
  /** By pointer and offset. */
  readonly #behind = new Map<number, number>();

  constructor(parts: FrameParts) {
    this.#reader = new FramePieceReader(parts);
    this.#made = new LocalPlaces(parts.types);
  }

  /** Functions whose debug information is damaged. */
  get damaged(): number {
    return this.#reader.damaged;
  }

  /** Locations that were told in a way that is not known, and so were left out. */
  get refused(): number {
    return this.#reader.refused;
  }

  /** The place of a word of a frame: a row of `places`. */
  placeOf(frame: ScannedFrame, address: number): number {
    const places = this.#frameAt(frame);
    return this.#placeIn(places.frame, address - frame.fp, places.unnamed);
  }

  /** The place of a register, by its number in DWARF, where a thread was stopped. */
  placeOfRegister(frame: ScannedFrame, register: number): number {
    const places = this.#frameAt(frame);
    return this.#placeIn(places.registers, register, places.unnamed);
  }

  /**
   * The place of a word `within` bytes from where a variable of the frame points to, if that lies on the stack as well.
   *
   * @param pointer the variable's place
   * @param otherwise if the word is nothing that the variable's type tells of
   */
  placeBehind(pointer: number, within: number, otherwise: number): number {
    const key = pointer * MAX_WITHIN + within;
    let place = this.#behind.get(key);
    if (place === undefined) {
      const made = within < MAX_WITHIN ? this.#made.behind(this.places[pointer]!, within) : undefined;
      place = made === undefined ? otherwise : this.#add(made);
      this.#behind.set(key, place);
    }
    return place;
  }

  /** Variables and parameters of a function, wherever they are, without those of inlined calls. */
  declaredIn(fn: GoFunction): { name: string; type: TypeIndex }[] {
    return this.#reader.declaredIn(fn);
  }

  #placeIn({ pieces, places }: PlacedPieces, at: number, unnamed: number): number {
    let place = places.get(at);
    if (place === undefined) {
      const piece = pieces.find((each) => at >= each.at && at < each.end);
      place = piece === undefined ? unnamed : this.#add(this.#made.inPiece(piece, at - piece.at));
      places.set(at, place);
    }
    return place;
  }

  #frameAt(frame: ScannedFrame): FramePlaces {
    let found = this.#frames.get(frame.codePc);
    if (found === undefined) {
      const { pieces, registers } = this.#reader.read(frame);
      found = {
        frame: { pieces, places: new Map() },
        registers: { pieces: registers, places: new Map() },
        unnamed: this.#unnamedIn(frame.fn.name),
      };
      this.#frames.set(frame.codePc, found);
    }
    return found;
  }

  #unnamedIn(functionName: string): number {
    let place = this.#unnamed.get(functionName);
    if (place === undefined) {
      place = this.#add(unnamedPlace(functionName));
      this.#unnamed.set(functionName, place);
    }
    return place;
  }

  #add(place: LocalPlace): number {
    return this.places.push(place) - 1;
  }
}
