import { baseName } from "../clean-path.ts";
import { formatTime, type TimeZone } from "../go-format.ts";
import { formatMeasure, formatPercentage, scaleMeasure } from "../measurement.ts";
import type { Report } from "../report.ts";
import type { TrimmedGraph } from "../trimmed-graph.ts";

/** Bytes after which a filter is cut in the header. */
const MOST_FILTER_BYTES = 80;

/** The lines that say what a profile is (google/pprof, internal/report/report.go, ProfileLabels). */
export function profileHeader(report: Report, zone: TimeZone): string[] {
  const { profile } = report;
  const { strings, mappings } = profile;
  const lines: string[] = [];
  if (mappings.length > 0) {
    const file = strings.get(mappings.filename[0]! as never);
    const buildId = strings.get(mappings.buildId[0]! as never);
    if (file !== "") lines.push(`File: ${baseName(file)}`);
    if (buildId !== "") lines.push(`Build ID: ${buildId}`);
  }
  for (const comment of profile.comments) {
    const text = strings.get(comment);
    if (!text.startsWith("#")) lines.push(text);
  }
  if (report.typeName !== "") lines.push(`Type: ${report.typeName}`);
  const docUrl = strings.get(profile.docUrl);
  if (docUrl !== "") lines.push(`Doc: ${docUrl}`);
  if (profile.timeNanos !== 0n) lines.push(`Time: ${formatTime(profile.timeNanos, zone)}`);
  if (profile.durationNanos !== 0n) {
    const nanos = Number(profile.durationNanos);
    const { value, unit } = scaleMeasure(report.total, report.unit, "nanoseconds");
    const share = unit === "ns" && value !== 0 ? `(${formatPercentage(Math.trunc(value), nanos)})` : "";
    const duration = formatMeasure(nanos, "nanoseconds", "auto");
    lines.push(`Duration: ${duration}, Total samples = ${report.format(report.total)} ${share}`);
  }
  return lines;
}

export interface ShownCounts {
  total: number;
  nodes: number;
  nodesBeforeLimit: number;
  droppedNodes: number;
  droppedEdges: number;
}

export function countShown(graph: TrimmedGraph, total: number): ShownCounts {
  return {
    total,
    nodes: graph.order.length,
    nodesBeforeLimit: graph.countBeforeLimit,
    droppedNodes: graph.droppedNodes,
    droppedEdges: 0,
  };
}

/** The header of a report of nodes (reportLabels). `isGraph` adds where to read what a graph means. */
export function reportHeader(report: Report, shown: ShownCounts, zone: TimeZone, isGraph = false): string[] {
  const { options, total, format } = report;
  const lines = isGraph || !options.compactLabels ? profileHeader(report, zone) : [];
  if (report.activeFilters.length > 0) {
    lines.push("Active filters:", ...report.activeFilters.map((filter) => `   ${cutFilter(filter)}`));
  }
  const share = formatPercentage(shown.total, total).trim();
  lines.push(`Showing nodes accounting for ${format(shown.total)}, ${share} of ${format(total)} total`);
  if (total !== 0) {
    const { droppedNodes, droppedEdges } = shown;
    if (droppedNodes > 0) lines.push(dropped(droppedNodes, "node", "cum", options.nodeFraction));
    if (droppedEdges > 0) lines.push(dropped(droppedEdges, "edge", "freq", options.edgeFraction));
    if (shown.nodes > 0 && shown.nodes < shown.nodesBeforeLimit) {
      lines.push(`Showing top ${shown.nodes} nodes out of ${shown.nodesBeforeLimit}`);
    }
  }
  if (isGraph) lines.push("\nSee https://git.io/JfYMW for how to read the graph");
  return lines;

  function dropped(count: number, noun: string, value: string, fraction: number): string {
    const limit = format(Math.abs(Math.trunc(total * fraction)));
    return `Dropped ${count} ${noun}${count > 1 ? "s" : ""} (${value} <= ${limit})`;
  }
}

function cutFilter(filter: string): string {
  const bytes = new TextEncoder().encode(filter);
  if (bytes.length <= MOST_FILTER_BYTES) return filter;
  return `${new TextDecoder().decode(bytes.subarray(0, MOST_FILTER_BYTES))}…`;
}
