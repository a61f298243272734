import { constants } from "node:fs";
import { access } from "node:fs/promises";
import type { Bundle, CaptureKind } from "../bundle/manifest.ts";
import type { Damage } from "../bytes/decode-error.ts";
import { inflateGzip, sniffGzip } from "../bytes/gunzip.ts";
import { readBundle } from "../capture/bundle-file.ts";
import { captureTarget } from "../capture/capture-window.ts";
import { addGcLog } from "../capture/gc-log-capture.ts";
import { readLooseFiles } from "../capture/loose-files.ts";
import { processTarget, resolveTarget, type Target } from "../capture/target.ts";
import {
  decodeCountedGoroutines,
  decodeOwnTimeMs,
  findAddressesToSymbolize,
  findLimitPressure,
} from "../inspect/capture-questions.ts";
import { GodebugExtract } from "../inspect/godebug-extract.ts";
import { type CaptureFlags, readAccess } from "./capture-options.ts";
import { UsageError } from "./exit-code.ts";
import { withInterrupt } from "./interrupt.ts";
import type { ProgressLine } from "./progress-line.ts";

export interface ObtainedBundle {
  bundle: Bundle;
  /** What was wrong with the bundle's files themselves (missing, changed). */
  damage: Damage[];
  target: Target;
}

/** A bundle of loose files, in the order of their own times. */
export function readFiles(
  paths: readonly string[],
  version: string,
  limitBytes?: number | undefined,
): Promise<Bundle> {
  return readLooseFiles({
    paths,
    gopatrol: version,
    timeOf: (bytes) => decodeOwnTimeMs(sniffGzip(bytes) ? inflateGzip(bytes).bytes : bytes),
    limitBytes: limitBytes ?? null,
    extractLog: () => new GodebugExtract(),
  });
}

interface ObtainOptions {
  version: string;
  progress: ProgressLine;
  outputDirectory?: string | undefined;
  /** Only these are asked of a live target. */
  kinds?: ReadonlySet<CaptureKind>;
  /** Told what the words mean before anything is asked or read; may throw. */
  onTarget?: (target: Target) => void | Promise<void>;
}

/** The bundle that the words on the command line mean, with the logs that --gc-log names. */
export async function obtainBundle(
  words: readonly string[],
  flags: CaptureFlags,
  options: ObtainOptions,
): Promise<ObtainedBundle> {
  const logs = flags.gcLog ?? [];
  // A wrong name is told before a window of minutes, not after it.
  for (const path of logs) await checkReadable(path);
  const obtained = await obtainCaptures(words, flags, options);
  for (const path of logs) await addGcLog(obtained.bundle, path, new GodebugExtract());
  return obtained;
}

async function checkReadable(path: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
  } catch (error) {
    throw new UsageError(
      `--gc-log: cannot read ${path} (${(error as NodeJS.ErrnoException).code ?? "error"})`,
    );
  }
}

/** Captured live, read from disk, or made of loose files. */
async function obtainCaptures(
  words: readonly string[],
  flags: CaptureFlags,
  { version, progress, outputDirectory, kinds, onTarget }: ObtainOptions,
): Promise<ObtainedBundle> {
  const target = await resolveWords(words, flags);
  await onTarget?.(target);
  switch (target.kind) {
    case "bundle": {
      const { bundle, damage } = await readBundle(target.path);
      return { bundle, damage, target };
    }
    case "files": {
      return { bundle: await readFiles(target.paths, version, flags.limit), damage: [], target };
    }
    case "process":
    case "url": {
      const httpAccess = await readAccess(flags, version);
      const { limit } = flags;
      const bundle = await withInterrupt(progress, (signal, hurrySignal) =>
        captureTarget(
          {
            target,
            process: flags.pid ?? (flags.process ? "find" : undefined),
            gopatrol: version,
            access: httpAccess,
            windowMs: flags.for,
            everyMs: flags.every,
            gc: flags.gc ? "each" : "never",
            limitBytes: flags.limit ?? null,
            load: flags.load,
            outputDirectory,
            kinds,
            goroutineDumpLimit: flags.maxGoroutines,
            countGoroutines: decodeCountedGoroutines,
            guard:
              limit === undefined && !flags.process && flags.pid === undefined
                ? undefined
                : (latest) => findLimitPressure(limit, latest),
            addressesToSymbolize: findAddressesToSymbolize,
          },
          { signal, hurrySignal, onProgress: (event) => progress.follow(event) },
        ),
      ).finally(() => progress.clear());
      return { bundle, damage: [], target };
    }
  }
}

/** `--pid N` alone is the target `pid:N`; beside a URL it is the process behind it. */
async function resolveWords(words: readonly string[], { pid }: CaptureFlags): Promise<Target> {
  if (pid !== undefined && words.length === 0) return processTarget(pid);
  const target = resolveTarget(words);
  if (pid === undefined) return target;
  // A place that cannot be read is no service either.
  const kind = await target.then(({ kind }) => kind).catch(() => undefined);
  if (kind !== "url") {
    throw new UsageError("--pid goes with a URL, or alone: a bundle or files have no running process.");
  }
  return target;
}
