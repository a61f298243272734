import { DamageLog } from "../../bytes/damage-log.ts";
import { type Damage, DecodeError } from "../../bytes/decode-error.ts";
import { decodeText, parseDigits, SPACE, skipBlanks, skipDigits, startsWith } from "../../lib/ascii.ts";
import { LineScanner } from "../../lib/text-lines.ts";
import type { Profile } from "../../tables/profile.ts";
import { ProfileBuilder } from "../../tables/profile-builder.ts";
import { StackRecordReader } from "../stack-records.ts";

export interface ContentionText {
  /** Which of the two the program was asked for; "contentionz" is C++'s. */
  kind: "mutex" | "block" | "contentionz";
  /** Columns contentions/count and delay/nanoseconds, scaled by the sampling period and the speed of the clock. */
  profile: Profile;
  damage: Damage[];
}

const HASH = 0x23;
const EQUALS = 0x3d;
const MAX_SAMPLES = 4_000_000;
const MAX_LOCATIONS = 8_000_000;
const INT64_LIMIT = 2 ** 63;
const KINDS = [
  ["--- contentionz ", "contentionz"],
  ["--- mutex:", "mutex"],
  ["--- contention:", "block"],
] as const;

function findKind(bytes: Uint8Array): ContentionText["kind"] | undefined {
  return KINDS.find(([text]) => startsWith(bytes, 0, bytes.length, text))?.[1];
}

export function sniffContentionText(bytes: Uint8Array): boolean {
  return findKind(bytes) !== undefined;
}

/**
 * Decodes the `debug=1` text of block and mutex profiles (runtime/pprof/pprof.go, writeProfileInternal) and C++'s
 * /contentionz, by the rules of google/pprof (profile/legacy_profile.go, parseContention), with the symbols that it
 * passes over.
 *
 * @throws DecodeError if the first line is another's, or a setting before the records is not known.
 */
export function decodeContentionText(bytes: Uint8Array): ContentionText {
  const kind = findKind(bytes);
  if (kind === undefined) throw refuse('the first line is not "--- mutex:" or "--- contention:"', 0);
  return new ContentionDecoder(kind).decode(bytes);
}

function refuse(what: string, offset: number): DecodeError {
  const hint = "Fetch /debug/pprof/mutex?debug=1 again and look at what the server answers.";
  return new DecodeError(what, { format: "contention-text", offset, hint });
}

class ContentionDecoder {
  readonly #kind: ContentionText["kind"];
  readonly #builder = new ProfileBuilder([
    ["contentions", "count"],
    ["delay", "nanoseconds"],
  ]);
  readonly #stacks = new StackRecordReader(this.#builder);
  readonly #damage = new DamageLog("contention-text");
  #period = 1;
  #cyclesPerSecond = 0;
  #milliseconds = 0;

  constructor(kind: ContentionText["kind"]) {
    this.#kind = kind;
  }

  decode(bytes: Uint8Array): ContentionText {
    const lines = new LineScanner(bytes);
    lines.next();
    let isHeader = true;
    while (lines.next()) {
      const start = skipBlanks(bytes, lines.start, lines.end);
      if (start === lines.end) continue;
      if (bytes[start] === HASH) {
        this.#stacks.readComment(bytes, start, lines.end);
        continue;
      }
      if (startsWith(bytes, start, lines.end, "---")) break;
      isHeader &&= bytes.subarray(start, lines.end).includes(EQUALS);
      if (isHeader) {
        this.#readSetting(bytes, start, lines.end);
        continue;
      }
      const { sampleCount, locationCount } = this.#builder;
      if (sampleCount >= MAX_SAMPLES || locationCount >= MAX_LOCATIONS) {
        this.#damage.add(start, `too large: the records after the first ${sampleCount} were left out`);
        break;
      }
      if (this.#readRecord(bytes, start, lines.end)) continue;
      this.#stacks.skipRecord();
      this.#damage.add(start, "a line that is no record was left out");
    }
    const profile = this.#builder.build(this.#builder.valueType("contentions", "count"), this.#period);
    return {
      kind: this.#kind,
      profile: { ...profile, durationNanos: BigInt(this.#milliseconds) * 1_000_000n },
      damage: this.#damage.finish(),
    };
  }

  #readSetting(bytes: Uint8Array, start: number, end: number): void {
    const text = decodeText(bytes, start, end);
    const equals = text.indexOf("=");
    const key = text.slice(0, equals).trim();
    const value = text.slice(equals + 1).trim();
    const number = /^[+-]?\d{1,18}$/.test(value) ? Number(value) : Number.NaN;
    if (key === "cycles/second") this.#cyclesPerSecond = number;
    else if (key === "sampling period") this.#period = number;
    else if (key === "ms since reset") this.#milliseconds = number;
    else if (key !== "discarded samples")
      throw refuse(`${JSON.stringify(key)} is no setting of such a profile`, start);
    if (Number.isNaN(number) && key !== "discarded samples") {
      throw refuse(`${JSON.stringify(key)} is not a whole number`, start);
    }
  }

  /** `CYCLES COUNT @ 0x…` */
  #readRecord(bytes: Uint8Array, start: number, end: number): boolean {
    const cyclesEnd = skipDigits(bytes, start, end);
    const countStart = skipBlanks(bytes, cyclesEnd, end);
    const countEnd = skipDigits(bytes, countStart, end);
    const cycles = parseDigits(bytes, start, cyclesEnd);
    const count = parseDigits(bytes, countStart, countEnd);
    if (Number.isNaN(cycles) || Number.isNaN(count)) return false;
    if (bytes[countEnd] !== SPACE || !startsWith(bytes, countEnd + 1, end, "@")) return false;
    if (!this.#stacks.readStack(bytes, countEnd + 2, end)) return false;
    const hasPeriod = this.#period > 0;
    const gigahertz = this.#cyclesPerSecond / 1e9;
    const delay = hasPeriod && gigahertz > 0 ? Math.trunc((cycles * this.#period) / gigahertz) : cycles;
    const contentions = hasPeriod ? count * this.#period : count;
    if (delay >= INT64_LIMIT || contentions >= INT64_LIMIT) return false;
    this.#builder.beginSample([contentions, delay]);
    this.#stacks.pushStack();
    return true;
  }
}
