import type { StringIndex } from "../../tables/string-table.ts";
import { buildCallGraph, type CallGraph, cumValue, flatValue, sortEdges } from "../call-graph.ts";
import { baseName } from "../clean-path.ts";
import { nameComponents } from "../frame-nodes.ts";
import type { TimeZone } from "../go-format.ts";
import type { GraphEdge, GraphNode } from "../graph-node.ts";
import { formatMeasure, formatPercentage, scaleMeasure } from "../measurement.ts";
import { sortTags, type Tag } from "../node-tags.ts";
import { chooseOutputUnit, type Report } from "../report.ts";
import { shortenFunctionName } from "../short-name.ts";
import { divide } from "../trimmed-graph.ts";
import { dotColor } from "./dot-color.ts";
import { reportHeader } from "./headers.ts";

/** Labels, and numbers beside each, that are drawn at a node. */
const MOST_NODELETS = 4;
const LEAST_FONT = 8;
const FONT_GROWTH = 16;

/** `go tool pprof -dot`: the call graph for Graphviz (google/pprof, internal/graph/dotgraph.go). */
export function* renderDot(report: Report, zone: TimeZone): Generator<string> {
  const graph = buildCallGraph(report, true);
  const values = graph.nodes.map((node) => ({ flat: flatValue(node), cum: cumValue(node) }));
  chooseOutputUnit(report, values);
  const { profile, total } = report;
  const file =
    profile.mappings.length === 0 ? "" : profile.strings.get(profile.mappings.filename[0]! as StringIndex);
  const title = file === "" ? "" : baseName(file);
  yield `digraph "${title === "" ? "unnamed" : title}" {\nnode [style=filled fillcolor="#f8f8f8"]\n`;
  yield renderLegend(report, graph, title, zone);
  const ids = new Map(graph.nodes.map((node, at) => [node, at + 1]));
  const maxFlat = values.reduce((largest, { flat }) => Math.max(largest, Math.abs(flat)), 0);
  const withNodelets = new Set<GraphNode>();
  for (const node of graph.nodes) {
    yield renderNode(report, node, ids.get(node)!, maxFlat);
    const nodelets = renderNodelets(report, node, ids.get(node)!);
    if (nodelets !== "") withNodelets.add(node);
    yield nodelets;
  }
  for (const edge of sortEdges(graph.nodes.flatMap(({ callees }) => [...callees.values()]))) {
    const [from, to] = [ids.get(edge.source) ?? 0, ids.get(edge.target) ?? 0];
    yield renderEdge(report, edge, total, `N${from} -> N${to}`, withNodelets.has(edge.source));
  }
  yield "}\n";
}

function renderLegend(report: Report, graph: CallGraph, title: string, zone: TimeZone): string {
  const shown = {
    total: graph.nodes.reduce((sum, node) => sum + flatValue(node), 0),
    nodes: graph.nodes.length,
    nodesBeforeLimit: graph.countBeforeLimit,
    droppedNodes: graph.droppedNodes,
    droppedEdges: graph.droppedEdges,
  };
  const labels = reportHeader(report, shown, zone, true).map(escapeDot);
  const tooltip = title === "" ? "" : ` tooltip="${title}"`;
  return `subgraph cluster_L { "${labels[0]}" [shape=box fontsize=16 label="${labels.join("\\l")}\\l"${tooltip}] }\n`;
}

function renderNode(report: Report, node: GraphNode, id: number, maxFlat: number): string {
  const { total, format } = report;
  const flat = flatValue(node);
  const cum = cumValue(node);
  const share = (value: number): string => formatPercentage(value, total).trim();
  let label = multilineName(node) + (flat === 0 ? "0" : `${format(flat)} (${share(flat)})`);
  let shown = format(flat);
  if (cum !== flat) {
    shown = format(cum);
    label += `${flat === 0 ? " " : "\\n"}of ${shown} (${share(cum)})`;
  }
  let font = LEAST_FONT;
  if (maxFlat !== 0 && flat !== 0) font += Math.ceil(FONT_GROWTH * Math.sqrt(Math.abs(flat) / maxFlat));
  const score = cum / Math.abs(total);
  return (
    `N${id} [label="${label}" id="node${id}" fontsize=${font} shape=box ` +
    `tooltip="${escapeDot(node.name)} (${shown})" color="${dotColor(score, false)}" fillcolor="${dotColor(score, true)}"]\n`
  );
}

function multilineName({ info }: GraphNode): string {
  const name = escapeDot(shortenFunctionName(info.name))
    .replaceAll("::", "\\n")
    // Type parameters stay in one line.
    .replaceAll("[...]", "[…]")
    .replaceAll(".", "\\n");
  const file = info.file === "" ? "" : baseName(info.file);
  return `${nameComponents({ ...info, name, file }).join("\\n")}\\n`;
}

function escapeDot(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\l");
}

function tagFlat({ flat, flatDivisor }: Tag): number {
  return divide(flat, flatDivisor);
}

function tagCum({ cum, cumDivisor }: Tag): number {
  return divide(cum, cumDivisor);
}

