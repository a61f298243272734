import { escapeHtml } from "./escape-html.ts";
import { renderChart, renderCode, renderTitledPoints } from "./html-parts.ts";
import type { FindingView, ReportView } from "./report-view.ts";

const STATE_WORDS = {
  confirmed: "confirmed",
  suspected: "suspected",
  "insufficient-data": "insufficient data",
} as const;

export function renderFindings(view: ReportView): string {
  if (view.findings.length === 0) {
    return `<p class="card empty">${
      view.outcome === "insufficient-data"
        ? "No pattern could be judged with what was captured."
        : "No pattern of memory growth was recognised."
    }</p>`;
  }
  return view.findings.map(renderFinding).join("");
}

function renderFinding(finding: FindingView): string {
  return (
    `<article class="card finding ${finding.severity}"><header><div class="marks">` +
    `<span class="badge full">${finding.severity}</span><span>${STATE_WORDS[finding.state]}</span>` +
    `<span>confidence ${escapeHtml(finding.confidence)}</span>${renderCode(finding.pattern)}</div>` +
    `<h3>${escapeHtml(finding.title)}</h3>${renderPlace(finding)}</header>${renderBody(finding)}` +
    `<footer>About this pattern: <code>gopatrol explain ${escapeHtml(finding.pattern)}</code> or ${renderCode(finding.page)}</footer></article>`
  );
}

function renderPlace(finding: FindingView): string {
  if (finding.position === "" && finding.function === "" && finding.rate === "") return "";
  const rate =
    finding.rate === ""
      ? ""
      : `<dl class="growth"><dt class="label">Rate</dt><dd>${escapeHtml(finding.rate)}</dd></dl>`;
  const position = finding.position === "" ? "" : renderCode(finding.position, "line");
  const name = finding.function === "" ? "" : renderCode(finding.function, "soft");
  return `<div class="where"><div>${position}${name}</div>${rate}</div>`;
}

/** What was seen on the left; on the right what to do about it, and what hangs together with it. */
function renderBody(finding: FindingView): string {
  const callers =
    finding.callers.length === 0
      ? ""
      : `<div><h4 class="label">Called from</h4><ul class="points">${finding.callers
          .map((caller) => `<li><code>${escapeHtml(caller)}</code></li>`)
          .join("")}</ul></div>`;
  const left =
    finding.charts.map((chart) => renderChart(chart, "")).join("") +
    renderTitledPoints("Evidence", finding.evidence);
  const right =
    renderTitledPoints("What to change", finding.fix, "fix") +
    renderTitledPoints("To settle what is open", finding.next) +
    renderTitledPoints("Follows from it", finding.consequences) +
    callers;
  return `<div class="body"><div class="column">${left}</div><div class="column">${right}</div></div>`;
}
