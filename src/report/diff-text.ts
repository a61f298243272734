import { styleText } from "node:util";
import { renderSparkline } from "../lib/sparkline.ts";
import { columnsOf, padEnd } from "../lib/text-columns.ts";
import { wrapText } from "../lib/wrap-text.ts";
import type { DiffRow, DiffView } from "./diff-view.ts";

export interface DiffTextOptions {
  width: number;
  color: boolean;
  /** Rows of each table. */
  top: number;
}

const LEAST_WIDTH = 40;
const CHANGE_COLUMNS = 10;
/** Of many inputs the first and the last half of so many. */
const INPUTS_SHOWN = 10;

/** A diff for a terminal: what changed in all, then by site, package, module and goroutine group. */
export function renderDiffText(view: DiffView, { width, color, top }: DiffTextOptions): string {
  const columns = Math.max(LEAST_WIDTH, width);
  const { labels } = view;
  const style = (kind: Parameters<typeof styleText>[0], text: string) =>
    color ? styleText(kind, text, { validateStream: false }) : text;
  const out: string[] = [style("dim", `gopatrol ${view.gopatrolVersion} · ${view.title}`), ""];
  const [first, ...rest] = view.summary;
  for (const line of wrapText(first ?? labels.nothing, columns)) out.push(style("bold", line));
  for (const sentence of rest) out.push(...wrapText(sentence, columns));

  heading(labels.section.inputs);
  const nameColumns = Math.min(columns - 50, Math.max(...view.inputs.map(([name]) => columnsOf(name!))));
  for (const [k, [name, taken, inUse, routines]] of view.inputs.entries()) {
    if (k === INPUTS_SHOWN >> 1 && view.inputs.length > INPUTS_SHOWN) out.push("  …");
    if (Math.min(k, view.inputs.length - 1 - k) >= INPUTS_SHOWN >> 1) continue;
    const facts = [inUse, routines === "" ? "" : labels.goroutineCount(routines!)].filter(Boolean);
    out.push(
      `  ${padEnd(keepEnd(name!, nameColumns), nameColumns)}  ${taken}  ${facts.join(view.language.labels.word.comma)}`,
    );
  }
  listPlaces(labels.section.sites, view.sites);
  listPlaces(labels.section.shrunk, view.shrunk);
  listNames(labels.section.packages, view.packages);
  listNames(labels.section.modules, view.modules);
  listPlaces(labels.section.goroutines, view.groups);
  if (view.missing.length > 0) {
    heading(labels.section.damage);
    for (const line of view.missing.slice(0, 20))
      out.push(...wrapText(`- ${line}`, columns - 2).map((l) => `  ${l}`));
  }
  return `${out.join("\n")}\n`;

  function heading(text: string): void {
    out.push("", style("bold", text));
  }

  function listPlaces(title: string, rows: readonly DiffRow[]): void {
    if (rows.length === 0) return;
    heading(title);
    const indent = " ".repeat(CHANGE_COLUMNS + 4);
    for (const row of rows.slice(0, top)) {
      out.push(`  ${row.change.padStart(CHANGE_COLUMNS)}  ${row.name} ${style("cyan", row.position)}`);
      const series = row.series.length > 2 ? [renderSparkline(row.series)] : [];
      const notes = [...series, row.notes.join(view.language.labels.word.comma)].filter(Boolean).join("  ");
      for (const line of wrapText(notes, columns - indent.length)) out.push(style("dim", indent + line));
    }
    sayMore(rows);
  }

  /** Packages and modules: change, change with callees, name. */
  function listNames(title: string, rows: readonly DiffRow[]): void {
    if (rows.length === 0) return;
    heading(title);
    const { column } = labels;
    out.push(
      style("dim", `  ${padStart(column.growth)}  ${padStart(column.cumulative, 12)}  ${column.name}`),
    );
    for (const row of rows.slice(0, top)) {
      out.push(`  ${row.change.padStart(CHANGE_COLUMNS)}  ${row.cells[1]!.padStart(12)}  ${row.name}`);
    }
    sayMore(rows);
  }

  function sayMore(rows: readonly DiffRow[]): void {
    if (rows.length > top) out.push(style("dim", `  ${labels.more(String(rows.length - top))}`));
  }
}

/** Paths differ at their ends. */
function keepEnd(name: string, columns: number): string {
  let end = name;
  while (columnsOf(end) > columns - (end === name ? 0 : 1)) end = end.slice(1);
  return end === name ? name : `…${end}`;
}

function padStart(text: string, columns = CHANGE_COLUMNS): string {
  return " ".repeat(Math.max(0, columns - columnsOf(text))) + text;
}
