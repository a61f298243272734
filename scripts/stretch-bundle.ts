/** Multiplies the times of a recorded bundle: of a program whose clock ran so many times as fast as ours. */
import { rmSync } from "node:fs";
import type { Manifest } from "../src/bundle/manifest.ts";
import { readBundle, writeBundle } from "../src/capture/bundle-file.ts";

/** Rewrites the bundle at `path`, an archive, in place. */
export async function stretchBundle(path: string, factor: number): Promise<void> {
  const { bundle } = await readBundle(path);
  rmSync(path);
  await writeBundle(path, { ...bundle, manifest: stretchManifest(bundle.manifest, factor) });
}

function stretchManifest(manifest: Manifest, factor: number): Manifest {
  const { wallMs } = manifest.begun;
  const stretch = <T extends { time: { wallMs: number; monotonicMs: number } }>(entry: T): T => ({
    ...entry,
    time: {
      wallMs: wallMs + factor * (entry.time.wallMs - wallMs),
      monotonicMs: factor * entry.time.monotonicMs,
    },
  });
  return {
    ...manifest,
    windowMs: factor * manifest.windowMs,
    everyMs: factor * manifest.everyMs,
    captures: manifest.captures.map(stretch),
    failures: manifest.failures.map(stretch),
  };
}
