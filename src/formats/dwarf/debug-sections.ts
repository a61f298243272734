import { type ElfFile, findSection, readSection } from "../elf/elf-file.ts";

/** The debug sections that we read; empty ones are absent in the file. */
export interface DebugSections {
  info: Uint8Array;
  abbrev: Uint8Array;
  str: Uint8Array;
  lineStr: Uint8Array;
  addr: Uint8Array;
  strOffsets: Uint8Array;
}

/** Undefined if the file has no debug information (`-ldflags=-w`, strip). Throws DecodeError. */
export function readDebugSections(elf: ElfFile): DebugSections | undefined {
  const read = (name: string): Uint8Array => {
    const section = findSection(elf, `.debug_${name}`) ?? findSection(elf, `.zdebug_${name}`);
    return section === undefined ? new Uint8Array(0) : readSection(elf, section);
  };
  const info = read("info");
  if (info.length === 0) return undefined;
  return {
    info,
    abbrev: read("abbrev"),
    str: read("str"),
    lineStr: read("line_str"),
    addr: read("addr"),
    strOffsets: read("str_offsets"),
  };
}
