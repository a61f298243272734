import { formatPercentage } from "../../pprof/measurement.ts";
import type { Re2 } from "../../pprof/re2.ts";
import type { Report } from "../../pprof/report.ts";
import { buildList, type ListedFile, type ReadSource } from "../../pprof/views/list.ts";
import { escapeCode, escapeHtml } from "../escape-html.ts";
import { numberCell, renderListTools } from "./value-cells.ts";

/** google/pprof's web view shows as many (internal/driver/webui.go, maxEntries). */
const MOST_FUNCTIONS = 50;
const MOST_LINES = 20_000;

/** The source of functions that match, with a value a line. */
export function renderSourceContent(
  report: Report,
  wanted: Re2 | undefined,
  readSource: ReadSource,
): { html: string } {
  if (wanted === undefined) {
    return {
      html: '<p class="empty">Say which functions by Focus, or follow “source” in Top.</p>',
    };
  }
  const parts: string[] = [];
  let functions = 0;
  let lines = 0;
  let isCut = false;
  for (const { name, files } of buildList(report, wanted, readSource)) {
    if (functions++ === MOST_FUNCTIONS || lines > MOST_LINES) {
      isCut = true;
      break;
    }
    if (files.length === 0) {
      parts.push(
        `<section class="listing card" data-entry="${escapeHtml(name)}"><header><h2 class="code">${escapeCode(name)}</h2><p class="lead">The profile does not say where its source is.</p></header></section>`,
      );
    }
    for (const file of files) {
      lines += file.lines.length;
      parts.push(renderFile(report, name, file));
    }
  }
  const note = isCut
    ? `The first ${MOST_FUNCTIONS} functions that match; a narrower Focus shows others.`
    : "";
  return { html: `${renderListTools("Find among functions", note)}${parts.join("\n")}` };
}

function renderFile(report: Report, name: string, { file, flat, cum, lines, error }: ListedFile): string {
  const share = formatPercentage(cum, report.total).trim();
  const head = `<header><h2 class="code">${escapeCode(name)}</h2><p class="lead"><span class="code">${escapeHtml(file)}</span> · ${report.format(flat)} flat, ${report.format(cum)} cum, ${share} of all</p></header>`;
  if (error !== undefined) {
    return `<section class="listing card" data-entry="${escapeHtml(name)}">${head}<p class="error">${escapeHtml(error)}. Say where sources are: <code>-source_path ~/src/shop</code>, or which prefix to cut: <code>-trim_path</code>.</p></section>`;
  }
  const rows = lines.map(({ line, flat: own, cum: all, text }) => {
    const show = (value: number): string => numberCell(value === 0 ? "" : report.format(value));
    return `<tr${all === 0 && own === 0 ? "" : ' class="hot"'}>${show(own)}${show(all)}<td class="number line">${line}</td><td class="code">${escapeHtml(text)}</td></tr>`;
  });
  return `<section class="listing card" data-entry="${escapeHtml(name)}">${head}<div class="table"><table><thead><tr><th class="number" scope="col">Flat</th><th class="number" scope="col">Cum</th><th class="number" scope="col">Line</th><th scope="col">Source</th></tr></thead><tbody>
${rows.join("\n")}
</tbody></table></div></section>`;
}
