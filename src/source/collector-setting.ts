import { findFunctionAt, type GoFunction, readGoFile } from "./go-file.ts";
import { type GoTokens, tokenizeGo, tokenText } from "./go-lexer.ts";
import type { SourceFrame } from "./go-sources.ts";
import { declaredName } from "./runtime-name.ts";

/**
 * The call that switches the garbage collector off: `debug.SetGCPercent` with a negative constant, written out or named
 * in the same file. A function that sets it again as well, `defer debug.SetGCPercent(old)`, means a phase and is passed
 * over. Undefined if no file has one: GOGC=off in the environment leaves no trace in the source.
 */
export function findCollectorSetting(files: ReadonlyMap<string, string>): SourceFrame | undefined {
  for (const [path, text] of files) {
    if (!text.includes("SetGCPercent")) continue;
    const tokens = tokenizeGo(text);
    const file = readGoFile(path, text);
    const calls = findCalls(tokens);
    const functionOf = (call: number) => findFunctionAt(file, tokens.line[call]!);
    for (const call of calls) {
      if (!isNegative(tokens, call + 2, text)) continue;
      const declaration = functionOf(call);
      if (isPhase(declaration, calls, call, functionOf)) continue;
      return {
        function: declaration === undefined ? "" : declaredName(declaration),
        file: path,
        line: tokens.line[call]!,
      };
    }
  }
  return undefined;
}

function findCalls(tokens: GoTokens): number[] {
  const calls: number[] = [];
  for (let i = 0; i + 1 < tokens.count; i++) {
    if (tokenText(tokens, i) === "SetGCPercent" && tokenText(tokens, i + 1) === "(") calls.push(i);
  }
  return calls;
}

/** Sets the same function the percentage somewhere else, too? */
function isPhase(
  declaration: GoFunction | undefined,
  calls: readonly number[],
  call: number,
  functionOf: (call: number) => GoFunction | undefined,
): boolean {
  return (
    declaration !== undefined && calls.some((other) => other !== call && functionOf(other) === declaration)
  );
}

function isNegative(tokens: GoTokens, argument: number, text: string): boolean {
  if (argument >= tokens.count) return false;
  const word = tokenText(tokens, argument);
  if (word === "-") return true;
  return /^\w+$/.test(word) && new RegExp(`\\b${word}\\s*(?:int\\s*)?=\\s*-\\s*\\d`).test(text);
}
