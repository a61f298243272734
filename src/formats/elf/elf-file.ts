import { inflateSync } from "node:zlib";
import type { ByteSource } from "../../bytes/byte-source.ts";
import { DecodeError } from "../../bytes/decode-error.ts";

/** A segment of the program header: where bytes of the file lie in memory. */
interface ElfSegment {
  /** PT_LOAD 1, PT_NOTE 4, … */
  type: number;
  /** PF_X 1, PF_W 2, PF_R 4. */
  flags: number;
  offset: number;
  address: number;
  fileSize: number;
  memorySize: number;
}

export interface ElfSection {
  name: string;
  type: number;
  flags: number;
  address: number;
  offset: number;
  size: number;
  link: number;
  entrySize: number;
}

export interface ElfFile {
  source: ByteSource;
  /** ET_EXEC 2, ET_DYN 3, ET_CORE 4. */
  type: number;
  machine: "amd64" | "arm64";
  entry: number;
  segments: readonly ElfSegment[];
  /** Empty for a core, and for a binary whose section headers were cut off. */
  sections: readonly ElfSection[];
}

export const ET_EXEC = 2;
export const ET_CORE = 4;
export const PT_LOAD = 1;
export const PT_NOTE = 4;
const SHF_COMPRESSED = 0x800;
const SHT_NOBITS = 8;
const EM_X86_64 = 62;
const EM_AARCH64 = 183;
/** A core has a segment for each mapping; more than this is no process that Linux lets live by default. */
const MAX_SEGMENTS = 1_000_000;
const MAX_SECTIONS = 65_536;
/** Debug information of the largest Go programs is some hundred megabytes. */
const MAX_SECTION_BYTES = 2 ** 31 - 1;

function sniffElf(bytes: Uint8Array): boolean {
  return (
    bytes.length >= 20 && bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46
  );
}

/**
 * Reads the headers of a 64-bit little-endian ELF file (System V ABI, chapter 4 and 5). Contents are read when asked
 * for.
 *
 * @throws DecodeError if it is no ELF file, of another machine or class, or its headers lie outside.
 */
export function decodeElf(source: ByteSource): ElfFile {
  const head = source.read(0, 64).slice();
  if (!sniffElf(head)) throw malformed("this is not an ELF file", 0, "give a core file or an executable");
  if (head.length < 64) throw malformed("the ELF header is cut short", head.length, CUT_SHORT);
  if (head[4] !== 2 || head[5] !== 1) {
    throw malformed("this is not a 64-bit little-endian ELF file", 4, "only amd64 and arm64 are supported");
  }
  const view = viewOf(head);
  const machine = view.getUint16(18, true);
  if (machine !== EM_X86_64 && machine !== EM_AARCH64) {
    throw malformed(`machine ${machine} is not supported`, 18, "only amd64 and arm64 are supported");
  }
  const sectionCount = view.getUint16(60, true);
  const sectionSize = view.getUint16(58, true);
  const sectionOffset = readAddress(view, 40);
  const sections = decodeSections(source, sectionOffset, sectionCount, sectionSize, view.getUint16(62, true));
  let segmentCount = view.getUint16(56, true);
  // PN_XNUM: the true number of segments is in the first section header's sh_info.
  if (segmentCount === 0xffff && sectionOffset > 0) {
    const first = source.read(sectionOffset, 64);
    if (first.length === 64) segmentCount = viewOf(first).getUint32(44, true);
  }
  return {
    source,
    type: view.getUint16(16, true),
    machine: machine === EM_X86_64 ? "amd64" : "arm64",
    entry: readAddress(view, 24),
    segments: decodeSegments(source, readAddress(view, 32), segmentCount, view.getUint16(54, true)),
    sections,
  };
}

const CUT_SHORT = "the file is cut short; take it again";

function malformed(what: string, offset: number, hint: string): DecodeError {
  return new DecodeError(what, { format: "elf", offset, hint });
}

