import { randomBytes } from "node:crypto";
import { lstat, mkdir, readdir, realpath, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { computeBundleDamage } from "../bundle/bundle-damage.ts";
import { MANIFEST_PATH } from "../bundle/bundle-path.ts";
import type { ReadBundle } from "../bundle/bundle-tar.ts";
import type { Bundle, Manifest } from "../bundle/manifest.ts";
import { decodeManifest, encodeManifest, MAX_MANIFEST_BYTES } from "../bundle/manifest-json.ts";
import { MAX_INFLATED_BYTES } from "../bytes/byte-limits.ts";
import type { Damage } from "../bytes/decode-error.ts";
import { CaptureError } from "./capture-error.ts";
import { readBoundedFile } from "./read-file.ts";

/** All captures of a directory together; it is read into memory as a whole. */
const MAX_BUNDLE_BYTES = 2 * 1024 * 1024 * 1024;

/**
 * Reads a bundle directory. Captures that are missing, changed, too large or links out of the directory become
 * Damage. Throws CaptureError if there is no manifest to be read, DecodeError if it is none of ours.
 */
export async function readBundleDirectory(path: string): Promise<ReadBundle> {
  const { bytes } = await readBoundedFile(join(path, MANIFEST_PATH), MAX_MANIFEST_BYTES);
  const manifest = decodeManifest(bytes);
  const root = await realpath(path);
  const files = new Map<string, Uint8Array>();
  const damage: Damage[] = [];
  let room = MAX_BUNDLE_BYTES;
  for (const capture of manifest.captures) {
    try {
      const file = await realpath(join(root, capture.path));
      // Bundles are passed around; a link in one must not bring other files of this machine into a report.
      if (!file.startsWith(`${root}${sep}`)) {
        const what = `${capture.path} is a link out of the bundle and was not followed`;
        damage.push({ format: "manifest", offset: 0, what });
        continue;
      }
      // A pipe would keep us waiting for a writer.
      if (!(await lstat(file)).isFile()) {
        damage.push({
          format: "manifest",
          offset: 0,
          what: `${capture.path} is not a file and was passed over`,
        });
        continue;
      }
      const read = await readBoundedFile(file, Math.min(room, MAX_INFLATED_BYTES));
      room -= read.bytes.length;
      files.set(capture.path, read.bytes);
    } catch (error) {
      const code = error instanceof CaptureError ? error.code : (error as NodeJS.ErrnoException).code;
      if (code === "no-such-file" || code === "ENOENT" || code === "ENOTDIR") continue;
      damage.push({ format: "manifest", offset: 0, what: `${capture.path} could not be read (${code})` });
    }
  }
  const bundle = { manifest, files };
  return { bundle, damage: [...damage, ...computeBundleDamage(bundle)] };
}

/** Writes a bundle directory in one step: `path` is the old one, or the whole new one, and never a part of it. */
export async function writeBundleDirectory(path: string, bundle: Bundle): Promise<void> {
  const writer = await openBundleDirectory(path);
  try {
    for (const [name, bytes] of bundle.files) await writer.writeCapture(name, bytes);
    await writer.commit(bundle.manifest);
  } catch (error) {
    await writer.discard();
    throw error;
  }
}

/**
 * A bundle directory that is written while captures arrive, beside its final place as `<path>.partial-<random>`.
 * What is there at any moment is a readable bundle, so that a crash costs no more than the capture under way.
 */
export interface BundleDirectoryWriter {
  readonly partialPath: string;
  /** `name` must be a bundle path that was not written yet. */
  writeCapture(name: string, bytes: Uint8Array): Promise<void>;
  writeManifest(manifest: Manifest): Promise<void>;
  /** Moves the bundle to its place; the writer is used up. */
  commit(manifest: Manifest): Promise<void>;
  /** Removes what was written; the writer is used up. */
  discard(): Promise<void>;
}

/** Throws CaptureError "exists" if something other than a bundle or an empty directory is at `path`. */
export async function openBundleDirectory(path: string): Promise<BundleDirectoryWriter> {
  const place = resolve(path);
  await checkDirectoryPlace(path);
  const partialPath = `${place}.partial-${randomBytes(4).toString("hex")}`;
  const guard = <T>(work: Promise<T>): Promise<T> =>
    work.catch((cause: unknown) => {
      throw errorOfWriting(path, cause);
    });
  await guard(mkdir(partialPath, { recursive: true }));

  const writeManifest = async (manifest: Manifest): Promise<void> => {
    const file = join(partialPath, MANIFEST_PATH);
    await guard(writeFile(`${file}.new`, encodeManifest(manifest)));
    await guard(rename(`${file}.new`, file));
  };
  return {
    partialPath,
    async writeCapture(name, bytes) {
      await guard(makeFolders(partialPath, name));
      await guard(writeFile(join(partialPath, name), bytes, { flag: "wx" }));
    },
    writeManifest,
    async commit(manifest) {
      await writeManifest(manifest);
      await checkDirectoryPlace(path);
      await guard(moveIntoPlace(partialPath, place));
    },
    async discard() {
      await rm(partialPath, { recursive: true, force: true });
    },
  };
}

/** The folders above `name`, but never `root` itself: if that was taken away, so were the captures in it. */
async function makeFolders(root: string, name: string): Promise<void> {
  const folders = name.split("/").slice(0, -1);
  for (let depth = 1; depth <= folders.length; depth++) {
    await mkdir(join(root, ...folders.slice(0, depth))).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== "EEXIST") throw cause;
    });
  }
}

async function moveIntoPlace(partialPath: string, place: string): Promise<void> {
  const old = `${place}.old-${randomBytes(4).toString("hex")}`;
  const hadOld = await rename(place, old).then(
    () => true,
    () => false,
  );
  try {
    await rename(partialPath, place);
  } catch (error) {
    if (hadOld) await rename(old, place);
    throw error;
  }
  if (hadOld) await rm(old, { recursive: true, force: true });
}

/**
 * Throws CaptureError "exists" if something other than a bundle or an empty directory is at `path`: a user who
 * mistypes `-o` must not lose a directory that is not ours.
 */
export async function checkDirectoryPlace(path: string): Promise<void> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined) return;
  if (stats.isDirectory()) {
    const names = await readdir(path).catch(() => ["unreadable"]);
    if (names.length === 0) return;
    const read = await readBoundedFile(join(path, MANIFEST_PATH), MAX_MANIFEST_BYTES).catch(() => undefined);
    if (read !== undefined && isManifest(read.bytes)) return;
  }
  throw new CaptureError(
    "exists",
    `${path} exists and is not a bundle, so it was left alone`,
    `name another place, or remove it yourself`,
  );
}

function isManifest(bytes: Uint8Array): boolean {
  try {
    decodeManifest(bytes);
    return true;
  } catch {
    return false;
  }
}

export function errorOfWriting(path: string, cause: unknown): CaptureError {
  if (cause instanceof CaptureError) return cause;
  const code = (cause as NodeJS.ErrnoException).code ?? "unknown";
  return new CaptureError(
    "write-failed",
    `the bundle ${path} cannot be written (${code})`,
    "check the path, its permissions and the space left on the disk",
    cause,
  );
}
