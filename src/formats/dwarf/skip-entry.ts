import type { DwarfCursor } from "./dwarf-cursor.ts";
import type { DwarfUnit } from "./dwarf-unit.ts";
import { FORM, skipForm } from "./forms.ts";

/** Bytes of forms that are as long everywhere but in DWARF 2 and on machines with other addresses than of 8 bytes. */
const FIXED_BYTES = new Map<number, number>([
  [FORM.flagPresent, 0],
  [FORM.implicitConst, 0],
  ...[FORM.data1, FORM.flag, FORM.ref1, FORM.strx1, FORM.addrx1].map((form) => [form, 1] as const),
  ...[FORM.data2, FORM.ref2, FORM.strx2, FORM.addrx2].map((form) => [form, 2] as const),
  ...[FORM.strx3, FORM.addrx3].map((form) => [form, 3] as const),
  ...[FORM.data4, FORM.ref4, FORM.strp, FORM.lineStrp, FORM.secOffset, FORM.strx4, FORM.addrx4].map(
    (form) => [form, 4] as const,
  ),
  [FORM.refAddr, 4],
  ...[FORM.addr, FORM.data8, FORM.ref8, FORM.refSig8].map((form) => [form, 8] as const),
  [FORM.data16, 16],
]);
const LEB = new Set<number>([
  FORM.sdata,
  FORM.udata,
  FORM.refUdata,
  FORM.strx,
  FORM.addrx,
  FORM.loclistx,
  FORM.rnglistx,
]);
const SKIP_TEXT = -1;
const SKIP_LEB = -2;
const SKIP_BLOCK = -3;
/** Others stand as this less their form. */
const SKIP_FORM = -16;

/** Bytes that can be passed over at once, and what has a length of its own: most of .debug_info is passed over. */
export function planSkip(forms: readonly number[]): number[] {
  const skips: number[] = [];
  for (const form of forms) {
    const bytes = FIXED_BYTES.get(form);
    const last = skips.at(-1);
    if (bytes !== undefined && last !== undefined && last >= 0) skips[skips.length - 1] = last + bytes;
    else if (bytes !== undefined) skips.push(bytes);
    else if (form === FORM.string) skips.push(SKIP_TEXT);
    else if (LEB.has(form)) skips.push(SKIP_LEB);
    else if (form === FORM.exprloc) skips.push(SKIP_BLOCK);
    else skips.push(SKIP_FORM - form);
  }
  return skips;
}

/**
 * Leaves the cursor behind an entry's attributes. Most of .debug_info is passed over here, so what has a length that is
 * known, or said in one byte, is stepped over without the cursor; its end is checked once.
 *
 * @throws DecodeError
 */
export function skipEntry(
  cursor: DwarfCursor,
  { form, skips }: { form: readonly number[]; skips: readonly number[] },
  unit: DwarfUnit,
): void {
  if (unit.addressSize !== 8 || unit.version === 2) {
    for (let i = 0; i < form.length; i++) skipForm(cursor, form[i]!, unit);
    return;
  }
  const { bytes, end } = cursor;
  let at = cursor.at;
  for (let i = 0; i < skips.length; i++) {
    const skip = skips[i]!;
    if (skip >= 0) at += skip;
    else if (skip === SKIP_LEB && bytes[at]! < 0x80) at++;
    else if (skip === SKIP_BLOCK && bytes[at]! < 0x80) at += 1 + bytes[at]!;
    else {
      cursor.at = at;
      if (skip === SKIP_TEXT) cursor.skipText();
      else if (skip === SKIP_LEB) cursor.uleb();
      else if (skip === SKIP_BLOCK) cursor.skip(cursor.uleb());
      else skipForm(cursor, SKIP_FORM - skip, unit);
      at = cursor.at;
    }
  }
  cursor.at = at;
  if (at > end) throw cursor.malformed("the section ends too early");
}
