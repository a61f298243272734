import { styleText } from "node:util";
import { renderSparkline } from "../lib/sparkline.ts";
import { columnsOf, padEnd } from "../lib/text-columns.ts";
import { wrapText } from "../lib/wrap-text.ts";
import { explainCommand } from "./explain-command.ts";
import { renderKernelLines } from "./kernel-lines.ts";
import type { FindingView, ReportView } from "./report-view.ts";
import { renderTableLines } from "./text-table.ts";

export interface TextOptions {
  /** Columns of the terminal; text is wrapped to it, paths and names are never cut. */
  width: number;
  color: boolean;
}

type Style = Parameters<typeof styleText>[0];

const OUTCOME_STYLE: Record<ReportView["outcome"], Style> = {
  leak: ["bold", "red"],
  problem: ["bold", "red"],
  attention: ["bold", "yellow"],
  healthy: ["bold", "green"],
  "insufficient-data": ["bold", "yellow"],
};
const SEVERITY_STYLE: Record<FindingView["severity"], Style> = {
  critical: ["bold", "red"],
  warning: ["bold", "yellow"],
  info: ["bold", "cyan"],
};
/** Below this nothing reads well; a narrower terminal wraps by itself. */
const LEAST_WIDTH = 40;
const SITES_SHOWN = 8;
const GROUPS_SHOWN = 8;

/** The report for a terminal: verdict first, then findings, figures, growth, and how the verdict was reached. */
export function renderText(view: ReportView, { width, color }: TextOptions): string {
  const columns = Math.max(LEAST_WIDTH, width);
  const { finding: label, kernel, section, table, word } = view.language.labels;
  const style = (kind: Style, text: string) =>
    color ? styleText(kind, text, { validateStream: false }) : text;
  const out: string[] = [];
  const heading = (text: string) => out.push("", style("bold", text));
  const paragraph = (text: string, indent: string, first = indent) => {
    const lines = wrapText(text, columns - indent.length);
    for (const [i, line] of lines.entries()) out.push((i === 0 ? first : indent) + line);
  };

  out.push(style("dim", `gopatrol ${view.gopatrolVersion} · ${view.targetName}`), "");
  out.push(style(OUTCOME_STYLE[view.outcome], word.outcome[view.outcome].toUpperCase()));
  for (const line of wrapText(view.verdict, columns)) out.push(style("bold", line));
  const main = view.findings[0];
  if (main !== undefined) {
    if (main.position !== "") out.push(`${style("cyan", main.position)}`);
    const facts = [main.rate === "" ? "" : `${label.rate} ${main.rate}`, label.confidenceIs(main.confidence)];
    out.push(facts.filter(Boolean).join(word.comma));
  }
  if (view.advice !== "") paragraph(view.advice, "  ", "→ ");

  for (const [i, finding] of view.findings.entries()) {
    out.push("");
    const severity = style(SEVERITY_STYLE[finding.severity], word.severity[finding.severity].toUpperCase());
    const state = [word.state[finding.state], label.confidenceIs(finding.confidence)].join(word.comma);
    out.push(`${i + 1}. ${severity} ${style("bold", finding.pattern)} ${style("dim", state)}`);
    if (finding.title !== view.verdict) paragraph(finding.title, "   ");
    if (finding.function !== "") out.push(`   ${padEnd(label.at, 6)}${finding.function}`);
    if (finding.position !== "") out.push(`         ${style("cyan", finding.position)}`);
    if (finding.rate !== "") out.push(`   ${padEnd(label.rate, 6)}${finding.rate}`);
    for (const chart of finding.charts) {
      out.push(`   ${renderSparkline(chart.value)}  ${style("dim", `${chart.title} ${chart.summary}`)}`);
    }
    for (const [title, lines] of [
      [label.evidence, finding.evidence],
      [label.consequences, finding.consequences],
      [label.fix, finding.fix],
      [label.next, finding.next],
    ] as const) {
      if (lines.length === 0) continue;
      out.push(`   ${style("bold", title)}`);
      for (const line of lines) paragraph(line, "     ", "   - ");
    }
    if (finding.callers.length > 0) {
      out.push(`   ${style("bold", label.calledFrom)}`);
      for (const caller of finding.callers) out.push(`     ${caller}`);
    }
    out.push(style("dim", `   ${label.more(explainCommand(finding.pattern, view.language))}`));
  }

  heading(section.figures);
  const labelWidth = Math.max(0, ...view.facts.map((f) => columnsOf(f.label)));
  for (const fact of view.facts) {
    paragraph(fact.value, " ".repeat(labelWidth + 4), `  ${padEnd(fact.label, labelWidth)}  `);
  }
  const chartWidth = Math.max(0, ...view.charts.map((c) => columnsOf(c.title)));
  for (const chart of view.charts) {
    out.push(
      `  ${padEnd(chart.title, Math.max(labelWidth, chartWidth))}  ${renderSparkline(chart.value)}  ${chart.summary}`,
    );
  }

  if (view.kernel !== undefined) {
    heading(kernel.section);
    const bold = (text: string) => style("bold", text);
    out.push(...renderKernelLines(view.kernel, { labels: kernel, bold, width: columns }));
  }

  const growing = view.growthSites.slice(0, SITES_SHOWN);
  if (growing.length > 0) {
    heading(section.sites);
    for (const site of growing) {
      const note = [site.rate, site.kept === "" ? "" : table.keptShare(site.kept), site.operation]
        .filter(Boolean)
        .join(word.comma);
      out.push(`  ${site.growth.padStart(9)}  ${site.function} ${style("cyan", site.position)}`);
      out.push(style("dim", `             ${note}`));
    }
  }
  const groups = view.goroutineGroups.filter((g) => g.growing || g.after >= 10).slice(0, GROUPS_SHOWN);
  if (groups.length > 0) {
    heading(section.goroutines);
    for (const group of groups) {
      const count = group.before === group.after ? String(group.after) : `${group.before} → ${group.after}`;
      const wait = group.wait === "" ? "" : `${word.comma}${group.wait}`;
      out.push(
        `  ${count.padStart(14)}  ${group.state}${wait}  ${group.function} ${style("cyan", group.position)}`,
      );
    }
  }
  for (const grid of view.tables) {
    heading(grid.title);
    if (grid.lead !== "") paragraph(grid.lead, "  ");
    for (const line of renderTableLines(grid)) out.push(`  ${line}`);
  }
  if (view.reasoning.length > 0) {
    heading(section.reasoning);
    for (const line of view.reasoning) paragraph(line, "    ", "  - ");
  }
  if (view.missing.length > 0) {
    heading(section.missing);
    for (const line of view.missing) paragraph(line, "    ", "  - ");
  }
  return `${out.join("\n")}\n`;
}
