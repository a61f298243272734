import { findFunctionAt, readGoFile } from "./go-file.ts";
import { tokenizeGo, tokenText } from "./go-lexer.ts";
import type { SourceFrame } from "./go-sources.ts";
import { declaredName } from "./runtime-name.ts";

/**
 * The call that switches the garbage collector off: `debug.SetGCPercent` with a negative constant. A call whose
 * result is deferred back, `defer debug.SetGCPercent(debug.SetGCPercent(-1))`, is the idiom for a phase and is passed
 * over. Undefined if no file has one: GOGC=off in the environment leaves no trace in the source.
 */
export function findCollectorSetting(files: ReadonlyMap<string, string>): SourceFrame | undefined {
  for (const [path, text] of files) {
    if (!text.includes("SetGCPercent")) continue;
    const tokens = tokenizeGo(text);
    const word = (i: number) => (i >= 0 && i < tokens.count ? tokenText(tokens, i) : "");
    for (let i = 0; i < tokens.count; i++) {
      if (word(i) !== "SetGCPercent" || word(i + 1) !== "(" || word(i + 2) !== "-") continue;
      if (word(i - 3) === "(" && word(i - 4) === "SetGCPercent") continue;
      const line = tokens.line[i]!;
      const declaration = findFunctionAt(readGoFile(path, text), line);
      return { function: declaration === undefined ? "" : declaredName(declaration), file: path, line };
    }
  }
  return undefined;
}
