import { createHash } from "node:crypto";
import { assert } from "../lib/assert.ts";
import { escapeHtml } from "./escape-html.ts";
import { renderFindings } from "./html-findings.ts";
import { renderFlame } from "./html-flame.ts";
import { renderChart } from "./html-parts.ts";
import { REPORT_STYLE } from "./html-style.ts";
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

/** What browsers choose fonts and line breaks by. */
const LANGUAGE_CODES = { en: "en", zh: "zh-CN" } as const;

interface Section {
  id: string;
  title: string;
  /** Short form for the list of contents. */
  link: string;
  /** Empty: the section is left out. */
  body: string;
}

/**
 * The report as one HTML file that loads nothing: style, script and data are inside, and the content security policy
 * in it lets a browser run exactly those, by their SHA-256. All but the handling of the flame graph works without
 * the script.
 *
 * `pageScript` is the text of src/web/page-script.ts; the caller passes it because this layer knows no browser code.
 */
export function renderHtml(view: ReportView, pageScript: string): string {
  assert(!/<\/script|<!--/i.test(pageScript), "the page script would end its own element");
  const { page } = view.language.labels;
  const sections = reportSections(view).filter((section) => section.body !== "");
  const policy = [
    "default-src 'none'",
    `script-src '${sourceHash(pageScript)}'`,
    `style-src '${sourceHash(REPORT_STYLE)}'`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");

  return `<!doctype html>
<html lang="${LANGUAGE_CODES[view.language.tag]}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="gopatrol ${escapeHtml(view.gopatrolVersion)}">
<title>${escapeHtml(`${view.language.labels.word.outcome[view.outcome]}${view.language.labels.word.colon}${view.targetName}`)}</title>
<link rel="icon" href="${icon(outcomeTone(view).colour)}">
<style>${REPORT_STYLE}</style>
</head>
<body>
<a class="skip" href="#verdict">${page.skip}</a>
<main>
<div class="band ${outcomeTone(view).className}"><div class="page">
${renderMasthead(view)}
${renderVerdict(view)}
</div></div>
<div class="page">
${renderFacts(view)}
${renderContents(sections, page.contents)}
${sections.map(renderSection).join("\n")}
</div>
</main>
<div class="page"><footer class="colophon">${escapeHtml(page.colophon(view.gopatrolVersion))}</footer></div>
<script>${pageScript}</script>
</body>
</html>
`;
}

function reportSections(view: ReportView): Section[] {
  const { labels } = view.language;
  const { section } = labels;
  const entry = (id: string, title: string, body: string, link = title): Section => ({
    id,
    title,
    link,
    body,
  });
  return [
    entry("findings", section.findings, renderFindings(view)),
    entry("over-time", section.overTime, renderChartGrid(view)),
    entry("flame", section.flame, renderFlame(view.flame, labels), section.flameLink),
    entry("sites", section.sites, renderGrowthSites(view.growthSites, labels), section.sitesLink),
    entry(
      "goroutines",
      section.goroutines,
      renderGoroutineGroups(view.goroutineGroups, labels),
      section.goroutinesLink,
    ),
    ...(view.gcTables ?? []).map((grid) => entry(grid.id, grid.title, renderPlainTable(grid))),
    entry("reasoning", section.reasoning, renderReasoning(view.reasoning), section.reasoningLink),
    entry("missing", section.missing, renderMissing(view.missing)),
    entry("captures", section.captures, renderCaptures(view.captures, labels), section.capturesLink),
  ];
}

function renderSection(section: Section): string {
  return `<section id="${section.id}" aria-labelledby="${section.id}-title"><h2 id="${section.id}-title">${section.title}</h2>${section.body}</section>`;
}

function renderContents(sections: Section[], title: string): string {
  const links = sections.map((section) => `<a href="#${section.id}">${section.link}</a>`);
  return `<nav class="contents" aria-label="${title}">${links.join("")}</nav>`;
}

function renderChartGrid(view: ReportView): string {
  if (view.charts.length === 0) return "";
  return `<div class="charts">${view.charts.map((chart) => renderChart(chart, "card", view.language.labels)).join("")}</div>`;
}

/** A source expression of a content security policy: "sha256-…" of the element's exact text. */
function sourceHash(text: string): string {
  return `sha256-${createHash("sha256").update(text, "utf8").digest("base64")}`;
}

/** A disc in the colour of the outcome, so that one of many tabs can be told. Also keeps browsers from asking a server. */
function icon(colour: string): string {
  const svg = `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><circle cx='8' cy='8' r='7' fill='${colour}'/></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
