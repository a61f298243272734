import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { computeSha256 } from "../bundle/bundle-damage.ts";
import { encodePathSegment } from "../bundle/bundle-path.ts";
import type { Bundle, Capture, CaptureFailure, Manifest } from "../bundle/manifest.ts";
import type { Clock } from "../lib/clock.ts";
import { CaptureError, renderFailureReason } from "./capture-error.ts";
import type { LogExtract } from "./gc-log-capture.ts";
import { ignoreUnreadable } from "./ignore-unreadable.ts";
import { readLog } from "./log-stream.ts";
import { type FileBytes, readBoundedFile } from "./read-file.ts";
import { systemClock } from "./system-clock.ts";

export interface LooseFilesOptions {
  paths: readonly string[];
  /** Version of gopatrol, for the manifest. */
  gopatrol: string;
  /** The time that a file tells of itself (a profile's time_nanos), in milliseconds since 1970, or undefined. */
  timeOf: (bytes: Uint8Array) => number | undefined;
  limitBytes?: number | null | undefined;
  /** What is kept of a file that is too large to be read whole; without it, or if it keeps nothing, that is an error. */
  extractLog?: (() => LogExtract) | undefined;
  /** Most bytes of one file. Default 256 MiB. */
  maxBytes?: number | undefined;
  clock?: Clock | undefined;
}

const DEFAULT_MAX_FILE_BYTES = 256 * 1024 * 1024;

interface LooseFile extends FileBytes {
  path: string;
  ownMs: number | undefined;
}

/**
 * Makes a bundle of profiles, dumps and logs: one sample per file, in time order, each of kind "file". Several files
 * of the same time keep the order they were given in.
 *
 * An empty file among others is noted in `manifest.failures`.
 *
 * @throws CaptureError "no-such-file", "not-a-file", "unreadable" or "too-large" for any file that cannot be read
 * (whoever named it wants it), "empty" if all are empty. A log that is too large is read in pieces by `extractLog`.
 */
export async function readLooseFiles(options: LooseFilesOptions): Promise<Bundle> {
  const clock = options.clock ?? systemClock;
  const begunMs = clock.monotonicMs();
  const begun = { wallMs: clock.wallMs() };
  const files: LooseFile[] = [];
  const failures: CaptureFailure[] = [];
  for (const path of options.paths) {
    const file = await readFileOrLog(path, options);
    if (file.bytes.length > 0) {
      files.push({ ...file, path, ownMs: ignoreUnreadable(() => options.timeOf(file.bytes)) });
      continue;
    }
    const error = new CaptureError("empty", `${path} is empty`, "capture it again");
    if (options.paths.length === 1) throw error;
    const time = { wallMs: file.modifiedMs, monotonicMs: clock.monotonicMs() - begunMs };
    failures.push({
      kind: "file",
      sample: 0,
      origin: path,
      time,
      code: error.code,
      reason: renderFailureReason(error),
    });
  }
  if (files.length === 0) throw new CaptureError("empty", "all the files are empty", "capture them again");

  const sorted = files.toSorted((a, b) => timeMs(a) - timeMs(b));
  const firstMs = timeMs(sorted[0]!);
  const bytesByPath = new Map<string, Uint8Array>();
  const captures = sorted.map((file, sample): Capture => {
    const path = `${String(sample).padStart(4, "0")}/${encodePathSegment(basename(file.path))}`;
    bytesByPath.set(path, file.bytes);
    return {
      kind: "file",
      sample,
      path,
      origin: file.path,
      time: { wallMs: timeMs(file), monotonicMs: timeMs(file) - firstMs },
      elapsedMs: 0,
      bytes: file.bytes.length,
      sha256: computeSha256(file.bytes),
      forcedGc: false,
      cutOff: false,
    };
  });
  const manifest: Manifest = {
    format: "gopatrol-bundle",
    version: 1,
    gopatrol: options.gopatrol,
    target: { kind: "files", name: options.paths.map((path) => basename(path)).join(", ") },
    begun,
    windowMs: timeMs(sorted.at(-1)!) - firstMs,
    everyMs: 0,
    samples: sorted.length,
    interrupted: false,
    order: findOrder(sorted),
    limitBytes: options.limitBytes ?? null,
    load: null,
    captures,
    failures,
  };
  return { manifest, files: bytesByPath };
}

/** A file whole; of a log that is too large, what the extract keeps. */
async function readFileOrLog(
  path: string,
  { extractLog, maxBytes = DEFAULT_MAX_FILE_BYTES }: LooseFilesOptions,
): Promise<FileBytes> {
  try {
    return await readBoundedFile(path, maxBytes);
  } catch (error) {
    if (!(error instanceof CaptureError) || error.code !== "too-large" || extractLog === undefined)
      throw error;
    const { mtimeMs, isFile } = await stat(path).then((stats) => ({
      mtimeMs: stats.mtimeMs,
      isFile: stats.isFile(),
    }));
    // What came through a pipe is gone.
    if (!isFile) throw error;
    const extract = extractLog();
    for await (const { bytes } of readLog(path, new AbortController().signal)) extract.push(bytes);
    const kept = extract.finish();
    if (kept.length === 0) throw error;
    return { bytes: kept, modifiedMs: mtimeMs };
  }
}

function timeMs(file: LooseFile): number {
  return file.ownMs ?? file.modifiedMs;
}

function findOrder(sorted: readonly LooseFile[]): NonNullable<Manifest["order"]> {
  if (sorted.length > 1 && timeMs(sorted[0]!) === timeMs(sorted.at(-1)!)) return "argument";
  const own = sorted.filter((file) => file.ownMs !== undefined).length;
  if (own === sorted.length) return "content";
  return own === 0 ? "mtime" : "mixed";
}
