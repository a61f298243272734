/**
 * Takes the recording machine's own names out of recorded bundles: the folder of the checkout and the cgroup become
 * names of the same length, so that lengths inside profiles stay true.
 *
 *   node scripts/neutral-bundle.ts [--root FOLDER]… FILE…
 */
import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { gunzipSync, gzipSync } from "node:zlib";
import { computeSha256 } from "../src/bundle/bundle-damage.ts";
import type { Bundle } from "../src/bundle/manifest.ts";
import { readBundle, writeBundle } from "../src/capture/bundle-file.ts";
import { ZOO } from "./zoo-programs.ts";

/** Rewrites the bundle at `path`, an archive, in place. */
export async function neutralizeBundle(
  path: string,
  roots: readonly string[] = [dirname(ZOO)],
): Promise<void> {
  const { bundle } = await readBundle(path);
  const names = new Map<string, string>();
  for (const root of roots) names.set(root, neutralPath(root));
  for (const cgroup of listCgroups(bundle)) names.set(cgroup, neutralPath(cgroup));
  const files = new Map(
    Array.from(bundle.files, ([file, bytes]): [string, Uint8Array] => [file, rename(bytes, names)]),
  );
  const captures = bundle.manifest.captures.map((capture) => {
    const bytes = files.get(capture.path);
    const origin = renameText(capture.origin, names);
    return bytes === undefined
      ? { ...capture, origin }
      : { ...capture, origin, bytes: bytes.length, sha256: computeSha256(bytes) };
  });
  const failures = bundle.manifest.failures.map((failure) => ({
    ...failure,
    origin: renameText(failure.origin, names),
    reason: renameText(failure.reason, names),
  }));
  rmSync(path);
  await writeBundle(path, { manifest: { ...bundle.manifest, captures, failures }, files });
}

/** Cgroups of the process, as /proc/PID/cgroup prints them: "4:memory:/kubepods/pod1". */
function listCgroups({ files }: Bundle): Set<string> {
  const found = new Set<string>();
  for (const [path, bytes] of files) {
    if (!path.endsWith("proc-system.txt")) continue;
    for (const [, cgroup] of Buffer.from(bytes)
      .toString("latin1")
      .matchAll(/^\d+:[^:\n]*:(\/[^\n]+)$/gm)) {
      found.add(cgroup!);
      // Limits of the groups above it are read as well.
      for (let parent = dirname(cgroup!); parent !== "/"; parent = dirname(parent)) found.add(parent);
    }
  }
  return found;
}

/** A path of the same length that tells nothing. */
function neutralPath(path: string): string {
  return path.replace(/[^/]+/g, (word) => "zoo".repeat(word.length).slice(0, word.length));
}

function rename(bytes: Uint8Array, names: ReadonlyMap<string, string>): Uint8Array {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const text = Buffer.from(isGzip ? gunzipSync(bytes) : bytes).toString("latin1");
  const renamed = renameText(text, names);
  if (renamed === text) return bytes;
  const result = Buffer.from(renamed, "latin1");
  return isGzip ? gzipSync(result) : result;
}

function renameText(text: string, names: ReadonlyMap<string, string>): string {
  let result = text;
  // The longest first: a name may be the beginning of another.
  for (const [name, neutral] of [...names].sort(([a], [b]) => b.length - a.length)) {
    result = result.replaceAll(name, neutral);
  }
  return result;
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    options: { root: { type: "string", multiple: true } },
    allowPositionals: true,
  });
  for (const path of positionals) await neutralizeBundle(path, values.root);
}
