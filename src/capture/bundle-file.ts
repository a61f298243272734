import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { ReadBundle } from "../bundle/bundle-tar.ts";
import type { Bundle } from "../bundle/manifest.ts";
import { checkArchivePlace, readBundleArchive, writeBundleArchive } from "./bundle-archive.ts";
import {
  checkDirectoryPlace,
  errorOfWriting,
  readBundleDirectory,
  writeBundleDirectory,
} from "./bundle-directory.ts";
import { errorOfFile } from "./read-file.ts";

/** Reads a bundle, whichever form it has on disk. Throws CaptureError or DecodeError. */
export async function readBundle(path: string): Promise<ReadBundle> {
  const stats = await stat(path).catch((cause: unknown) => {
    throw errorOfFile(path, cause);
  });
  return stats.isDirectory() ? readBundleDirectory(path) : readBundleArchive(path);
}

/** Whether a bundle written to this path becomes an archive; any other name becomes a directory. */
export function isArchivePath(path: string): boolean {
  return /\.(tar\.gz|tgz)$/i.test(path);
}

/**
 * Worth asking before a long capture: throws CaptureError "exists" if a bundle must not be written there,
 * "write-failed" if it cannot be.
 */
export async function checkBundlePlace(path: string): Promise<void> {
  await (isArchivePath(path) ? checkArchivePlace(path) : checkDirectoryPlace(path));
  try {
    // Folders above a bundle directory are made, those above an archive are not.
    await checkFolder(dirname(resolve(path)), !isArchivePath(path));
  } catch (cause) {
    throw errorOfWriting(path, cause);
  }
}

async function checkFolder(folder: string, mayBeMissing: boolean): Promise<void> {
  const stats = await stat(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT" && mayBeMissing && dirname(folder) !== folder) return undefined;
    throw cause;
  });
  if (stats === undefined) return checkFolder(dirname(folder), mayBeMissing);
  if (!stats.isDirectory()) throw Object.assign(new Error("not a directory"), { code: "ENOTDIR" });
  await access(folder, constants.W_OK);
}

/** Writes a bundle in the form that its path asks for. Throws CaptureError. */
export async function writeBundle(path: string, bundle: Bundle): Promise<void> {
  await (isArchivePath(path) ? writeBundleArchive(path, bundle) : writeBundleDirectory(path, bundle));
}
