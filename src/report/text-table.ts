import { columnsOf, padEnd } from "../lib/text-columns.ts";
import type { TableView } from "./report-view.ts";

/** Head and rows of a table, each a line; columns as wide as their widest cell. */
export function renderTableLines({ columns, rows }: TableView): string[] {
  const heads = columns.map(({ head }) => head);
  const lines = heads.some((head) => head !== "") ? [heads, ...rows] : rows;
  const widths = columns.map((_, c) => Math.max(...lines.map((cells) => columnsOf(cells[c]!))));
  return lines.map((cells) => renderCells(cells, columns, widths));
}

export function renderCells(
  cells: readonly string[],
  columns: TableView["columns"],
  widths: readonly number[],
): string {
  return cells
    .map((cell, c) => {
      const width = widths[c]!;
      return columns[c]!.align === "left"
        ? padEnd(cell, width)
        : " ".repeat(Math.max(0, width - columnsOf(cell))) + cell;
    })
    .join("  ")
    .trimEnd();
}
