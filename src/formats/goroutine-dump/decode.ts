import { DamageLog } from "../../bytes/damage-log.ts";
import { type Damage, DecodeError } from "../../bytes/decode-error.ts";
import { isBlank, NEWLINE, skipBlanks, startsWith } from "../../lib/ascii.ts";
import { CUT_OFF, ELIDED_FRAMES, HAS_REGISTERS, NO_FRAME } from "../../tables/goroutine-table.ts";
import { EMPTY_STRING } from "../../tables/string-table.ts";
import { DumpRows, type GoroutineDump, type GoroutineRow } from "./dump-rows.ts";
import { FunctionLine, isElision, LocationLine } from "./frame-lines.ts";
import { GoroutineHeader } from "./header.ts";
import { KnownStacks } from "./known-stacks.ts";
import { LogLineReader } from "./log-lines.ts";
import { LogPrefix } from "./log-prefix.ts";
import { isCrashSeparator, isDumpMarker, isRegister } from "./surroundings.ts";

export interface GoroutineDumps {
  /** In the order of the input. They share their strings, frames and stacks. */
  dumps: GoroutineDump[];
  damage: Damage[];
}

/** Go prints at most 100 frames, and those of C functions. */
const MAX_FRAMES = 4096;
/** Columns of so many rows stay below a gigabyte. A dump of 64 MB has a tenth of it at most. */
const MAX_GOROUTINES = 8_000_000;
const MAX_DISTINCT_FRAMES = 8_000_000;

/**
 * Decodes goroutine dumps as runtime/traceback.go of Go 1.19 to 1.27 prints them: `goroutine?debug=2`, SIGQUIT and other
 * fatal signals, panics and logged stacks; alone or anywhere in a log with its own lines before, between, within and
 * after, each line perhaps behind a prefix or in a JSON object (Docker).
 *
 * A dump begins where the log tells of a fatal signal, where a goroutine that is running stands after other lines, and
 * where an id comes again. Passed over: goroutine 0 (a thread's scheduler, no goroutine), ancestors, arguments.
 *
 * @throws DecodeError if there is no line like `goroutine 1 [running]:`.
 */
export function decodeGoroutineDumps(bytes: Uint8Array): GoroutineDumps {
  return new GoroutineDumpDecoder().decode(bytes);
}

/** A line longer than this is no goroutine's: what is beyond is passed over. */
const MAX_LINE_BYTES = 1024 * 1024;

/** `decodeGoroutineDumps` for input that comes in pieces and is kept nowhere: memory is that of the tables. */
export class GoroutineDumpStream {
  readonly #decoder = new GoroutineDumpDecoder();
  #rest = new Uint8Array(0);
  #isInLongLine = false;
  #consumed = 0;

