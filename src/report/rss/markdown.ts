import { cell, code, renderKernelMarkdown } from "../markdown.ts";
import type { ReportView } from "../report-view.ts";

/** A resident set explained, for a ticket. */
export function renderRssMarkdown(view: ReportView): string {
  const { kernel: labels, section, capture } = view.language.labels;
  const out = [`## gopatrol rss ${code(view.targetName)}`, ""];
  if (view.kernel !== undefined) out.push(...renderKernelMarkdown(view.kernel, labels.advice), "");
  if (view.missing.length > 0) {
    out.push(`**${section.missing}**`, "", ...view.missing.map((line) => `- ${cell(line)}`), "");
  }
  out.push(`<sub>${capture.captured(view.gopatrolVersion, view.capturedAt)}</sub>`);
  return `${out.join("\n")}\n`;
}
