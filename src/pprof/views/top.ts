import { padStart, type TimeZone } from "../go-format.ts";
import { formatPercentage } from "../measurement.ts";
import { chooseOutputUnit, type Report } from "../report.ts";
import { buildTrimmedGraph, cumOf, flatOf, type TrimmedGraph } from "../trimmed-graph.ts";
import { countShown, reportHeader } from "./headers.ts";

const INLINED = 1;
const CALLED = 2;

export interface TopRow {
  name: string;
  /** Whether calls of it were inlined: always, in some places, never. */
  inline: "inline" | "partial-inline" | "";
  flat: number;
  cum: number;
}

export interface Top {
  header: string[];
  rows: TopRow[];
}

/** The rows of the `top` view. Sets the report's unit. */
export function buildTop(report: Report, zone: TimeZone): Top {
  const graph = buildTrimmedGraph(report, "inlined");
  const ways = findCallWays(graph);
  const rows = graph.order.map((node): TopRow => {
    const way = ways[node]!;
    return {
      name: graph.nodes.printableName(node),
      inline: (way & INLINED) === 0 ? "" : way === INLINED ? "inline" : "partial-inline",
      flat: flatOf(graph.values, node),
      cum: cumOf(graph.values, node),
    };
  });
  chooseOutputUnit(report, rows);
  const shown = countShown(graph, sumFlat(rows));
  return { header: reportHeader(report, shown, zone), rows };
}

export function sumFlat(rows: readonly { flat: number }[]): number {
  return rows.reduce((sum, { flat }) => sum + flat, 0);
}

/** How each node is called by the edges that are left. */
function findCallWays({ edges, isDropped, nodes }: TrimmedGraph): Uint8Array {
  const ways = new Uint8Array(nodes.length);
  for (let edge = 0; edge < edges.length; edge++) {
    if (isDropped[edge] === 0) ways[edges.target[edge]!]! |= edges.isInline[edge] === 1 ? INLINED : CALLED;
  }
  return ways;
}

/** `go tool pprof -top`. */
export function* renderTop(report: Report, zone: TimeZone): Generator<string> {
  const { header, rows } = buildTop(report, zone);
  yield `${header.join("\n")}\n`;
  yield "      flat  flat%   sum%        cum   cum%\n";
  let sum = 0;
  for (const { name, inline, flat, cum } of rows) {
    sum += flat;
    const numbers = [
      padStart(report.format(flat), 10),
      formatPercentage(flat, report.total),
      formatPercentage(sum, report.total),
      padStart(report.format(cum), 10),
      formatPercentage(cum, report.total),
    ];
    yield `${numbers.join(" ")}  ${name}${inline === "" ? "" : ` (${inline})`}\n`;
  }
}
