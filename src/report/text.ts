import { styleText } from "node:util";
import { renderSparkline } from "../lib/sparkline.ts";
import { wrapText } from "../lib/wrap-text.ts";
import type { FindingView, ReportView } from "./report-view.ts";

export interface TextOptions {
  /** Columns of the terminal; text is wrapped to it, paths and names are never cut. */
  width: number;
  color: boolean;
}

type Style = Parameters<typeof styleText>[0];

const OUTCOME_WORD: Record<ReportView["outcome"], [string, Style]> = {
  leak: ["LEAK", ["bold", "red"]],
  problem: ["PROBLEM", ["bold", "red"]],
  attention: ["ATTENTION", ["bold", "yellow"]],
  healthy: ["HEALTHY", ["bold", "green"]],
  "insufficient-data": ["INSUFFICIENT DATA", ["bold", "yellow"]],
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
  const style = (kind: Style, text: string) =>
    color ? styleText(kind, text, { validateStream: false }) : text;
  const out: string[] = [];
  const heading = (text: string) => out.push("", style("bold", text));
  const paragraph = (text: string, indent: string, first = indent) => {
    const lines = wrapText(text, columns - indent.length);
    for (const [i, line] of lines.entries()) out.push((i === 0 ? first : indent) + line);
  };

  const [word, wordStyle] = OUTCOME_WORD[view.outcome];
  out.push(style("dim", `gopatrol ${view.gopatrolVersion} · ${view.targetName}`), "");
  out.push(style(wordStyle, word));
  for (const line of wrapText(view.verdict, columns)) out.push(style("bold", line));
  const main = view.findings[0];
  if (main !== undefined) {
    if (main.position !== "") out.push(`${style("cyan", main.position)}`);
    const facts = [main.rate === "" ? "" : `rate ${main.rate}`, `confidence ${main.confidence}`].filter(
      Boolean,
    );
    out.push(facts.join(", "));
  }
  if (view.advice !== "") paragraph(view.advice, "  ", "→ ");

  for (const [i, finding] of view.findings.entries()) {
    out.push("");
    const label = `${i + 1}. ${style(SEVERITY_STYLE[finding.severity], finding.severity.toUpperCase())} ${style("bold", finding.pattern)}`;
    out.push(`${label} ${style("dim", `${finding.state}, confidence ${finding.confidence}`)}`);
    if (finding.title !== view.verdict) paragraph(finding.title, "   ");
    if (finding.function !== "") out.push(`   at    ${finding.function}`);
    if (finding.position !== "") out.push(`         ${style("cyan", finding.position)}`);
    if (finding.rate !== "") out.push(`   rate  ${finding.rate}`);
    for (const chart of finding.charts) {
      out.push(`   ${renderSparkline(chart.value)}  ${style("dim", `${chart.title} ${chart.summary}`)}`);
    }
    for (const [title, lines] of [
      ["evidence", finding.evidence],
      ["consequences", finding.consequences],
      ["fix", finding.fix],
      ["to settle it", finding.next],
    ] as const) {
      if (lines.length === 0) continue;
      out.push(`   ${style("bold", title)}`);
      for (const line of lines) paragraph(line, "     ", "   - ");
    }
    if (finding.callers.length > 0) {
      out.push(`   ${style("bold", "called from")}`);
      for (const caller of finding.callers) out.push(`     ${caller}`);
    }
    out.push(style("dim", `   more: gopatrol explain ${finding.pattern}`));
  }

  heading("Figures");
  const labelWidth = Math.max(...view.facts.map((f) => f.label.length));
  for (const fact of view.facts) out.push(`  ${fact.label.padEnd(labelWidth)}  ${fact.value}`);
  const chartWidth = Math.max(0, ...view.charts.map((c) => c.title.length));
  for (const chart of view.charts) {
    out.push(
      `  ${chart.title.padEnd(Math.max(labelWidth, chartWidth))}  ${renderSparkline(chart.value)}  ${chart.summary}`,
    );
  }

  const growing = view.growthSites.slice(0, SITES_SHOWN);
  if (growing.length > 0) {
    heading("Where bytes in use grew");
    for (const site of growing) {
      const note = [site.rate, site.kept === "" ? "" : `${site.kept} kept`, site.operation]
        .filter(Boolean)
        .join(", ");
      out.push(`  ${site.growth.padStart(9)}  ${site.function} ${style("cyan", site.position)}`);
      out.push(style("dim", `             ${note}`));
    }
  }
  const groups = view.goroutineGroups.filter((g) => g.growing || g.after >= 10).slice(0, GROUPS_SHOWN);
  if (groups.length > 0) {
    heading("Goroutines");
    for (const group of groups) {
      const count = group.before === group.after ? String(group.after) : `${group.before} → ${group.after}`;
      const wait = group.wait === "" ? "" : `, ${group.wait}`;
      out.push(
        `  ${count.padStart(14)}  ${group.state}${wait}  ${group.function} ${style("cyan", group.position)}`,
      );
    }
  }
  if (view.reasoning.length > 0) {
    heading("How this was reached");
    for (const line of view.reasoning) paragraph(line, "    ", "  - ");
  }
  if (view.missing.length > 0) {
    heading("Missing or damaged");
    for (const line of view.missing) paragraph(line, "    ", "  - ");
  }
  return `${out.join("\n")}\n`;
}
