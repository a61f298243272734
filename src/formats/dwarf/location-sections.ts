/** Sections with lists of addresses, which are only read when a function's variables are asked for. */
export interface LocationSections {
  /** `.debug_loc` and `.debug_ranges`, up to DWARF 4. */
  loc: Uint8Array;
  ranges: Uint8Array;
  /** `.debug_loclists` and `.debug_rnglists`, DWARF 5. */
  loclists: Uint8Array;
  rnglists: Uint8Array;
}
