import type { TimeZone } from "../../pprof/go-format.ts";
import { formatPercentage } from "../../pprof/measurement.ts";
import type { Re2 } from "../../pprof/re2.ts";
import type { Report } from "../../pprof/report.ts";
import { buildTree, type TreeCall, type TreeEntry } from "../../pprof/views/tree.ts";
import { escapeCode, escapeHtml } from "../escape-html.ts";
import { exactly, linkTo } from "./url-parameters.ts";
import { numberCell, renderListTools, shareCell } from "./value-cells.ts";

const MOST_ENTRIES = 100;
const MOST_CALLS = 200;

/** Who calls the functions that match, and what they call. */
export function renderPeekContent(
  report: Report,
  wanted: Re2 | undefined,
  parameters: URLSearchParams,
  zone: TimeZone,
): { html: string; header: string[] } {
  const { header, entries } = buildTree(report, zone, wanted);
  const shown = entries.slice(0, MOST_ENTRIES);
  const lead =
    wanted === undefined
      ? "Callers above each entry, calls below it. Focus, or a link of another page, picks the functions."
      : "Callers above each entry, calls below it.";
  const more = entries.length > shown.length ? `The first ${shown.length} of ${entries.length} entries.` : "";
  return {
    html: `<p class="lead">${lead}</p>${renderListTools("Find among entries", more)}${shown.map((entry) => renderEntry(report, entry, parameters)).join("\n")}`,
    header,
  };
}

function renderEntry(report: Report, entry: TreeEntry, parameters: URLSearchParams): string {
  const { name, flat, cum, callers, callees } = entry;
  const cells = [
    numberCell(report.format(flat)),
    numberCell(formatPercentage(flat, report.total).trim()),
    numberCell(report.format(cum)),
    shareCell(cum, report.total),
  ];
  return `<div class="entry card table" data-entry="${escapeHtml(name)}"><table>
<thead><tr><th class="number" scope="col">Flat</th><th class="number" scope="col">Flat %</th><th class="number" scope="col">Cum or calls</th><th class="number" scope="col">%</th><th scope="col">Name</th></tr></thead><tbody>
${renderCalls(report, callers, cum, parameters)}
<tr class="self">${cells.join("")}<td class="name code">${nameLink(name, parameters, "source")}</td></tr>
${renderCalls(report, callees, cum, parameters)}
</tbody></table></div>`;
}

function renderCalls(
  report: Report,
  calls: readonly TreeCall[],
  cum: number,
  parameters: URLSearchParams,
): string {
  const rows = calls.slice(0, MOST_CALLS).map(({ name, inline, weight }) => {
    const mark = inline ? ' <span class="lead">(inline)</span>' : "";
    return `<tr class="call"><td></td><td></td>${numberCell(report.format(weight))}${shareCell(weight, cum)}<td class="name code">${nameLink(name, parameters, "peek")}${mark}</td></tr>`;
  });
  if (calls.length > MOST_CALLS) {
    rows.push(
      `<tr class="call"><td colspan="5" class="lead">and ${calls.length - MOST_CALLS} more</td></tr>`,
    );
  }
  return rows.join("\n");
}

function nameLink(name: string, parameters: URLSearchParams, page: string): string {
  const href = linkTo(page, parameters, { f: exactly(name) });
  return `<a href="${escapeHtml(href)}">${escapeCode(name)}</a>`;
}