function decodeSegments(source: ByteSource, offset: number, count: number, size: number): ElfSegment[] {
  if (count === 0) return [];
  if (size < 56 || count > MAX_SEGMENTS || offset + count * size > source.size) {
    throw malformed(`${count} program headers do not fit the file`, offset, CUT_SHORT);
  }
  const bytes = source.read(offset, count * size);
  const view = viewOf(bytes);
  return Array.from({ length: count }, (_, i) => {
    const at = i * size;
    return {
      type: view.getUint32(at, true),
      flags: view.getUint32(at + 4, true),
      offset: readAddress(view, at + 8),
      address: readAddress(view, at + 16),
      fileSize: readAddress(view, at + 32),
      memorySize: readAddress(view, at + 40),
    };
  });
}

function decodeSections(
  source: ByteSource,
  offset: number,
  count: number,
  size: number,
  namesIndex: number,
): ElfSection[] {
  // A core or a binary cut off behind its segments has no readable table, and is still of use.
  if (offset === 0 || count === 0 || size < 64 || count > MAX_SECTIONS) return [];
  if (offset + count * size > source.size) return [];
  const bytes = source.read(offset, count * size).slice();
  const view = viewOf(bytes);
  const nameOffsets: number[] = [];
  const sections = Array.from({ length: count }, (_, i): ElfSection => {
    const at = i * size;
    nameOffsets.push(view.getUint32(at, true));
    return {
      name: "",
      type: view.getUint32(at + 4, true),
      flags: view.getUint32(at + 8, true),
      address: readAddress(view, at + 16),
      offset: readAddress(view, at + 24),
      size: readAddress(view, at + 32),
      link: view.getUint32(at + 40, true),
      entrySize: readAddress(view, at + 56),
    };
  });
  const names = sections[namesIndex];
  if (names === undefined) return sections;
  const text = source.read(names.offset, Math.min(names.size, 1 << 20)).slice();
  for (const [i, section] of sections.entries()) section.name = readName(text, nameOffsets[i]!);
  return sections;
}

export function findSection(elf: ElfFile, name: string): ElfSection | undefined {
  return elf.sections.find((section) => section.name === name);
}

/**
 * The bytes of a section, decompressed: `.debug_*` of Go programs are SHF_COMPRESSED, up to Go 1.18 `.zdebug_*`.
 *
 * @throws DecodeError if it lies outside the file or does not decompress to what it says.
 */
export function readSection(elf: ElfFile, section: ElfSection): Uint8Array {
  if (section.type === SHT_NOBITS) return new Uint8Array(0);
  if (section.size > MAX_SECTION_BYTES || section.offset + section.size > elf.source.size) {
    throw malformed(`section ${section.name} lies outside the file`, section.offset, CUT_SHORT);
  }
  const raw = elf.source.read(section.offset, section.size).slice();
  if ((section.flags & SHF_COMPRESSED) !== 0) {
    const view = viewOf(raw);
    if (raw.length < 24 || view.getUint32(0, true) !== 1) {
      throw malformed(
        `section ${section.name} is not compressed with zlib`,
        section.offset,
        "rebuild it with -ldflags=-compressdwarf=false",
      );
    }
    return inflate(section, raw.subarray(24), readAddress(view, 8));
  }
  if (section.name.startsWith(".zdebug_")) {
    return inflate(section, raw.subarray(12), Number(viewOf(raw).getBigUint64(4)));
  }
  return raw;
}

function inflate(section: ElfSection, bytes: Uint8Array, size: number): Uint8Array {
  try {
    if (size > MAX_SECTION_BYTES) throw new RangeError("it says that it is larger than 2 GiB");
    // In one piece; one byte gives 1032 at most. A Buffer would be slower to search in.
    const chunkSize = Math.max(64, Math.min(size, bytes.length * 1032));
    const inflated = inflateSync(bytes, { maxOutputLength: Math.max(size, 1), chunkSize });
    return new Uint8Array(inflated.buffer, inflated.byteOffset, inflated.byteLength);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw malformed(
      `section ${section.name} does not decompress (${reason})`,
      section.offset,
      "take another copy of the executable",
    );
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A 64-bit value as a double: addresses of user space and file offsets are below 2^53. */
function readAddress(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 0x1_0000_0000;
}

function readName(text: Uint8Array, start: number): string {
  if (start >= text.length) return "";
  const end = text.indexOf(0, start);
  return new TextDecoder().decode(text.subarray(start, end < 0 ? text.length : end));
}
