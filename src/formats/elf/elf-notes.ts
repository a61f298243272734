import { type ElfFile, PT_NOTE } from "./elf-file.ts";

export interface ElfNote {
  /** "CORE", "LINUX", "Go", "GNU". */
  owner: string;
  type: number;
  /** Where `bytes` are in the file. */
  offset: number;
  bytes: Uint8Array;
}

const MAX_NOTE_BYTES = 256 * 1024 * 1024;

/** All notes of the PT_NOTE segments, up to the first that does not fit. */
export function readNotes(elf: ElfFile): ElfNote[] {
  const notes: ElfNote[] = [];
  for (const segment of elf.segments) {
    if (segment.type !== PT_NOTE) continue;
    const bytes = elf.source.read(segment.offset, Math.min(segment.fileSize, MAX_NOTE_BYTES)).slice();
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = 0; at + 12 <= bytes.length; ) {
      const nameSize = view.getUint32(at, true);
      const size = view.getUint32(at + 4, true);
      const name = at + 12;
      const content = name + align4(nameSize);
      const next = content + align4(size);
      if (content + size > bytes.length) break;
      notes.push({
        owner: new TextDecoder().decode(bytes.subarray(name, name + Math.max(0, nameSize - 1))),
        type: view.getUint32(at + 8, true),
        offset: segment.offset + content,
        bytes: bytes.subarray(content, content + size),
      });
      at = next;
    }
  }
  return notes;
}

function align4(n: number): number {
  return Math.ceil(n / 4) * 4;
}
