import { DamageLog } from "../../bytes/damage-log.ts";
import { type Damage, DecodeError } from "../../bytes/decode-error.ts";
import { skipBlanks, startsWith } from "../../lib/ascii.ts";
import { LineScanner } from "../../lib/text-lines.ts";
import type { MemStats } from "../../tables/mem-stats.ts";
import type { Profile } from "../../tables/profile.ts";
import { ProfileBuilder } from "../../tables/profile-builder.ts";
import { findMemoryMap } from "../memory-map.ts";
import { StackRecordReader } from "../stack-records.ts";
import { findHeapTextHeader, type HeapTextHeader } from "./header.ts";
import { MemStatsTrailer } from "./mem-stats.ts";
import { HeapRecordReader } from "./record.ts";
import { unsample } from "./unsample.ts";

export interface HeapText {
  /**
   * Columns alloc_objects, alloc_space, inuse_objects, inuse_space, un-sampled; `objects`, `space` for the two-column
   * form that C++ writes. Label "bytes" is the size of one object. Runtime frames that Go hides at the leaf
   * (runtime.mallocgc, runtime.growslice …) and runtime.goexit are locations without lines.
   */
  profile: Profile;
  /** The trailer's, without the fields that were cut off; undefined if there is no trailer. */
  memStats: MemStats | undefined;
  damage: Damage[];
}

const HASH = 0x23;
/** Columns of so many rows stay below a gigabyte. The largest services have a tenth of it. */
const MAX_SAMPLES = 4_000_000;
const MAX_LOCATIONS = 8_000_000;
const INT64_LIMIT = 2 ** 63;

const FOUR_COLUMNS = [
  ["alloc_objects", "count"],
  ["alloc_space", "bytes"],
  ["inuse_objects", "count"],
  ["inuse_space", "bytes"],
] as const;
const TWO_COLUMNS = [
  ["objects", "count"],
  ["space", "bytes"],
] as const;

/**
 * Decodes `/debug/pprof/heap?debug=1` and `allocs?debug=1` (runtime/pprof/pprof.go, writeHeapInternal) with the
 * numbers that google/pprof reads from them (profile/legacy_profile.go), and the symbols and runtime.MemStats that it
 * passes over.
 *
 * @throws DecodeError if the first line is not a heap profile's.
 */
export function decodeHeapText(bytes: Uint8Array): HeapText {
  const lines = new LineScanner(bytes);
  const header = lines.next() ? findHeapTextHeader(bytes, lines.start, lines.end) : undefined;
  if (header === undefined) {
    throw new DecodeError('the first line is not "heap profile: …"', {
      format: "heap-text",
      offset: 0,
      hint: "Fetch /debug/pprof/heap?debug=1 again and look at what the server answers.",
    });
  }
  return new HeapTextDecoder(header).decode(lines);
}

class HeapTextDecoder {
  readonly #header: HeapTextHeader;
  readonly #builder: ProfileBuilder;
  readonly #stacks: StackRecordReader;
  readonly #record = new HeapRecordReader();
  readonly #bytesLabel;
  readonly #damage = new DamageLog("heap-text");
  readonly #values: (number | bigint)[] = [];
  #trailer: MemStatsTrailer | undefined;

  constructor(header: HeapTextHeader) {
    this.#header = header;
    this.#builder = new ProfileBuilder(header.hasAlloc ? FOUR_COLUMNS : TWO_COLUMNS);
    this.#stacks = new StackRecordReader(this.#builder);
    this.#bytesLabel = this.#builder.strings.internText("bytes");
  }

