import type { ByteSource } from "../../bytes/byte-source.ts";
import { type Damage, DecodeError } from "../../bytes/decode-error.ts";
import { Float64Rows, Uint32Rows } from "../../lib/growable-columns.ts";
import { DumpEnd, DumpReader } from "./dump-reader.ts";
import { HEAP_DUMP_HEAD, sniffHeapDump } from "./sniff-heap-dump.ts";

/** Memory whose pointers are listed: row `i` has `fields[fieldStart[i]] …` up to `fieldStart[i + 1]`. */
export interface DumpedMemory {
  length: number;
  address: Float64Array;
  bytes: Float64Array;
  /** Where in the file the contents begin. */
  contentAt: Float64Array;
  fieldStart: Uint32Array;
  /** Offsets from the address, in bytes, of the words that are pointers. */
  field: Uint32Array;
}

interface DumpedGoroutine {
  /** Of its runtime.g. */
  address: number;
  sp: number;
  id: number;
  createdByPc: number;
  status: number;
  isSystem: boolean;
  waitSinceNs: number;
  waitReason: string;
  schedContext: number;
  defer: number;
  panic: number;
  /** Rows of `frames`, innermost first: [firstFrame, endFrame). */
  firstFrame: number;
  endFrame: number;
}

interface DumpedFrame {
  entryPc: number;
  pc: number;
  name: string;
}

interface DumpedFinalizer {
  object: number;
  /** The closure, and its code. */
  fn: number;
  fnPc: number;
  fint: number;
  ot: number;
  isQueued: boolean;
}

/** A bucket of the allocation profile. */
interface DumpedBucket {
  id: number;
  bytes: number;
  stack: { function: string; file: string; line: number }[];
  allocs: number;
  frees: number;
}

/** What debug.WriteHeapDump wrote. */
export interface HeapDump {
  pointerBytes: number;
  bigEndian: boolean;
  arch: string;
  /** runtime.Version(). */
  version: string;
  /** As written, phantom ones included: see heap/dump/dump-spans.ts. */
  objects: DumpedMemory;
  /** The data and bss of the main module. */
  segments: DumpedMemory;
  goroutines: DumpedGoroutine[];
  frames: DumpedFrame[];
  /** Contents of each frame. */
  stack: DumpedMemory;
  otherRoots: { description: string; address: number }[];
  types: { address: number; bytes: number; name: string }[];
  itabs: { address: number; type: number }[];
  finalizers: DumpedFinalizer[];
  buckets: DumpedBucket[];
  samples: { object: number; bucket: number }[];
  /** runtime.MemStats's HeapAlloc and HeapObjects at the time; -1 if the dump ends before. */
  heapAlloc: number;
  heapObjects: number;
  damage: Damage[];
}

const TAG = {
  end: 0,
  object: 1,
  otherRoot: 2,
  type: 3,
  goroutine: 4,
  frame: 5,
  params: 6,
  finalizer: 7,
  itab: 8,
  thread: 9,
  memStats: 10,
  queuedFinalizer: 11,
  data: 12,
  bss: 13,
  defer: 14,
  panic: 15,
  memProf: 16,
  allocSample: 17,
} as const;
const FIELD_END = 0;
const FIELD_POINTER = 1;
const MAX_OBJECT_BYTES = 2 ** 31;
const MAX_FIELDS = 2 ** 31;
const MAX_STACK = 4096;

/**
 * Reads a dump of debug.WriteHeapDump (runtime/heapdump.go; the format is that of Go 1.7 to 1.27). Contents stay in
 * the source, their places are noted. A file that is cut or damaged gives what was read up to there.
 *
 * @throws DecodeError if it is no heap dump, or of a machine with other pointers than 64-bit little-endian ones.
 */
export function decodeHeapDump(source: ByteSource): HeapDump {
  if (!sniffHeapDump(source.read(0, HEAP_DUMP_HEAD.length))) {
    throw new DecodeError("this is not a heap dump", {
      format: "heap-dump",
      offset: 0,
      hint: "give a file that debug.WriteHeapDump wrote (not a pprof heap profile)",
    });
  }
  return new Decoder(new DumpReader(source, HEAP_DUMP_HEAD.length)).decode();
}

