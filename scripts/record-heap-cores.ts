/**
 * Records small cores for the tests that run without Go: the programs of test/fixtures/heap are built by each version,
 * filled with little, and killed with GOTRACEBACK=crash; of its core and its executable only the pages stay that the
 * analysis reads. Written to test/fixtures/heap/cores/<name>.{core,exe}.gz and .json (what the program said).
 *
 *   npm run heap:record [-- go1.26.8-stripped held-go1.26.8 …]     needs Go, and kernel cores in the working directory
 *
 * Those of arm64 need qemu-aarch64 as well. Of "busy" it is kept where its goroutines stood as the runtime printed it.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { ArraySource, type ByteSource } from "../src/bytes/byte-source.ts";
import { FileSource } from "../src/capture/file-source.ts";
import { decodeElf, PT_LOAD } from "../src/formats/elf/elf-file.ts";
import { readNotes } from "../src/formats/elf/elf-notes.ts";
import { answerView } from "../src/heap/answers/answer-view.ts";
import { describeHeapContents } from "../src/heap/contents/heap-contents.ts";
import { readHeap } from "../src/heap/heap-snapshot.ts";
import { openCore } from "../src/heap/memory/process-image.ts";
import { type CoreRegion, encodeCore } from "../test/support/elf-core.ts";
import { dumpKnownCore } from "../test/support/known-heap.ts";
import { readTraceback } from "../test/support/runtime-traceback.ts";

const RECORDED = [
  "go1.19.13",
  "go1.21.13-stripped",
  "go1.22.12-stripped",
  "go1.26.8",
  "go1.26.8-arm64",
  "go1.27.2-stripped",
  "held-go1.26.8",
  "busy-go1.26.8-stripped",
  "busy-go1.26.8-arm64-stripped",
  "locals-go1.19.13",
  "locals-go1.26.8",
];
/** Share of the program's contents that is made: 400 sessions instead of 20,000. */
const SCALE = "0.02";
const PAGE_BYTES = 4096;

/** Remembers which pages were read. */
class RecordingSource implements ByteSource {
  readonly pages = new Set<number>();
  readonly #inner: ByteSource;

  constructor(inner: ByteSource) {
    this.#inner = inner;
  }

  get size(): number {
    return this.#inner.size;
  }

  read(offset: number, length: number): Uint8Array {
    const end = Math.min(offset + length, this.size);
    for (let page = Math.floor(offset / PAGE_BYTES); page * PAGE_BYTES < end; page++) this.pages.add(page);
    return this.#inner.read(offset, length);
  }
}

const folder = resolve(import.meta.dirname, "../test/fixtures/heap/cores");
mkdirSync(folder, { recursive: true });
for (const name of process.argv.length > 2 ? process.argv.slice(2) : RECORDED) {
  const scratch = mkdtempSync(join(tmpdir(), "heap-core-"));
  const [, program, version, arm64, stripped] = /^(?:([a-z]+)-)?(go[\d.]+)(-arm64)?(-stripped)?$/.exec(name)!;
  const dumped = await dumpKnownCore(scratch, {
    version: version!,
    program: program ?? "known",
    isStripped: stripped !== undefined,
    arch: arm64 === undefined ? "amd64" : "arm64",
    arguments: [SCALE],
    // No path of the machine belongs into the repository.
    buildFlags: ["-trimpath"],
  });
  if (dumped === undefined) throw new Error(`no core of ${name} was written: see ulimit -c and core_pattern`);
  const core = new RecordingSource(new FileSource(dumped.core));
  const exe = new RecordingSource(new ArraySource(readFileSync(dumped.exe)));
  const heap = await readHeap(openCore(decodeElf(core), decodeElf(exe), PAGE_BYTES));
  for (const view of ["report", "channels", "strings", "finalizers"] as const)
    await answerView(heap, { view, top: 1000, showValues: true });
  describeHeapContents(heap, { source: "core", pauseMs: undefined });
  const smallCore = gzipSync(keepReadPages(core), { level: 9 });
  const smallExe = gzipSync(blankUnreadPages(exe), { level: 9 });
  writeFileSync(join(folder, `${name}.core.gz`), smallCore);
  writeFileSync(join(folder, `${name}.exe.gz`), smallExe);
  const expected = program === "busy" ? { stacks: readTraceback(dumped.traceback) } : dumped.expected;
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(expected)}\n`);
  console.log(`${name}: core ${smallCore.length}, executable ${smallExe.length} bytes`);
  rmSync(scratch, { recursive: true });
}

/** A core with a segment for each run of pages that were read. */
function keepReadPages(source: RecordingSource): Uint8Array {
  const core = decodeElf(source);
  const notes = readNotes(core);
  const regions: CoreRegion[] = [];
  for (const segment of core.segments) {
    if (segment.type !== PT_LOAD) continue;
    let run: { start: number; end: number } | undefined;
    const finish = () => {
      if (run === undefined) return;
      const bytes = source.read(segment.offset + run.start, run.end - run.start).slice();
      regions.push({ start: segment.address + run.start, bytes, flags: segment.flags });
      run = undefined;
    };
    for (let at = 0; at < segment.fileSize; at += PAGE_BYTES) {
      if (!source.pages.has((segment.offset + at) / PAGE_BYTES)) {
        finish();
        continue;
      }
      run ??= { start: at, end: at };
      run.end = Math.min(at + PAGE_BYTES, segment.fileSize);
    }
    finish();
  }
  return encodeCore(core.machine, notes, regions);
}

function blankUnreadPages(source: RecordingSource): Uint8Array {
  const { pages } = source;
  const read = new Set(pages);
  const bytes = source.read(0, source.size).slice();
  for (let at = 0; at < bytes.length; at += PAGE_BYTES) {
    if (!read.has(at / PAGE_BYTES)) bytes.fill(0, at, at + PAGE_BYTES);
  }
  return bytes;
}
