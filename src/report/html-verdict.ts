import { escapeHtml } from "./escape-html.ts";
import { renderCode, renderPoints, renderProse } from "./html-parts.ts";
import type { FindingView, ReportView } from "./report-view.ts";

/** Colour and word of an outcome. `colour` is for the page icon, which no style sheet reaches. */
export function outcomeTone(view: ReportView): { className: string; word: string; colour: string } {
  switch (view.outcome) {
    case "leak":
      return { className: "critical", word: "Leak", colour: "#b3261e" };
    case "problem":
      return { className: "critical", word: "Problem", colour: "#b3261e" };
    case "attention":
      return { className: "warning", word: "Attention", colour: "#c77700" };
    case "healthy":
      return { className: "good", word: "Healthy", colour: "#1b6e43" };
    case "insufficient-data":
      return { className: "unknown", word: "Insufficient data", colour: "#574f7d" };
  }
}

export function renderMasthead(view: ReportView): string {
  const time = escapeHtml(view.capturedAt);
  return (
    `<header class="masthead"><span><strong>gopatrol</strong> memory report</span>` +
    `<time datetime="${time}">${escapeHtml(readableTime(view.capturedAt))}</time></header>`
  );
}

/** The top of the page: what is wrong, where, how fast, and what to do. */
export function renderVerdict(view: ReportView): string {
  const tone = outcomeTone(view);
  const main = findMainFinding(view);
  return (
    `<section id="verdict" aria-label="Verdict">` +
    `<div class="target"><span class="badge full">${tone.word}</span>${renderCode(view.targetName)}</div>` +
    `<h1>${renderProse(view.verdict)}</h1>` +
    (view.advice === "" ? "" : `<p class="advice">${renderProse(view.advice)}</p>`) +
    (main === undefined ? "" : renderChange(main)) +
    "</section>"
  );
}

/** The first finding above a hint that names a line: the line to change. */
function findMainFinding(view: ReportView): FindingView | undefined {
  return view.findings.find((finding) => finding.position !== "" && finding.severity !== "info");
}

function renderChange(finding: FindingView): string {
  const rate =
    finding.rate === "" ? "" : `<div><dt class="label">Rate</dt><dd>${renderProse(finding.rate)}</dd></div>`;
  const todo = finding.fix.length > 0 ? finding.fix : finding.next;
  return (
    `<div class="change"><div><h2>${finding.fix.length > 0 ? "Line to change" : "Line to look at"}</h2>` +
    `${renderCode(finding.position, "line")}${renderCode(finding.function, "in")}` +
    `<dl class="rate">${rate}<div><dt class="label">Confidence</dt><dd>${escapeHtml(finding.confidence)}</dd></div></dl></div>` +
    `<div><h2>What to do</h2>${renderPoints(todo)}</div></div>`
  );
}

export function renderFacts(view: ReportView): string {
  if (view.facts.length === 0) return "";
  const facts = view.facts.map(
    (fact) => `<div><dt>${escapeHtml(fact.label)}</dt><dd>${renderProse(fact.value)}</dd></div>`,
  );
  return `<dl class="facts">${facts.join("")}</dl>`;
}

/** "2026-11-20 03:12:44 UTC" of an ISO 8601 time in UTC; any other text as it is. */
function readableTime(iso: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(iso) && iso.endsWith("Z")
    ? `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`
    : iso;
}
