import type { SourceFrame } from "./go-sources.ts";
import { getSymbols } from "./retention-path.ts";

/** A statement that bounds how long I/O may take; `text` is "" if the functions have none. */
export interface IoDeadline {
  file: string;
  line: number;
  text: string;
}

/** Deadlines of net.Conn and os.File, dialers and HTTP servers with time-outs, contexts that end by time. */
const BOUNDS =
  /\bSet(?:Read|Write)?Deadline\(|\b(?:Read|ReadHeader|Write|Idle)?Timeout\s*[:=]|\bDialTimeout\(|\bcontext\.With(?:Timeout|Deadline)\(/;
const MAX_TEXT = 160;

/**
 * Whether any of the functions on a goroutine's own path bounds its I/O in time. By their lines: a deadline that
 * another function sets on the same connection is not seen. Undefined if none of their sources is at hand.
 */
export function findIoDeadline(
  files: ReadonlyMap<string, string>,
  frames: readonly SourceFrame[],
): IoDeadline | undefined {
  const { sources } = getSymbols(files);
  let found = false;
  for (const frame of frames) {
    const body = sources.findFrame(frame);
    const lines = body === undefined ? undefined : files.get(body.file.path)?.split("\n");
    if (body === undefined || lines === undefined) continue;
    found = true;
    for (let line = body.declaration.firstLine; line <= body.declaration.lastLine; line++) {
      const text = (lines[line - 1] ?? "").replace(/\/\/.*$/, "").trim();
      if (BOUNDS.test(text)) return { file: body.file.path, line, text: text.slice(0, MAX_TEXT) };
    }
  }
  return found ? { file: "", line: 0, text: "" } : undefined;
}
