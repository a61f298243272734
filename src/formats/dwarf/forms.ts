import type { DwarfCursor } from "./dwarf-cursor.ts";
import type { DwarfUnit } from "./dwarf-unit.ts";

/** DW_FORM_*, DWARF 5 table 7.6. */
export const FORM = {
  addr: 0x01,
  block2: 0x03,
  block4: 0x04,
  data2: 0x05,
  data4: 0x06,
  data8: 0x07,
  string: 0x08,
  block: 0x09,
  block1: 0x0a,
  data1: 0x0b,
  flag: 0x0c,
  sdata: 0x0d,
  strp: 0x0e,
  udata: 0x0f,
  refAddr: 0x10,
  ref1: 0x11,
  ref2: 0x12,
  ref4: 0x13,
  ref8: 0x14,
  refUdata: 0x15,
  indirect: 0x16,
  secOffset: 0x17,
  exprloc: 0x18,
  flagPresent: 0x19,
  strx: 0x1a,
  addrx: 0x1b,
  data16: 0x1e,
  lineStrp: 0x1f,
  refSig8: 0x20,
  implicitConst: 0x21,
  loclistx: 0x22,
  rnglistx: 0x23,
  strx1: 0x25,
  strx2: 0x26,
  strx3: 0x27,
  strx4: 0x28,
  addrx1: 0x29,
  addrx2: 0x2a,
  addrx3: 0x2b,
  addrx4: 0x2c,
} as const;

/** Forms that give a place in .debug_addr. */
export const ADDRESS_INDEX = new Set<number>([
  FORM.addrx,
  FORM.addrx1,
  FORM.addrx2,
  FORM.addrx3,
  FORM.addrx4,
]);

/** Bytes of the block of a form that is one, read from before it; -1 for others. */
export function readBlockLength(cursor: DwarfCursor, form: number): number {
  switch (form) {
    case FORM.exprloc:
    case FORM.block:
      return cursor.uleb();
    case FORM.block1:
      return cursor.u8();
    case FORM.block2:
      return cursor.u16();
    case FORM.block4:
      return cursor.u32();
    default:
      return -1;
  }
}

/** The number of any form that is one; NaN for others, which are passed over. */
export function readNumber(cursor: DwarfCursor, form: number, implicit: number, unit: DwarfUnit): number {
  switch (form) {
    case FORM.data1:
    case FORM.flag:
    case FORM.ref1:
    case FORM.strx1:
    case FORM.addrx1:
      return cursor.u8();
    case FORM.data2:
    case FORM.strx2:
    case FORM.addrx2:
      return cursor.u16();
    case FORM.strx3:
    case FORM.addrx3:
      return cursor.u16() + cursor.u8() * 65536;
    case FORM.data4:
    case FORM.secOffset:
    case FORM.strx4:
    case FORM.addrx4:
    case FORM.refAddr:
      return cursor.u32();
    case FORM.data8:
    case FORM.addr:
      return cursor.u64();
    case FORM.sdata:
      return cursor.sleb();
    case FORM.udata:
    case FORM.strx:
    case FORM.addrx:
    case FORM.loclistx:
    case FORM.rnglistx:
      return cursor.uleb();
    case FORM.implicitConst:
      return implicit;
    case FORM.flagPresent:
      return 1;
    default:
      skipForm(cursor, form, unit);
      return Number.NaN;
  }
}

export function skipForm(cursor: DwarfCursor, form: number, unit: DwarfUnit): void {
  switch (form) {
    case FORM.flagPresent:
    case FORM.implicitConst:
      return;
    case FORM.data1:
    case FORM.flag:
    case FORM.ref1:
    case FORM.strx1:
    case FORM.addrx1:
      cursor.skip(1);
      return;
    case FORM.data2:
    case FORM.ref2:
    case FORM.strx2:
    case FORM.addrx2:
      cursor.skip(2);
      return;
    case FORM.strx3:
    case FORM.addrx3:
      cursor.skip(3);
      return;
    case FORM.data4:
    case FORM.ref4:
    case FORM.strp:
    case FORM.lineStrp:
    case FORM.secOffset:
    case FORM.strx4:
    case FORM.addrx4:
      cursor.skip(4);
      return;
    case FORM.refAddr:
      cursor.skip(unit.version === 2 ? unit.addressSize : 4);
      return;
    case FORM.addr:
      cursor.skip(unit.addressSize);
      return;
    case FORM.data8:
    case FORM.ref8:
    case FORM.refSig8:
      cursor.skip(8);
      return;
    case FORM.data16:
      cursor.skip(16);
      return;
    case FORM.sdata:
    case FORM.udata:
    case FORM.refUdata:
    case FORM.strx:
    case FORM.addrx:
    case FORM.loclistx:
    case FORM.rnglistx:
      cursor.uleb();
      return;
    case FORM.string:
      cursor.skipText();
      return;
    case FORM.indirect:
      skipForm(cursor, cursor.uleb(), unit);
      return;
    default: {
      const length = readBlockLength(cursor, form);
      if (length < 0) throw cursor.malformed(`form 0x${form.toString(16)} is not known`);
      cursor.skip(length);
    }
  }
}
