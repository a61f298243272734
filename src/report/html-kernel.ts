import { renderChart, renderProse, renderTitledPoints } from "./html-parts.ts";
import { renderPlainTable } from "./html-tables.ts";
import type { Labels } from "./messages/labels.ts";
import type { KernelSectionView } from "./report-view.ts";

/** The process as the kernel sees it: its tables, the terms of the resident set over time, what can be done. */
export function renderKernel(kernel: KernelSectionView | undefined, labels: Labels): string {
  if (kernel === undefined) return "";
  const tables = kernel.tables.map(
    (grid) => `<h3 class="grid-title">${renderProse(grid.title)}</h3>${renderPlainTable(grid)}`,
  );
  const charts = kernel.charts.map((chart) => renderChart(chart, "card", labels)).join("");
  const advice = renderTitledPoints(labels.kernel.advice, kernel.advice);
  return (
    `<p class="lead">${renderProse(kernel.lead)}</p>${tables.join("")}` +
    (charts === "" ? "" : `<div class="charts">${charts}</div>`) +
    (advice === "" ? "" : `<div class="card missing">${advice}</div>`)
  );
}
