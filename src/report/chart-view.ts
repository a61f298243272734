import type { Series } from "../findings/finding.ts";
import type { ChartView } from "./report-view.ts";
import type { Words } from "./report-words.ts";

/** A series with its title in words; points that are not known are left out. */
export function buildChart(
  title: string,
  { unit, seconds, value }: Omit<Series, "label">,
  { format }: Words,
): ChartView {
  const known = value.filter((v) => !Number.isNaN(v));
  const say = (v: number | undefined) => format(v ?? Number.NaN, unit);
  return {
    title,
    unit,
    seconds: seconds.filter((_, i) => !Number.isNaN(value[i]!)),
    value: known,
    summary: `${say(known[0])} → ${say(known.at(-1))}`,
  };
}
