import { stat } from "node:fs/promises";
import type { ReadBundle } from "../bundle/bundle-tar.ts";
import type { Bundle } from "../bundle/manifest.ts";
import { checkArchivePlace, readBundleArchive, writeBundleArchive } from "./bundle-archive.ts";
import { checkDirectoryPlace, readBundleDirectory, writeBundleDirectory } from "./bundle-directory.ts";
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

/** Worth asking before a long capture: throws CaptureError "exists" if a bundle must not be written there. */
export async function checkBundlePlace(path: string): Promise<void> {
  await (isArchivePath(path) ? checkArchivePlace(path) : checkDirectoryPlace(path));
}

/** Writes a bundle in the form that its path asks for. Throws CaptureError. */
export async function writeBundle(path: string, bundle: Bundle): Promise<void> {
  await (isArchivePath(path) ? writeBundleArchive(path, bundle) : writeBundleDirectory(path, bundle));
}
