import { DecodeError } from "../../bytes/decode-error.ts";
import { findSection } from "../../formats/elf/elf-file.ts";
import { findSymbols } from "../../formats/elf/elf-symbols.ts";
import type { AddressSpace } from "../memory/address-space.ts";
import type { ProcessImage } from "../memory/process-image.ts";
import type { RuntimeLayout } from "./layout-fields.ts";

/** One of the program's modules: the executable itself, or a plugin. Addresses are those in memory. */
export interface GoModule {
  address: number;
  pcHeader: number;
  funcnametab: number;
  cutab: number;
  filetab: number;
  pctab: number;
  pclntable: number;
  ftab: number;
  /** Entries of ftab, the closing one among them. */
  ftabLength: number;
  text: number;
  etext: number;
  minpc: number;
  maxpc: number;
  noptrdata: number;
  enoptrdata: number;
  data: number;
  edata: number;
  bss: number;
  ebss: number;
  noptrbss: number;
  enoptrbss: number;
  types: number;
  etypes: number;
  rodata: number;
  gofunc: number;
  /** Bits of the pointer masks of data and bss, and where they are. */
  gcdatamask: { bits: number; address: number };
  gcbssmask: { bits: number; address: number };
  name: string;
}

/** Plugins of one process; a list longer than this is a circle. */
const MAX_MODULES = 4096;

/**
 * The modules of the process, the executable first: runtime.firstmoduledata by its symbol, or, stripped, by the one
 * word of the data that points to the pclntab and has a sound moduledata around it.
 *
 * @throws DecodeError if there is none.
 */
export function findModules(image: ProcessImage, layout: RuntimeLayout): GoModule[] {
  const first = findBySymbol(image, layout) ?? findByPclntab(image, layout);
  if (first === undefined) {
    throw new DecodeError("runtime.firstmoduledata was not found", {
      format: "go-runtime",
      offset: 0,
      hint: "the core may be cut short, or the executable is not a Go program of a supported version",
    });
  }
  const modules = [first];
  const seen = new Set([first.address]);
  let next = image.space.u64(first.address + layout.structs.moduledata.next);
  while (next > 0 && !seen.has(next) && modules.length < MAX_MODULES) {
    seen.add(next);
    const module = readModule(image.space, layout, next);
    if (module === undefined) break;
    modules.push(module);
    next = image.space.u64(next + layout.structs.moduledata.next);
  }
  return modules;
}

function findBySymbol(image: ProcessImage, layout: RuntimeLayout): GoModule | undefined {
  const name = "runtime.firstmoduledata";
  const address = findSymbols(image.exe, new Set([name])).get(name);
  return address === undefined ? undefined : readModule(image.space, layout, address + image.slide);
}

function findByPclntab(image: ProcessImage, layout: RuntimeLayout): GoModule | undefined {
  const { space } = image;
  const tables = findPclntabs(image);
  for (const region of dataRegions(image)) {
    for (const part of space.partsWithin(region.start, region.end)) {
      for (let at = Math.ceil(part.from / 8) * 8; at + 8 <= part.to; at += 8) {
        if (!tables.has(space.u64(at))) continue;
        const module = readModule(space, layout, at);
        if (module !== undefined) return module;
      }
    }
  }
  return undefined;
}

const PCLNTAB_SECTIONS = [".gopclntab", ".data.rel.ro.gopclntab"];
/** Go 1.18 and 1.19; from 1.20. */
const PCLNTAB_MAGIC = new Set([0xffff_fff0, 0xffff_fff1]);

