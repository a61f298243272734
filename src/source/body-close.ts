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
  let errorReturnSeen = false;
  let returnLine = 0;
  for (let line = frame.line; line <= lastLine; line++) {
    const text = (lines[line - 1] ?? "").replace(/\/\/.*$/, "");
    if (/\bBody\.Close\b/.test(text))
      return { closed: returnLine === 0 ? "always" : "some-paths", returnLine };
    if (!/^\s*return\b/.test(text) || line === frame.line) continue;
    // The first return after the call is for its error, when there is no body to close.
    const guard = lines.slice(Math.max(frame.line - 1, line - 4), line - 1).join("\n");
    if (!errorReturnSeen && /\berr\b\s*!=\s*nil/.test(guard)) errorReturnSeen = true;
    else if (returnLine === 0) returnLine = line;
  }
  return { closed: "never", returnLine };
}
