import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { open } from "node:fs/promises";
import type { ShownView } from "./flags.ts";

/** What a view gives out: text in pieces, or bytes. */
export type Output = Iterable<string | Uint8Array>;

const PIECE_LETTERS = 64 * 1024;
/** A profile's names are foreign: a terminal is not told what they say to it. Files and pipes get them as they are. */
const CONTROL_LETTERS = /[^\P{Cc}\n\t]/gu;

/**
 * Writes to stdout, or to the file `path`, in pieces: a long text is never in memory as a whole. What cannot be shown
 * throws before the file is made and `warn` hears of it.
 */
export async function writeOutput(
  output: Output,
  path: string,
  warn: (message: string) => void,
): Promise<void> {
  const pieces = joinPieces(output);
  let next = pieces.next();
  if (path === "") {
    const isTerminal = process.stdout.isTTY === true;
    for (; next.done !== true; next = pieces.next()) {
      const part = next.value;
      const shown = isTerminal && typeof part === "string" ? part.replace(CONTROL_LETTERS, "\uFFFD") : part;
      if (!process.stdout.write(shown)) await once(process.stdout, "drain");
    }
    return;
  }
  warn(`Generating report in ${path}`);
  const file = await open(path, "w");
  try {
    for (; next.done !== true; next = pieces.next()) await file.writeFile(next.value);
  } finally {
    await file.close();
  }
}

function* joinPieces(output: Output): Generator<string | Uint8Array> {
  let piece = "";
  for (const part of output) {
    if (typeof part !== "string") {
      if (piece !== "") yield piece;
      piece = "";
      yield part;
      continue;
    }
    piece += part;
    if (piece.length < PIECE_LETTERS) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}

/** What would make a mess of a terminal, by what the names of its files end with. */
const FILE_ENDINGS: Partial<Record<ShownView, string>> = {
  proto: "pb.gz",
  topproto: "pb.gz",
  callgrind: "callgraph.out",
  svg: "svg",
  png: "png",
  pdf: "pdf",
  ps: "ps",
  gif: "gif",
  flame: "html",
  weblist: "html",
};
const MOST_FILES = 10_000;

/**
 * A new file in the current directory for what is not to be read on a screen, "" for any other view (google/pprof,
 * internal/driver/commands.go, awayFromTTY).
 */
export function makeReportFile(view: ShownView): string {
  const ending = FILE_ENDINGS[view];
  if (ending === undefined) return "";
  for (let number = 1; number < MOST_FILES; number++) {
    const path = `profile${String(number).padStart(3, "0")}.${ending}`;
    try {
      closeSync(openSync(path, "wx"));
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  }
  throw new Error(`could not create file of the form profileNNN.${ending}`);
}
