import { Float64Rows, Uint8Rows, Uint32Rows } from "../../lib/growable-columns.ts";
import { MAPPING_SIZES, type MappingTable } from "../../tables/mapping-table.ts";
import type { MappingLine } from "./mapping-line.ts";

type Size = (typeof MAPPING_SIZES)[number];

/** Gathers the rows of a mapping table while a file is read. Sizes are of the row added last. */
export class MappingRows {
  readonly #names: string[] = [""];
  readonly #nameIndex = new Map<string, number>([["", 0]]);
  readonly #start = new Float64Rows();
  readonly #end = new Float64Rows();
  readonly #permissions = new Uint8Rows();
  readonly #fileOffset = new Float64Rows();
  readonly #inode = new Float64Rows();
  readonly #name = new Uint32Rows();
  readonly #vmFlags = new Uint32Rows();
  readonly #size: Record<Size, Float64Rows> = {
    rss: new Float64Rows(),
    pss: new Float64Rows(),
    privateDirty: new Float64Rows(),
    sharedDirty: new Float64Rows(),
    anonymous: new Float64Rows(),
    anonHugePages: new Float64Rows(),
    lazyFree: new Float64Rows(),
    swap: new Float64Rows(),
  };
  #current: Record<Size, number> = noSizes();
  #flags = 0;

  get length(): number {
    return this.#start.length;
  }

  add(line: MappingLine, name: string): void {
    this.#closeRow();
    this.#start.push(line.start);
    this.#end.push(line.end);
    this.#permissions.push(line.permissions);
    this.#fileOffset.push(line.fileOffset);
    this.#inode.push(line.inode);
    let index = this.#nameIndex.get(name);
    if (index === undefined) {
      index = this.#names.length;
      this.#names.push(name);
      this.#nameIndex.set(name, index);
    }
    this.#name.push(index);
  }

  setSize(size: Size, bytes: number): void {
    this.#current[size] = bytes;
  }

  setFlags(flags: number): void {
    this.#flags = flags;
  }

  /** `withSizes`: sizes that a row does not have are 0, otherwise unknown. */
  build(withSizes: boolean): MappingTable {
    this.#closeRow();
    const size = (name: Size): Float64Array => {
      const column = this.#size[name].toColumn();
      return withSizes ? column : column.fill(Number.NaN);
    };
    return {
      length: this.length,
      names: this.#names,
      start: this.#start.toColumn(),
      end: this.#end.toColumn(),
      permissions: this.#permissions.toColumn(),
      fileOffset: this.#fileOffset.toColumn(),
      inode: this.#inode.toColumn(),
      name: this.#name.toColumn(),
      vmFlags: this.#vmFlags.toColumn(),
      rss: size("rss"),
      pss: size("pss"),
      privateDirty: size("privateDirty"),
      sharedDirty: size("sharedDirty"),
      anonymous: size("anonymous"),
      anonHugePages: size("anonHugePages"),
      lazyFree: size("lazyFree"),
      swap: size("swap"),
    };
  }

  #closeRow(): void {
    if (this.length === this.#vmFlags.length) return;
    this.#vmFlags.push(this.#flags);
    for (const size of MAPPING_SIZES) this.#size[size].push(this.#current[size]);
    this.#current = noSizes();
    this.#flags = 0;
  }
}

function noSizes(): Record<Size, number> {
  return {
    rss: 0,
    pss: 0,
    privateDirty: 0,
    sharedDirty: 0,
    anonymous: 0,
    anonHugePages: 0,
    lazyFree: 0,
    swap: 0,
  };
}
