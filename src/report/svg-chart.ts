import {
  chooseScale,
  formatOnScale,
  formatQuantity,
  type QuantityScale,
  type QuantityWords,
} from "../lib/format-quantity.ts";
import type { Unit } from "../lib/quantity.ts";
import { escapeHtml } from "./escape-html.ts";
import type { Labels } from "./messages/labels.ts";

export interface ChartPoints {
  title: string;
  unit: Unit;
  /** Seconds since the first sample, rising. */
  seconds: readonly number[];
  value: readonly number[];
}

export interface ChartAxis {
  from: number;
  to: number;
  ticks: { at: number; label: string }[];
}

const PLOT_HEIGHT = 150;
/** Above the plot: one line of text for the value under the pointer. */
const READOUT_HEIGHT = 22;
const TIME_LABEL_HEIGHT = 22;
const MAX_MARKERS = 40;
const MAX_HOVER_ZONES = 200;

/**
 * A line chart as one `<svg>` element, styled by the report's style sheet (class `chart`).
 *
 * Positions along the time axis are percentages, so that the chart follows the width of its box while its text keeps
 * its size; the curve lives in an inner coordinate system that stretches. Labels of the value axis hang out on the
 * left: the style sheet leaves a margin for them. The value under the pointer shows by `:hover` alone, without a
 * script. Points that are not finite are left out; with none left, the chart says "no values".
 */
export function renderSvgChart(chart: ChartPoints, { page, quantity }: Labels): string {
  const say = (value: number, unit: Unit) => formatQuantity(value, unit, { words: quantity });
  const points = finitePoints(chart);
  const height = READOUT_HEIGHT + PLOT_HEIGHT + TIME_LABEL_HEIGHT;
  const open = `<svg class="chart" width="100%" height="${height}" role="img" aria-label="${escapeHtml(describeChart())}">`;
  if (points.value.length === 0) {
    return `${open}<text class="no-values" x="50%" y="${height / 2}" text-anchor="middle">${page.noValues}</text></svg>`;
  }
  const axis = computeValueAxis(points.value, chart.unit, quantity);
  const time = computeTimeAxis(points.seconds);
  const x = (seconds: number) => (100 * (seconds - time.from)) / (time.to - time.from);
  const y = (value: number) => PLOT_HEIGHT * (1 - (value - axis.from) / (axis.to - axis.from));

  return [
    open,
    renderAxes(axis, time, x, y),
    renderCurve(points, axis, x, y),
    renderReadouts(points, (value, at) => page.valueAt(say(value, chart.unit), say(at, "seconds")), x, y),
    "</svg>",
  ].join("");

  function describeChart(): string {
    const last = points.value.length - 1;
    if (last < 0) return `${chart.title}: ${page.noValues}`;
    return page.chart(
      chart.title,
      say(points.value[0]!, chart.unit),
      say(points.value[last]!, chart.unit),
      say(points.seconds[last]! - points.seconds[0]!, "seconds"),
      last + 1,
    );
  }
}

/** A curve without axes for a table cell or a summary line; empty with fewer than two finite values. */
export function renderSparkline(values: readonly number[], className = ""): string {
  const finite = values.filter(Number.isFinite);
  if (finite.length < 2) return "";
  const width = 88;
  const height = 22;
  const inset = 3;
  // Not Math.max(...finite): a call takes some hundred thousand arguments at most.
  const low = finite.reduce((least, value) => Math.min(least, value), 0);
  const span = finite.reduce((most, value) => Math.max(most, value), finite[0]!) - low || 1;
  const x = (index: number) => round(inset + ((width - 2 * inset) * index) / (finite.length - 1));
  const y = (value: number) => round(height - inset - ((height - 2 * inset) * (value - low)) / span);
  const corners = finite.map((value, index) => `${x(index)},${y(value)}`);
  const last = finite.length - 1;
  return (
    `<svg class="sparkline ${className}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" aria-hidden="true">` +
    `<polygon class="area" points="${x(0)},${height} ${corners.join(" ")} ${x(last)},${height}"/>` +
    `<polyline class="curve" points="${corners.join(" ")}"/>` +
    `<circle class="point" cx="${x(last)}" cy="${y(finite[last]!)}" r="2.2"/></svg>`
  );
}

