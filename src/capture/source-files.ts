import { createHash } from "node:crypto";
import { basename } from "node:path";
import { encodePathSegment } from "../bundle/bundle-path.ts";
import type { Bundle } from "../bundle/manifest.ts";
import { findSourceFiles, readSmallFile } from "./source-packages.ts";

/** Enough for the packages of one service; a monorepo's other files are of no use here. */
const MAX_FILES = 800;
const MAX_TOTAL_BYTES = 24 * 1024 * 1024;

export interface SourceFilesOptions {
  /** Paths of Go files as the profiles print them. */
  wanted: readonly string[];
  /** Where the source is; undefined looks at the printed paths themselves. */
  directory: string | undefined;
}

/**
 * Adds the Go files of the packages on the target's stacks, and of what these import, to the bundle as captures of
 * kind "source", so that the analysis can be repeated from the bundle alone. Returns how many files were added.
 */
export async function addSourceFiles(
  bundle: Bundle,
  { wanted, directory }: SourceFilesOptions,
): Promise<number> {
  const files = bundle.files as Map<string, Uint8Array>;
  const seen = new Set(bundle.manifest.captures.filter((c) => c.kind === "source").map((c) => c.origin));
  const lastSample = Math.max(0, bundle.manifest.samples - 1);
  const time = { wallMs: bundle.manifest.begun.wallMs, monotonicMs: bundle.manifest.windowMs };
  let added = 0;
  let totalBytes = 0;
  for (const printed of await findSourceFiles(wanted, directory)) {
    if (seen.has(printed.origin) || added >= MAX_FILES) continue;
    const bytes = await readSmallFile(printed.path);
    if (bytes === undefined || totalBytes + bytes.length > MAX_TOTAL_BYTES) continue;
    seen.add(printed.origin);
    totalBytes += bytes.length;
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    // Not the hash: two packages may hold the same doc.go, and a bundle path is there once.
    const nth = String(bundle.manifest.captures.length).padStart(4, "0");
    const path = `source/${nth}-${encodePathSegment(basename(printed.path))}`;
    files.set(path, bytes);
    bundle.manifest.captures.push({
      kind: "source",
      sample: lastSample,
      path,
      origin: printed.origin,
      time,
      elapsedMs: 0,
      bytes: bytes.length,
      sha256,
      forcedGc: false,
      cutOff: false,
    });
    added++;
  }
  return added;
}
