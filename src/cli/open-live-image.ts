import { CaptureError } from "../capture/capture-error.ts";
import { FileSource } from "../capture/file-source.ts";
import { checkProcess, copyProcess, type ProcessCopy } from "../capture/live-memory/copy-process.ts";
import { adviceOfContainers } from "../capture/process/container-pid.ts";
import { decodeElf } from "../formats/elf/elf-file.ts";
import { findSymbols } from "../formats/elf/elf-symbols.ts";
import { openMemory, type ProcessImage } from "../heap/memory/process-image.ts";
import { readGoBuild } from "../heap/runtime/go-build.ts";
import { withInterrupt } from "./interrupt.ts";
import type { ProgressLine } from "./progress-line.ts";

export interface LiveImage {
  image: ProcessImage;
  /** For how long the process stood still; 0 if it was stopped before or could not be. */
  pauseMs: number;
  /** It could not be stopped, so the copy is of several moments. */
  wasRunning: boolean;
}

/**
 * Copies the memory of a running process and says for how long it stood still.
 *
 * @throws CaptureError if it may not be read, is no Go program, or has ended
 */
export async function openLiveImage(
  pid: number,
  flags: { exe?: string | undefined; maxPause: number },
  progress: ProgressLine,
): Promise<LiveImage> {
  checkProcess(pid);
  const exe = decodeElf(new FileSource(flags.exe ?? `/proc/${pid}/exe`));
  // Before it is stopped for nothing.
  if (readGoBuild(exe) === undefined) {
    throw new CaptureError(
      "bad-target",
      `process ${pid} is not a Go program (or one of before Go 1.18)`,
      `give the pid of the service itself, not of a shell or a sidecar that started it${adviceOfContainers(pid)}`,
    );
  }
  const phase = findSymbols(exe, new Set(["runtime.gcphase"])).get("runtime.gcphase");
  progress.showForeign(`copying the memory of process ${pid}`);
  const copy = await withInterrupt(progress, (signal) =>
    copyProcess(pid, {
      maxPauseMs: flags.maxPause,
      gcPhaseAddress: (entry) =>
        phase === undefined ? undefined : phase + (exe.type === 3 ? entry - exe.entry : 0),
      signal,
    }),
  );
  progress.sayForeign(describeCopy(pid, copy));
  const image = openMemory(
    {
      layers: copy.layers,
      // Registers but these two are only a debugger's to read.
      threads: copy.threads.map((thread) => ({ ...thread, lr: 0, registers: new Float64Array(0) })),
      entry: copy.entry,
    },
    exe,
    { copiedOverMs: copy.copiedOverMs },
  );
  return { image, pauseMs: copy.pauseMs, wasRunning: copy.copiedOverMs > 0 };
}

function describeCopy(
  pid: number,
  { copiedBytes, wasStopped, copiedOverMs, pauseMs, duringCollection }: ProcessCopy,
): string {
  const megabytes = (copiedBytes / 2 ** 20).toFixed(0);
  if (wasStopped) return `process ${pid} was stopped before and stays so; ${megabytes} MB copied`;
  if (copiedOverMs > 0)
    return `process ${pid} is the first of its container and cannot be stopped from within: ${megabytes} MB were copied in ${Math.ceil(copiedOverMs)} ms while it ran; for a copy of one moment look from the host`;
  return `process ${pid} stood still for ${Math.ceil(pauseMs)} ms while ${megabytes} MB were copied${duringCollection ? ", within a collection" : ""}`;
}