/**
 * A value axis with round ticks in one unit. It begins at 0, so that noise looks like noise, unless the values have a
 * direction and keep far from 0: a heap that grows from 420 to 440 MB would look flat.
 */
export function computeValueAxis(values: readonly number[], unit: Unit, words?: QuantityWords): ChartAxis {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const change = Math.abs((values[values.length - 1] ?? 0) - (values[0] ?? 0));
  const size = Math.max(Math.abs(low), Math.abs(high));
  // Differences at the edge of a double's precision have no ticks between them.
  const steady = change < (high - low) / 2 || high - low <= size * 1e-9;
  if (low > 0 && (steady || low < 0.8 * high)) low = 0;
  if (high < 0 && (steady || high > 0.8 * low)) high = 0;
  if (high - low < 1e-9) high = low + chooseScale(1, unit).divisor;
  const scale = chooseScale(size, unit, undefined, words);
  const step = niceStep((high - low) / 4 / scale.divisor, unit) * scale.divisor;
  const first = Math.floor(low / step + 1e-9);
  const steps = Math.ceil(high / step - 1e-9) - first;
  const ticks = Array.from({ length: steps + 1 }, (_, index) => {
    const at = (first + index) * step;
    return { at, label: at === 0 ? "0" : formatTick(at, step, scale) };
  });
  return { from: first * step, to: (first + steps) * step, ticks };
}

/** Ticks at whole seconds, minutes, hours or days; begins and ends exactly with the samples. */
export function computeTimeAxis(seconds: readonly number[]): ChartAxis {
  const from = seconds[0] ?? 0;
  const last = seconds[seconds.length - 1] ?? from;
  const to = last > from ? last : from + Math.max(1, Math.abs(from) * 1e-6);
  const wholeSteps = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
  ];
  let step = wholeSteps.find((candidate) => (to - from) / candidate <= 5) ?? 86_400;
  while ((to - from) / step > 7) step *= 2;
  // Two whole steps decide the unit: labels read "30 s, 60 s, 90 s" rather than "0.5 min, 1 min, 1.5 min".
  const scale = chooseScale(2 * step, "seconds");
  const first = Math.ceil(from / step);
  const steps = Math.floor(to / step + 1e-6) - first;
  const ticks = Array.from({ length: steps + 1 }, (_, index) => {
    const at = (first + index) * step;
    return { at, label: at === 0 ? "0" : formatTick(at, step, scale) };
  });
  return { from, to, ticks };
}

function finitePoints(chart: ChartPoints): { seconds: number[]; value: number[] } {
  const seconds = [];
  const value = [];
  for (let index = 0; index < chart.value.length; index++) {
    const at = chart.seconds[index];
    if (at === undefined || !Number.isFinite(at) || !Number.isFinite(chart.value[index])) continue;
    seconds.push(at);
    value.push(chart.value[index]!);
  }
  return { seconds, value };
}

type Position = (value: number) => number;

function renderAxes(axis: ChartAxis, time: ChartAxis, x: Position, y: Position): string {
  const parts = ['<g class="axes">'];
  for (const tick of axis.ticks) {
    const at = round(READOUT_HEIGHT + y(tick.at));
    const className = tick.at === 0 ? "base" : "grid";
    parts.push(`<line class="${className}" x1="0" x2="100%" y1="${at}" y2="${at}"/>`);
    parts.push(`<text x="-8" y="${at + 4}" text-anchor="end">${tick.label}</text>`);
  }
  const bottom = READOUT_HEIGHT + PLOT_HEIGHT;
  for (const tick of time.ticks) {
    const at = round(x(tick.at));
    parts.push(`<line class="tick" x1="${at}%" x2="${at}%" y1="${bottom}" y2="${bottom + 4}"/>`);
    parts.push(`<text x="${at}%" y="${bottom + 18}" text-anchor="middle">${tick.label}</text>`);
  }
  parts.push("</g>");
  return parts.join("");
}

