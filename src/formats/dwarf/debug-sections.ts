/** The debug sections that we read; empty ones are absent in the file. */
export interface DebugSections {
  info: Uint8Array;
  abbrev: Uint8Array;
  str: Uint8Array;
  lineStr: Uint8Array;
  addr: Uint8Array;
  strOffsets: Uint8Array;
}