/** Addresses of pclntabs: the section, else whatever in the read-only segments has the header of one. */
function findPclntabs(image: ProcessImage): Set<number> {
  const section = PCLNTAB_SECTIONS.map((name) => findSection(image.exe, name)).find(
    (found) => found !== undefined,
  );
  if (section !== undefined) return new Set([section.address + image.slide]);
  const minLc = image.exe.machine === "amd64" ? 1 : 4;
  const found = new Set<number>();
  for (const segment of image.exe.segments) {
    if (segment.type !== 1) continue;
    const bytes = image.exe.source.read(segment.offset, segment.fileSize).slice();
    const view = new DataView(bytes.buffer);
    for (let at = 0; at + 8 <= bytes.length; at += 8) {
      if (!PCLNTAB_MAGIC.has(view.getUint32(at, true))) continue;
      if (view.getUint16(at + 4, true) === 0 && bytes[at + 6] === minLc && bytes[at + 7] === 8)
        found.add(segment.address + image.slide + at);
    }
  }
  return found;
}

/** Where moduledata can be: .go.module from Go 1.26, .noptrdata before, or .data of old PIE. */
function dataRegions(image: ProcessImage): { start: number; end: number }[] {
  const names = [".go.module", ".noptrdata", ".data", ".data.rel.ro"];
  const sections = names
    .map((name) => findSection(image.exe, name))
    .filter((section) => section !== undefined);
  if (sections.length > 0) {
    return sections.map((s) => ({ start: s.address + image.slide, end: s.address + image.slide + s.size }));
  }
  return image.exe.segments
    .filter((segment) => segment.type === 1)
    .map((s) => ({ start: s.address + image.slide, end: s.address + image.slide + s.fileSize }));
}

/** The module at `address`, or undefined unless its parts are in their order and its masks fit. */
function readModule(space: AddressSpace, layout: RuntimeLayout, address: number): GoModule | undefined {
  const at = layout.structs.moduledata;
  const word = (offset: number) => (offset < 0 ? 0 : space.u64(address + offset));
  const mask = (offset: number) => ({
    bits: space.i32(address + offset),
    address: space.u64(address + offset + 8),
  });
  const module: GoModule = {
    address,
    pcHeader: word(at.pcHeader),
    funcnametab: word(at.funcnametab),
    cutab: word(at.cutab),
    filetab: word(at.filetab),
    pctab: word(at.pctab),
    pclntable: word(at.pclntable),
    ftab: word(at.ftab),
    ftabLength: word(at.ftab + 8),
    text: word(at.text),
    etext: word(at.etext),
    minpc: word(at.minpc),
    maxpc: word(at.maxpc),
    noptrdata: word(at.noptrdata),
    enoptrdata: word(at.enoptrdata),
    data: word(at.data),
    edata: word(at.edata),
    bss: word(at.bss),
    ebss: word(at.ebss),
    noptrbss: word(at.noptrbss),
    enoptrbss: word(at.enoptrbss),
    types: word(at.types),
    etypes: word(at.etypes),
    rodata: word(at.rodata),
    gofunc: word(at.gofunc),
    gcdatamask: mask(at.gcdatamask),
    gcbssmask: mask(at.gcbssmask),
    name: readText(space, address + at.modulename),
  };
  return isSound(module, space) ? module : undefined;
}

function isSound(module: GoModule, space: AddressSpace): boolean {
  const { text, etext, data, edata, bss, ebss, noptrbss, enoptrbss, types, etypes, minpc, maxpc } = module;
  return (
    PCLNTAB_MAGIC.has(space.u32(module.pcHeader)) &&
    text > 0 &&
    text <= minpc &&
    minpc <= maxpc &&
    maxpc <= etext + 1 &&
    data <= edata &&
    bss <= ebss &&
    noptrbss <= enoptrbss &&
    types < etypes &&
    module.ftabLength > 1 &&
    module.ftabLength < 2 ** 28 &&
    // One bit a word, so no mask is longer than what it describes.
    module.gcdatamask.bits >= 0 &&
    module.gcdatamask.bits <= (edata - data) / 8 + 8 &&
    module.gcbssmask.bits >= 0 &&
    module.gcbssmask.bits <= (ebss - bss) / 8 + 8
  );
}

const MAX_NAME_BYTES = 4096;

function readText(space: AddressSpace, header: number): string {
  const length = space.u64(header + 8);
  return length > 0 && length <= MAX_NAME_BYTES ? (space.text(space.u64(header), length) ?? "") : "";
}
