import { capitalise } from "./capitalise.ts";
import { escapeHtml } from "./escape-html.ts";
import { explainCommand } from "./explain-command.ts";
import { renderChart, renderCode, renderTitledPoints } from "./html-parts.ts";
import type { Labels } from "./messages/labels.ts";
import type { Language } from "./messages/language.ts";
import type { FindingView, ReportView } from "./report-view.ts";

export function renderFindings(view: ReportView): string {
  if (view.findings.length === 0) {
    return `<p class="card empty">${
      view.outcome === "insufficient-data"
        ? view.language.labels.finding.noneJudged
        : view.language.labels.finding.noneRecognised
    }</p>`;
  }
  return view.findings.map((finding) => renderFinding(finding, view.language)).join("");
}

function renderFinding(finding: FindingView, language: Language): string {
  const { labels } = language;
  const { word, finding: label } = labels;
  const command = `<code>${escapeHtml(explainCommand(finding.pattern, language))}</code>`;
  return (
    `<article class="card finding ${finding.severity}"><header><div class="marks">` +
    `<span class="badge full">${word.severity[finding.severity]}</span><span>${word.state[finding.state]}</span>` +
    `<span>${escapeHtml(label.confidenceIs(finding.confidence))}</span>${renderCode(finding.pattern)}</div>` +
    `<h3>${escapeHtml(finding.title)}</h3>${renderPlace(finding, labels)}</header>${renderBody(finding, labels)}` +
    `<footer>${label.morePage(command, renderCode(finding.page))}</footer></article>`
  );
}

function renderPlace(finding: FindingView, { finding: label }: Labels): string {
  if (finding.position === "" && finding.function === "" && finding.rate === "") return "";
  const rate =
    finding.rate === ""
      ? ""
      : `<dl class="growth"><dt class="label">${capitalise(label.rate)}</dt><dd>${escapeHtml(finding.rate)}</dd></dl>`;
  const position = finding.position === "" ? "" : renderCode(finding.position, "line");
  const name = finding.function === "" ? "" : renderCode(finding.function, "soft");
  return `<div class="where"><div>${position}${name}</div>${rate}</div>`;
}

/** What was seen on the left; on the right what to do about it, and what hangs together with it. */
function renderBody(finding: FindingView, labels: Labels): string {
  const { finding: label } = labels;
  const callers =
    finding.callers.length === 0
      ? ""
      : `<div><h4 class="label">${capitalise(label.calledFrom)}</h4><ul class="points">${finding.callers
          .map((caller) => `<li><code>${escapeHtml(caller)}</code></li>`)
          .join("")}</ul></div>`;
  const left =
    finding.charts.map((chart) => renderChart(chart, "", labels)).join("") +
    renderTitledPoints(label.evidence, finding.evidence);
  const right =
    renderTitledPoints(label.fix, finding.fix, "fix") +
    renderTitledPoints(label.next, finding.next) +
    renderTitledPoints(label.consequences, finding.consequences) +
    callers;
  return `<div class="body"><div class="column">${left}</div><div class="column">${right}</div></div>`;
}
