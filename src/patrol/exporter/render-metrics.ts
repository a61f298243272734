import type { MetricFamily, Sample, SampleLabels } from "./metric-family.ts";

/** `text`: Prometheus' text format 0.0.4. */
export type MetricsFormat = "text" | "openmetrics";

export const CONTENT_TYPE: Record<MetricsFormat, string> = {
  text: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

/** Large enough that a chunk costs little, small enough that a scrape of 10,000 targets does not hold up the loop. */
const CHUNK_CHARACTERS = 64 * 1024;

/**
 * The families of `source`, in chunks of text, label values through `redact`. Families without a sample are left out. A value that is not finite is
 * written as Prometheus does; it is the family's matter to leave out what is not known.
 *
 * Source: prometheus/docs exposition_formats.md and OpenMetrics 1.0.
 */
export function* renderMetrics<Source>(
  families: readonly MetricFamily<Source>[],
  source: Source,
  format: MetricsFormat,
  redact: (labelValue: string) => string,
): Generator<string, void, void> {
  let text = "";
  for (const family of families) {
    let begun = false;
    for (const sample of family.samples(source)) {
      if (!begun) text += header(family, format);
      begun = true;
      text += renderSample(family, sample, format, redact);
      if (text.length >= CHUNK_CHARACTERS) {
        yield text;
        text = "";
      }
    }
  }
  if (format === "openmetrics") text += "# EOF\n";
  if (text !== "") yield text;
}

function header({ name, type, help }: MetricFamily<never>, format: MetricsFormat): string {
  const shownName = format === "openmetrics" ? name.replace(/_(total|info)$/, "") : name;
  const shownType = format === "text" && type === "info" ? "gauge" : type;
  return `# HELP ${shownName} ${escapeHelp(help)}\n# TYPE ${shownName} ${shownType}\n`;
}

function renderSample(
  { name }: MetricFamily<never>,
  sample: Sample,
  format: MetricsFormat,
  redact: (labelValue: string) => string,
): string {
  if ("value" in sample) return `${name}${renderLabels(sample.labels, redact)} ${number(sample.value)}\n`;
  const { bounds, counts, sum, count } = sample.histogram;
  let text = "";
  let below = 0;
  for (const [i, inBucket] of counts.entries()) {
    below += inBucket;
    const bound = i < bounds.length ? bucketBound(bounds[i]!, format) : "+Inf";
    text += `${name}_bucket${renderLabels([...sample.labels, ["le", bound]], redact)} ${below}\n`;
  }
  const labels = renderLabels(sample.labels, redact);
  return `${text}${name}_sum${labels} ${number(sum)}\n${name}_count${labels} ${count}\n`;
}

/** OpenMetrics wants bounds in a canonical form, "1.0" and not "1", for series to stay the same. */
function bucketBound(bound: number, format: MetricsFormat): string {
  return format === "openmetrics" && Number.isInteger(bound) ? `${bound}.0` : String(bound);
}

function renderLabels(labels: SampleLabels, redact: (labelValue: string) => string): string {
  if (labels.length === 0) return "";
  return `{${labels.map(([name, value]) => `${name}="${escapeLabel(redact(value))}"`).join(",")}}`;
}

function number(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value);
}

function escapeLabel(value: string): string {
  if (!/[\\"\n\ud800-\udfff]/.test(value)) return value;
  return value.toWellFormed().replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n");
}

/** The older format knows no quotation mark in help, OpenMetrics wants it escaped: we write none. */
function escapeHelp(help: string): string {
  return help.replace(/\\/g, "\\\\").replace(/\n/g, "\\n");
}
