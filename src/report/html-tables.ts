import { formatQuantity } from "../lib/format-quantity.ts";
import { escapeHtml } from "./escape-html.ts";
import { renderCode, renderPoints, renderProse } from "./html-parts.ts";
import type { GoroutineGroupView, GrowthSiteView, ReportView } from "./report-view.ts";
import { renderSparkline } from "./svg-chart.ts";

/** Beyond this many, rows are folded away: what grew most is what a reader looks for. */
const SHOWN_ROWS = 15;

export function renderGrowthSites(sites: readonly GrowthSiteView[]): string {
  if (sites.length === 0) return "";
  return (
    `<p class="lead">Where the bytes in use were allocated, first sample against last. Kept: the share of what was allocated there in the window that is still in use.</p>` +
    renderSiteTable(sites.slice(0, SHOWN_ROWS)) +
    renderFold(sites.length - SHOWN_ROWS, "sites", () => renderSiteTable(sites.slice(SHOWN_ROWS)))
  );
}

function renderSiteTable(sites: readonly GrowthSiteView[]): string {
  // On a narrow screen a row becomes a block, and each cell shows its label.
  const cell = (label: string, className: string, html: string) =>
    `<td data-label="${label}" class="${className}">${html}</td>`;
  const rows = sites.map(
    (site) =>
      `<tr><td class="name">${renderCode(site.function)}${renderCode(site.position, "line")}</td>` +
      cell("Growth", "number strong", escapeHtml(site.growth)) +
      cell("Rate", "number rate", escapeHtml(site.rate)) +
      cell("Before", "number", escapeHtml(site.before)) +
      cell("After", "number", escapeHtml(site.after)) +
      cell("Kept", "number", escapeHtml(site.kept)) +
      cell("Operation", "nowrap", escapeHtml(site.operation)) +
      `${cell("In use", "trend", renderSparkline(site.series))}</tr>`,
  );
  return renderTable(
    "Growth by site",
    '<th>Function and line</th><th class="number">Growth</th><th class="number">Rate</th><th class="number">Before</th>' +
      '<th class="number">After</th><th class="number">Kept</th><th>Operation</th><th>In use</th>',
    rows,
    "stacked",
  );
}

export function renderGoroutineGroups(groups: readonly GoroutineGroupView[]): string {
  if (groups.length === 0) return "";
  const list = (part: readonly GoroutineGroupView[]) =>
    `<div class="card groups">${part.map(renderGroup).join("")}</div>`;
  return (
    `<p class="lead">Goroutines with the same state and stack, first sample → last. Open a group for its stack.</p>` +
    list(groups.slice(0, SHOWN_ROWS)) +
    renderFold(groups.length - SHOWN_ROWS, "groups", () => list(groups.slice(SHOWN_ROWS)))
  );
}

function renderGroup(group: GoroutineGroupView): string {
  const growing = group.growing ? "growing" : "steady";
  const wait = group.wait === "" ? "" : ` · waiting ${escapeHtml(group.wait)}`;
  const created =
    group.createdBy === ""
      ? ""
      : `<p><span class="soft">Created by</span> ${renderCode(group.createdBy)}</p>`;
  return (
    `<details class="group"><summary><span class="count ${growing}">${formatQuantity(group.before, "count")} → ` +
    `${formatQuantity(group.after, "count")}<small>${growing}</small></span>` +
    `<span class="subject">${renderCode(group.function)}${renderCode(group.position, "line")}` +
    `<span class="state">${escapeHtml(group.state)}${wait}</span></span>` +
    `${renderSparkline(group.series, growing) || "<span></span>"}</summary>` +
    `<div class="stack"><h4 class="label">Stack, innermost first</h4>` +
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

export function renderCaptures(captures: ReportView["captures"]): string {
  if (captures.length === 0) return "";
  const rows = captures.map(
    (capture) =>
      `<tr><td class="number">${escapeHtml(capture.sample)}</td><td class="nowrap">${escapeHtml(capture.what)}</td>` +
      `<td class="origin">${renderCode(capture.origin)}</td><td class="number">${escapeHtml(capture.size)}</td>` +
      `<td class="number">${escapeHtml(capture.elapsed)}</td><td class="nowrap">${escapeHtml(capture.note)}</td></tr>`,
  );
  const table = renderTable(
    "Captures used",
    '<th class="number">Sample</th><th>What</th><th>From</th><th class="number">Size</th><th class="number">Took</th><th>Note</th>',
    rows,
    "dense",
  );
  const count = `${captures.length} ${captures.length === 1 ? "capture" : "captures"}`;
  return captures.length <= SHOWN_ROWS
    ? table
    : `<details class="fold"><summary>${count}</summary>${table}</details>`;
}

/** The box scrolls sideways by itself; focus lets the keyboard scroll it. */
function renderTable(label: string, head: string, rows: readonly string[], className = ""): string {
  return (
    `<div class="card table" tabindex="0" role="region" aria-label="${label}"><table class="${className}"><thead><tr>${head}</tr></thead>` +
    `<tbody>${rows.join("")}</tbody></table></div>`
  );
}

function renderFold(count: number, what: string, body: () => string): string {
  if (count <= 0) return "";
  return `<details class="fold"><summary>${formatQuantity(count, "count")} more ${what}</summary>${body()}</details>`;
}
