import { glueUnits } from "./glue-units.ts";
import { columnsOf, isWide } from "./text-columns.ts";

/** What must not begin a line, and what must not end one (from the classes CL, EX, IS, NS and OP of UAX #14). */
const CLOSING = new Set("，。；：、！？）》」』】〉”’…％·");
const OPENING = new Set("（《「『【〈“‘");

/**
 * Breaks text to lines of at most `width` columns: at spaces, and between Chinese characters, but not between a
 * number and its unit, nor so that a line begins with a closing mark. A word longer than a line (a path, a function name) stays whole on its own line, so that
 * it can still be copied.
 */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  let columns = 0;
  for (const word of glueUnits(text).split(" ")) {
    let glue = " ";
    for (const piece of splitWord(word)) {
      const pieceColumns = columnsOf(piece);
      if (line !== "" && columns + glue.length + pieceColumns > width) {
        lines.push(line);
        line = piece;
        columns = pieceColumns;
      } else {
        if (line === "") glue = "";
        line += glue + piece;
        columns += glue.length + pieceColumns;
      }
      glue = "";
    }
  }
  if (line !== "" || lines.length === 0) lines.push(line);
  return lines.map((each) => each.replaceAll("\u00a0", " "));
}

/** The parts of a word between which a line may break; most words are one part. */
function splitWord(word: string): string[] {
  const pieces: string[] = [];
  let piece = "";
  let before = "";
  for (const character of word) {
    const mayBreak =
      before !== "" &&
      (isWide(before) || isWide(character)) &&
      !CLOSING.has(character) &&
      !OPENING.has(before);
    if (mayBreak) {
      pieces.push(piece);
      piece = "";
    }
    piece += character;
    before = character;
  }
  pieces.push(piece);
  return pieces;
}
