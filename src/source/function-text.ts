import type { SourceFrame } from "./go-sources.ts";
import { getSymbols } from "./retention-path.ts";

/** Text of the declaration that a frame runs, or undefined if its source is not at hand or is not the code that ran. */
export function findFunctionText(files: ReadonlyMap<string, string>, frame: SourceFrame): string | undefined {
  const body = getSymbols(files).sources.findFrame(frame);
  if (body === undefined) return undefined;
  const { firstLine, lastLine } = body.declaration;
  return files
    .get(body.file.path)
    ?.split("\n")
    .slice(firstLine - 1, lastLine)
    .join("\n");
}
