import { type Statement, statement } from "./statement.ts";

/**
 * Since Go 1.23 the collector frees a timer or ticker that nobody refers to, stopped or not, if the main module's go
 * line says 1.23 or later; below that `asynctimerchan=1` is the default and timers stay until they fire. Go 1.27 has no
 * such setting any more. time/sleep.go (syncTimer), go.dev/doc/go1.23#timer-changes, go.dev/doc/go1.27.
 */
export function explainTimers(
  goVersion: string | undefined,
  source: ReadonlyMap<string, string> | undefined,
): Statement {
  const toolchain = minorOf(goVersion?.replace(/^go/, ""));
  const line = findGoLine(source);
  if (toolchain !== undefined && toolchain < 23) {
    return statement("timers-stay-old-go", { version: goVersion! });
  }
  const language = minorOf(line);
  if (toolchain !== undefined && toolchain < 27 && language !== undefined && language < 23) {
    return statement("timers-stay-go-line", { version: goVersion!, line: line! });
  }
  return toolchain === undefined ? statement("timers-stay-maybe", {}) : statement("timers-are-held", {});
}

/** "21" of "1.21.13". */
function minorOf(version: string | undefined): number | undefined {
  const match = /^1\.(\d+)/.exec(version ?? "");
  return match === null ? undefined : Number(match[1]);
}

/** The go line of the only go.mod at hand: with several nothing tells which is the main module's. */
function findGoLine(source: ReadonlyMap<string, string> | undefined): string | undefined {
  const modules = [...(source ?? [])].filter(([path]) => /(^|\/)go\.mod$/.test(path));
  const text = modules.length === 1 ? modules[0]![1] : "";
  return /^go[ \t]+(\d+\.\d+\S*)/m.exec(text)?.[1];
}
