import type { DatabaseSync, StatementSync } from "node:sqlite";
import { PackedReader } from "../packing/packed-reader.ts";
import { PackedWriter } from "../packing/packed-writer.ts";

/** So many stacks are remembered, about 100 bytes each; the others are looked up. */
const MOST_REMEMBERED = 300_000;
const DAY_MS = 24 * 3600_000;

interface KnownStack {
  number: number;
  hasFrames: boolean;
  seenDay: number;
}

/** Stacks by hash, over all services, and their frames. */
export class StackTable {
  readonly #known = new Map<bigint, KnownStack>();
  readonly #frameNumbers = new Map<string, number>();
  /** Frames that are named while unused ones are being looked for. */
  #named: Set<number> | undefined;
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #tell: StatementSync;
  readonly #see: StatementSync;
  readonly #byNumber: StatementSync;
  readonly #findFrame: StatementSync;
  readonly #insertFrame: StatementSync;
  readonly #frameOf: StatementSync;
  readonly #expire: StatementSync;
  readonly #frameLists: StatementSync;
  readonly #frames: StatementSync;
  readonly #deleteFrame: StatementSync;

  constructor(database: DatabaseSync) {
    this.#find = database.prepare(
      "SELECT number, frames IS NOT NULL AS has_frames, seen_day FROM stacks WHERE hash = ?",
    );
    this.#insert = database.prepare(
      "INSERT INTO stacks (hash, frames, seen_day) VALUES (?, ?, ?) RETURNING number",
    );
    this.#tell = database.prepare("UPDATE stacks SET frames = ? WHERE number = ?");
    this.#see = database.prepare("UPDATE stacks SET seen_day = ? WHERE number = ?");
    this.#byNumber = database.prepare("SELECT hash, frames FROM stacks WHERE number = ?");
    this.#byNumber.setReadBigInts(true);
    this.#findFrame = database.prepare("SELECT number FROM frames WHERE text = ?");
    this.#insertFrame = database.prepare("INSERT INTO frames (text) VALUES (?) RETURNING number");
    this.#frameOf = database.prepare("SELECT text FROM frames WHERE number = ?");
    // The newest stays, here and of the frames, so that no number is given twice.
    this.#expire = database.prepare(
      `DELETE FROM stacks WHERE number IN
        (SELECT number FROM stacks WHERE seen_day < ? AND number < (SELECT max(number) FROM stacks) LIMIT ?)`,
    );
    this.#frameLists = database.prepare(
      "SELECT number, frames FROM stacks WHERE number > ? ORDER BY number LIMIT ?",
    );
    this.#frames = database.prepare(
      "SELECT number FROM frames WHERE number > ? AND number < (SELECT max(number) FROM frames) ORDER BY number LIMIT ?",
    );
    this.#deleteFrame = database.prepare("DELETE FROM frames WHERE number = ?");
  }

  forget(): void {
    this.#known.clear();
    this.#frameNumbers.clear();
  }

  /** Of a stack that may be new, whose frames may be told here. */
  number(hash: bigint, frames: readonly string[] | undefined, atMs: number): number {
    const day = Math.floor(atMs / DAY_MS);
    const known = this.#lookUp(hash);
    if (known === undefined) {
      const packed = frames === undefined ? null : this.#packFrames(frames);
      const { number } = this.#insert.get(BigInt.asIntN(64, hash), packed, day) as { number: number };
      this.#remember(hash, { number, hasFrames: frames !== undefined, seenDay: day });
      return number;
    }
    if (!known.hasFrames && frames !== undefined) {
      this.#tell.run(this.#packFrames(frames), known.number);
      known.hasFrames = true;
    }
    if (known.seenDay < day) {
      this.#see.run(day, known.number);
      known.seenDay = day;
    }
    return known.number;
  }

  /** Of a stack by its number; frames are empty where nobody told. */
  get(number: number): { hash: bigint; frames: string[] } {
    const row = this.#byNumber.get(number) as { hash: bigint; frames: Uint8Array | null } | undefined;
    if (row === undefined) return { hash: 0n, frames: [] };
    const frames = row.frames === null ? [] : readNumbers(row.frames).map((frame) => this.#frameText(frame));
    return { hash: BigInt.asUintN(64, row.hash), frames };
  }

  /** Removes at most `limit` stacks that were not seen since; how many. */
  expire(beforeMs: number, limit: number): number {
    const removed = Number(this.#expire.run(Math.floor(beforeMs / DAY_MS), limit).changes);
    if (removed > 0) this.forget();
    return removed;
  }

  /** Removes frames of which no stack is made any more, in steps. */
  *expireFrames(limit: number): Generator<number> {
    const used = new Set<number>();
    this.#named = used;
    // What is remembered would not be named again.
    this.#frameNumbers.clear();
    for (let after = -1; ; ) {
      const rows = this.#frameLists.all(after, limit) as { number: number; frames: Uint8Array | null }[];
      for (const row of rows)
        if (row.frames !== null) for (const frame of readNumbers(row.frames)) used.add(frame);
      yield 0;
      if (rows.length < limit) break;
      after = rows.at(-1)!.number;
    }
    for (let after = -1; ; ) {
      const rows = this.#frames.all(after, limit) as { number: number }[];
      let removed = 0;
      for (const { number } of rows) {
        if (!used.has(number)) removed += Number(this.#deleteFrame.run(number).changes);
      }
      yield removed;
      if (rows.length < limit) break;
      after = rows.at(-1)!.number;
    }
    this.#named = undefined;
  }

  #lookUp(hash: bigint): KnownStack | undefined {
    const known = this.#known.get(hash);
    if (known !== undefined) return known;
    const row = this.#find.get(BigInt.asIntN(64, hash)) as
      | { number: number; has_frames: number; seen_day: number }
      | undefined;
    if (row === undefined) return undefined;
    const found = { number: row.number, hasFrames: row.has_frames === 1, seenDay: row.seen_day };
    this.#remember(hash, found);
    return found;
  }

  #remember(hash: bigint, stack: KnownStack): void {
    // Starting again costs a look-up a stack, and needs no order of use.
    if (this.#known.size >= MOST_REMEMBERED) this.#known.clear();
    this.#known.set(hash, stack);
  }

  #packFrames(frames: readonly string[]): Uint8Array {
    const writer = new PackedWriter();
    writer.varint(frames.length);
    for (const frame of frames) writer.varint(this.#frameNumber(frame));
    return writer.bytes();
  }

  #frameNumber(text: string): number {
    const known = this.#frameNumbers.get(text);
    if (known !== undefined) return known;
    const { number } = (this.#findFrame.get(text) ?? this.#insertFrame.get(text)) as { number: number };
    if (this.#frameNumbers.size >= MOST_REMEMBERED) this.#frameNumbers.clear();
    this.#frameNumbers.set(text, number);
    this.#named?.add(number);
    return number;
  }

  #frameText(number: number): string {
    return (this.#frameOf.get(number) as { text: string } | undefined)?.text ?? `unknown frame ${number}`;
  }
}

function readNumbers(blob: Uint8Array): number[] {
  const reader = new PackedReader(blob);
  return Array.from({ length: reader.count() }, () => reader.varint());
}
