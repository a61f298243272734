import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { computeSha256 } from "../bundle/bundle-damage.ts";
import { encodePathSegment } from "../bundle/bundle-path.ts";
import type { Bundle } from "../bundle/manifest.ts";
import { CaptureError } from "./capture-error.ts";
import { readLog } from "./log-stream.ts";

/** Picks what is to be kept out of a log that arrives in pieces. */
export interface LogExtract {
  push(bytes: Uint8Array): void;
  finish(): Uint8Array;
}

/**
 * Adds what `extract` keeps of a log file to a bundle, as a capture of kind "log" at its last sample.
 * Throws CaptureError "no-such-file", "not-a-file", "unreadable", or "empty" if nothing was kept.
 */
export async function addGcLog(bundle: Bundle, path: string, extract: LogExtract): Promise<void> {
  for await (const { bytes } of readLog(path, new AbortController().signal)) extract.push(bytes);
  const bytes = extract.finish();
  if (bytes.length === 0) {
    throw new CaptureError(
      "empty",
      `${path} has no line of GODEBUG=gctrace=1`,
      "set GODEBUG=gctrace=1 in the target's environment and give its standard error",
    );
  }
  const files = bundle.files as Map<string, Uint8Array>;
  const nth = String(bundle.manifest.captures.length).padStart(4, "0");
  const bundlePath = `log/${nth}-${encodePathSegment(basename(path))}`;
  files.set(bundlePath, bytes);
  const { mtimeMs } = await stat(path);
  bundle.manifest.captures.push({
    kind: "log",
    sample: Math.max(0, bundle.manifest.samples - 1),
    path: bundlePath,
    origin: path,
    time: { wallMs: mtimeMs, monotonicMs: bundle.manifest.windowMs },
    elapsedMs: 0,
    bytes: bytes.length,
    sha256: computeSha256(bytes),
    forcedGc: false,
    cutOff: false,
  });
}
