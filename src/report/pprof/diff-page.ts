import { countSides, markBase } from "../../pprof/diff-sides.ts";
import { formatMeasure } from "../../pprof/measurement.ts";
import type { Report } from "../../pprof/report.ts";
import { buildNodes } from "../../pprof/trimmed-graph.ts";
import { escapeCode, escapeHtml } from "../escape-html.ts";
import { exactly, linkTo } from "./url-parameters.ts";
import { numberCell, renderListTools } from "./value-cells.ts";

const MOST_ROWS = 500;

interface Change {
  name: string;
  before: number;
  after: number;
}

/** Entries by how much they changed against the base, with both sides. `order` "relative" goes by their part. */
export function renderDiffContent(
  report: Report,
  parameters: URLSearchParams,
  words: { formatChange: (before: number, after: number) => string },
): { html: string } {
  if (markBase(report.profile) === undefined) {
    return {
      html: '<p class="empty">There is no base to compare with: name one by -diff_base, or of several profiles choose one under “Less”.</p>',
    };
  }
  const nodes = buildNodes(report);
  const { before, after } = countSides(report, nodes);
  const by = report.options.sort;
  const isRelative = parameters.get("order") === "relative";
  const changes: Change[] = [];
  for (let node = 0; node < nodes.length; node++) {
    const change = { name: nodes.printableName(node), before: before[by][node]!, after: after[by][node]! };
    if (change.before !== change.after) changes.push(change);
  }
  if (changes.length === 0) return { html: '<p class="empty">Nothing changed against the base.</p>' };
  const size = (change: Change): number => {
    const absolute = Math.abs(change.after - change.before);
    return isRelative ? absolute / Math.max(Math.abs(change.before), Math.abs(change.after)) : absolute;
  };
  changes.sort(
    (a, b) =>
      size(b) - size(a) ||
      Math.abs(b.after - b.before) - Math.abs(a.after - a.before) ||
      (a.name < b.name ? -1 : 1),
  );
  const grown = changes.filter((change) => change.after > change.before).length;
  const show = (value: number): string => formatMeasure(value, report.unit, "auto");
  const rows = changes.slice(0, MOST_ROWS).map((change) => {
    const delta = change.after - change.before;
    const className = delta > 0 ? "up" : "down";
    const sign = delta > 0 ? "▲ +" : "▼ −";
    return `<tr data-entry="${escapeHtml(change.name)}"><td class="number ${className}">${sign}${show(Math.abs(delta))}</td>${numberCell(words.formatChange(change.before, change.after))}${numberCell(show(change.before))}${numberCell(show(change.after))}${renderName(change.name, parameters)}</tr>`;
  });
  const choice = (name: string, value: string, text: string, isOn: boolean): string =>
    isOn
      ? `<strong>${text}</strong>`
      : `<a href="${escapeHtml(linkTo("diff", parameters, { [name]: value }))}">${text}</a>`;
  const tools = `<p class="list-tools"><span>Order by ${choice("order", "absolute", "absolute", !isRelative)} or ${choice("order", "relative", "relative", isRelative)} change of what entries have ${choice("sort", "flat", "themselves", by === "flat")} or ${choice("sort", "cum", "with all below", by === "cum")}.</span></p>`;
  const count = `${grown} grew, ${changes.length - grown} shrank${changes.length > MOST_ROWS ? `; the first ${MOST_ROWS}` : ""}`;
  return {
    html: `${tools}${renderListTools("Find in the list", count)}
<div class="table card"><table><thead><tr><th class="number" scope="col">Change</th><th class="number" scope="col">In percent</th><th class="number" scope="col">Before</th><th class="number" scope="col">After</th><th scope="col">Name</th><th></th></tr></thead><tbody>
${rows.join("\n")}
</tbody></table></div>`,
  };
}

function renderName(name: string, parameters: URLSearchParams): string {
  const link = (page: string, text: string): string =>
    `<a href="${escapeHtml(linkTo(page, parameters, { f: exactly(name) }))}">${text}</a>`;
  return `<td class="name code">${link("peek", escapeCode(name))}</td><td class="ways">${link("flamegraph", "flame")}</td>`;
}
