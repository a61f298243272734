import { type ElfFile, findSection, readSection } from "./elf-file.ts";

/** Undefined if the file has no debug information (`-ldflags=-w`, strip). Throws DecodeError. */
export function readDebugSections(
  elf: ElfFile,
): Record<"info" | "abbrev" | "str" | "lineStr" | "addr" | "strOffsets", Uint8Array> | undefined {
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
