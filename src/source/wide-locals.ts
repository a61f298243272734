import type { SourceFrame } from "./go-sources.ts";
import { getSymbols } from "./retention-path.ts";

/** An array that a function has on its stack. */
export interface WideLocal {
  file: string;
  line: number;
  text: string;
  bytes: number;
}

/** Types of a fixed size on 64-bit machines; others are not guessed. */
const ELEMENT_BYTES: Readonly<Record<string, number>> = {
  byte: 1,
  uint8: 1,
  int8: 1,
  bool: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  rune: 4,
  float32: 4,
  int: 8,
  uint: 8,
  int64: 8,
  uint64: 8,
  uintptr: 8,
  float64: 8,
  string: 16,
};
/** Smaller ones are in every function. */
const LEAST_BYTES = 1024;
const ARRAY = /\bvar\s+\w+\s+\[([\d_\s*<]+)\](\w+)|:=\s*\[([\d_\s*<]+)\](\w+)\s*\{/;
const MAX_TEXT = 160;

/** The largest array with a size in figures among the locals of the frames' functions. */
export function findWideLocal(
  files: ReadonlyMap<string, string>,
  frames: readonly SourceFrame[],
): WideLocal | undefined {
  const { sources } = getSymbols(files);
  let widest: WideLocal | undefined;
  for (const frame of frames) {
    const body = sources.findFrame(frame);
    const lines = body === undefined ? undefined : files.get(body.file.path)?.split("\n");
    if (body === undefined || lines === undefined) continue;
    for (let line = body.declaration.firstLine; line <= body.declaration.lastLine; line++) {
      const text = (lines[line - 1] ?? "").replace(/\/\/.*$/, "").trim();
      const match = ARRAY.exec(text);
      if (match === null) continue;
      const bytes = evaluate(match[1] ?? match[3]!) * (ELEMENT_BYTES[match[2] ?? match[4]!] ?? Number.NaN);
      if (!(bytes >= LEAST_BYTES) || bytes <= (widest?.bytes ?? 0)) continue;
      widest = { file: body.file.path, line, text: text.slice(0, MAX_TEXT), bytes };
    }
  }
  return widest;
}

/** "64 << 10", "4*1024", "65_536"; NaN for anything else. */
function evaluate(text: string): number {
  const [left, right] = text.split("<<").map((part) =>
    part
      .split("*")
      .map((factor) => Number(factor.replaceAll("_", "").trim() || Number.NaN))
      .reduce((product, factor) => product * factor, 1),
  );
  return right === undefined ? left! : left! * 2 ** right;
}
