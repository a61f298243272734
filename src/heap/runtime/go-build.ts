import { type ElfFile, findSection } from "../../formats/elf/elf-file.ts";

/** What the linker wrote of the program: `go version -m` prints the same. */
export interface GoBuild {
  /** "go1.26.8", as it stands, with "X:" and its experiments if they are not the default ones. */
  version: string;
  /** "1.26", by which layouts are chosen; "" if the version is not of this form. */
  minor: string;
  /** Experiments that differ from the default, e.g. "nogreenteagc". */
  experiments: ReadonlySet<string>;
  /** Module information: path, dependencies, settings. */
  moduleInfo: string;
}

const MAGIC = [0xff, 0x20, 0x47, 0x6f, 0x20, 0x62, 0x75, 0x69, 0x6c, 0x64, 0x69, 0x6e, 0x66, 0x3a];
const FLAG_INLINE = 2;
const MAX_TEXT_BYTES = 4 * 1024 * 1024;

/** Undefined if this is no Go program, or one of before Go 1.18. Source: debug/buildinfo/buildinfo.go. */
export function readGoBuild(exe: ElfFile): GoBuild | undefined {
  const section = findSection(exe, ".go.buildinfo") ?? findByMagic(exe);
  if (section === undefined) return undefined;
  const bytes = exe.source.read(section.offset, Math.min(section.size, MAX_TEXT_BYTES)).slice();
  if (bytes.length < 33 || MAGIC.some((byte, i) => bytes[i] !== byte)) return undefined;
  if ((bytes[15]! & FLAG_INLINE) === 0) return undefined;
  const version = readText(bytes, 32);
  const moduleInfo = readText(bytes, version.end);
  return describeGoBuild(version.text, moduleInfo.text);
}

/** What a version tells, as runtime.Version() gives it. */
export function describeGoBuild(version: string, moduleInfo: string): GoBuild {
  return {
    version,
    minor: /^go(1\.\d+)/.exec(version)?.[1] ?? "",
    experiments: new Set(/\bX:(\S+)/.exec(version)?.[1]?.split(",") ?? []),
    // 16 bytes of a mark on both sides.
    moduleInfo: moduleInfo.length > 32 ? moduleInfo.slice(16, -16) : moduleInfo,
  };
}

/** Without section headers it is at the start of the first segment that can be written. */
function findByMagic(exe: ElfFile): { offset: number; size: number } | undefined {
  for (const segment of exe.segments) {
    if (segment.type !== 1 || segment.fileSize < 32) continue;
    const head = exe.source.read(segment.offset, Math.min(segment.fileSize, 1 << 20)).slice();
    for (let at = 0; at + 32 <= head.length; at += 16) {
      if (MAGIC.every((byte, i) => head[at + i] === byte))
        return { offset: segment.offset + at, size: segment.fileSize - at };
    }
  }
  return undefined;
}

function readText(bytes: Uint8Array, at: number): { text: string; end: number } {
  let length = 0;
  let scale = 1;
  let start = at;
  for (; start < bytes.length && scale < 2 ** 35; scale *= 128) {
    const byte = bytes[start++]!;
    length += (byte & 0x7f) * scale;
    if (byte < 0x80) break;
  }
  const end = Math.min(bytes.length, start + length);
  return { text: new TextDecoder("latin1").decode(bytes.subarray(start, end)), end };
}
