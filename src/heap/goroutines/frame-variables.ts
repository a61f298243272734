import { DecodeError } from "../../bytes/decode-error.ts";
import type { DebugEntries } from "../../formats/dwarf/debug-entries.ts";
import { FunctionVariables, type LocatedVariable } from "../../formats/dwarf/function-variables.ts";
import type { LocationSections } from "../../formats/dwarf/location-sections.ts";
import type { GoFunction } from "../runtime/function-table.ts";
import { type GoTypes, type TypeIndex, UNKNOWN_TYPE } from "../types/go-types.ts";
import { type PointerStep, PointerSteps } from "../types/pointer-steps.ts";
import { KIND } from "../types/rtype.ts";

/** A word of a stack that is a pointer, and what the source says of it. */
export interface LocalPlace {
  /** "sessions", also where it was moved to the heap; "" if the compiler does not tell which variable it is. */
  variable: string;
  /** The function that declares it, inlined or not. */
  function: string;
  /** Of the variable, and where the word stands in it. */
  type: TypeIndex;
  offset: number;
  /** What leads from the word into the heap; undefined if nothing is known of that, as of unsafe.Pointer. */
  step: PointerStep | undefined;
  /** Of an interface: where its first word is, bytes from the frame's canonical address; NaN if not on the stack. */
  typeWord: number;
}

/** A variable or part of one that is in a frame, and the words of it that were asked for. */
interface FramePiece {
  /** From the frame's canonical address; or a register. */
  at: number;
  end: number;
  variable: LocatedVariable;
  /** Of the piece in the variable. */
  offset: number;
  type: TypeIndex;
  /** The word is a pointer to the variable. */
  isPointer: boolean;
}

interface FramePlaces {
  pieces: readonly FramePiece[];
  registers: readonly FramePiece[];
  known: Map<number, number>;
  knownRegisters: Map<number, number>;
  /** The place of words that no variable is at. */
  unnamed: number;
}

const WORD = 8;
/** Arrays within arrays. */
const MAX_DEPTH = 16;

/**
 * Which variable each word of a stack frame belongs to at the place where the frame was left, from the debug
 * information. Functions are read when they are first met on a stack, and each place of their code once.
 */
export class FrameVariables {
  readonly places: LocalPlace[] = [];
  /** Functions whose debug information is damaged. */
  damaged = 0;
  readonly #functions: FunctionVariables | undefined;
  readonly #entries: DebugEntries | undefined;
  readonly #types: GoTypes;
  readonly #slide: number;
  readonly #steps: PointerSteps;
  readonly #frames = new Map<number, FramePlaces>();
  readonly #unnamed = new Map<string, number>();

  constructor(parts: {
    /** Undefined in stripped binaries. */
    known: { entries: DebugEntries; lists: LocationSections } | undefined;
    types: GoTypes;
    slide: number;
  }) {
    this.#entries = parts.known?.entries;
    this.#types = parts.types;
    this.#slide = parts.slide;
    this.#steps = new PointerSteps(parts.types);
    if (parts.known !== undefined)
      this.#functions = new FunctionVariables(parts.known.entries.functions, parts.known.lists);
  }

  /** Locations that were told in a way that is not known, and so were left out. */
  get refused(): number {
    return this.#functions?.refused ?? 0;
  }

  /**
   * The place of the word that stands `offset` bytes from the canonical address of a frame.
   *
   * @param pc the instruction at which the frame was left: within the call, not behind it
   */
  placeOf(fn: GoFunction, pc: number, offset: number): number {
    const { known, pieces, unnamed } = this.#frameAt(fn, pc);
    return this.#placeIn(known, pieces, offset, unnamed);
  }

  /** The place of a register, by its number in DWARF, where a thread was stopped. */
  placeOfRegister(fn: GoFunction, pc: number, register: number): number {
    const { knownRegisters, registers, unnamed } = this.#frameAt(fn, pc);
    return this.#placeIn(knownRegisters, registers, register, unnamed);
  }

  #placeIn(known: Map<number, number>, pieces: readonly FramePiece[], at: number, unnamed: number): number {
    let place = known.get(at);
    if (place === undefined) {
      const piece = pieces.find((each) => at >= each.at && at < each.end);
      place = piece === undefined ? unnamed : this.#makePlace(piece, at - piece.at);
      known.set(at, place);
    }
    return place;
  }

  #makePlace({ variable, offset: start, type, isPointer }: FramePiece, within: number): number {
    const { name, function: declaredIn, pieces } = variable;
    const offset = isPointer ? 0 : start + within;
    const step = isPointer ? { offset, kind: KIND.pointer, type, elem: type } : this.#stepAt(type, offset, 0);
    const typeWord = step?.kind === KIND.interface ? whereIs(pieces, offset - WORD) : Number.NaN;
    // The compiler calls a variable that it moved to the heap &x, and keeps a pointer to it.
    const called = name.startsWith("&") ? name.slice(1) : name;
    return this.places.push({ variable: called, function: declaredIn, type, offset, step, typeWord }) - 1;
  }

  /** What the pointer is that stands `offset` bytes from the start of a value; of an interface its second word. */
  #stepAt(type: TypeIndex, offset: number, depth: number): PointerStep | undefined {
    for (const step of this.#steps.of(type)) {
      if (step.kind === KIND.array) {
        const { size } = this.#types.get(step.elem);
        const within = offset - step.offset;
        if (within >= 0 && within < this.#types.get(step.type).size && size > 0 && depth < MAX_DEPTH)
          return this.#stepAt(step.elem, within % size, depth + 1);
      } else if (offset === step.offset + (step.kind === KIND.interface ? WORD : 0)) return step;
    }
    return undefined;
  }

  #frameAt(fn: GoFunction, pc: number): FramePlaces {
    let frame = this.#frames.get(pc);
    if (frame === undefined) {
      frame = this.#readFrame(fn, pc);
      this.#frames.set(pc, frame);
    }
    return frame;
  }

  #readFrame(fn: GoFunction, pc: number): FramePlaces {
    const pieces: FramePiece[] = [];
    const registers: FramePiece[] = [];
    for (const found of this.#variablesAt(fn, pc)) {
      const variable = found.function === "" ? { ...found, function: fn.name } : found;
      const type = this.#types.ofDebugEntry(this.#entries?.rowAt(variable.type) ?? -1);
      for (const { kind, at, offset, size } of variable.pieces) {
        const whole = Number.isNaN(size) ? this.#types.get(type).size : size;
        const piece = { at, variable, offset, type, isPointer: kind === "pointer" };
        if (kind === "register") registers.push({ ...piece, end: at + 1 });
        else if (kind !== "static") pieces.push({ ...piece, end: at + (piece.isPointer ? WORD : whole) });
      }
    }
    const unnamed = this.#unnamedIn(fn.name);
    return { pieces, registers, known: new Map(), knownRegisters: new Map(), unnamed };
  }

  #variablesAt(fn: GoFunction, pc: number): LocatedVariable[] {
    try {
      return this.#functions?.at(fn.entry - this.#slide, pc - this.#slide) ?? [];
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.damaged++;
      return [];
    }
  }

  #unnamedIn(name: string): number {
    let place = this.#unnamed.get(name);
    if (place === undefined) {
      const nothing = { type: UNKNOWN_TYPE, offset: 0, step: undefined, typeWord: Number.NaN };
      place = this.places.push({ variable: "", function: name, ...nothing }) - 1;
      this.#unnamed.set(name, place);
    }
    return place;
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
