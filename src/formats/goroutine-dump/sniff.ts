import { GoroutineHeader } from "./header.ts";
import { LogLineReader } from "./log-lines.ts";

/** Offset of the first line with a goroutine's header, perhaps behind a log's prefix; -1 if there is none. */
export function findGoroutineHeader(bytes: Uint8Array): number {
  const lines = new LogLineReader(bytes);
  const header = new GoroutineHeader();
  while (lines.next()) {
    if (header.read(lines.bytes, lines.start, lines.end)) return lines.offset;
  }
  return -1;
}
