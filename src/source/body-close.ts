import type { SourceFrame } from "./go-sources.ts";
import { getSymbols } from "./retention-path.ts";

/** What a function does with the response of the call on a frame's line. */
export interface BodyClose {
  /** `some-paths`: a return lies between the call and the Close, besides the one for the call's own error. */
  closed: "always" | "some-paths" | "never";
  /** The first return that leaves the body open; 0 if none does or the function never closes it. */
  returnLine: number;
}

/**
 * Reads the rest of the function after an HTTP call: is `Body.Close` reached on every path? By lines, not by control
 * flow: good enough to tell the usual early return for an unexpected status from a proper `defer`. Undefined if the
 * source is not at hand or is not the code that ran.
 */
export function findBodyClose(files: ReadonlyMap<string, string>, frame: SourceFrame): BodyClose | undefined {
  const body = getSymbols(files).sources.findFrame(frame);
  const lines = body === undefined ? undefined : files.get(body.file.path)?.split("\n");
  if (body === undefined || lines === undefined) return undefined;
  const { lastLine } = body.declaration;
  const loopEnd = findLoopEnd(lines, frame.line, body.declaration.firstLine, lastLine);
  let errorReturnSeen = false;
  let returnLine = 0;
  for (let line = frame.line; line <= lastLine; line++) {
    const text = (lines[line - 1] ?? "").replace(/\/\/.*$/, "");
    if (CLOSES.test(text)) {
      // A Close behind the loop is for the last turn's response only.
      return { closed: returnLine === 0 && line <= loopEnd ? "always" : "some-paths", returnLine };
    }
    if (!/^\s*return\b/.test(text) || line === frame.line) continue;
    // The first return after the call is for its error, when there is no body to close.
    const guard = lines.slice(Math.max(frame.line - 1, line - 4), line - 1).join("\n");
    if (!errorReturnSeen && /\berr\b\s*!=\s*nil/.test(guard)) errorReturnSeen = true;
    else if (returnLine === 0) returnLine = line;
  }
  return { closed: "never", returnLine };
}

/** `resp.Body.Close()`, or the body handed to a function of the program that is deferred for it. */
const CLOSES = /\bBody\.Close\b|\bdefer\b[^\n]*\bBody\s*[),]/;

/** Last line of the innermost `for` around a line, told by gofmt's indentation; Infinity outside of loops. */
function findLoopEnd(lines: readonly string[], at: number, first: number, last: number): number {
  let indent = indentOf(lines[at - 1] ?? "");
  for (let line = at; line >= first; line--) {
    const text = lines[line - 1] ?? "";
    if (text.trim() === "" || indentOf(text) >= indent) continue;
    indent = indentOf(text);
    if (!/^\s*for\b/.test(text)) continue;
    for (let end = at + 1; end <= last; end++) {
      if ((lines[end - 1] ?? "").startsWith("}", indent) && indentOf(lines[end - 1]!) === indent) return end;
    }
  }
  return Number.POSITIVE_INFINITY;
}

function indentOf(text: string): number {
  return text.length - text.trimStart().length;
}
