import type { RunRecord } from "../../patrol/run-record.ts";

/** ExportMetricsServiceRequest of opentelemetry-proto v1, in protobuf's JSON mapping with the changes of the OTLP spec. */
export interface ExportMetricsRequest {
  resourceMetrics: {
    resource: { attributes: Attribute[] };
    scopeMetrics: { scope: { name: string; version: string }; metrics: Metric[] }[];
  }[];
}

interface Attribute {
  key: string;
  value: { stringValue: string };
}

interface Metric {
  name: string;
  unit: string;
  description: string;
  gauge: { dataPoints: DataPoint[] };
}

interface DataPoint {
  attributes: Attribute[];
  /** Nanoseconds since 1970: 64-bit integers are strings in JSON. */
  timeUnixNano: string;
  asDouble: number;
}

/** What a run says about its target, as OTLP's gauges; the metrics of the patrol itself are at /metrics. */
export interface RunMeasurements {
  patrol: string;
  version: string;
  target: string;
  labels: RunRecord["labels"];
  atMs: number;
  /** By metric name; `check` is empty for what is the run's. */
  values: { name: string; check: string; value: number }[];
}

/** Null if there is nothing to tell. */
export function measureRun(run: RunRecord): RunMeasurements | null {
  const values = run.checks.flatMap(({ check, metrics }) =>
    Object.entries(metrics).map(([name, value]) => ({ name, check, value })),
  );
  values.push({
    name: "findings_open",
    check: "",
    value: run.findings.filter(({ state }) => state === "open").length,
  });
  for (const { site, bytesPerSecond } of run.findings) {
    if (bytesPerSecond !== null && site !== "")
      values.push({ name: "finding_bytes_per_second", check: site, value: bytesPerSecond });
  }
  // JSON has no NaN, and OTLP's gauges no meaning for it.
  const known = values.filter(({ value }) => Number.isFinite(value));
  const { patrol, version, target, labels, endedMs } = run;
  return known.length === 0 ? null : { patrol, version, target, labels, atMs: endedMs, values: known };
}

/** One request for many runs: a resource for each patrol and version, a metric for each name, a point for each value. */
export function toExportRequest(runs: readonly RunMeasurements[]): ExportMetricsRequest {
  const resources = new Map<string, { run: RunMeasurements; metrics: Map<string, Metric> }>();
  for (const run of runs) {
    const key = JSON.stringify([run.patrol, run.version]);
    let resource = resources.get(key);
    if (resource === undefined) {
      resource = { run, metrics: new Map() };
      resources.set(key, resource);
    }
    for (const { name, check, value } of run.values) {
      let metric = resource.metrics.get(name);
      if (metric === undefined) {
        metric = { name: `gopatrol.${name}`, unit: unitOf(name), description: "", gauge: { dataPoints: [] } };
        resource.metrics.set(name, metric);
      }
      metric.gauge.dataPoints.push({
        attributes: attributes({
          ...Object.fromEntries(Object.entries(run.labels).map(([label, text]) => [`label.${label}`, text])),
          target: run.target,
          ...(check === "" ? {} : { [name === "finding_bytes_per_second" ? "site" : "check"]: check }),
        }),
        timeUnixNano: `${Math.round(run.atMs)}000000`,
        asDouble: value,
      });
    }
  }
  return {
    resourceMetrics: [...resources.values()].map(({ run, metrics }) => ({
      resource: {
        attributes: attributes({
          "service.name": "gopatrol",
          "service.version": run.version,
          "service.instance.id": run.patrol,
        }),
      },
      scopeMetrics: [{ scope: { name: "gopatrol", version: run.version }, metrics: [...metrics.values()] }],
    })),
  };
}

function attributes(values: Readonly<Record<string, string>>): Attribute[] {
  return Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

/** UCUM, as OpenTelemetry wants it. */
function unitOf(name: string): string {
  if (/bytes_per_second$/.test(name)) return "By/s";
  if (/bytes$/.test(name)) return "By";
  if (/_ms$/.test(name)) return "ms";
  if (/seconds$/.test(name)) return "s";
  return "1";
}
