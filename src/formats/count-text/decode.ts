import { DamageLog } from "../../bytes/damage-log.ts";
import { type Damage, DecodeError } from "../../bytes/decode-error.ts";
import { parseDigits, SPACE, skipBlanks, skipDigits, startsWith } from "../../lib/ascii.ts";
import { LineScanner } from "../../lib/text-lines.ts";
import type { Profile } from "../../tables/profile.ts";
import { ProfileBuilder } from "../../tables/profile-builder.ts";
import { StackRecordReader } from "../stack-records.ts";
import { type CountTextHeader, findCountTextHeader } from "./header.ts";
import { isLabelLine, readLabels } from "./labels.ts";

export interface CountText {
  /** What is counted, as the profile calls itself: "goroutine", "threadcreate", "goroutineleak" or a program's own. */
  name: string;
  /** One column `<name>`/count; pprof labels as string labels. */
  profile: Profile;
  damage: Damage[];
}

const HASH = 0x23;
/** Columns of so many rows stay below a gigabyte. The largest services have a tenth of it. */
const MAX_SAMPLES = 4_000_000;
const MAX_LOCATIONS = 8_000_000;

/**
 * Decodes the `debug=1` text of goroutine, threadcreate, goroutineleak and custom profiles (runtime/pprof/pprof.go,
 * printCountProfile). Takes what google/pprof refuses: a record without a stack (`2 @`), which threadcreate writes.
 *
 * @throws DecodeError if the first line with text is not `<name> profile: total N`.
 */
export function decodeCountText(bytes: Uint8Array): CountText {
  const lines = new LineScanner(bytes);
  while (lines.next()) {
    const start = skipBlanks(bytes, lines.start, lines.end);
    if (start === lines.end || bytes[start] === HASH) continue;
    const header = lines.isTerminated ? findCountTextHeader(bytes, start, lines.end) : undefined;
    if (header !== undefined) return new CountTextDecoder(header).decode(lines);
    break;
  }
  throw new DecodeError('the first line is not "<name> profile: total N"', {
    format: "count-text",
    offset: 0,
    hint: "Fetch /debug/pprof/goroutine?debug=1 again and look at what the server answers.",
  });
}

class CountTextDecoder {
  readonly #header: CountTextHeader;
  readonly #builder: ProfileBuilder;
  readonly #stacks: StackRecordReader;
  readonly #damage = new DamageLog("count-text");
  /** Labels belong to the record on the line before, if it could be read. */
  #isRecordOpen = false;
  #counted = 0;

  constructor(header: CountTextHeader) {
    this.#header = header;
    this.#builder = new ProfileBuilder([[header.name, "count"]]);
    this.#stacks = new StackRecordReader(this.#builder);
  }

  decode(lines: LineScanner): CountText {
    while (lines.next()) {
      if (!lines.isTerminated) {
        this.#damage.add(lines.start, "the text ends in the middle of a line; that line was left out");
        break;
      }
      if (!this.#readLine(lines)) break;
    }
    const { name, total } = this.#header;
    if (this.#counted !== total) {
      const what = `the header promises a total of ${total}, the records that could be read come to ${this.#counted}`;
      this.#damage.add(lines.bytes.length, what);
    }
    const profile = this.#builder.build(this.#builder.valueType(name, "count"), 1);
    return { name, profile, damage: this.#damage.finish() };
  }

  /** False where the profile ends. */
  #readLine(lines: LineScanner): boolean {
    const { bytes, end } = lines;
    const start = skipBlanks(bytes, lines.start, end);
    if (start === end) return true;
    if (bytes[start] === HASH) {
      if (isLabelLine(bytes, start, end)) this.#readLabels(bytes, start, end);
      else this.#stacks.readComment(bytes, start, end);
      return true;
    }
    if (startsWith(bytes, start, end, "---")) return false;
    const { sampleCount, locationCount } = this.#builder;
    if (sampleCount >= MAX_SAMPLES || locationCount >= MAX_LOCATIONS) {
      this.#damage.add(start, `too large: the records after the first ${sampleCount} were left out`);
      return false;
    }
    this.#isRecordOpen = this.#readRecord(bytes, start, end);
    if (!this.#isRecordOpen) {
      this.#stacks.skipRecord();
      this.#damage.add(start, "a line that is no record was left out");
    }
    return true;
  }

  /** `COUNT @ 0x…` */
  #readRecord(bytes: Uint8Array, start: number, end: number): boolean {
    const digitsEnd = skipDigits(bytes, start, end);
    const count = parseDigits(bytes, start, digitsEnd);
    if (!Number.isSafeInteger(count)) return false;
    if (bytes[digitsEnd] !== SPACE || !startsWith(bytes, digitsEnd + 1, end, "@")) return false;
    if (!this.#stacks.readStack(bytes, digitsEnd + 2, end)) return false;
    this.#builder.beginSample([count]);
    this.#stacks.pushStack();
    this.#counted += count;
    return true;
  }

  #readLabels(bytes: Uint8Array, start: number, end: number): void {
    if (!this.#isRecordOpen) return;
    const { strings } = this.#builder;
    const isWhole = readLabels(bytes, start, end, (key, value) => {
      this.#builder.addStringLabel(
        strings.intern(key, 0, key.length),
        strings.intern(value, 0, value.length),
      );
    });
    if (!isWhole) this.#damage.add(start, "the labels of a record could not be read to their end");
  }
}
