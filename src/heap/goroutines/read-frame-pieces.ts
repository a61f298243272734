import { DecodeError } from "../../bytes/decode-error.ts";
import type { DebugEntries } from "../../formats/dwarf/debug-entries.ts";
import { FunctionVariables, type LocatedVariable } from "../../formats/dwarf/function-variables.ts";
import type { LocationSections } from "../../formats/dwarf/location-sections.ts";
import type { AddressSpace } from "../memory/address-space.ts";
import type { FunctionTable, GoFunction } from "../runtime/function-table.ts";
import type { RuntimeLayout } from "../runtime/layout-fields.ts";
import type { GoTypes, TypeIndex } from "../types/go-types.ts";
import { type FramePiece, sourceName } from "./frame-piece.ts";
import { matchStackObjects } from "./match-stack-objects.ts";
import type { ScannedFrame } from "./scan-stack.ts";
import { readStackObjects } from "./stack-objects.ts";

export interface FrameParts {
  space: AddressSpace;
  layout: RuntimeLayout;
  functions: FunctionTable;
  /** Undefined in stripped binaries. */
  known: { entries: DebugEntries; lists: LocationSections } | undefined;
  types: GoTypes;
  slide: number;
}

type TypedVariable = { variable: LocatedVariable; type: TypeIndex };

const WORD = 8;

/** Finds out from the debug information which parts of a frame, and which registers, are variables. */
export class FramePieceReader {
  /** Functions whose debug information is damaged. */
  damaged = 0;
  readonly #parts: FrameParts;
  readonly #variables: FunctionVariables | undefined;

  constructor(parts: FrameParts) {
    this.#parts = parts;
    if (parts.known !== undefined)
      this.#variables = new FunctionVariables(parts.known.entries.functions, parts.known.lists);
  }

  /** Locations that were told in a way that is not known, and so were left out. */
  get refused(): number {
    return this.#variables?.refused ?? 0;
  }

  /** What is where in a frame, at the place of the code where it was left. */
  read(frame: ScannedFrame): { pieces: FramePiece[]; registers: FramePiece[] } {
    const pieces: FramePiece[] = [];
    const registers: FramePiece[] = [];
    const nowhere: TypedVariable[] = [];
    for (const { variable, type } of this.#variablesAt(frame)) {
      if (variable.pieces.length === 0) nowhere.push({ variable, type });
      for (const { kind, at, offset, size } of variable.pieces) {
        const whole = Number.isNaN(size) ? this.#parts.types.get(type).size : size;
        const piece = { variable, offset, type, at };
        if (kind === "register") registers.push({ ...piece, end: at + 1, kind: "value" });
        else if (kind === "pointer") pieces.push({ ...piece, end: at + WORD, kind });
        else if (kind === "frame") pieces.push({ ...piece, end: at + whole, kind: "value" });
      }
    }
    if (nowhere.length > 0) pieces.push(...this.#matchObjects(frame, nowhere, pieces));
    return { pieces, registers };
  }

  /** Variables and parameters of a function, wherever they are, without those of inlined calls. */
  declaredIn(fn: GoFunction): { name: string; type: TypeIndex }[] {
    const declared = this.#ask((variables) => variables.declaredIn(fn.entry - this.#parts.slide));
    return declared.map(({ name, type }) => ({ name: sourceName(name), type: this.#typeOf(type) }));
  }

  #variablesAt({ fn, codePc }: ScannedFrame): TypedVariable[] {
    const { slide } = this.#parts;
    const found = this.#ask((variables) => variables.at(fn.entry - slide, codePc - slide));
    return found.map((variable) => ({
      variable: variable.function === "" ? { ...variable, function: fn.name } : variable,
      type: this.#typeOf(variable.type),
    }));
  }

  /** Variables without a place of their own, by the stack objects that no other is at. */
  #matchObjects(
    frame: ScannedFrame,
    nowhere: readonly TypedVariable[],
    pieces: readonly FramePiece[],
  ): FramePiece[] {
    const { space, functions } = this.#parts;
    const objects = readStackObjects(space, functions, frame).map((object) => ({
      ...object,
      start: object.start - frame.fp,
    }));
    const isTaken = (start: number, end: number) =>
      pieces.some((piece) => piece.at < end && piece.end > start);
    const free = objects.filter(({ start, size }) => size > 0 && !isTaken(start, start + size));
    return matchStackObjects(this.#parts, nowhere, free);
  }

  #typeOf(debugOffset: number): TypeIndex {
    const { types, known } = this.#parts;
    return types.ofDebugEntry(known?.entries.rowAt(debugOffset) ?? -1);
  }

  #ask<T>(question: (variables: FunctionVariables) => T[]): T[] {
    try {
      return this.#variables === undefined ? [] : question(this.#variables);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.damaged++;
      return [];
    }
  }
}
