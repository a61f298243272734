import { escapeCode, escapeHtml } from "../escape-html.ts";
import type { HeapColumn, HeapPageLabels } from "./page-labels.ts";

/** A cell: what is shown, and for numbers what is sorted by. HTML where it is marked so. */
export type TableCell =
  | { text: string; value?: number }
  | { html: string; value?: number }
  | { code: string };

interface TableColumn<Row> {
  column: HeapColumn;
  /** Numbers stand at the right and are sorted by value. */
  isNumber?: boolean;
  cell: (row: Row) => TableCell;
}

/** A table that can be sorted and filtered; its rows are there without the script. Empty for no rows. */
export function renderHeapTable<Row>(
  id: string,
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
  labels: HeapPageLabels,
  title?: string,
): string {
  if (rows.length === 0) return "";
  const heads = columns
    .map(({ column, isNumber }) => {
      const className = isNumber === true ? ' class="number"' : "";
      return `<th scope="col"${className}>${escapeHtml(labels.column[column])}</th>`;
    })
    .join("");
  const body = rows
    .map((row) => `<tr>${columns.map((column) => renderCell(column, column.cell(row))).join("")}</tr>`)
    .join("\n");
  const heading = title === undefined ? "" : `<h3 class="grid-title">${escapeHtml(title)}</h3>`;
  return `${heading}<div class="table-tools" data-script-only hidden><input type="search" data-filters="${id}" placeholder="${escapeHtml(labels.filter)}" aria-label="${escapeHtml(title === undefined ? labels.filter : `${labels.filter}: ${title}`)}" autocomplete="off" spellcheck="false"><span id="${id}-rows" data-text="${escapeHtml(labels.rows)}" aria-live="polite"></span></div>
<div class="card table scroll" tabindex="0" role="region" aria-label="${escapeHtml(title ?? id)}"><table class="heap-table" id="${id}" data-tools><thead><tr>${heads}</tr></thead><tbody>${body}</tbody></table></div>`;
}

function renderCell<Row>({ isNumber }: TableColumn<Row>, cell: TableCell): string {
  const value = "value" in cell && cell.value !== undefined ? ` data-value="${cell.value}"` : "";
  const content =
    "code" in cell
      ? `<code>${escapeCode(cell.code)}</code>`
      : "html" in cell
        ? cell.html
        : escapeHtml(cell.text);
  return `<td class="${isNumber === true ? "number" : "name"}"${value}>${content}</td>`;
}
