import { countCodePoints } from "./go-format.ts";

const PADDING = 1;

/**
 * Go's text/tabwriter with cells aligned to the right and one blank between them: a cell ends with a tab, and a column
 * is as wide as its widest cell in lines that follow each other. What is behind a line's last tab is left as it is.
 */
export function alignColumns(text: string): string {
  const lines = text.split("\n").map((line) => line.split("\t"));
  const widths: number[][] = lines.map(() => []);
  setWidths(0, lines.length, 0);
  return lines.map((cells, row) => cells.map((cell, at) => pad(cell, widths[row]![at])).join("")).join("\n");

  /** Widths of column `at` in lines `from … to - 1`, and of those to the right of it. */
  function setWidths(from: number, to: number, at: number): void {
    for (let row = from; row < to; row++) {
      if (lines[row]!.length - 1 <= at) continue;
      let end = row;
      let width = 0;
      for (; end < to && lines[end]!.length - 1 > at; end++) {
        width = Math.max(width, countCodePoints(lines[end]![at]!) + PADDING);
      }
      for (let each = row; each < end; each++) widths[each]!.push(width);
      setWidths(row, end, at + 1);
      row = end - 1;
    }
  }
}

function pad(cell: string, width: number | undefined): string {
  return width === undefined ? cell : " ".repeat(width - countCodePoints(cell)) + cell;
}
