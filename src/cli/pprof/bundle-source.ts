import { existsSync } from "node:fs";
import type { Capture } from "../../bundle/manifest.ts";
import { readBundle } from "../../capture/bundle-file.ts";
import { CaptureError } from "../../capture/capture-error.ts";
import type { Fetched } from "./sources.ts";

/** What of a bundle pprof can show, the usual one first. */
const PROFILE_KINDS = [
  "heap",
  "allocs",
  "goroutine",
  "goroutineleak",
  "heap-text",
  "goroutine-dump",
  "file",
] as const;
const SELECTION = /^(.*?):([a-z-]+)?(?:@(\d+))?$/;

/** Whether a word is a bundle's path with a selection behind it: `bundle.tar.gz:goroutine@1`. */
export function isBundleName(name: string): boolean {
  const match = SELECTION.exec(name);
  return match !== null && match[1] !== "" && existsSync(match[1]!);
}

/**
 * Takes a profile out of a bundle: the last heap profile, or with `:kind` the last of that kind, or with `@N` that of
 * the N-th sample, from 1. For `isEvery` sample those of all, from the first, unless one is named.
 *
 * @throws CaptureError if the bundle has none.
 */
export async function readFromBundle(name: string, isEvery = false): Promise<Fetched[]> {
  const match = existsSync(name) ? null : SELECTION.exec(name);
  const path = match?.[1] ?? name;
  const { bundle } = await readBundle(path);
  const kind = match?.[2];
  const sample = match?.[3] === undefined ? undefined : Number(match[3]) - 1;
  const fits = (capture: Capture, wanted: string): boolean =>
    capture.kind === wanted &&
    (sample === undefined || capture.sample === sample) &&
    bundle.files.has(capture.path);
  for (const wanted of kind === undefined ? PROFILE_KINDS : [kind]) {
    const all = bundle.manifest.captures.filter((each) => fits(each, wanted));
    const captures = isEvery ? all : all.slice(-1);
    if (captures.length === 0) continue;
    return captures.map((capture) => {
      const bytes = bundle.files.get(capture.path)!;
      const place = isEvery ? `${path}:${wanted}@${(capture.sample ?? 0) + 1}` : `${name}: ${capture.path}`;
      return { read: () => bytes, name: place, isRemote: false };
    });
  }
  const kinds = [...new Set(bundle.manifest.captures.map((capture) => capture.kind))].join(", ");
  throw new CaptureError(
    "empty",
    `${name} holds no such profile`,
    `it has ${kinds}; name one as in ${match?.[1] ?? name}:goroutine@1`,
  );
}
