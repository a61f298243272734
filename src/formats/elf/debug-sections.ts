import { type ElfFile, findSection, readSection } from "./elf-file.ts";

/** Undefined if the file has no debug information (`-ldflags=-w`, strip). Throws DecodeError. */
export function readDebugSections(
  elf: ElfFile,
): Record<"info" | "abbrev" | "str" | "lineStr" | "addr" | "strOffsets", Uint8Array> | undefined {
  const info = readDebugSection(elf, "info");
  if (info.length === 0) return undefined;
  return {
    info,
    abbrev: readDebugSection(elf, "abbrev"),
    str: readDebugSection(elf, "str"),
    lineStr: readDebugSection(elf, "line_str"),
    addr: readDebugSection(elf, "addr"),
    strOffsets: readDebugSection(elf, "str_offsets"),
  };
}

/** The sections that tell where variables of functions are, empty where absent. Throws DecodeError. */
export function readLocationSections(
  elf: ElfFile,
): Record<"loc" | "ranges" | "loclists" | "rnglists", Uint8Array> {
  return {
    loc: readDebugSection(elf, "loc"),
    ranges: readDebugSection(elf, "ranges"),
    loclists: readDebugSection(elf, "loclists"),
    rnglists: readDebugSection(elf, "rnglists"),
  };
}

function readDebugSection(elf: ElfFile, name: string): Uint8Array {
  const section = findSection(elf, `.debug_${name}`) ?? findSection(elf, `.zdebug_${name}`);
  return section === undefined ? new Uint8Array(0) : readSection(elf, section);
}