  /** The next bytes of the input, split anywhere. They are the caller's again afterwards. */
  push(chunk: Uint8Array): void {
    let from = 0;
    if (this.#isInLongLine) {
      const newline = chunk.indexOf(NEWLINE);
      if (newline < 0) {
        this.#consumed += chunk.length;
        return;
      }
      this.#isInLongLine = false;
      this.#consumed += newline;
      from = newline;
    }
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end <= from) {
      this.#rest = joined(this.#rest, chunk.subarray(from));
      if (this.#rest.length <= MAX_LINE_BYTES) return;
      this.#take(joined(this.#rest, Uint8Array.of(NEWLINE)), this.#rest.length);
      this.#rest = new Uint8Array(0);
      this.#isInLongLine = true;
      return;
    }
    const whole = joined(this.#rest, chunk.subarray(from, end));
    this.#take(whole, whole.length);
    this.#rest = chunk.slice(end);
  }

  /** @throws DecodeError as `decodeGoroutineDumps` does. */
  finish(): GoroutineDumps {
    this.#take(this.#rest, this.#rest.length);
    return this.#decoder.finish(this.#consumed);
  }

  #take(lines: Uint8Array, consumed: number): void {
    this.#decoder.readLines(lines, this.#consumed);
    this.#consumed += consumed;
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

class GoroutineDumpDecoder {
  readonly #rows = new DumpRows();
  readonly #damage = new DamageLog("goroutine-dump");
  readonly #header = new GoroutineHeader();
  readonly #prefix = new LogPrefix();
  #function = new FunctionLine();
  #nextFunction = new FunctionLine();
  readonly #location = new LocationLine();
  readonly #frames = new Uint32Array(MAX_FRAMES);

  // The goroutine being read.
  #isOpen = false;
  readonly #row: GoroutineRow = {
    id: 0,
    state: EMPTY_STRING,
    waitMinutes: 0,
    flags: 0,
    stack: 0,
    createdBy: 0,
    createdById: 0,
    labels: EMPTY_STRING,
  };
  #offset = 0;
  #depth = 0;
  /** Its stack, if it was taken as a whole; else -1. */
  #knownStack = -1;
  /** `#function` waits for its location. */
  #isFunctionPending = false;
  #isInAncestors = false;
  /** "goroutine running on other thread; stack unavailable" */
  #isElsewhere = false;
  #isFirstLine = false;
  /** This goroutine begins a dump, unless it runs elsewhere or the signal went on to another thread. */
  #mayBeginDump = false;
  #mustBeginDump = false;

  // What stood between the goroutine before and this line.
  #isAfterBlank = false;
  #isAfterForeign = false;
  #isAfterMarker = false;
  /** The signal is passed on from thread to thread (GOTRACEBACK=crash), and each prints what it runs. */
  #isCrashGoingOn = false;

  /** The row that the registers of the current dump belong to, or -1. */
  #signalled = -1;
  #headers = 0;
  #isFull = false;

  // Of the last line read.
  #isWhole = true;
  #beginsHeader = false;
  #lastOffset = 0;

  readonly #known = new KnownStacks();
  /** Where the lines of the open goroutine begin in the bytes at hand; -1 if they cannot be learnt from. */
  #learnFrom = -1;

  decode(bytes: Uint8Array): GoroutineDumps {
    this.readLines(bytes, 0);
    return this.finish(bytes.length);
  }

  /** Reads whole lines, of which the last may lack its end if nothing follows. `base` is their offset in the input. */
  readLines(bytes: Uint8Array, base: number): void {
    const lines = new LogLineReader(bytes, base);
    this.#learnFrom = -1;
    while (!this.#isFull && lines.next()) {
      if (this.#rows.length >= MAX_GOROUTINES || this.#rows.frameCount >= MAX_DISTINCT_FRAMES) {
        this.#damage.add(lines.offset, `too large: what follows goroutine ${this.#rows.length} was left out`);
        this.#isFull = true;
        return;
      }
      this.#isWhole = lines.isTerminated;
      this.#readLine(lines);
      if (this.#isWhole) continue;
      this.#beginsHeader = beginsHeader(lines.bytes, lines.start, lines.end);
      this.#lastOffset = lines.offset;
    }
  }

  finish(inputBytes: number): GoroutineDumps {
    if (this.#headers === 0) {
      throw new DecodeError('no line like "goroutine 1 [running]:"', {
        format: "goroutine-dump",
        offset: inputBytes,
        hint: "Fetch /debug/pprof/goroutine?debug=2, or send the process SIGQUIT and take its standard error.",
      });
    }
    if (this.#isOpen) this.#closeLast(this.#isWhole);
    else if (!this.#isWhole && this.#beginsHeader) {
      this.#damage.add(
        this.#lastOffset,
        "the dump is cut off in the header of a goroutine; that one was left out",
      );
    }
    const { dumps, leftOut } = this.#rows.build();
    if (leftOut > 0) this.#damage.add(inputBytes, `${leftOut} dumps more than can be kept were left out`);
    if (dumps.length === 0) this.#damage.add(0, "only goroutine 0 is there, which is a thread's scheduler");
    return { dumps, damage: this.#damage.finish() };
  }

  /** The last goroutine of the input: without the end of its line, or the location of its function, it goes on. */
  #closeLast(isWhole: boolean): void {
    const isCut =
      (!isWhole && this.#row.createdBy === NO_FRAME) || this.#isFunctionPending || this.#isFirstLine;
    if (isCut) {
      this.#row.flags |= CUT_OFF;
      this.#damage.add(
        this.#offset,
        `the dump is cut off in goroutine ${this.#row.id}; frames of it may be missing`,
      );
    }
    this.#close();
  }

  #readLine(lines: LogLineReader): void {
    const { bytes, end } = lines;
    if (this.#header.read(bytes, lines.start, end)) {
      this.#close();
      this.#open(lines);
      this.#takeKnown(lines);
      return;
    }
    let start = lines.start;
    let isForeign = false;
    if (!this.#prefix.isEmpty) {
      const content = this.#prefix.skip(bytes, start, end);
      if (content >= 0) start = content;
      // Text before the first header alone is not the log's but the program's ("giving up: goroutine 1 [running]:").
      else if (this.#isFirstLine) this.#prefix.clear();
      else isForeign = true;
    }
    if (skipBlanks(bytes, start, end) === end) {
      // The tab of a location whose rest was cut off.
      if (!lines.isTerminated) return;
      if (!isForeign) this.#close(lines);
      this.#isAfterBlank = true;
    } else if (this.#isOpen && !isForeign) {
      this.#readBlockLine(bytes, start, end, lines.isTerminated);
      this.#isFirstLine = false;
      this.#isAfterBlank = false;
    } else {
      this.#readForeignLine(bytes, start, end);
      this.#isAfterBlank = false;
    }
  }

  #open(lines: LogLineReader): void {
    const header = this.#header;
    const { bytes } = lines;
    const row = this.#row;
    const { strings } = this.#rows;
    row.id = header.id;
    row.state = strings.intern(bytes, header.stateStart, header.stateEnd);
    row.labels = strings.intern(bytes, header.labelsStart, header.labelsEnd);
    row.waitMinutes = header.waitMinutes;
    row.flags = header.flags;
    row.createdBy = NO_FRAME;
    row.createdById = 0;
    this.#headers++;
    this.#isOpen = true;
    this.#isFirstLine = true;
    this.#offset = lines.offset;
    this.#depth = 0;
    this.#knownStack = -1;
    this.#isFunctionPending = false;
    this.#isInAncestors = false;
    this.#isElsewhere = false;

    const hasOtherPrefix =
      !this.#prefix.isEmpty &&
      header.start > lines.start &&
      this.#prefix.skip(bytes, lines.start, header.start) !== header.start;
    const isRunning = startsWith(bytes, header.stateStart, header.stateEnd, "running");
    this.#mustBeginDump =
      this.#rows.dumpCount === 0 || (!this.#isCrashGoingOn && (this.#isAfterMarker || hasOtherPrefix));
    // Within one dump only goroutines on other threads are running, and a blank line is before each.
    this.#mayBeginDump = !this.#isCrashGoingOn && isRunning && (!this.#isAfterBlank || this.#isAfterForeign);
    if (header.start > lines.start) this.#prefix.set(bytes, lines.start, header.start);
    else this.#prefix.clear();
    this.#isAfterBlank = false;
    this.#isAfterForeign = false;
    this.#isAfterMarker = false;
  }

  /** A stack that was read before, byte by byte the same, is taken as a whole. */
  #takeKnown(lines: LogLineReader): void {
    const { following } = lines;
    this.#learnFrom = this.#prefix.isEmpty ? following : -1;
    if (this.#learnFrom < 0 || !this.#known.match(lines.bytes, following, lines.bytes.length)) return;
    const { stack, createdBy, createdById, next } = this.#known;
    this.#row.createdBy = createdBy;
    this.#row.createdById = createdById;
    this.#knownStack = stack;
    this.#isFirstLine = false;
    this.#learnFrom = -1;
    this.#close();
    this.#isAfterBlank = true;
    lines.skipTo(next);
  }

  #learn({ bytes, start }: LogLineReader): void {
    const { stack, createdBy, flags } = this.#row;
    const isPlain = !this.#isFunctionPending && !this.#isInAncestors && !this.#isElsewhere;
    if (this.#learnFrom < 0 || !isPlain || (flags & (ELIDED_FRAMES | HAS_REGISTERS)) !== 0) return;
    this.#known.learn(bytes, this.#learnFrom, start, { stack, depth: this.#depth, createdBy });
  }

  /** `lines` is at the blank line that ends the goroutine, if one does. */
  #close(lines?: LogLineReader): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const row = this.#row;
    const isScheduler = row.id === 0;
    const isCrash = this.#isCrashGoingOn;
    const known = this.#rows.dumpCount === 0 || isScheduler ? -1 : this.#rows.findRow(row.id);
    if (this.#mustBeginDump || (this.#mayBeginDump && !this.#isElsewhere) || (known >= 0 && !isCrash)) {
      this.#rows.beginDump(this.#offset);
      this.#signalled = isScheduler ? -1 : this.#rows.length;
    } else if (known >= 0) {
      // Printed before as running on another thread: that thread has now told its stack.
      if (this.#depth > 0 || this.#knownStack >= 0) this.#rows.setStack(known, this.#internStack());
      return;
    }
    if (isScheduler) return;
    row.stack = this.#internStack();
    this.#rows.push(row);
    if (lines !== undefined) this.#learn(lines);
  }

  #internStack(): number {
    if (this.#knownStack >= 0) return this.#knownStack;
    return this.#rows.stacks.intern(this.#frames, this.#depth);
  }

  #readBlockLine(bytes: Uint8Array, start: number, end: number, isTerminated: boolean): void {
    if (isBlank(bytes[start]!)) {
      this.#readLocation(bytes, start, end, isTerminated);
      return;
    }
    if (startsWith(bytes, start, end, "non-Go function at pc=0x")) {
      this.#row.flags |= HAS_REGISTERS;
      this.#pushFrame(
        this.#rows.internFrame(this.#rows.strings.internText("non-Go function"), EMPTY_STRING, 0),
      );
    } else if (isElision(bytes, start, end)) {
      if (!this.#isInAncestors) this.#row.flags |= ELIDED_FRAMES;
    } else if (startsWith(bytes, start, end, "[originating from goroutine ")) {
      this.#isInAncestors = true;
    } else if (this.#nextFunction.read(bytes, start, end)) {
      this.#takeFunction();
    } else {
      // A C function has no mark of its own. It must not take the place of a Go function whose location may come yet.
      const isGoPending =
        this.#isFunctionPending && (this.#function.hasArguments || this.#function.isCreator);
      if (!isGoPending) this.#takeFunction();
      this.#readForeignLine(bytes, start, end);
    }
  }

