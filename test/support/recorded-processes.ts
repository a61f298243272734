import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

const root = new URL("../fixtures/proc/", import.meta.url);

/** Processes whose /proc files were recorded while they were stopped (test/fixtures/proc/record.sh). */
export const RECORDED_PROCESSES = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)
  .sort();

export type ProcessFile = "smaps" | "smaps_rollup" | "status" | "stat" | "limits" | "exe" | "heap.txt";

export function readProcessFile(process: string, file: ProcessFile): Uint8Array {
  const name = file === "smaps" ? "smaps.gz" : file;
  const bytes = readFileSync(new URL(`${process}/${name}`, root));
  return new Uint8Array(file === "smaps" ? gunzipSync(bytes) : bytes);
}
