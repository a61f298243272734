import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";

const PATH = join(import.meta.dirname, "../../fixtures/pprof/expected.json.gz");
/** Enough that no wrong output passes by chance. */
const HASH_DIGITS = 12;

interface Expected {
  /** The Go whose pprof printed it. */
  goVersion: string;
  /** Start of the SHA-256 of an output by case and combination. */
  hashes: Record<string, string>;
}

export function hashOutput(output: string): string {
  return createHash("sha256").update(output).digest("hex").slice(0, HASH_DIGITS);
}

export function readExpected(): Expected {
  return JSON.parse(gunzipSync(readFileSync(PATH)).toString()) as Expected;
}

/** `isPart` keeps what is expected of everything else. */
export function writeExpected(
  goVersion: string,
  outputs: ReadonlyMap<string, string>,
  isPart: boolean,
): void {
  const hashes = isPart ? readExpected().hashes : {};
  for (const [name, output] of outputs) hashes[name] = hashOutput(output);
  const sorted = Object.fromEntries(Object.entries(hashes).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(PATH, gzipSync(JSON.stringify({ goVersion, hashes: sorted }), { level: 9 }));
}
