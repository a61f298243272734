import { createHash } from "node:crypto";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { encodePathSegment } from "../bundle/bundle-path.ts";
import type { Bundle } from "../bundle/manifest.ts";

/** Enough for the packages on the stacks of one service; a monorepo's other files are of no use here. */
const MAX_FILES = 400;
const MAX_FILE_BYTES = 2 * 1024 * 1024;
const MAX_TOTAL_BYTES = 24 * 1024 * 1024;

export interface SourceFilesOptions {
  /** Paths of Go files as the profiles print them. */
  wanted: readonly string[];
  /** Where the source is; undefined looks at the printed paths themselves. */
  directory: string | undefined;
}

/**
 * Adds the Go files on the target's stacks, and their neighbours in the same packages, to the bundle as captures of
 * kind "source", so that the analysis can be repeated from the bundle alone. Files that are not there are passed over.
 *
 * Under a directory a printed path is found by its longest tail: "/build/shop/cart/store.go" matches
 * "cart/store.go" below it. Returns how many files were added.
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
  for (const printed of await withNeighbours(wanted, directory)) {
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

interface PrintedFile {
  /** As the profile prints it. */
  origin: string;
  /** Where it is here. */
  path: string;
}

async function withNeighbours(
  wanted: readonly string[],
  directory: string | undefined,
): Promise<PrintedFile[]> {
  const byDirectory = new Map<string, PrintedFile>();
  for (const origin of wanted) {
    if (!origin.endsWith(".go") || byDirectory.has(dirname(origin))) continue;
    const path = directory === undefined ? await existing(origin) : await findByTail(origin, directory);
    if (path !== undefined) byDirectory.set(dirname(origin), { origin, path });
  }
  const result: PrintedFile[] = [];
  for (const [printedDirectory, { path }] of byDirectory) {
    const names = await readdir(dirname(path)).catch(() => []);
    for (const name of names.sort()) {
      if (!name.endsWith(".go") || name.endsWith("_test.go")) continue;
      result.push({ origin: `${printedDirectory}/${name}`, path: join(dirname(path), name) });
    }
  }
  return result;
}

/** A profile may come from anywhere: only absolute paths to plain files are looked at. */
async function existing(path: string): Promise<string | undefined> {
  if (!path.startsWith("/")) return undefined;
  const stats = await stat(path).catch(() => undefined);
  return stats?.isFile() === true ? path : undefined;
}

async function findByTail(printed: string, directory: string): Promise<string | undefined> {
  const root = await realpath(directory).catch(() => undefined);
  if (root === undefined) return undefined;
  const parts = printed
    .replace(/@v[^/]*/g, "")
    .split("/")
    .filter((part) => part !== "" && part !== "." && part !== "..");
  for (let from = 0; from < parts.length; from++) {
    const candidate = join(root, ...parts.slice(from));
    const real = await realpath(candidate).catch(() => undefined);
    if (real?.startsWith(`${root}/`) === true && (await existing(real)) !== undefined) return real;
  }
  return undefined;
}

async function readSmallFile(path: string): Promise<Uint8Array | undefined> {
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isFile() !== true || stats.size > MAX_FILE_BYTES) return undefined;
  return readFile(path).catch(() => undefined);
}
