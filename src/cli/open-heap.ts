import { CaptureError } from "../capture/capture-error.ts";
import { FileSource } from "../capture/file-source.ts";
import { decodeCoreNotes } from "../formats/elf/core-notes.ts";
import { decodeElf, type ElfFile } from "../formats/elf/elf-file.ts";
import { readNotes } from "../formats/elf/elf-notes.ts";
import { sniffHeapDump } from "../formats/heap-dump/sniff-heap-dump.ts";
import type { HeapSnapshot } from "../heap/heap-snapshot.ts";
import { openCore, type ProcessImage } from "../heap/memory/process-image.ts";
import type { OnHeapStage } from "../heap/read-runtime.ts";
import type { TypedObjects } from "../heap/typed-objects.ts";
import type { HeapContents } from "../tables/heap-contents.ts";
import { compileFor } from "./compile-for.ts";
import type { ProgressLine } from "./progress-line.ts";

const SNIFFED_BYTES = 64;

export interface OpenedHeap {
  heap: HeapSnapshot;
  source: HeapContents["source"];
  /** For how long the process stood still; undefined for a file, and for one that could not be stopped. */
  pauseMs: number | undefined;
}

interface OpenFlags {
  exe?: string | undefined;
  maxPause: number;
}

/** The heap of a process ("pid:N"), of a core, or of a file that debug.WriteHeapDump wrote. */
export async function openHeap(input: string, flags: OpenFlags, progress: ProgressLine): Promise<OpenedHeap> {
  const { readHeap } = await import("../heap/heap-snapshot.ts");
  return open(input, flags, progress, readHeap);
}

/** The same for whoever only counts objects by their types. */
export async function openTypedObjects(
  input: string,
  flags: OpenFlags,
  progress: ProgressLine,
): Promise<TypedObjects> {
  const { readTypedObjects } = await import("../heap/typed-objects.ts");
  return (await open<TypedObjects>(input, flags, progress, readTypedObjects)).heap;
}

async function open<T>(
  input: string,
  flags: OpenFlags,
  progress: ProgressLine,
  read: (image: ProcessImage, onStage: OnHeapStage) => Promise<T>,
): Promise<Omit<OpenedHeap, "heap"> & { heap: T | HeapSnapshot }> {
  const onStage: OnHeapStage = (stage, slots = 0) => {
    compileFor(slots);
    progress.showForeign(`reading ${input}: ${stage}`);
  };
  const pid = /^pid:(\d{1,9})$/.exec(input)?.[1];
  if (pid !== undefined) {
    const { openLiveImage } = await import("./open-live-image.ts");
    const { image, pauseMs, wasRunning } = await openLiveImage(Number(pid), flags, progress);
    return {
      heap: await read(image, onStage),
      source: wasRunning ? "running-process" : "process",
      pauseMs: wasRunning ? undefined : pauseMs,
    };
  }
  const source = openFile(input);
  if (sniffHeapDump(source.read(0, SNIFFED_BYTES))) {
    const { decodeHeapDump } = await import("../formats/heap-dump/heap-dump.ts");
    const { readHeapDump } = await import("../heap/dump/read-dump.ts");
    progress.showForeign(`reading ${input}`);
    const dump = decodeHeapDump(source);
    for (const { offset, what } of dump.damage) progress.sayForeign(`${input}: ${what} (byte ${offset})`);
    const exe = flags.exe === undefined ? undefined : decodeElf(new FileSource(flags.exe));
    if (exe === undefined)
      progress.sayForeign(
        `${input} is a heap dump: with the executable that ran (--exe) types and names are shown`,
      );
    return { heap: await readHeapDump(source, dump, exe, onStage), source: "dump", pauseMs: undefined };
  }
  const core = decodeElf(source);
  const exe = decodeElf(flags.exe === undefined ? openExecutableOf(core) : new FileSource(flags.exe));
  return { heap: await read(openCore(core, exe), onStage), source: "core", pauseMs: undefined };
}

function openFile(path: string): FileSource {
  try {
    return new FileSource(path);
  } catch (error) {
    if (error instanceof CaptureError && error.code === "no-such-file" && /^\d+$/.test(path))
      throw new CaptureError(error.code, error.message, `a running process is given as pid:${path}`, error);
    throw error;
  }
}

/** The first file that the core says was mapped: the kernel lists the executable first. */
function openExecutableOf(core: ElfFile): FileSource {
  const [first] = decodeCoreNotes(readNotes(core), core.machine).mappings;
  if (first === undefined) {
    throw new CaptureError(
      "no-such-file",
      "the core does not say which executable ran",
      "give the executable that ran with --exe",
    );
  }
  try {
    return new FileSource(first.path);
  } catch (cause) {
    if (!(cause instanceof CaptureError)) throw cause;
    throw new CaptureError(
      cause.code,
      `the core is of ${first.path}: ${cause.message}`,
      "give the executable that ran with --exe: of a container the file in its image, or /proc/PID/exe while it runs",
      cause,
    );
  }
}
