import { countNodes } from "../../pprof/count-samples.ts";
import type { TimeZone } from "../../pprof/go-format.ts";
import { formatMeasure, formatPercentage } from "../../pprof/measurement.ts";
import type { Report } from "../../pprof/report.ts";
import { buildNodes } from "../../pprof/trimmed-graph.ts";
import { buildTop } from "../../pprof/views/top.ts";
import { escapeCode, escapeHtml } from "../escape-html.ts";
import { exactly, linkTo } from "./url-parameters.ts";
import { numberCell, renderListTools, shareCell } from "./value-cells.ts";

/** Entries by value, with the values of all other types beside them: what is in use beside what was allocated. */
export function renderTopContent(
  report: Report,
  parameters: URLSearchParams,
  zone: TimeZone,
): { html: string; header: string[] } {
  const { header, rows } = buildTop(report, zone);
  if (rows.length === 0) return { html: '<p class="empty">No entry has a value.</p>', header };
  const others = describeOthers(report);
  const sortLink = (sort: "flat" | "cum", text: string): string => {
    const isOn = report.options.sort === sort;
    const href = escapeHtml(linkTo("top", parameters, { sort }));
    return `<th class="number" scope="col"${isOn ? ' aria-sort="descending"' : ""}><a href="${href}">${text}${isOn ? " ▾" : ""}</a></th>`;
  };
  const heads = [
    sortLink("flat", "Flat"),
    '<th class="number" scope="col">Flat %</th>',
    '<th class="number" scope="col">Sum %</th>',
    sortLink("cum", "Cum"),
    '<th class="number" scope="col">Cum %</th>',
    ...others.map(
      ({ name }) => `<th class="number" scope="col" title="${report.options.sort}">${escapeHtml(name)}</th>`,
    ),
    '<th scope="col">Name</th><th></th>',
  ];
  let sum = 0;
  const lines = rows.map(({ name, inline, flat, cum }) => {
    sum += flat;
    const cells = [
      numberCell(report.format(flat)),
      shareCell(flat, report.total),
      numberCell(formatPercentage(sum, report.total).trim()),
      numberCell(report.format(cum)),
      numberCell(formatPercentage(cum, report.total).trim()),
      ...others.map((other) => numberCell(other.textOf(name))),
    ];
    return `<tr data-entry="${escapeHtml(name)}">${cells.join("")}${renderNameCells(name, inline, parameters)}</tr>`;
  });
  const shown = header.find((line) => line.startsWith("Showing nodes")) ?? "";
  return {
    html: `${renderListTools("Find in the list", shown)}
<div class="table card"><table><thead><tr>${heads.join("")}</tr></thead><tbody>
${lines.join("\n")}
</tbody></table></div>`,
    header,
  };
}

function renderNameCells(name: string, inline: string, parameters: URLSearchParams): string {
  const expression = exactly(name);
  const link = (page: string, text: string): string =>
    `<a href="${escapeHtml(linkTo(page, parameters, { f: expression }))}">${text}</a>`;
  const mark = inline === "" ? "" : ` <span class="lead">(${inline})</span>`;
  return `<td class="name code">${link("peek", escapeCode(name))}${mark}</td><td class="ways">${link("source", "source")}</td>`;
}

interface OtherType {
  name: string;
  textOf: (entry: string) => string;
}

/** Values of the sample types that the report is not of, by the one of flat and cum that it is sorted by. */
function describeOthers(report: Report): OtherType[] {
  const { profile, column } = report;
  if (profile.sampleTypes.length < 2 || report.options.mean) return [];
  const nodes = buildNodes(report);
  const nodeOf = new Map<string, number>();
  for (let node = 0; node < nodes.length; node++) nodeOf.set(nodes.printableName(node), node);
  return profile.sampleTypes.flatMap(({ type, unit }, at): OtherType[] => {
    if (at === column) return [];
    const values = { value: profile.samples.columns[at]!.value, divisor: undefined };
    const sums = countNodes(profile, nodes, values)[report.options.sort];
    const unitName = profile.strings.get(unit);
    const textOf = (entry: string): string => {
      const node = nodeOf.get(entry);
      return formatMeasure(node === undefined ? 0 : sums[node]!, unitName, "auto");
    };
    return [{ name: profile.strings.get(type), textOf }];
  });
}
