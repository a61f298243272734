import { startsWith } from "../../lib/ascii.ts";
import { LineScanner } from "../../lib/text-lines.ts";
import type { MemStats } from "../../tables/mem-stats.ts";
import { MemStatsTrailer } from "./mem-stats.ts";

/** More than the trailer ever takes: two rings of 256 numbers and some thirty lines. */
export const MEM_STATS_TAIL_BYTES = 32 * 1024;

/**
 * The MemStats of a heap?debug=1 text, given its last `MEM_STATS_TAIL_BYTES`, so that no record before them need be kept
 * or read. Undefined if there is no trailer, or it is cut off.
 */
export function decodeMemStatsTail(tail: Uint8Array): MemStats | undefined {
  const lines = new LineScanner(tail);
  let trailer: MemStatsTrailer | undefined;
  while (lines.next()) {
    const { start, end } = lines;
    if (trailer !== undefined) trailer.readLine(tail, start, end);
    else if (startsWith(tail, start, end, "# runtime.MemStats")) trailer = new MemStatsTrailer();
  }
  return trailer?.isComplete === true ? trailer.finish() : undefined;
}
