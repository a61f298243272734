import { formatMeasure } from "../../pprof/measurement.ts";
import type { SiteSeries } from "../../pprof/site-timeline.ts";
import { escapeCode, escapeHtml } from "../escape-html.ts";
import { exactly, linkTo } from "./url-parameters.ts";
import { renderListTools } from "./value-cells.ts";

const WIDTH = 280;
const HEIGHT = 64;

export interface TimelineView {
  series: readonly SiteSeries[];
  /** Sites there are, shown or not. */
  sites: number;
  unit: string;
  typeName: string;
  /** One a profile: seconds since the first, or its number where times are not known. */
  position: readonly number[];
  /** One a profile: what it is called. */
  names: readonly string[];
  by: "flat" | "cum";
  order: "growth" | "size";
}

/** A small chart a site, all with the same time axis and each with its own height. */
export function renderTimelineContent(view: TimelineView, parameters: URLSearchParams): string {
  const { series, sites, by, order, names, typeName } = view;
  if (series.length === 0) return '<p class="empty">No site has a value.</p>';
  const choice = (name: string, value: string, text: string, isOn: boolean): string =>
    isOn
      ? `<strong>${text}</strong>`
      : `<a href="${escapeHtml(linkTo("timeline", parameters, { [name]: value }))}">${text}</a>`;
  const tools = `<p class="list-tools"><span>${escapeHtml(typeName)} of ${names.length} profiles, by ${choice("order", "growth", "growth", order === "growth")} or ${choice("order", "size", "size", order === "size")}, what sites have ${choice("sort", "flat", "themselves", by === "flat")} or ${choice("sort", "cum", "with all below", by === "cum")}. Each chart has a scale of its own.</span></p>`;
  const count = series.length < sites ? `${series.length} of ${sites} sites` : `${sites} sites`;
  return `${tools}${renderListTools("Find a site", count)}<div class="charts">${series.map((each) => renderChart(each, view, parameters)).join("\n")}</div>`;
}

function renderChart({ name, values }: SiteSeries, view: TimelineView, parameters: URLSearchParams): string {
  const { unit, position, names } = view;
  const [first, last] = [values[0]!, values.at(-1)!];
  const top = Math.max(0, ...values);
  const bottom = Math.min(0, ...values);
  const end = position.at(-1)! || 1;
  const x = (at: number): number => (WIDTH * position[at]!) / end;
  const y = (value: number): number => HEIGHT - (HEIGHT * (value - bottom)) / (top - bottom || 1);
  const show = (value: number): string => formatMeasure(value, unit, "auto");
  const points = values.map((value, at) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`);
  const marks = values.map(
    (value, at) =>
      `<circle class="point" cx="${x(at).toFixed(1)}" cy="${y(value).toFixed(1)}" r="3"><title>${escapeHtml(`${names[at]}: ${show(value)}`)}</title></circle>`,
  );
  const change = last - first;
  const summary = `${show(first)} → ${show(last)}, ${change > 0 ? "+" : ""}${show(change)}`;
  const href = escapeHtml(linkTo("flamegraph", parameters, { f: exactly(name) }));
  return `<figure class="chart card" data-entry="${escapeHtml(name)}"><h2 class="code"><a href="${href}">${escapeCode(name)}</a></h2><p>${escapeHtml(summary)}, most ${escapeHtml(show(top))}</p>
<svg class="${change > 0 ? "growing" : ""}" viewBox="-4 -4 ${WIDTH + 8} ${HEIGHT + 8}" role="img" aria-label="${escapeHtml(`${name}: ${summary}`)}"><line class="axis" x1="0" x2="${WIDTH}" y1="${y(0).toFixed(1)}" y2="${y(0).toFixed(1)}"/><polygon class="area" points="0,${y(0).toFixed(1)} ${points.join(" ")} ${WIDTH},${y(0).toFixed(1)}"/><polyline class="curve" points="${points.join(" ")}"/>${marks.join("")}</svg></figure>`;
}