/** The inner `<svg>` stretches with the box; `non-scaling-stroke` keeps the line's width. */
function renderCurve(
  points: { seconds: number[]; value: number[] },
  axis: ChartAxis,
  x: Position,
  y: Position,
): string {
  const corners = points.seconds.map((at, index) => `${round(10 * x(at))},${round(y(points.value[index]!))}`);
  const last = points.seconds.length - 1;
  const parts = [
    `<svg class="plot" x="0" y="${READOUT_HEIGHT}" width="100%" height="${PLOT_HEIGHT}" viewBox="0 0 1000 ${PLOT_HEIGHT}" preserveAspectRatio="none">`,
  ];
  if (axis.from <= 0 && axis.to >= 0) {
    const base = round(y(0));
    const right = round(10 * x(points.seconds[last]!));
    parts.push(
      `<polygon class="area" points="${round(10 * x(points.seconds[0]!))},${base} ${corners.join(" ")} ${right},${base}"/>`,
    );
  }
  parts.push(
    `<polyline class="curve" vector-effect="non-scaling-stroke" points="${corners.join(" ")}"/></svg>`,
  );
  return parts.join("");
}

/** One invisible strip a point, with its mark and its value in the line above the plot, shown while it is hovered. */
function renderReadouts(
  points: { seconds: number[]; value: number[] },
  readout: (value: number, seconds: number) => string,
  x: Position,
  y: Position,
): string {
  const count = points.seconds.length;
  const stride = Math.ceil(count / MAX_HOVER_ZONES);
  const shown: number[] = [];
  for (let index = 0; index < count; index += stride) shown.push(index);
  if (shown[shown.length - 1] !== count - 1) shown.push(count - 1);

  const parts = [`<g class="readouts${count <= MAX_MARKERS ? " marked" : ""}">`];
  const at = shown.map((index) => x(points.seconds[index]!));
  shown.forEach((index, position) => {
    const center = at[position]!;
    const left = position === 0 ? 0 : (at[position - 1]! + center) / 2;
    const right = position === shown.length - 1 ? 100 : (center + at[position + 1]!) / 2;
    const seconds = points.seconds[index]!;
    const text = readout(points.value[index]!, seconds);
    const anchor = center < 20 ? "start" : center > 80 ? "end" : "middle";
    const centerX = `${round(center)}%`;
    const pointY = round(READOUT_HEIGHT + y(points.value[index]!));
    parts.push(
      `<g class="readout"><rect class="zone" x="${round(left)}%" y="0" width="${round(Math.max(0, right - left))}%" height="${READOUT_HEIGHT + PLOT_HEIGHT}"/>` +
        `<line class="cursor" x1="${centerX}" x2="${centerX}" y1="${READOUT_HEIGHT}" y2="${READOUT_HEIGHT + PLOT_HEIGHT}"/>` +
        `<circle class="point" cx="${centerX}" cy="${pointY}" r="3"/>` +
        `<text class="value" x="${centerX}" y="14" text-anchor="${anchor}">${text}</text></g>`,
    );
  });
  parts.push("</g>");
  return parts.join("");
}

/** The smallest of 1, 2, 5 times a power of ten that is at least `step`; whole for counts. */
function niceStep(step: number, unit: Unit): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const nice = [1, 2, 5, 10].find((factor) => factor * power >= step * (1 - 1e-9))! * power;
  return unit === "count" ? Math.max(1, nice) : nice;
}

/** As many decimals as the step has, so that labels of one axis differ from each other. */
function formatTick(at: number, step: number, scale: QuantityScale): string {
  const stepOnScale = step / scale.divisor;
  const decimals = Math.min(6, Math.max(0, Math.ceil(-Math.log10(stepOnScale) - 1e-9)));
  const value = at / scale.divisor;
  if (decimals === 0) return formatOnScale(Math.round(value) * scale.divisor, scale);
  return value.toFixed(decimals) + scale.suffix;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
