import { findConstantValue } from "./constant-value.ts";
import { findFunctionAt, readGoFile } from "./go-file.ts";
import { tokenText } from "./go-lexer.ts";
import type { SourceFrame } from "./go-sources.ts";
import { declaredName } from "./runtime-name.ts";

/** A call of runtime/debug that sets how the collector behaves from then on. */
export interface CollectorSetting {
  call: "SetGCPercent" | "SetMemoryLimit";
  /** Percent or bytes; negative for SetGCPercent is off. Undefined if it is computed. */
  value: number | undefined;
  site: SourceFrame;
}

/**
 * The calls of `debug.SetGCPercent` and `debug.SetMemoryLimit` in the source. A function that sets the same twice,
 * `defer debug.SetGCPercent(old)`, means a phase and is passed over, as is SetMemoryLimit(-1), which only asks. What
 * the environment sets (GOGC, GOMEMLIMIT) leaves no trace in the source.
 */
export function findCollectorSettings(files: ReadonlyMap<string, string>): CollectorSetting[] {
  const settings: CollectorSetting[] = [];
  for (const [path, text] of files) {
    if (path.endsWith("_test.go")) continue;
    if (!text.includes("SetGCPercent") && !text.includes("SetMemoryLimit")) continue;
    const file = readGoFile(path, text);
    const { tokens, ends } = file;
    const found: { call: CollectorSetting["call"]; at: number }[] = [];
    for (let i = 1; i + 1 < tokens.count; i++) {
      const call = tokenText(tokens, i);
      if (call !== "SetGCPercent" && call !== "SetMemoryLimit") continue;
      if (tokenText(tokens, i - 1) === "." && tokenText(tokens, i + 1) === "(") found.push({ call, at: i });
    }
    const declarationOf = (at: number) => findFunctionAt(file, tokens.line[at]!);
    for (const { call, at } of found) {
      const declaration = declarationOf(at);
      const isPhase = found.some(
        (other) =>
          other.at !== at &&
          other.call === call &&
          declaration !== undefined &&
          declarationOf(other.at) === declaration,
      );
      if (isPhase) continue;
      const value = findConstantValue(tokens, at + 2, ends[at + 1] ?? at + 2);
      if (call === "SetMemoryLimit" && value !== undefined && value < 0) continue;
      settings.push({
        call,
        value,
        site: {
          function: declaration === undefined ? "" : declaredName(declaration),
          file: path,
          line: tokens.line[at]!,
        },
      });
    }
  }
  return settings;
}
