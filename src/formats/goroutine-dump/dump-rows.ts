import { Float64Rows, Int32Rows, Uint8Rows, Uint32Rows } from "../../lib/growable-columns.ts";
import { SequenceInterner } from "../../lib/sequence-interner.ts";
import { TripleInterner } from "../../lib/triple-interner.ts";
import { ByteStringInterner } from "../../tables/byte-string-interner.ts";
import type { GoroutineTable } from "../../tables/goroutine-table.ts";
import type { StringIndex } from "../../tables/string-table.ts";

const TWO_32 = 0x1_0000_0000;
/** A log may hold a stack a second for years; each dump costs a dozen small arrays. */
const MAX_DUMPS = 1000;
/** Stacks of single goroutines (logged panics) are counted apart, so that they cannot crowd out the whole dumps. */
const MAX_SINGLES = 1000;

export interface GoroutineDump {
  table: GoroutineTable;
  /** Where its first goroutine begins in the input. */
  offset: number;
}

/** One goroutine as it was read. */
export interface GoroutineRow {
  id: number;
  state: StringIndex;
  waitMinutes: number;
  flags: number;
  stack: number;
  createdBy: number;
  createdById: number;
  labels: StringIndex;
}

/**
 * Rows of all dumps of an input, in one set of columns. Strings, frames and stacks are shared by all its dumps, so the
 * same stack has the same index in each of them.
 */
export class DumpRows {
  readonly strings = new ByteStringInterner();
  readonly stacks = new SequenceInterner();
  /** Function, file, line. */
  readonly #frames = new TripleInterner();
  readonly #id = new Float64Rows();
  readonly #state = new Uint32Rows();
  readonly #waitMinutes = new Int32Rows();
  readonly #flags = new Uint8Rows();
  readonly #stack = new Uint32Rows();
  readonly #createdBy = new Int32Rows();
  readonly #createdById = new Float64Rows();
  readonly #labels = new Uint32Rows();
  readonly #dumpStart = new Uint32Rows();
  readonly #dumpOffset = new Float64Rows();
  /** Which ids each dump has: low word, high word, dump. */
  readonly #seen = new TripleInterner();
  readonly #seenRow = new Uint32Rows();

  get length(): number {
    return this.#id.length;
  }

  get dumpCount(): number {
    return this.#dumpStart.length;
  }

  get frameCount(): number {
    return this.#frames.length;
  }

  internFrame(name: StringIndex, file: StringIndex, line: number): number {
    return this.#frames.intern(name, file, line);
  }

  beginDump(offset: number): void {
    this.#dumpStart.push(this.length);
    this.#dumpOffset.push(offset);
  }

  /** The row of a goroutine in the current dump, or -1. */
  findRow(id: number): number {
    const index = this.#seen.find(id % TWO_32, Math.floor(id / TWO_32), this.dumpCount);
    return index < 0 ? -1 : this.#seenRow.at(index);
  }

  push(row: GoroutineRow): void {
    const known = this.#seen.length;
    const index = this.#seen.intern(row.id % TWO_32, Math.floor(row.id / TWO_32), this.dumpCount);
    if (index === known) this.#seenRow.push(this.length);
    else this.#seenRow.set(index, this.length);
    this.#id.push(row.id);
    this.#state.push(row.state);
    this.#waitMinutes.push(row.waitMinutes);
    this.#flags.push(row.flags);
    this.#stack.push(row.stack);
    this.#createdBy.push(row.createdBy);
    this.#createdById.push(row.createdById);
    this.#labels.push(row.labels);
  }

  addFlag(row: number, flag: number): void {
    this.#flags.set(row, this.#flags.at(row) | flag);
  }

  stackAt(row: number): number {
    return this.#stack.at(row);
  }

  setStack(row: number, stack: number): void {
    this.#stack.set(row, stack);
  }

  /** The dumps with at least one goroutine, and how many were left out because there are too many. */
  build(): { dumps: GoroutineDump[]; leftOut: number } {
    const shared = {
      strings: this.strings.build(),
      frames: {
        length: this.#frames.length,
        function: this.#frames.first.toColumn(),
        file: this.#frames.second.toColumn(),
        line: this.#frames.third.toColumn(),
      },
      stacks: {
        length: this.stacks.length,
        frameStart: this.stacks.start.toColumn(),
        frame: this.stacks.words.toColumn(),
      },
    };
    const id = this.#id.toColumn();
    const state = this.#state.toColumn();
    const waitMinutes = this.#waitMinutes.toColumn();
    const flags = this.#flags.toColumn();
    const stack = this.#stack.toColumn();
    const createdBy = this.#createdBy.toColumn();
    const createdById = this.#createdById.toColumn();
    const labels = this.#labels.toColumn();

    const dumps: GoroutineDump[] = [];
    let singles = 0;
    let leftOut = 0;
    for (let dump = 0; dump < this.dumpCount; dump++) {
      const from = this.#dumpStart.at(dump);
      const to = dump + 1 < this.dumpCount ? this.#dumpStart.at(dump + 1) : this.length;
      if (from === to) continue;
      const isSingle = to - from === 1;
      if (isSingle ? singles === MAX_SINGLES : dumps.length - singles === MAX_DUMPS) {
        leftOut++;
        continue;
      }
      if (isSingle) singles++;
      const table: GoroutineTable = {
        ...shared,
        length: to - from,
        id: id.subarray(from, to),
        state: state.subarray(from, to),
        waitMinutes: waitMinutes.subarray(from, to),
        flags: flags.subarray(from, to),
        stack: stack.subarray(from, to),
        createdBy: createdBy.subarray(from, to),
        createdById: createdById.subarray(from, to),
        labels: labels.subarray(from, to),
      };
      dumps.push({ table, offset: this.#dumpOffset.at(dump) });
    }
    return { dumps, leftOut };
  }
}
