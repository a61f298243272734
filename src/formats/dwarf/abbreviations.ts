import { DwarfCursor } from "./dwarf-cursor.ts";
import { planSkip } from "./skip-entry.ts";

/** How the entries of one code are laid out: attribute and form in turn, with an implicit constant beside them. */
export interface Abbreviation {
  tag: number;
  hasChildren: boolean;
  attribute: number[];
  form: number[];
  /** Of DW_FORM_implicit_const; 0 otherwise. */
  implicit: number[];
  /** It tells where the context of a closure has a variable (DW_AT_go_closure_offset). */
  isCapture: boolean;
  /** How an entry is passed over, see planSkip. */
  skips: readonly number[];
}

const DW_AT_GO_CLOSURE_OFFSET = 0x2907;
const DW_FORM_IMPLICIT_CONST = 0x21;

/** One table of `.debug_abbrev` (DWARF 5, 7.5.3), dense by code: linkers count codes from 1. */
export function decodeAbbreviations(section: Uint8Array, offset: number): (Abbreviation | undefined)[] {
  const cursor = new DwarfCursor(section, ".debug_abbrev", offset);
  const table: (Abbreviation | undefined)[] = [];
  for (;;) {
    const code = cursor.uleb();
    if (code === 0) return table;
    if (code > section.length) throw cursor.malformed(`an abbreviation code of ${code}`);
    const entry: Abbreviation = {
      tag: cursor.uleb(),
      hasChildren: cursor.u8() !== 0,
      attribute: [],
      form: [],
      implicit: [],
      isCapture: false,
      skips: [],
    };
    for (;;) {
      const attribute = cursor.uleb();
      const form = cursor.uleb();
      const implicit = form === DW_FORM_IMPLICIT_CONST ? cursor.sleb() : 0;
      if (attribute === 0 && form === 0) break;
      entry.attribute.push(attribute);
      entry.form.push(form);
      entry.implicit.push(implicit);
    }
    entry.isCapture = entry.attribute.includes(DW_AT_GO_CLOSURE_OFFSET);
    entry.skips = planSkip(entry.form);
    table[code] = entry;
  }
}
