import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { decodeBundleArchive } from "../../src/capture/bundle-archive.ts";
import { inspectBundle } from "../../src/inspect/inspect-bundle.ts";
import type { Inspection } from "../../src/inspect/inspection.ts";

/** What `inspect` says of a recorded bundle, by its name without the ending. */
export function loadRecordedInspection(name: string): Inspection {
  const file = new URL(`../fixtures/bundles/${name}.tar.gz`, import.meta.url);
  return inspectBundle(decodeBundleArchive(readFileSync(fileURLToPath(file))).bundle);
}
