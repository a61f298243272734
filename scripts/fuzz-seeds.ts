/** Real inputs of every format, found among the recorded test fixtures by their content. */
import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Bundle } from "../src/bundle/manifest.ts";
import type { FormatName } from "../src/bytes/decode-error.ts";
import { inflateGzip, sniffGzip } from "../src/bytes/gunzip.ts";
import { decodeBundleArchive } from "../src/capture/bundle-archive.ts";
import { sniffFormat } from "../src/formats/sniff.ts";
import { recordedBundle, SERVICES } from "../test/support/recorded-service.ts";

const root = resolve(import.meta.dirname, "..");

export interface FuzzSeeds {
  /** Inflated inputs by what they turned out to be. */
  byFormat: ReadonlyMap<FormatName, Uint8Array[]>;
  gzip: Uint8Array[];
  bundles: Bundle[];
  goFiles: { path: string; bytes: Uint8Array }[];
}

let loaded: FuzzSeeds | undefined;

export function loadSeeds(): FuzzSeeds {
  loaded ??= readSeeds();
  return loaded;
}

function readSeeds(): FuzzSeeds {
  const byFormat = new Map<FormatName, Uint8Array[]>();
  const gzip: Uint8Array[] = [];
  const bundles = Object.values(SERVICES).map((momentOf) => recordedBundle(momentOf));
  for (const path of listFiles("test/fixtures/**/*")) {
    const raw = readPlain(path);
    if (path.endsWith(".tar.gz")) {
      bundles.push(decodeBundleArchive(raw).bundle);
      continue;
    }
    if (sniffGzip(raw)) gzip.push(raw);
    const bytes = inflateGzip(raw).bytes;
    const { format } = sniffFormat(bytes);
    if (format === "unknown") continue;
    const known = byFormat.get(format);
    if (known === undefined) byFormat.set(format, [bytes]);
    else known.push(bytes);
  }
  const goFiles = listFiles("{zoo,test/fixtures}/**/*.go").map((path) => ({ path, bytes: readPlain(path) }));
  return { byFormat, gzip, bundles, goFiles };
}

function listFiles(pattern: string): string[] {
  const entries = globSync(pattern, { cwd: root, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** A copy of its own: a Buffer's slice() would share memory between inputs. */
function readPlain(path: string): Uint8Array {
  return Uint8Array.from(readFileSync(path));
}
