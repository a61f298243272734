import { readFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { splitList, trimSourcePath } from "../../pprof/clean-path.ts";
import type { ReportOptions } from "../../pprof/report-options.ts";
import type { ReadSource } from "../../pprof/views/list.ts";

/** Longer lines end a file for upstream (bufio.Scanner). */
const MOST_LINE_LETTERS = 64 * 1024;

/**
 * Reads source files as `go tool pprof` finds them: an absolute path as it is, any other below the directories of
 * `sourcePath` (the current one by default) and of all above them.
 */
export function sourceReader({ sourcePath, trimPath }: ReportOptions): ReadSource {
  const searchPath = sourcePath === "" ? process.cwd() : sourcePath;
  return (path) => {
    const name = trimSourcePath(path, trimPath, searchPath);
    if (isAbsolute(name)) {
      const read = readLines(name);
      return typeof read === "string" ? { error: `open ${name}: ${read}` } : read;
    }
    for (const start of splitList(searchPath)) {
      for (let directory = start; ; directory = dirname(directory)) {
        const read = readLines(join(directory, name));
        if (typeof read !== "string") return read;
        if (dirname(directory) === directory) break;
      }
    }
    return { error: `could not find file ${name} on path ${searchPath}` };
  };
}

/** The lines, or why there are none, in Go's words. */
function readLines(path: string): string[] | string {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return "no such file or directory";
    if (code === "EACCES") return "permission denied";
    if (code === "ENOTDIR") return "not a directory";
    // Go opens a directory and finds no line in it.
    return code === "EISDIR" ? [] : String(code);
  }
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const tooLong = lines.findIndex((line) => line.length >= MOST_LINE_LETTERS);
  return (tooLong < 0 ? lines : lines.slice(0, tooLong)).map((line) =>
    line.endsWith("\r") ? line.slice(0, -1) : line,
  );
}
