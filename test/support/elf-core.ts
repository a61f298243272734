/** Writes ELF cores of our own: for recorded fixtures, which keep only the pages that are read, and for made-up ones. */

export interface CoreRegion {
  start: number;
  bytes: Uint8Array;
  /** PF_X 1, PF_W 2, PF_R 4. */
  flags: number;
}

export interface CoreNote {
  owner: string;
  type: number;
  bytes: Uint8Array;
}

const EHDR_BYTES = 64;
const PHDR_BYTES = 56;
const PAGE_BYTES = 4096;

export function encodeCore(
  machine: "amd64" | "arm64",
  notes: readonly CoreNote[],
  regions: readonly CoreRegion[],
): Uint8Array {
  const note = concat(notes.map(encodeNote));
  const headers = EHDR_BYTES + PHDR_BYTES * (regions.length + 1);
  let at = align(headers + note.length, PAGE_BYTES);
  const offsets = regions.map(({ bytes }) => {
    const offset = at;
    at = align(at + bytes.length, PAGE_BYTES);
    return offset;
  });
  const out = new Uint8Array(at);
  const view = new DataView(out.buffer);
  out.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 4, true);
  view.setUint16(18, machine === "amd64" ? 62 : 183, true);
  view.setUint32(20, 1, true);
  view.setBigUint64(32, BigInt(EHDR_BYTES), true);
  view.setUint16(52, EHDR_BYTES, true);
  view.setUint16(54, PHDR_BYTES, true);
  view.setUint16(56, regions.length + 1, true);
  const segment = (
    i: number,
    values: { type: number; flags: number; offset: number; address: number; size: number },
  ) => {
    const header = EHDR_BYTES + i * PHDR_BYTES;
    view.setUint32(header, values.type, true);
    view.setUint32(header + 4, values.flags, true);
    view.setBigUint64(header + 8, BigInt(values.offset), true);
    view.setBigUint64(header + 16, BigInt(values.address), true);
    view.setBigUint64(header + 32, BigInt(values.size), true);
    view.setBigUint64(header + 40, BigInt(values.size), true);
  };
  segment(0, { type: 4, flags: 0, offset: headers, address: 0, size: note.length });
  out.set(note, headers);
  for (const [i, { start, bytes, flags }] of regions.entries()) {
    segment(i + 1, { type: 1, flags, offset: offsets[i]!, address: start, size: bytes.length });
    out.set(bytes, offsets[i]!);
  }
  return out;
}

function encodeNote({ owner, type, bytes }: CoreNote): Uint8Array {
  const name = new TextEncoder().encode(`${owner}\0`);
  const out = new Uint8Array(12 + align(name.length, 4) + align(bytes.length, 4));
  const view = new DataView(out.buffer);
  view.setUint32(0, name.length, true);
  view.setUint32(4, bytes.length, true);
  view.setUint32(8, type, true);
  out.set(name, 12);
  out.set(bytes, 12 + align(name.length, 4));
  return out;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function align(n: number, to: number): number {
  return Math.ceil(n / to) * to;
}
