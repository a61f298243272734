import { renderFindings } from "./html-findings.ts";
import { renderFlame } from "./html-flame.ts";
import { renderKernel } from "./html-kernel.ts";
import { type PageSection, renderPage, renderSections } from "./html-page.ts";
import { renderChart } from "./html-parts.ts";
import {
  renderCaptures,
  renderGoroutineGroups,
  renderGrowthSites,
  renderMissing,
  renderPlainTable,
  renderReasoning,
} from "./html-tables.ts";
import { outcomeTone, renderFacts, renderMasthead, renderVerdict } from "./html-verdict.ts";
import type { ReportView } from "./report-view.ts";

/**
 * The report as one HTML file that loads nothing: style, script and data are inside, and the content security policy
 * in it lets a browser run exactly those, by their SHA-256. All but the handling of the flame graph works without
 * the script.
 *
 * `pageScript` is the text of src/web/page-script.ts; the caller passes it because this layer knows no browser code.
 */
export function renderHtml(view: ReportView, pageScript: string): string {
  const { labels, tag } = view.language;
  const sections = reportSections(view).filter((section) => section.body !== "");
  return renderPage({
    tag,
    gopatrolVersion: view.gopatrolVersion,
    title: `${labels.word.outcome[view.outcome]}${labels.word.colon}${view.targetName}`,
    tone: outcomeTone(view),
    labels: labels.page,
    band: `${renderMasthead(view)}\n${renderVerdict(view)}`,
    body: `${renderFacts(view)}\n${renderSections(sections, labels.page)}`,
    pageScript,
  });
}

function reportSections(view: ReportView): PageSection[] {
  const { labels } = view.language;
  const { kernel, section } = labels;
  const entry = (id: string, title: string, body: string, link = title): PageSection => ({
    id,
    title,
    link,
    body,
  });
  return [
    entry("findings", section.findings, renderFindings(view)),
    entry("over-time", section.overTime, renderChartGrid(view)),
    entry("flame", section.flame, renderFlame(view.flame, labels), section.flameLink),
    entry("kernel", kernel.section, renderKernel(view.kernel, labels), kernel.sectionLink),
    entry("sites", section.sites, renderGrowthSites(view.growthSites, labels), section.sitesLink),
    entry(
      "goroutines",
      section.goroutines,
      renderGoroutineGroups(view.goroutineGroups, labels),
      section.goroutinesLink,
    ),
    ...view.tables.map((grid) => entry(grid.id, grid.title, renderPlainTable(grid))),
    entry("reasoning", section.reasoning, renderReasoning(view.reasoning), section.reasoningLink),
    entry("missing", section.missing, renderMissing(view.missing)),
    entry("captures", section.captures, renderCaptures(view.captures, labels), section.capturesLink),
  ];
}

function renderChartGrid(view: ReportView): string {
  if (view.charts.length === 0) return "";
  return `<div class="charts">${view.charts.map((chart) => renderChart(chart, "card", view.language.labels)).join("")}</div>`;
}
