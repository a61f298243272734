import { randomBytes } from "node:crypto";
import { lstat, open, rename, rm, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { decodeBundleTar, encodeBundleTar, type ReadBundle } from "../bundle/bundle-tar.ts";
import type { Bundle } from "../bundle/manifest.ts";
import { MAX_INFLATED_BYTES } from "../bytes/byte-limits.ts";
import { inflateGzip } from "../bytes/gunzip.ts";
import { errorOfWriting } from "./bundle-directory.ts";
import { CaptureError } from "./capture-error.ts";
import { readBoundedFile } from "./read-file.ts";
import { isTarHead } from "./tar-head.ts";

/**
 * Reads a bundle from a `.tar.gz` (or plain `.tar`) file.
 * Throws CaptureError if the file cannot be read, DecodeError if it is no bundle; a cut-off archive gives Damage.
 */
export async function readBundleArchive(path: string): Promise<ReadBundle> {
  const { bytes } = await readBoundedFile(path, MAX_INFLATED_BYTES);
  return decodeBundleArchive(bytes);
}

/** Pure half of `readBundleArchive`. */
export function decodeBundleArchive(archive: Uint8Array): ReadBundle {
  const inflated = inflateGzip(archive, { limitBytes: MAX_INFLATED_BYTES });
  const { bundle, damage } = decodeBundleTar(inflated.bytes);
  return { bundle, damage: [...inflated.damage, ...damage] };
}

/** Gzip's header names the operating system; 255, "unknown", keeps the bytes the same everywhere. */
const GZIP_OS_OFFSET = 9;
const GZIP_OS_UNKNOWN = 255;

/** A bundle as `.tar.gz`; equal bundles give equal bytes. */
export function encodeBundleArchive(bundle: Bundle): Uint8Array {
  const tar = encodeBundleTar(bundle);
  if (tar.length > MAX_INFLATED_BYTES) {
    throw new CaptureError(
      "too-large",
      `the bundle holds ${tar.length} bytes, more than the ${MAX_INFLATED_BYTES} that are read from an archive`,
      "write it to a directory: give a name without .tar.gz",
    );
  }
  const archive = gzipSync(tar);
  archive[GZIP_OS_OFFSET] = GZIP_OS_UNKNOWN;
  return archive;
}

/** Writes the archive in one step. Throws CaptureError "exists" if another kind of file is there. */
export async function writeBundleArchive(path: string, bundle: Bundle): Promise<void> {
  const place = resolve(path);
  await checkArchivePlace(path);
  const partial = `${place}.partial-${randomBytes(4).toString("hex")}`;
  try {
    await writeFile(partial, encodeBundleArchive(bundle), { flag: "wx" });
    await rename(partial, place);
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => {});
    throw errorOfWriting(path, cause);
  }
}

/** Throws CaptureError "exists" if `path` is there and is no tar archive. */
export async function checkArchivePlace(path: string): Promise<void> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined) return;
  if (stats.isFile() && (stats.size === 0 || isTarHead(await readHead(path)))) return;
  throw new CaptureError(
    "exists",
    `${path} exists and is not a bundle, so it was left alone`,
    "name another place, or remove it yourself",
  );
}

async function readHead(path: string): Promise<Uint8Array> {
  const file = await open(path, "r").catch((cause: unknown) => {
    throw errorOfWriting(path, cause);
  });
  try {
    const { bytesRead, buffer } = await file.read(new Uint8Array(4096), 0, 4096, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
