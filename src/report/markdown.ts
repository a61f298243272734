import { renderSparkline } from "../lib/sparkline.ts";
import type { ReportView } from "./report-view.ts";

const OUTCOME_TITLE: Record<ReportView["outcome"], string> = {
  leak: "memory leak",
  problem: "memory problem",
  attention: "attention",
  healthy: "healthy",
  "insufficient-data": "insufficient data",
};

/** The report for a ticket: GitHub-flavoured Markdown, verdict and line to change first, details folded. */
export function renderMarkdown(view: ReportView): string {
  const out: string[] = [`## gopatrol: ${OUTCOME_TITLE[view.outcome]} in ${code(view.targetName)}`, ""];
  out.push(`**${escapeMarkdown(view.verdict)}**`, "");
  if (view.advice !== "") out.push(`${escapeMarkdown(view.advice)}`, "");
  for (const finding of view.findings) {
    out.push(`### ${finding.severity}: ${code(finding.pattern)}`, "");
    out.push(escapeMarkdown(finding.title), "");
    if (finding.function !== "")
      out.push(`- at ${code(finding.function)} ${finding.position === "" ? "" : code(finding.position)}`);
    if (finding.rate !== "") out.push(`- rate: ${escapeMarkdown(finding.rate)}`);
    out.push(`- ${finding.state}, confidence ${finding.confidence}`);
    for (const chart of finding.charts) {
      out.push(
        `- ${escapeMarkdown(chart.title)}: ${renderSparkline(chart.value)} ${escapeMarkdown(chart.summary)}`,
      );
    }
    section("Evidence", finding.evidence);
    section("Consequences", finding.consequences);
    section("Fix", finding.fix);
    section("To settle it", finding.next);
    out.push("");
  }
  out.push("### Figures", "", "| | |", "|---|---|");
  for (const fact of view.facts) out.push(`| ${cell(fact.label)} | ${cell(fact.value)} |`);
  out.push("");
  if (view.growthSites.length > 0) {
    fold("Where bytes in use grew", [
      "| growth | rate | kept | function | line |",
      "|---:|---:|---:|---|---|",
      ...view.growthSites
        .slice(0, 15)
        .map(
          (s) =>
            `| ${cell(s.growth)} | ${cell(s.rate)} | ${cell(s.kept)} | ${code(s.function)} | ${cell(s.position)} |`,
        ),
    ]);
  }
  const groups = view.goroutineGroups.filter((g) => g.growing || g.after >= 10).slice(0, 15);
  if (groups.length > 0) {
    fold("Goroutines", [
      "| before | after | state | function | line |",
      "|---:|---:|---|---|---|",
      ...groups.map(
        (g) => `| ${g.before} | ${g.after} | ${cell(g.state)} | ${code(g.function)} | ${cell(g.position)} |`,
      ),
    ]);
  }
  fold(
    "How this was reached",
    view.reasoning.map((line) => `- ${escapeMarkdown(line)}`),
  );
  if (view.missing.length > 0)
    fold(
      "Missing or damaged",
      view.missing.map((line) => `- ${escapeMarkdown(line)}`),
    );
  out.push(`<sub>gopatrol ${view.gopatrolVersion}, captured ${view.capturedAt}</sub>`);
  return `${out.join("\n")}\n`;

  function section(title: string, lines: readonly string[]): void {
    if (lines.length === 0) return;
    out.push("", `**${title}**`, "", ...lines.map((line) => `- ${escapeMarkdown(line)}`));
  }

  function fold(title: string, lines: readonly string[]): void {
    out.push(`<details><summary>${title}</summary>`, "", ...lines, "", "</details>", "");
  }
}

/** Code spans keep back-ticks out of trouble; in a table a bar would end the cell. */
function code(text: string): string {
  const plain = text.replaceAll("|", "\\|").replaceAll("\n", " ");
  return plain.includes("`") ? `\`\` ${plain} \`\`` : `\`${plain}\``;
}

function cell(text: string): string {
  return escapeMarkdown(text).replaceAll("|", "\\|");
}

/** Foreign text must not become markup: names may hold *, _, <, [ and the like. Back-ticks are ours, kept. */
function escapeMarkdown(text: string): string {
  return text
    .split("`")
    .map((part, i) => (i % 2 === 1 ? part : part.replace(/[\\*_[\]<>#|]/g, "\\$&")))
    .join("`")
    .replaceAll("\n", " ");
}
