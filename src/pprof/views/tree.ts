import { padStart, type TimeZone } from "../go-format.ts";
import { formatPercentage } from "../measurement.ts";
import { PprofError } from "../pprof-error.ts";
import type { Re2 } from "../re2.ts";
import { chooseOutputUnit, type Report } from "../report.ts";
import { buildTrimmedGraph, cumOf, edgesOf, flatOf, listEdges } from "../trimmed-graph.ts";
import { countShown, reportHeader } from "./headers.ts";
import { sumFlat } from "./top.ts";

const SEPARATOR = "----------------------------------------------------------+-------------";
const LEGEND = "      flat  flat%   sum%        cum   cum%   calls calls% + context 	 	 ";

export interface TreeCall {
  name: string;
  inline: boolean;
  weight: number;
}

export interface TreeEntry {
  name: string;
  flat: number;
  cum: number;
  callers: TreeCall[];
  callees: TreeCall[];
}

export interface Tree {
  header: string[];
  entries: TreeEntry[];
}

/**
 * The entries of the `tree` view, or of `peek` with an expression for names. Sets the report's unit.
 *
 * @throws PprofError if no name matches.
 */
export function buildTree(report: Report, zone: TimeZone, wanted?: Re2): Tree {
  const matched = new Set<string>();
  const matches = (name: string): boolean => {
    if (!wanted!.test(name)) return false;
    matched.add(name);
    return true;
  };
  const graph = buildTrimmedGraph(report, wanted === undefined ? "all" : matches);
  const { nodes, edges, values } = graph;
  const all = graph.order.map((node) => ({ node, flat: flatOf(values, node), cum: cumOf(values, node) }));
  chooseOutputUnit(report, all);
  const matching =
    wanted === undefined ? all : all.filter(({ node }) => matched.has(nodes.printableName(node)));
  if (wanted !== undefined && matching.length === 0) {
    throw new PprofError(`no matches found for regexp: ${wanted.source}`);
  }
  const callers = listEdges(graph, "target");
  const callees = listEdges(graph, "source");
  const describe = (edge: number, end: Uint32Array): TreeCall => ({
    name: nodes.printableName(end[edge]!),
    inline: edges.isInline[edge] === 1,
    weight: edges.weight[edge]!,
  });
  return {
    header: reportHeader(report, countShown(graph, sumFlat(all)), zone),
    entries: matching.map(({ node, flat, cum }) => ({
      name: nodes.printableName(node),
      flat,
      cum,
      callers: edgesOf(graph, callers, node).map((edge) => describe(edge, edges.source)),
      callees: edgesOf(graph, callees, node).map((edge) => describe(edge, edges.target)),
    })),
  };
}

/** `go tool pprof -tree`, and `-peek` with an expression. */
export function* renderTree(report: Report, zone: TimeZone, wanted?: Re2): Generator<string> {
  const { header, entries } = buildTree(report, zone, wanted);
  yield `${header.join("\n")}\n${SEPARATOR}\n${LEGEND}\n`;
  let sum = 0;
  for (const entry of entries) {
    sum += entry.flat;
    const lines = [SEPARATOR, ...entry.callers.map((call) => renderCall(report, call, entry.cum))];
    lines.push(
      `${padStart(report.format(entry.flat), 10)} ${formatPercentage(entry.flat, report.total)} ` +
        `${formatPercentage(sum, report.total)} ${padStart(report.format(entry.cum), 10)} ` +
        `${formatPercentage(entry.cum, report.total)}                | ${entry.name}`,
    );
    lines.push(...entry.callees.map((call) => renderCall(report, call, entry.cum)));
    yield `${lines.join("\n")}\n`;
  }
  if (entries.length > 0) yield `${SEPARATOR}\n`;
}

function renderCall(report: Report, { name, inline, weight }: TreeCall, cum: number): string {
  const value = padStart(report.format(weight), 50);
  return `${value} ${formatPercentage(weight, cum)} |   ${name}${inline ? " (inline)" : ""}`;
}
