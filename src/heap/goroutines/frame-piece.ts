import type { LocatedVariable } from "../../formats/dwarf/function-variables.ts";
import type { TypeIndex } from "../types/go-types.ts";

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

/** How the source calls a variable: one that the compiler moved to the heap it calls &x, and keeps a pointer to it. */
export function sourceName(name: string): string {
  return name.startsWith("&") ? name.slice(1) : name;
}