  decode(lines: LineScanner): HeapText {
    while (lines.next()) {
      if (!lines.isTerminated && !this.#isWholeLastLine(lines)) {
        this.#damage.add(lines.start, "the text ends in the middle of a line; that line was left out");
        break;
      }
      if (!this.#readLine(lines)) break;
    }
    const end = lines.bytes.length;
    if (this.#trailer === undefined) {
      // C++ has no MemStats, but a memory map behind the records.
      if (findMemoryMap(lines.bytes) < 0) {
        this.#damage.add(end, "runtime.MemStats is missing at the end, so records may be missing before it");
      }
    } else if (!this.#trailer.isComplete) {
      this.#damage.add(end, "runtime.MemStats at the end is cut off; its other fields were kept");
    }
    const { period } = this.#header;
    return {
      profile: this.#builder.build(this.#builder.valueType("space", "bytes"), period),
      memStats: this.#trailer?.finish(),
      damage: this.#damage.finish(),
    };
  }

  /** The last line of a file whose final newline was trimmed: only a number that could be longer is lost. */
  #isWholeLastLine(lines: LineScanner): boolean {
    return startsWith(lines.bytes, lines.start, lines.end, "# DebugGC = false");
  }

  /** False where the profile ends. */
  #readLine(lines: LineScanner): boolean {
    const { bytes, end } = lines;
    const start = skipBlanks(bytes, lines.start, end);
    if (start === end) return true;
    if (bytes[start] === HASH) {
      if (this.#trailer !== undefined) this.#trailer.readLine(bytes, start, end);
      else if (startsWith(bytes, start, end, "# runtime.MemStats")) this.#trailer = new MemStatsTrailer();
      else this.#stacks.readComment(bytes, start, end);
      return true;
    }
    // The table of mappings that C++ writes behind the records.
    if (startsWith(bytes, start, end, "---") || startsWith(bytes, start, end, "MAPPED_LIBRARIES:"))
      return false;
    const { sampleCount, locationCount } = this.#builder;
    if (sampleCount >= MAX_SAMPLES || locationCount >= MAX_LOCATIONS) {
      this.#damage.add(start, `too large: the records after the first ${sampleCount} were left out`);
      return false;
    }
    if (!this.#readRecord(bytes, start, end)) {
      this.#stacks.skipRecord();
      this.#damage.add(start, "a line that is no heap record was left out");
    }
    return true;
  }

  #readRecord(bytes: Uint8Array, start: number, end: number): boolean {
    const record = this.#record;
    const stack = record.read(bytes, start, end);
    if (stack < 0) return false;
    const values = this.#values;
    values.length = 0;
    let objectBytes = 0;
    if (this.#header.hasAlloc) {
      if (!this.#pushValues(record.allocObjects, record.allocBytes)) return false;
      objectBytes = divide(record.allocBytes, record.allocObjects);
    }
    if (!this.#pushValues(record.inuseObjects, record.inuseBytes)) return false;
    if (Number(record.inuseObjects) !== 0) objectBytes = divide(record.inuseBytes, record.inuseObjects);
    if (!this.#stacks.readStack(bytes, stack, end)) return false;
    this.#builder.beginSample(values);
    this.#builder.addNumberLabel(this.#bytesLabel, objectBytes);
    this.#stacks.pushStack();
    return true;
  }

  /** False for what upstream calls malformed: bytes without an object; or values that no int64 holds. */
  #pushValues(count: number | bigint, size: number | bigint): boolean {
    if (Number(count) === 0 && Number(size) !== 0) return false;
    const { rate } = this.#header;
    if (rate === undefined || (rate <= 1 && Number(size) !== 0)) {
      this.#values.push(count, size);
      return true;
    }
    const [objects, space] = unsample(Number(count), Number(size), rate);
    this.#values.push(objects, space);
    return Math.abs(objects) < INT64_LIMIT && Math.abs(space) < INT64_LIMIT;
  }
}

/** Go's integer division; 0 for nothing. */
function divide(size: number | bigint, count: number | bigint): number {
  if (Number(count) === 0) return 0;
  if (typeof size === "number" && typeof count === "number") return Math.trunc(size / count);
  return Number(BigInt(size) / BigInt(count));
}