class MemoryRows {
  readonly #address = new Float64Rows();
  readonly #bytes = new Float64Rows();
  readonly #contentAt = new Float64Rows();
  readonly #fieldStart = new Uint32Rows();
  readonly field = new Uint32Rows();

  add(address: number, bytes: number, contentAt: number): void {
    this.#address.push(address);
    this.#bytes.push(bytes);
    this.#contentAt.push(contentAt);
    this.#fieldStart.push(this.field.length);
  }

  get length(): number {
    return this.#address.length;
  }

  build(): DumpedMemory {
    this.#fieldStart.push(this.field.length);
    return {
      length: this.length,
      address: this.#address.toColumn(),
      bytes: this.#bytes.toColumn(),
      contentAt: this.#contentAt.toColumn(),
      fieldStart: this.#fieldStart.toColumn(),
      field: this.field.toColumn(),
    };
  }
}

class Decoder {
  readonly #reader: DumpReader;
  readonly #objects = new MemoryRows();
  readonly #segments = new MemoryRows();
  readonly #stack = new MemoryRows();
  readonly #dump: Omit<HeapDump, "objects" | "segments" | "stack"> = {
    pointerBytes: 8,
    bigEndian: false,
    arch: "",
    version: "",
    goroutines: [],
    frames: [],
    otherRoots: [],
    types: [],
    itabs: [],
    finalizers: [],
    buckets: [],
    samples: [],
    heapAlloc: -1,
    heapObjects: -1,
    damage: [],
  };

  constructor(reader: DumpReader) {
    this.#reader = reader;
  }

  decode(): HeapDump {
    let record = this.#reader.offset;
    try {
      for (;;) {
        record = this.#reader.offset;
        if (this.#reader.isAtEnd) throw new DumpEnd("the file ends before its last record");
        if (!this.#record(this.#reader.number())) break;
      }
    } catch (error) {
      if (!(error instanceof DumpEnd)) throw error;
      this.#dump.damage.push({
        format: "heap-dump",
        offset: record,
        what: `${error.message}; what stands before was read`,
      });
    }
    return {
      ...this.#dump,
      objects: this.#objects.build(),
      segments: this.#segments.build(),
      stack: this.#stack.build(),
    };
  }

  /** False at the record that ends the dump. */
  #record(tag: number): boolean {
    const reader = this.#reader;
    const dump = this.#dump;
    switch (tag) {
      case TAG.end:
        return false;
      case TAG.object:
        this.#memory(this.#objects, reader.number());
        return true;
      case TAG.data:
      case TAG.bss:
        this.#memory(this.#segments, reader.number());
        return true;
      case TAG.otherRoot:
        dump.otherRoots.push({ description: reader.text(), address: reader.number() });
        return true;
      case TAG.type:
        dump.types.push({ address: reader.number(), bytes: reader.number(), name: reader.text() });
        this.#pass(1);
        return true;
      case TAG.itab:
        dump.itabs.push({ address: reader.number(), type: reader.number() });
        return true;
      case TAG.goroutine:
        this.#goroutine();
        return true;
      case TAG.frame:
        this.#frame();
        return true;
      case TAG.params:
        this.#params();
        return true;
      case TAG.finalizer:
      case TAG.queuedFinalizer: {
        const [object, fn, fnPc, fint, ot] = [1, 2, 3, 4, 5].map(() => reader.number());
        const isQueued = tag === TAG.queuedFinalizer;
        dump.finalizers.push({ object: object!, fn: fn!, fnPc: fnPc!, fint: fint!, ot: ot!, isQueued });
        return true;
      }
      case TAG.thread:
        this.#pass(3);
        return true;
      case TAG.memStats: {
        const stats = Array.from({ length: 24 }, () => reader.number());
        dump.heapAlloc = stats[6]!;
        dump.heapObjects = stats[11]!;
        this.#pass(257);
        return true;
      }
      case TAG.defer:
        this.#pass(7);
        return true;
      case TAG.panic:
        this.#pass(6);
        return true;
      case TAG.memProf:
        this.#bucket();
        return true;
      case TAG.allocSample:
        dump.samples.push({ object: reader.number(), bucket: reader.number() });
        return true;
      default:
        throw new DumpEnd(`there is no record of kind ${tag}`);
    }
  }

  #pass(numbers: number): void {
    for (let i = 0; i < numbers; i++) this.#reader.number();
  }

  /** Contents and pointer fields; a row is added only when all of it was there. */
  #memory(rows: MemoryRows, address: number): void {
    const bytes = this.#reader.number();
    if (!(bytes < MAX_OBJECT_BYTES)) throw new DumpEnd(`an object of ${bytes} bytes cannot be`);
    const contentAt = this.#reader.skip(bytes);
    rows.add(address, bytes, contentAt);
    this.#fields(rows.field, bytes);
  }

  #fields(field: Uint32Rows, bytes: number): void {
    for (;;) {
      const kind = this.#reader.number();
      if (kind === FIELD_END) return;
      if (kind !== FIELD_POINTER) throw new DumpEnd(`there is no field of kind ${kind}`);
      const offset = this.#reader.number();
      // A frame's arguments are its caller's, and lie behind its own bytes.
      if (offset + 8 <= bytes && offset % 8 === 0) field.push(offset);
      if (field.length > MAX_FIELDS) throw new DumpEnd("there are more pointers than 2^31");
    }
  }

  #goroutine(): void {
    const reader = this.#reader;
    const [address, sp, id, createdByPc, status, isSystem] = [1, 2, 3, 4, 5, 6].map(() => reader.number());
    this.#pass(1);
    const waitSinceNs = reader.number();
    const waitReason = reader.text();
    const [schedContext, , defer, panic] = [1, 2, 3, 4].map(() => reader.number());
    const firstFrame = this.#stack.length;
    this.#dump.goroutines.push({
      address: address!,
      sp: sp!,
      id: id!,
      createdByPc: createdByPc!,
      status: status!,
      isSystem: isSystem !== 0,
      waitSinceNs,
      waitReason,
      schedContext: schedContext!,
      defer: defer!,
      panic: panic!,
      firstFrame,
      endFrame: firstFrame,
    });
  }

  #frame(): void {
    const reader = this.#reader;
    const sp = reader.number();
    this.#pass(2);
    const bytes = reader.number();
    const contentAt = reader.skip(bytes);
    const [entryPc, pc] = [reader.number(), reader.number()];
    this.#pass(1);
    const name = reader.text();
    this.#dump.frames.push({ entryPc, pc, name });
    this.#stack.add(sp, bytes, contentAt);
    const owner = this.#dump.goroutines.at(-1);
    if (owner !== undefined) owner.endFrame = this.#stack.length;
    this.#fields(this.#stack.field, bytes);
  }

  #params(): void {
    const reader = this.#reader;
    const dump = this.#dump;
    const offset = reader.offset;
    dump.bigEndian = reader.number() !== 0;
    dump.pointerBytes = reader.number();
    if (dump.bigEndian || dump.pointerBytes !== 8) {
      throw new DecodeError("the dump is of a machine without 64-bit little-endian pointers", {
        format: "heap-dump",
        offset,
        hint: "only amd64 and arm64 are supported",
      });
    }
    this.#pass(2);
    dump.arch = reader.text();
    dump.version = reader.text();
    this.#pass(1);
  }

  #bucket(): void {
    const reader = this.#reader;
    const id = reader.number();
    const bytes = reader.number();
    const depth = reader.number();
    if (depth > MAX_STACK) throw new DumpEnd(`a stack of ${depth} calls cannot be`);
    const stack = Array.from({ length: depth }, () => ({
      function: reader.text(),
      file: reader.text(),
      line: reader.number(),
    }));
    this.#dump.buckets.push({ id, bytes, stack, allocs: reader.number(), frees: reader.number() });
  }
}
