import { type ElfFile, findSection, readSection } from "./elf-file.ts";

/** Addresses of symbols by name, of those asked for; empty if the binary is stripped. */
export function findSymbols(elf: ElfFile, names: ReadonlySet<string>): Map<string, number> {
  const found = new Map<string, number>();
  const table = findSection(elf, ".symtab");
  const texts = findSection(elf, ".strtab");
  if (table === undefined || texts === undefined) return found;
  const symbols = readSection(elf, table);
  const text = readSection(elf, texts);
  const view = new DataView(symbols.buffer, symbols.byteOffset, symbols.byteLength);
  const lengths = new Set([...names].map((name) => name.length));
  const decoder = new TextDecoder();
  for (let at = 0; at + 24 <= symbols.length; at += 24) {
    const start = view.getUint32(at, true);
    const end = text.indexOf(0, start);
    if (end < 0 || !lengths.has(end - start)) continue;
    const name = decoder.decode(text.subarray(start, end));
    if (!names.has(name)) continue;
    found.set(name, view.getUint32(at + 8, true) + view.getUint32(at + 12, true) * 0x1_0000_0000);
  }
  return found;
}

/** Variables: address, size and name of every OBJECT symbol within [start, end), by address. */
export interface ObjectSymbols {
  address: Float64Array;
  size: Float64Array;
  name: readonly string[];
}

const STT_OBJECT = 1;

export function readObjectSymbols(elf: ElfFile): ObjectSymbols {
  const table = findSection(elf, ".symtab");
  const texts = findSection(elf, ".strtab");
  if (table === undefined || texts === undefined) {
    return { address: new Float64Array(0), size: new Float64Array(0), name: [] };
  }
  const symbols = readSection(elf, table);
  const text = readSection(elf, texts);
  const view = new DataView(symbols.buffer, symbols.byteOffset, symbols.byteLength);
  const decoder = new TextDecoder();
  const rows: { address: number; size: number; name: string }[] = [];
  for (let at = 0; at + 24 <= symbols.length; at += 24) {
    if ((view.getUint8(at + 4) & 0xf) !== STT_OBJECT) continue;
    const start = view.getUint32(at, true);
    const end = text.indexOf(0, start);
    rows.push({
      address: view.getUint32(at + 8, true) + view.getUint32(at + 12, true) * 0x1_0000_0000,
      size: view.getUint32(at + 16, true) + view.getUint32(at + 20, true) * 0x1_0000_0000,
      name: decoder.decode(text.subarray(start, end < 0 ? text.length : end)),
    });
  }
  rows.sort((a, b) => a.address - b.address);
  return {
    address: Float64Array.from(rows, (row) => row.address),
    size: Float64Array.from(rows, (row) => row.size),
    name: rows.map((row) => row.name),
  };
}
