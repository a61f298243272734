import { capitalise } from "./capitalise.ts";
import { type DiffTable, listDiffTables } from "./diff-tables.ts";
import type { DiffRow, DiffView } from "./diff-view.ts";
import { escapeHtml } from "./escape-html.ts";
import { renderFlame } from "./html-flame.ts";
import { renderPage, renderSections } from "./html-page.ts";
import { renderCode, renderPoints, renderProse } from "./html-parts.ts";
import { renderMissing } from "./html-tables.ts";
import { renderSparkline } from "./svg-chart.ts";

/** A diff as one HTML file that loads nothing, with the flame graph of the growth; see `renderHtml` on `pageScript`. */
export function renderDiffHtml(view: DiffView, pageScript: string): string {
  const { labels, language } = view;
  const [first, ...rest] = view.summary;
  const flame = renderFlame(view.flame, language.labels);
  const tables = listDiffTables(view).map((table) => ({
    id: table.id,
    title: table.title,
    link: table.title,
    body: renderDiffTable(table),
  }));
  const sections = [
    ...tables.slice(0, 1),
    { id: "flame", title: labels.section.flame, link: labels.section.flame, body: flame },
    ...tables.slice(1),
    {
      id: "missing",
      title: labels.section.damage,
      link: labels.section.damage,
      body: renderMissing(view.missing),
    },
  ].filter((section) => section.body !== "");
  return renderPage({
    tag: language.tag,
    gopatrolVersion: view.gopatrolVersion,
    title: `${labels.title}${language.labels.word.colon}${view.title}`,
    tone: view.grew ? { className: "warning", colour: "#c77700" } : { className: "good", colour: "#1b6e43" },
    labels: language.labels.page,
    band:
      `<header class="masthead"><span><strong>gopatrol</strong> ${labels.title}</span></header>` +
      `<section id="verdict"><div class="target">${renderCode(view.title)}</div>` +
      `<h1>${renderProse(first ?? labels.nothing)}</h1></section>`,
    body: `<div class="card missing">${renderPoints(rest)}</div>\n${renderInputs(view)}\n${renderSections(sections, language.labels.page)}`,
    pageScript,
  });
}

function renderInputs({ inputs, labels: { column, section } }: DiffView): string {
  const head = [column.input, column.taken, column.inUse, column.goroutines];
  const rows = inputs.map(
    ([name, taken, inUse, routines]) =>
      `<tr><td class="name">${renderCode(name!)}</td><td class="nowrap">${escapeHtml(taken!)}</td>` +
      `<td class="number">${escapeHtml(inUse!)}</td><td class="number">${escapeHtml(routines!)}</td></tr>`,
  );
  return renderCard(
    section.inputs,
    head.map((title, i) => `<th${i > 1 ? ' class="number"' : ""}>${escapeHtml(title)}</th>`).join(""),
    rows,
  );
}

function renderDiffTable(table: DiffTable): string {
  const hasSeries = table.rows.some((row) => row.series.length > 2);
  const head =
    `<th>${escapeHtml(table.nameHeading)}</th>` +
    table.headings
      .map((title, i) => `<th${i < table.numbers ? ' class="number"' : ""}>${escapeHtml(title)}</th>`)
      .join("") +
    (hasSeries ? "<th></th>" : "");
  return renderCard(
    table.title,
    head,
    table.rows.map((row) => renderRow(row, table, hasSeries)),
  );
}

function renderRow(row: DiffRow, { headings, numbers }: DiffTable, hasSeries: boolean): string {
  const position = row.position === "" ? "" : renderCode(row.position, "line");
  const cells = row.cells.map(
    (text, i) =>
      `<td data-label="${escapeHtml(capitalise(headings[i]!))}" class="${i < numbers ? "number" : ""}${i === 0 ? " strong" : ""}">${escapeHtml(text)}</td>`,
  );
  const series = hasSeries ? `<td class="trend">${renderSparkline(row.series)}</td>` : "";
  return `<tr><td class="name">${renderCode(row.name)}${position}</td>${cells.join("")}${series}</tr>`;
}

function renderCard(label: string, head: string, rows: readonly string[]): string {
  return (
    `<div class="card table" tabindex="0" role="region" aria-label="${escapeHtml(label)}"><table class="stacked">` +
    `<thead><tr>${head}</tr></thead><tbody>${rows.join("")}</tbody></table></div>`
  );
}
