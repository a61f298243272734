import type { Bundle, Capture } from "../bundle/manifest.ts";
import { sniffFormat } from "../formats/sniff.ts";

/** Files that were taken by hand, one command after the other. */
const MOST_APART_MS = 60_000;

/**
 * Loose files are a sample each, but what the kernel says of a process is told together with the heap of the same moment.
 * Puts each /proc file (status, smaps, limits …) into the sample nearest in time that has none of its format yet, and
 * leaves everything else where it is. Files of one time, as copies have, are near to all: then in the order given.
 */
export function joinLooseProcess({ manifest, files }: Bundle): Capture[] {
  const { captures, target } = manifest;
  if (target.kind !== "files" || captures.length < 2) return [...captures];
  const formats = captures.map(({ path }) => findProcFormat(files.get(path)));
  if (!formats.some((format) => format !== undefined)) return [...captures];
  const taken = new Map<number, Set<string>>();
  const homes: { sample: number; ms: number }[] = [];
  const addHome = (sample: number, ms: number): void => {
    homes.push({ sample, ms });
    taken.set(sample, new Set());
  };
  for (const [i, { sample, time }] of captures.entries()) {
    if (formats[i] === undefined) addHome(sample, time.monotonicMs);
  }
  return captures.map((capture, i) => {
    const format = formats[i];
    if (format === undefined) return capture;
    const ms = capture.time.monotonicMs;
    const free = homes.filter(
      (home) => Math.abs(home.ms - ms) <= MOST_APART_MS && !taken.get(home.sample)!.has(format),
    );
    const [nearest] = free.sort((a, b) => Math.abs(a.ms - ms) - Math.abs(b.ms - ms) || a.sample - b.sample);
    if (nearest === undefined) addHome(capture.sample, ms);
    const sample = nearest?.sample ?? capture.sample;
    taken.get(sample)!.add(format);
    return { ...capture, sample };
  });
}

/** "proc-status" and the like; undefined for anything else. */
function findProcFormat(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  const { format } = sniffFormat(bytes);
  return format.startsWith("proc-") ? format : undefined;
}