  #takeFunction(): void {
    const taken = this.#nextFunction;
    this.#nextFunction = this.#function;
    this.#function = taken;
    this.#isFunctionPending = true;
  }

  #readLocation(bytes: Uint8Array, start: number, end: number, isTerminated: boolean): void {
    const at = skipBlanks(bytes, start, end);
    if (startsWith(bytes, at, end, "goroutine running on other thread")) {
      this.#isElsewhere = true;
      return;
    }
    const call = this.#function;
    const location = this.#location;
    if (!this.#isFunctionPending || !location.read(bytes, start, end)) return;
    // The number at the end of a line that is cut off could be longer.
    if (!isTerminated && !location.isLineWhole) return;
    const isGo = call.hasArguments || call.isCreator;
    if (!isGo && !location.isForeign) return;
    this.#isFunctionPending = false;
    if (this.#isInAncestors) return;
    const { strings } = this.#rows;
    const name = strings.intern(call.bytes, call.start, call.end);
    const file = strings.intern(bytes, location.fileStart, location.fileEnd);
    const frame = this.#rows.internFrame(name, file, location.line);
    if (call.isCreator) {
      this.#row.createdBy = frame;
      this.#row.createdById = call.creatorId;
    } else {
      if (location.isForeign) this.#row.flags |= HAS_REGISTERS;
      this.#pushFrame(frame);
    }
  }

  #pushFrame(frame: number): void {
    if (this.#isInAncestors) return;
    if (this.#depth < MAX_FRAMES) this.#frames[this.#depth++] = frame;
    else this.#row.flags |= ELIDED_FRAMES;
  }

  /** A line of the log, or of the runtime, that belongs to no goroutine. */
  #readForeignLine(bytes: Uint8Array, start: number, end: number): void {
    if (isRegister(bytes, start, end)) {
      this.#close();
      if (this.#signalled >= 0 && this.#signalled < this.#rows.length) {
        this.#rows.addFlag(this.#signalled, HAS_REGISTERS);
      }
      return;
    }
    this.#isAfterForeign = true;
    if (isCrashSeparator(bytes, start, end)) {
      this.#close();
      this.#isCrashGoingOn = true;
      this.#signalled = -1;
    } else if (isDumpMarker(bytes, start, end)) {
      this.#close();
      this.#isAfterMarker = true;
    } else if (!this.#isOpen) {
      this.#isCrashGoingOn = false;
    }
  }
}

/** Whether a line is the first part of a header. */
function beginsHeader(bytes: Uint8Array, start: number, end: number): boolean {
  return startsWith(bytes, start, end, "goroutine ".slice(0, end - start));
}
