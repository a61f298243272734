import { type Damage, DecodeError } from "../bytes/decode-error.ts";
import { decodeGoroutineDumps } from "../formats/goroutine-dump/decode.ts";
import { COLON, QUOTE, skipBlanks } from "../lib/ascii.ts";
import { findQuoteEnd, unquote } from "../lib/quoted-text.ts";
import { SequenceInterner } from "../lib/sequence-interner.ts";
import {
  type GoroutineTable,
  LEAKED,
  LOCKED_TO_THREAD,
  NO_FRAME,
  NO_WAIT,
} from "../tables/goroutine-table.ts";
import type { Profile } from "../tables/profile.ts";
import { ProfileBuilder } from "../tables/profile-builder.ts";
import { EMPTY_STRING, type StringIndex } from "../tables/string-table.ts";

/**
 * `goroutine?debug=2` and other dumps as a profile of goroutine/count, which pprof cannot read: a sample for each stack,
 * state, time of waiting and creator. What the dump tells beside the stack are labels: `state`, `wait` (whole minutes, in seconds as pprof has no minutes),
 * `created_by`, `leaked`, `locked_to_thread`, and the program's own. Of several dumps, as a log may hold, the last with
 * more than one goroutine counts.
 *
 * @throws DecodeError if there is no dump.
 */
export function readGoroutineDump(bytes: Uint8Array): { profile: Profile; damage: Damage[] } {
  const { dumps, damage } = decodeGoroutineDumps(bytes);
  const shown = dumps.findLast(({ table }) => table.length > 1) ?? dumps.at(-1);
  if (shown === undefined) {
    throw new DecodeError("there is no goroutine but the scheduler's own", {
      format: "goroutine-dump",
      offset: 0,
      hint: "Fetch goroutine?debug=2 again.",
    });
  }
  const profile = countGoroutines(shown.table);
  if (dumps.length === 1) return { profile, damage };
  const what = `there are ${dumps.length} dumps, of which this is the one at byte ${shown.offset}`;
  return { profile, damage: [...damage, { format: "goroutine-dump", offset: shown.offset, what }] };
}

const KEY_WORDS = 6;
const SECONDS_PER_MINUTE = 60;

function countGoroutines(table: GoroutineTable): Profile {
  const keys = new SequenceInterner();
  const counts: number[] = [];
  const key = new Uint32Array(KEY_WORDS);
  for (let row = 0; row < table.length; row++) {
    const creator = table.createdBy[row]!;
    key[0] = table.stack[row]!;
    key[1] = table.state[row]!;
    key[2] = table.waitMinutes[row]! - NO_WAIT;
    key[3] = creator === NO_FRAME ? EMPTY_STRING : table.frames.function[creator]!;
    key[4] = table.flags[row]! & (LEAKED | LOCKED_TO_THREAD);
    key[5] = table.labels[row]!;
    const sample = keys.intern(key, KEY_WORDS);
    counts[sample] = (counts[sample] ?? 0) + 1;
  }
  const builder = new ProfileBuilder([["goroutine", "count"]]);
  const writer = new DumpWriter(table, builder);
  for (const [sample, count] of counts.entries()) {
    builder.beginSample([count]);
    const word = (at: number): number => keys.words.at(sample * KEY_WORDS + at);
    writer.addStack(word(0));
    writer.addText("state", word(1));
    const wait = word(2) + NO_WAIT;
    if (wait !== NO_WAIT) writer.addWait(wait);
    writer.addText("created_by", word(3));
    if ((word(4) & LEAKED) !== 0) writer.addFlag("leaked");
    if ((word(4) & LOCKED_TO_THREAD) !== 0) writer.addFlag("locked_to_thread");
    writer.addLabels(word(5));
  }
  return writer.build();
}

class DumpWriter {
  readonly #table: GoroutineTable;
  readonly #builder: ProfileBuilder;
  readonly #texts = new Map<number, StringIndex>();
  readonly #wait: StringIndex;
  readonly #seconds: StringIndex;

  constructor(table: GoroutineTable, builder: ProfileBuilder) {
    this.#table = table;
    this.#builder = builder;
    this.#wait = builder.strings.internText("wait");
    this.#seconds = builder.strings.internText("seconds");
  }

  /** A frame's number stands for its address until the end: the dump has offsets in functions only. */
  addStack(stack: number): void {
    const { stacks, frames } = this.#table;
    for (let at = stacks.frameStart[stack]!; at < stacks.frameStart[stack + 1]!; at++) {
      const frame = stacks.frame[at]!;
      const location = this.#builder.internLocation(frame, 0);
      if (!this.#builder.hasLines(location)) {
        const [name, file] = [this.#text(frames.function[frame]!), this.#text(frames.file[frame]!)];
        this.#builder.addLine(location, name, file, frames.line[frame]!);
      }
      this.#builder.pushLocation(location);
    }
  }

  addText(key: string, value: number): void {
    this.#builder.addStringLabel(this.#builder.strings.internText(key), this.#text(value));
  }

  addWait(minutes: number): void {
    this.#builder.addNumberLabel(this.#wait, minutes * SECONDS_PER_MINUTE);
  }

  addFlag(key: string): void {
    const { strings } = this.#builder;
    this.#builder.addStringLabel(strings.internText(key), strings.internText("true"));
  }

  /** The program's labels: `"k": "v"` of Go 1.26, `k: v, "a b": "]"` of Go 1.27. */
  addLabels(text: number): void {
    const bytes = this.#table.strings.bytes(text as StringIndex);
    const { strings } = this.#builder;
    for (let at = 0; at < bytes.length; ) {
      const key = readWord(bytes, skipBlanks(bytes, at, bytes.length));
      if (bytes[key.end] !== COLON) return;
      const value = readWord(bytes, skipBlanks(bytes, key.end + 1, bytes.length));
      const [name, word] = [key.bytes, value.bytes];
      this.#builder.addStringLabel(
        strings.intern(name, 0, name.length),
        strings.intern(word, 0, word.length),
      );
      if (bytes[value.end] !== COMMA) return;
      at = value.end + 1;
    }
  }

  build(): Profile {
    const profile = this.#builder.build(this.#builder.valueType("goroutine", "count"), 1);
    profile.locations.address.fill(0n);
    const { label } = profile.samples;
    for (let row = 0; row < label.key.length; row++) {
      if (label.key[row] === this.#wait && label.str[row] === EMPTY_STRING)
        label.numUnit[row] = this.#seconds;
    }
    return profile;
  }

  #text(index: number): StringIndex {
    let own = this.#texts.get(index);
    if (own === undefined) {
      const bytes = this.#table.strings.bytes(index as StringIndex);
      own = this.#builder.strings.intern(bytes, 0, bytes.length);
      this.#texts.set(index, own);
    }
    return own;
  }
}

const COMMA = 0x2c;

/** A quoted or bare word of labels, and where it ends. */
function readWord(bytes: Uint8Array, start: number): { bytes: Uint8Array; end: number } {
  if (bytes[start] === QUOTE) {
    const end = findQuoteEnd(bytes, start, bytes.length);
    if (end >= 0) return { bytes: unquote(bytes, start + 1, end - 1), end };
  }
  let end = start;
  while (end < bytes.length && bytes[end] !== COLON && bytes[end] !== COMMA) end++;
  return { bytes: bytes.subarray(start, end), end };
}
