import type { DwarfCursor } from "./dwarf-cursor.ts";

/**
 * Where a part of a variable is. `frame`: `at` bytes from the frame's canonical address. `pointer`: there is a pointer
 * to it there, since it was moved to the heap. `static`: at an address. `register`: in the register of that number.
 */
export interface LocationPiece {
  kind: "frame" | "pointer" | "static" | "register";
  at: number;
  /** Of the part in the variable's value, bytes. */
  offset: number;
  /** NaN for the whole variable. */
  size: number;
}

/** DW_OP_*, DWARF 5, 7.7.1: those that Go's compiler writes (cmd/compile/internal/ssa/debug.go, cmd/internal/dwarf). */
const OP = {
  addr: 0x03,
  deref: 0x06,
  consts: 0x11,
  plus: 0x22,
  plusUconst: 0x23,
  reg0: 0x50,
  reg31: 0x6f,
  regx: 0x90,
  fbreg: 0x91,
  piece: 0x93,
  callFrameCfa: 0x9c,
  addrx: 0xa1,
} as const;

/** Parts of one variable; Go splits none into more than a few words. */
const MAX_PIECES = 256;

/**
 * The parts of a variable that are somewhere, in the order of their offsets; none if it was optimised away here.
 * Undefined if the expression has an operation that Go's compiler does not write: nothing is guessed.
 *
 * @param addressAt entry of the unit's `.debug_addr`
 */
export function decodeLocation(
  cursor: DwarfCursor,
  addressAt: (index: number) => number,
): LocationPiece[] | undefined {
  const pieces: LocationPiece[] = [];
  let place: Pick<LocationPiece, "kind" | "at"> | undefined;
  let constant = Number.NaN;
  let offset = 0;
  while (!cursor.atEnd) {
    const op = cursor.u8();
    if (op === OP.piece) {
      const size = cursor.uleb();
      if (place !== undefined) pieces.push({ ...place, offset, size });
      if (pieces.length > MAX_PIECES) return undefined;
      offset += size;
      place = undefined;
    } else if (op === OP.consts && place?.kind === "frame") constant = cursor.sleb();
    else if (op === OP.plus && place?.kind === "frame") place = { kind: "frame", at: place.at + constant };
    else if (op === OP.plusUconst && place?.kind === "frame")
      place = { kind: "frame", at: place.at + cursor.uleb() };
    else if (op === OP.deref && place?.kind === "frame") place = { kind: "pointer", at: place.at };
    else if (place !== undefined) return undefined;
    else if (op === OP.callFrameCfa) place = { kind: "frame", at: 0 };
    else if (op === OP.fbreg) place = { kind: "frame", at: cursor.sleb() };
    else if (op === OP.addr) place = { kind: "static", at: cursor.u64() };
    else if (op === OP.addrx) place = { kind: "static", at: addressAt(cursor.uleb()) };
    else if (op >= OP.reg0 && op <= OP.reg31) place = { kind: "register", at: op - OP.reg0 };
    else if (op === OP.regx) place = { kind: "register", at: cursor.uleb() };
    else return undefined;
  }
  if (place !== undefined) pieces.push({ ...place, offset, size: Number.NaN });
  return pieces.some(({ at }) => Number.isNaN(at)) ? undefined : pieces;
}
