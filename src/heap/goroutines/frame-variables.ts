import { DecodeError } from "../../bytes/decode-error.ts";
import type { DebugEntries } from "../../formats/dwarf/debug-entries.ts";
import { FunctionVariables, type LocatedVariable } from "../../formats/dwarf/function-variables.ts";
import type { LocationSections } from "../../formats/dwarf/location-sections.ts";
import type { AddressSpace } from "../memory/address-space.ts";
import { fieldPath } from "../names/field-path.ts";
import type { FunctionTable, GoFunction } from "../runtime/function-table.ts";
import type { RuntimeLayout } from "../runtime/layout-fields.ts";
import { type GoTypes, type TypeIndex, UNKNOWN_TYPE } from "../types/go-types.ts";
import { type PointerStep, PointerSteps } from "../types/pointer-steps.ts";
import { KIND } from "../types/rtype.ts";
import { matchStackObjects } from "./match-stack-objects.ts";
import type { ScannedFrame } from "./scan-stack.ts";
import { readStackObjects } from "./stack-objects.ts";

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

/** Part of a frame, or of the registers, that is a variable or a part of one. */
export interface FramePiece {
  /** From the frame's canonical address; or a register. */
  at: number;
  end: number;
  variable: LocatedVariable;
  /** Of the piece in the value. */
  offset: number;
  /** Of the value. */
  type: TypeIndex;
  /**
   * `value`: the variable itself. `pointer`: a pointer to it. What a variable without a place of its own points to, and
   * which is in the frame as well: `target`, `elements` of a slice, the `map-header`, or a map's only `map-group`.
   */
  kind: "value" | "pointer" | "target" | "elements" | "map-header" | "map-group";
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
/** Larger values on stacks are followed no further. */
const MAX_WITHIN = 2 ** 20;
const NOTHING = { step: undefined, typeWord: Number.NaN, map: UNKNOWN_TYPE };

export interface FrameParts {
  space: AddressSpace;
  layout: RuntimeLayout;
  functions: FunctionTable;
  /** Undefined in stripped binaries. */
  known: { entries: DebugEntries; lists: LocationSections } | undefined;
  types: GoTypes;
  slide: number;
}

/**
 * Which variable each word of a stack frame belongs to at the place where the frame was left, from the debug
 * information. Functions are read when they are first met on a stack, and each place of their code once.
 */
export class FrameVariables {
  readonly places: LocalPlace[] = [];
  /** Functions whose debug information is damaged. */
  damaged = 0;
  readonly #parts: FrameParts;
  readonly #functions: FunctionVariables | undefined;
  readonly #steps: PointerSteps;
  readonly #frames = new Map<number, FramePlaces>();
  readonly #unnamed = new Map<string, number>();
  /** By pointer and offset. */
  readonly #behind = new Map<number, number>();

  constructor(parts: FrameParts) {
    this.#parts = parts;
    this.#steps = new PointerSteps(parts.types);
    if (parts.known !== undefined)
      this.#functions = new FunctionVariables(parts.known.entries.functions, parts.known.lists);
  }

  /** Locations that were told in a way that is not known, and so were left out. */
  get refused(): number {
    return this.#functions?.refused ?? 0;
  }

  /** The place of a word of a frame: a row of `places`. */
  placeOf(frame: ScannedFrame, address: number): number {
    const { known, pieces, unnamed } = this.#frameAt(frame);
    return this.#placeIn(known, pieces, address - frame.fp, unnamed);
  }

  /** The place of a register, by its number in DWARF, where a thread was stopped. */
  placeOfRegister(frame: ScannedFrame, register: number): number {
    const { knownRegisters, registers, unnamed } = this.#frameAt(frame);
    return this.#placeIn(knownRegisters, registers, register, unnamed);
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
      const made = within < MAX_WITHIN ? this.#makeBehind(this.places[pointer]!, within) : undefined;
      place = made === undefined ? otherwise : this.places.push(made) - 1;
      this.#behind.set(key, place);
    }
    return place;
  }

