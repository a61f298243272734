import { capitalise } from "./capitalise.ts";
import { escapeHtml } from "./escape-html.ts";
import { renderCode, renderPoints, renderProse } from "./html-parts.ts";
import type { Labels } from "./messages/labels.ts";
import type { FindingView, ReportView } from "./report-view.ts";

/** The colours of an outcome. `colour` is for the page icon, which no style sheet reaches. */
export function outcomeTone(view: ReportView): { className: string; colour: string } {
  switch (view.outcome) {
    case "leak":
      return { className: "critical", colour: "#b3261e" };
    case "problem":
      return { className: "critical", colour: "#b3261e" };
    case "attention":
      return { className: "warning", colour: "#c77700" };
    case "healthy":
      return { className: "good", colour: "#1b6e43" };
    case "insufficient-data":
      return { className: "unknown", colour: "#574f7d" };
  }
}

export function renderMasthead(view: ReportView): string {
  const time = escapeHtml(view.capturedAt);
  const captured =
    time === "" ? "" : `<time datetime="${time}">${escapeHtml(readableTime(view.capturedAt))}</time>`;
  return `<header class="masthead"><span><strong>gopatrol</strong> ${view.language.labels.page.memoryReport}</span>${captured}</header>`;
}

/** The top of the page: what is wrong, where, how fast, and what to do. */
export function renderVerdict(view: ReportView): string {
  const { page, word } = view.language.labels;
  const main = findMainFinding(view);
  return (
    `<section id="verdict" aria-label="${page.verdict}">` +
    `<div class="target"><span class="badge full">${word.outcome[view.outcome]}</span>${renderCode(view.targetName)}</div>` +
    `<h1>${renderProse(view.verdict)}</h1>` +
    (view.advice === "" ? "" : `<p class="advice">${renderProse(view.advice)}</p>`) +
    (main === undefined ? "" : renderChange(main, view.language.labels)) +
    "</section>"
  );
}

/** The first finding above a hint that names a line: the line to change. */
function findMainFinding(view: ReportView): FindingView | undefined {
  return view.findings.find((finding) => finding.position !== "" && finding.severity !== "info");
}

function renderChange(finding: FindingView, { finding: label, page }: Labels): string {
  const rate =
    finding.rate === ""
      ? ""
      : `<div><dt class="label">${capitalise(label.rate)}</dt><dd>${renderProse(finding.rate)}</dd></div>`;
  const todo = finding.fix.length > 0 ? finding.fix : finding.next;
  return (
    `<div class="change"><div><h2>${finding.fix.length > 0 ? page.lineToChange : page.lineToLookAt}</h2>` +
    `${renderCode(finding.position, "line")}${renderCode(finding.function, "in")}` +
    `<dl class="rate">${rate}<div><dt class="label">${capitalise(label.confidence)}</dt><dd>${escapeHtml(finding.confidence)}</dd></div></dl></div>` +
    `<div><h2>${page.whatToDo}</h2>${renderPoints(todo)}</div></div>`
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