/** The boxes at a node that say how its samples are labelled. */
function renderNodelets(report: Report, node: GraphNode, id: number): string {
  const { tags } = node;
  if (tags === undefined) return "";
  // A leaf shows what was cut below it too.
  const byFlat = node.callees.size > 0;
  let text = "";
  for (const [at, tag] of sortTags(tags.labels.values(), byFlat).slice(0, MOST_NODELETS).entries()) {
    const value = byFlat ? tagFlat(tag) : tagCum(tag);
    if (value === 0) continue;
    const weight = report.format(value);
    text +=
      renderNodelet(`N${id}_${at}`, tag.name, weight) + renderLink(`N${id}`, `N${id}_${at}`, weight, "");
    const numbers = tags.numbers.get(tag.name);
    if (numbers !== undefined) text += renderNumbers(report, numbers.values(), byFlat, `N${id}_${at}`);
  }
  const alone = tags.numbers.get("");
  return alone === undefined ? text : text + renderNumbers(report, alone.values(), byFlat, `N${id}`);
}

function renderNodelet(name: string, label: string, weight: string): string {
  return `${name} [label = "${label}" id="${name}" fontsize=8 shape=box3d tooltip="${weight}"]\n`;
}

function renderLink(from: string, to: string, weight: string, style: string): string {
  return `${from} -> ${to} [label=" ${weight}" weight=100 tooltip="${weight}" labeltooltip="${weight}"${style}]\n`;
}

function renderNumbers(report: Report, tags: Iterable<Tag>, byFlat: boolean, source: string): string {
  let text = "";
  for (const [at, tag] of collapseNumbers([...tags], byFlat).entries()) {
    const isFlat = byFlat || tagFlat(tag) === tagCum(tag);
    const value = isFlat ? tagFlat(tag) : tagCum(tag);
    if (value === 0) continue;
    const weight = report.format(value);
    const name = `N${source}_${at}`;
    text += renderNodelet(name, tag.name, weight);
    text += renderLink(source, name, weight, isFlat ? "" : ' style="dotted"');
  }
  return text;
}

/** At most four numbers: the heaviest, each joined by those that are nearest to it. */
function collapseNumbers(tags: Tag[], byFlat: boolean): Tag[] {
  const sorted = sortTags(tags, byFlat);
  if (sorted.length <= MOST_NODELETS) return sorted;
  const groups = sorted.slice(0, MOST_NODELETS).map((tag) => [tag]);
  for (const tag of sorted.slice(MOST_NODELETS)) {
    let nearest = groups[0]!;
    for (const group of groups) if (distance(tag, group[0]!) < distance(tag, nearest[0]!)) nearest = group;
    nearest.push(tag);
  }
  return sortTags(groups.map(joinNumbers), byFlat);
}

function distance(tag: Tag, other: Tag): number {
  return Math.abs(scaleMeasure(other.value, other.unit, tag.unit).value - tag.value);
}

function joinNumbers(group: readonly Tag[]): Tag {
  let least = group[0]!;
  let most = group[0]!;
  const joined: Tag = { name: "", value: 0, unit: "", flat: 0, cum: 0, flatDivisor: 0, cumDivisor: 0 };
  for (const tag of group) {
    if (Math.trunc(scaleMeasure(tag.value, tag.unit, least.unit).value) < least.value) least = tag;
    if (Math.trunc(scaleMeasure(tag.value, tag.unit, most.unit).value) > most.value) most = tag;
    joined.flat += tag.flat;
    joined.cum += tag.cum;
    joined.flatDivisor += tag.flatDivisor;
    joined.cumDivisor += tag.cumDivisor;
  }
  // Sizes are often much smaller than values, so they have units of their own.
  const show = ({ value, unit }: Tag): string => formatMeasure(value, unit, "auto");
  const name = group.length === 1 ? show(least) : `${show(least)}..${show(most)}`;
  return { ...joined, name, flat: tagFlat(joined), cum: tagCum(joined), flatDivisor: 0, cumDivisor: 0 };
}

function renderEdge(
  report: Report,
  edge: GraphEdge,
  total: number,
  ends: string,
  hasNodelets: boolean,
): string {
  const value = divide(edge.weight, edge.divisor);
  const weight = report.format(value);
  let text = `label=" ${weight}${edge.isInline ? "\\n (inline)" : ""}"`;
  if (total !== 0) {
    const steps = (most: number): number => 1 + Math.min(Math.abs(Math.trunc((value * most) / total)), most);
    if (steps(100) > 1) text += ` weight=${steps(100)}`;
    if (steps(5) > 1) text += ` penwidth=${steps(5)}`;
    text += ` color="${dotColor(value / Math.abs(total), false)}"`;
  }
  const arrow = edge.isResidual ? "..." : "->";
  const tooltip = `"${escapeDot(edge.source.name)} ${arrow} ${escapeDot(edge.target.name)} (${weight})"`;
  text += ` tooltip=${tooltip} labeltooltip=${tooltip}`;
  if (edge.isResidual) text += ' style="dotted"';
  if (hasNodelets) text += " minlen=2";
  return `${ends} [${text}]\n`;
}
