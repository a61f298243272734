import { glueUnits } from "../lib/glue-units.ts";
import { capitalise } from "./capitalise.ts";
import { escapeCode, escapeHtml } from "./escape-html.ts";
import type { Labels } from "./messages/labels.ts";
import type { ChartView } from "./report-view.ts";
import { renderSvgChart } from "./svg-chart.ts";

/** A sentence whose numbers keep together with their units at the end of a line. */
export function renderProse(text: string): string {
  return text
    .split("`")
    .map((part, i) => (i % 2 === 1 ? `<code>${escapeHtml(part)}</code>` : escapeHtml(glueUnits(part))))
    .join("");
}

export function renderPoints(points: readonly string[]): string {
  return `<ul class="points">${points.map((point) => `<li>${renderProse(point)}</li>`).join("")}</ul>`;
}

/** A titled list, or nothing at all for an empty one. */
export function renderTitledPoints(title: string, points: readonly string[], className = ""): string {
  if (points.length === 0) return "";
  return `<div class="${className}"><h4 class="label">${capitalise(title)}</h4>${renderPoints(points)}</div>`;
}

export function renderChart(chart: ChartView, className: string, labels: Labels): string {
  return (
    `<figure class="${className}"><figcaption><b>${escapeHtml(chart.title)}</b>` +
    `<span class="soft">${renderProse(chart.summary)}</span></figcaption>${renderSvgChart(chart, labels)}</figure>`
  );
}

export function renderCode(text: string, className = ""): string {
  return `<code class="${className}">${escapeCode(text)}</code>`;
}
