import { formatQuantity } from "../lib/format-quantity.ts";
import { capitalise } from "./capitalise.ts";
import { escapeHtml } from "./escape-html.ts";
import { renderCode, renderPoints, renderProse } from "./html-parts.ts";
import type { Labels } from "./messages/labels.ts";
import type { GoroutineGroupView, GrowthSiteView, ReportView, TableView } from "./report-view.ts";
import { renderSparkline } from "./svg-chart.ts";

/** Beyond this many, rows are folded away: what grew most is what a reader looks for. */
const SHOWN_ROWS = 15;

export function renderGrowthSites(sites: readonly GrowthSiteView[], labels: Labels): string {
  if (sites.length === 0) return "";
  return (
    `<p class="lead">${labels.section.sitesLead}</p>` +
    renderSiteTable(sites.slice(0, SHOWN_ROWS), labels) +
    renderFold(sites.length - SHOWN_ROWS, labels.table.moreSites, () =>
      renderSiteTable(sites.slice(SHOWN_ROWS), labels),
    )
  );
}

function renderSiteTable(sites: readonly GrowthSiteView[], { section, table }: Labels): string {
  // On a narrow screen a row becomes a block, and each cell shows its label.
  const cell = (label: string, className: string, html: string) =>
    `<td data-label="${capitalise(label)}" class="${className}">${html}</td>`;
  const rows = sites.map(
    (site) =>
      `<tr><td class="name">${renderCode(site.function)}${renderCode(site.position, "line")}</td>` +
      cell(table.growth, "number strong", escapeHtml(site.growth)) +
      cell(table.rate, "number rate", escapeHtml(site.rate)) +
      cell(table.before, "number", escapeHtml(site.before)) +
      cell(table.after, "number", escapeHtml(site.after)) +
      cell(table.kept, "number", escapeHtml(site.kept)) +
      cell(table.operation, "nowrap", escapeHtml(site.operation)) +
      `${cell(table.inUse, "trend", renderSparkline(site.series))}</tr>`,
  );
  return renderTable(
    section.sitesLink,
    head(table.functionAndLine) +
      [table.growth, table.rate, table.before, table.after, table.kept].map(numberHead).join("") +
      head(table.operation) +
      head(table.inUse),
    rows,
    "stacked",
  );
}

export function renderGoroutineGroups(groups: readonly GoroutineGroupView[], labels: Labels): string {
  if (groups.length === 0) return "";
  const list = (part: readonly GoroutineGroupView[]) =>
    `<div class="card groups">${part.map((group) => renderGroup(group, labels)).join("")}</div>`;
  return (
    `<p class="lead">${labels.section.goroutinesLead}</p>` +
    list(groups.slice(0, SHOWN_ROWS)) +
    renderFold(groups.length - SHOWN_ROWS, labels.table.moreGroups, () => list(groups.slice(SHOWN_ROWS)))
  );
}

function renderGroup(group: GoroutineGroupView, { table }: Labels): string {
  const growing = group.growing ? "growing" : "steady";
  const wait = group.wait === "" ? "" : ` · ${escapeHtml(table.waiting(group.wait))}`;
  const created =
    group.createdBy === ""
      ? ""
      : `<p><span class="soft">${table.createdBy}</span> ${renderCode(group.createdBy)}</p>`;
  return (
    `<details class="group"><summary><span class="count ${growing}">${formatQuantity(group.before, "count")} → ` +
    `${formatQuantity(group.after, "count")}<small>${table[growing]}</small></span>` +
    `<span class="subject">${renderCode(group.function)}${renderCode(group.position, "line")}` +
    `<span class="state">${escapeHtml(group.state)}${wait}</span></span>` +
    `${renderSparkline(group.series, growing) || "<span></span>"}</summary>` +
    `<div class="stack"><h4 class="label">${table.stack}</h4>` +
    `<ol>${group.stack.map((frame) => `<li>${renderCode(frame)}</li>`).join("")}</ol>${created}</div></details>`
  );
}

export function renderReasoning(reasoning: readonly string[]): string {
  if (reasoning.length === 0) return "";
  const steps = reasoning.map((step) => `<li>${renderProse(step)}</li>`);
  return `<ol class="card reasoning">${steps.join("")}</ol>`;
}

export function renderMissing(missing: readonly string[]): string {
  return missing.length === 0 ? "" : `<div class="card missing">${renderPoints(missing)}</div>`;
}

export function renderCaptures(
  captures: ReportView["captures"],
  { section, capture: label }: Labels,
): string {
  if (captures.length === 0) return "";
  const rows = captures.map(
    (capture) =>
      `<tr><td class="number">${escapeHtml(capture.sample)}</td><td class="nowrap">${escapeHtml(capture.what)}</td>` +
      `<td class="origin">${renderCode(capture.origin)}</td><td class="number">${escapeHtml(capture.size)}</td>` +
      `<td class="number">${escapeHtml(capture.elapsed)}</td><td class="nowrap">${escapeHtml(capture.note)}</td></tr>`,
  );
  const table = renderTable(
    section.captures,
    numberHead(label.sample) +
      head(label.what) +
      head(label.from) +
      numberHead(label.size) +
      numberHead(label.took) +
      head(label.note),
    rows,
    "dense",
  );
  return captures.length <= SHOWN_ROWS
    ? table
    : `<details class="fold"><summary>${label.count(captures.length)}</summary>${table}</details>`;
}

function head(label: string): string {
  return `<th>${capitalise(label)}</th>`;
}

function numberHead(label: string): string {
  return `<th class="number">${capitalise(label)}</th>`;
}

/** A table of words; a long one is folded. */
export function renderPlainTable({ title, lead, columns, rows }: TableView): string {
  const className = columns.map(({ align }) => (align === "right" ? "number" : ""));
  const head = columns
    .map(({ head: text }, c) => `<th class="${className[c]}">${escapeHtml(text)}</th>`)
    .join("");
  const lines = rows.map(
    (row) =>
      `<tr>${row.map((text, c) => `<td class="${className[c]}">${escapeHtml(text)}</td>`).join("")}</tr>`,
  );
  // Pairs of a name and a value need no heads.
  const hasHeads = columns.some(({ head: text }) => text !== "");
  const leadHtml = lead === "" ? "" : `<p class="lead">${renderProse(lead)}</p>`;
  return leadHtml + renderTable(escapeHtml(title), hasHeads ? head : "", lines, "dense");
}

/** The box scrolls sideways by itself; focus lets the keyboard scroll it. */
function renderTable(label: string, head: string, rows: readonly string[], className = ""): string {
  return (
    `<div class="card table" tabindex="0" role="region" aria-label="${label}"><table class="${className}">${head === "" ? "" : `<thead><tr>${head}</tr></thead>`}` +
    `<tbody>${rows.join("")}</tbody></table></div>`
  );
}

function renderFold(count: number, summary: (count: string) => string, body: () => string): string {
  if (count <= 0) return "";
  return `<details class="fold"><summary>${summary(formatQuantity(count, "count"))}</summary>${body()}</details>`;
}
