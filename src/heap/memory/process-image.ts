import { DecodeError } from "../../bytes/decode-error.ts";
import { type CoreThread, decodeCoreNotes } from "../../formats/elf/core-notes.ts";
import { type ElfFile, ET_CORE, findSection, PT_LOAD } from "../../formats/elf/elf-file.ts";
import { readNotes } from "../../formats/elf/elf-notes.ts";
import { AddressSpace, type MemoryRegion } from "./address-space.ts";

/** A stopped process, wherever it comes from: a core, or a copy of a live one's memory. */
export interface ProcessImage {
  space: AddressSpace;
  exe: ElfFile;
  /** How far the executable was moved from where it was linked (PIE). */
  slide: number;
  threads: readonly CoreThread[];
  /** Whether the executable was shown to be that of the process. */
  identity: "same-build-id" | "same-text" | "not-checked";
  /** Share of the core's segments that the file does not hold (it was cut). */
  missingShare: number;
  /** The process ran for so long while its memory was copied; 0 for a core, and a copy of one moment. */
  copiedOverMs: number;
}

/**
 * Puts a core over its executable. The kernel and gcore leave out what is unchanged from the file (.rodata, pclntab),
 * so the executable is needed.
 *
 * @throws DecodeError if the core is none, or the executable is another program's.
 */
export function openCore(core: ElfFile, exe: ElfFile, windowBytes?: number): ProcessImage {
  if (core.type !== ET_CORE) {
    throw new DecodeError("this ELF file is not a core", {
      format: "core",
      offset: 16,
      hint: "take one with gcore PID, or kill -ABRT with GOTRACEBACK=crash",
    });
  }
  if (core.machine !== exe.machine) {
    throw wrongExecutable(`the core is of ${core.machine}, the executable of ${exe.machine}`);
  }
  const notes = decodeCoreNotes(readNotes(core), core.machine);
  let declared = 0;
  let present = 0;
  const regions: MemoryRegion[] = [];
  for (const segment of core.segments) {
    if (segment.type !== PT_LOAD || segment.fileSize === 0 || segment.address >= MAX_ADDRESS) continue;
    const held = Math.max(0, Math.min(segment.fileSize, core.source.size - segment.offset));
    declared += segment.fileSize;
    present += held;
    regions.push({
      start: segment.address,
      end: segment.address + held,
      source: core.source,
      offset: segment.offset,
      flags: segment.flags,
    });
  }
  return openMemory({ layers: [regions], ...notes }, exe, {
    missingShare: declared === 0 ? 0 : 1 - present / declared,
    windowBytes,
  });
}

/** What was taken from a process: its memory, in layers (see AddressSpace), and where it was loaded and stood. */
export interface ProcessMemory {
  layers: readonly (readonly MemoryRegion[])[];
  threads: readonly CoreThread[];
  /** AT_ENTRY; 0 if unknown. */
  entry: number;
}

/**
 * Puts memory over the executable's file.
 *
 * @throws DecodeError if the executable is another program's.
 */
export function openMemory(
  { layers, threads, entry }: ProcessMemory,
  exe: ElfFile,
  {
    missingShare = 0,
    copiedOverMs = 0,
    windowBytes,
  }: { missingShare?: number; copiedOverMs?: number; windowBytes?: number | undefined } = {},
): ProcessImage {
  const slide = exe.type === 3 && entry !== 0 ? entry - exe.entry : 0;
  const identity = checkIdentity(new AddressSpace(layers), exe, slide);
  return {
    space: new AddressSpace([...layers, exeRegions(exe, slide)], windowBytes),
    exe,
    slide,
    threads,
    identity,
    missingShare,
    copiedOverMs,
  };
}

/** What the executable's file says of its pages that are not written to. */
export function exeRegions(exe: ElfFile, slide: number): MemoryRegion[] {
  return exe.segments
    .filter(({ type, fileSize, address }) => type === PT_LOAD && fileSize > 0 && address < MAX_ADDRESS)
    .map(({ address, offset, fileSize, flags }) => ({
      start: address + slide,
      end: address + slide + Math.max(0, Math.min(fileSize, exe.source.size - offset)),
      source: exe.source,
      offset,
      flags,
    }));
}

/** Of user space; above it doubles would not tell neighbouring bytes apart. */
const MAX_ADDRESS = 2 ** 48;
const PF_W = 2;
/** Places of the text that are compared when the build id is not in the core. */
const PROBES = 64;
const PROBE_BYTES = 64;

/**
 * Compares the Go build id, else some of the text that the core holds. Throws DecodeError on a difference: with a
 * wrong executable every address would be read as something else.
 */
function checkIdentity(memory: AddressSpace, exe: ElfFile, slide: number): ProcessImage["identity"] {
  const note = findSection(exe, ".note.go.buildid");
  if (note !== undefined) {
    const inMemory = memory.bytes(note.address + slide, note.size);
    if (inMemory !== undefined) {
      if (equals(inMemory, exe.source.read(note.offset, note.size))) return "same-build-id";
      throw wrongExecutable("the process was built as another program (its Go build id differs)");
    }
  }
  let compared = 0;
  for (const segment of exe.segments) {
    if (segment.type !== PT_LOAD || (segment.flags & PF_W) !== 0) continue;
    const step = Math.max(PROBE_BYTES, Math.floor(segment.fileSize / PROBES / 8) * 8);
    for (let at = 0; at + PROBE_BYTES <= segment.fileSize; at += step) {
      const inMemory = memory.bytes(segment.address + slide + at, PROBE_BYTES);
      if (inMemory === undefined) continue;
      compared++;
      if (!equals(inMemory, exe.source.read(segment.offset + at, PROBE_BYTES)))
        throw wrongExecutable("the code in memory is not that of the executable");
    }
  }
  return compared > 0 ? "same-text" : "not-checked";
}

export function wrongExecutable(what: string): DecodeError {
  return new DecodeError(what, {
    format: "core",
    offset: 0,
    hint: "give the very binary that ran with --exe (also /proc/PID/exe or the file in its image)",
  });
}

function equals(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
