import { cell, code, escapeMarkdown } from "../markdown.ts";
import type { GoroutineReportLabels } from "./labels.ts";
import type { GoroutineReportView } from "./view.ts";

/** The goroutine report for a ticket: GitHub-flavoured Markdown, stacks folded. */
export function renderGoroutineMarkdown(view: GoroutineReportView, labels: GoroutineReportLabels): string {
  const { columns } = labels;
  const out = [`## ${escapeMarkdown(view.title)}`, "", `**${escapeMarkdown(view.total)}**`, ""];
  if (view.looks.length > 1) {
    out.push(`### ${labels.looks}`, "");
    for (const look of view.looks) out.push(`- ${look.goroutines} ${look.kind} ${code(look.name)}`);
    out.push("");
  }
  out.push(`### ${labels.states}`, "");
  out.push(`| ${columns.count} | ${columns.share} | ${columns.state} |`, "|---:|---:|---|");
  for (const { state, count, share } of view.states) out.push(`| ${count} | ${share} | ${cell(state)} |`);
  out.push("", `### ${labels.candidates}`, "");
  out.push(escapeMarkdown(view.candidates.length === 0 ? labels.noCandidates : labels.criteria), "");
  for (const candidate of view.candidates) {
    out.push(
      `- ${candidate.count} ${escapeMarkdown(candidate.state)}: ${code(candidate.function)} ${code(candidate.position)}`,
    );
    for (const line of candidate.criteria) out.push(`  - ${escapeMarkdown(line)}`);
  }
  out.push("", `### ${labels.groups}`, "");
  if (view.groups.length === 0) out.push(labels.none, "");
  for (const group of view.groups) {
    const notes = group.notes.length === 0 ? "" : labels.comma + group.notes.join(labels.comma);
    const summary = `${group.count} ${group.state}${notes}: ${group.function}`;
    out.push(`<details><summary>${escapeSummary(summary)}</summary>`, "");
    for (const { function: name, position } of group.stack) out.push(`- ${code(name)} ${code(position)}`);
    if (group.createdBy !== "") out.push(`- ${labels.createdBy} ${code(group.createdBy)}`);
    for (const label of group.labels) out.push(`- ${labels.labels} ${code(label)}`);
    out.push("", "</details>");
  }
  if (view.rest !== "") out.push("", escapeMarkdown(view.rest));
  if (view.damage.length > 0) {
    out.push("", `### ${labels.damage}`, "", ...view.damage.map((line) => `- ${escapeMarkdown(line)}`));
  }
  return `${out.join("\n")}\n`;
}

/** Inside an HTML element Markdown's escapes do not count. */
function escapeSummary(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