  #makeBehind(
    { variable, function: declaredIn, step, map }: LocalPlace,
    within: number,
  ): LocalPlace | undefined {
    const { types } = this.#parts;
    const found = { ...NOTHING, function: declaredIn };
    if (map !== UNKNOWN_TYPE) {
      const group = types.mapShape(map)?.group ?? UNKNOWN_TYPE;
      return { ...found, variable: `${variable}[…]`, step: this.#stepAt(group, within, 0) };
    }
    if (step?.kind === KIND.map) return { ...found, variable, map: step.type };
    const size = step?.kind === KIND.pointer ? types.get(step.elem).size : 0;
    if (step === undefined || size === 0) return undefined;
    const isElement = types.get(step.type).kind === KIND.slice;
    if (!isElement && within >= size) return undefined;
    const { path } = fieldPath(types, step.elem, within % size);
    const element = isElement ? `[${Math.floor(within / size)}]` : "";
    return {
      ...found,
      variable: `${variable}${element}${path}`,
      step: this.#stepAt(step.elem, within % size, 0),
    };
  }

  #placeIn(known: Map<number, number>, pieces: readonly FramePiece[], at: number, unnamed: number): number {
    let place = known.get(at);
    if (place === undefined) {
      const piece = pieces.find((each) => at >= each.at && at < each.end);
      place = piece === undefined ? unnamed : this.places.push(this.#makePlace(piece, at - piece.at)) - 1;
      known.set(at, place);
    }
    return place;
  }

  #makePlace({ variable, offset: start, type, kind }: FramePiece, within: number): LocalPlace {
    const { types } = this.#parts;
    // The compiler calls a variable that it moved to the heap &x, and keeps a pointer to it.
    const name = variable.name.startsWith("&") ? variable.name.slice(1) : variable.name;
    const found = { ...NOTHING, variable: name, function: variable.function };
    switch (kind) {
      case "pointer":
        return { ...found, step: { offset: 0, kind: KIND.pointer, type, elem: type } };
      case "map-header":
        return { ...found, map: type };
      case "map-group":
        return { ...found, variable: `${name}[…]`, step: this.#stepAt(type, within, 0) };
      case "elements": {
        const { size } = types.get(type);
        const { path } = fieldPath(types, type, within % size);
        const step = this.#stepAt(type, within % size, 0);
        return { ...found, variable: `${name}[${Math.floor(within / size)}]${path}`, step };
      }
      default: {
        const offset = start + within;
        const step = this.#stepAt(type, offset, 0);
        const typeWord = step?.kind === KIND.interface ? whereIs(variable.pieces, offset - WORD) : Number.NaN;
        return { ...found, variable: name + fieldPath(types, type, offset).path, step, typeWord };
      }
    }
  }

  /** What the pointer is that stands `offset` bytes from the start of a value; of an interface its second word. */
  #stepAt(type: TypeIndex, offset: number, depth: number): PointerStep | undefined {
    const { types } = this.#parts;
    for (const step of this.#steps.of(type)) {
      if (step.kind === KIND.array) {
        const { size } = types.get(step.elem);
        const within = offset - step.offset;
        if (within >= 0 && within < types.get(step.type).size && size > 0 && depth < MAX_DEPTH)
          return this.#stepAt(step.elem, within % size, depth + 1);
      } else if (offset === step.offset + (step.kind === KIND.interface ? WORD : 0)) return step;
    }
    return undefined;
  }

  #frameAt(frame: ScannedFrame): FramePlaces {
    let places = this.#frames.get(frame.codePc);
    if (places === undefined) {
      places = this.#readFrame(frame);
      this.#frames.set(frame.codePc, places);
    }
    return places;
  }

  #readFrame(frame: ScannedFrame): FramePlaces {
    const { space, layout, functions, types, known } = this.#parts;
    const { fn, codePc } = frame;
    const pieces: FramePiece[] = [];
    const registers: FramePiece[] = [];
    const nowhere: { variable: LocatedVariable; type: TypeIndex }[] = [];
    for (const found of this.#variablesAt(fn, codePc)) {
      const variable = found.function === "" ? { ...found, function: fn.name } : found;
      const type = types.ofDebugEntry(known?.entries.rowAt(variable.type) ?? -1);
      if (variable.pieces.length === 0) nowhere.push({ variable, type });
      for (const { kind, at, offset, size } of variable.pieces) {
        const whole = Number.isNaN(size) ? types.get(type).size : size;
        const piece = { variable, offset, type, at };
        if (kind === "register") registers.push({ ...piece, end: at + 1, kind: "value" });
        else if (kind === "pointer") pieces.push({ ...piece, end: at + WORD, kind });
        else if (kind === "frame") pieces.push({ ...piece, end: at + whole, kind: "value" });
      }
    }
    if (nowhere.length > 0) {
      const objects = readStackObjects(space, functions, frame).map((object) => ({
        ...object,
        start: object.start - frame.fp,
      }));
      const isTaken = (start: number, end: number) =>
        pieces.some((piece) => piece.at < end && piece.end > start);
      const free = objects.filter(({ start, size }) => size > 0 && !isTaken(start, start + size));
      pieces.push(...matchStackObjects({ space, layout, types }, nowhere, free));
    }
    const unnamed = this.#unnamedIn(fn.name);
    return { pieces, registers, known: new Map(), knownRegisters: new Map(), unnamed };
  }

  /** Variables and parameters of a function, wherever they are, without those of inlined calls. */
  declaredIn(fn: GoFunction): { name: string; type: TypeIndex }[] {
    const { types, known, slide } = this.#parts;
    const declared = this.#read((functions) => functions.declaredIn(fn.entry - slide));
    return declared.map(({ name, type }) => ({
      name: name.startsWith("&") ? name.slice(1) : name,
      type: types.ofDebugEntry(known?.entries.rowAt(type) ?? -1),
    }));
  }

  #variablesAt(fn: GoFunction, pc: number): LocatedVariable[] {
    const { slide } = this.#parts;
    return this.#read((functions) => functions.at(fn.entry - slide, pc - slide));
  }

  #read<T>(ask: (functions: FunctionVariables) => T[]): T[] {
    try {
      return this.#functions === undefined ? [] : ask(this.#functions);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.damaged++;
      return [];
    }
  }

  #unnamedIn(name: string): number {
    let place = this.#unnamed.get(name);
    if (place === undefined) {
      place = this.places.push({ ...NOTHING, variable: "", function: name }) - 1;
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
