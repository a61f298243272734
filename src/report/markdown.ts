import { renderSparkline } from "../lib/sparkline.ts";
import { capitalise } from "./capitalise.ts";
import type { KernelSectionView, ReportView, TableView } from "./report-view.ts";

/** The report for a ticket: GitHub-flavoured Markdown, verdict and line to change first, details folded. */
export function renderMarkdown(view: ReportView): string {
  const { capture, finding: label, section: title, table, word } = view.language.labels;
  const out: string[] = [`## ${word.reportTitle(view.outcome, code(view.targetName))}`, ""];
  out.push(`**${escapeMarkdown(view.verdict)}**`, "");
  if (view.advice !== "") out.push(`${escapeMarkdown(view.advice)}`, "");
  for (const finding of view.findings) {
    out.push(`### ${word.severity[finding.severity]}${word.colon}${code(finding.pattern)}`, "");
    out.push(escapeMarkdown(finding.title), "");
    if (finding.function !== "")
      out.push(
        `- ${label.at} ${code(finding.function)} ${finding.position === "" ? "" : code(finding.position)}`,
      );
    if (finding.rate !== "") out.push(`- ${label.rate}${word.colon}${escapeMarkdown(finding.rate)}`);
    out.push(`- ${word.state[finding.state]}${word.comma}${label.confidenceIs(finding.confidence)}`);
    for (const chart of finding.charts) {
      out.push(
        `- ${escapeMarkdown(chart.title)}${word.colon}${renderSparkline(chart.value)} ${escapeMarkdown(chart.summary)}`,
      );
    }
    section(label.evidence, finding.evidence);
    section(label.consequences, finding.consequences);
    section(label.fix, finding.fix);
    section(label.next, finding.next);
    out.push("");
  }
  out.push(`### ${title.figures}`, "", "| | |", "|---|---|");
  for (const fact of view.facts) out.push(`| ${cell(fact.label)} | ${cell(fact.value)} |`);
  out.push("");
  if (view.kernel !== undefined) {
    const { section: name, advice } = view.language.labels.kernel;
    fold(name, renderKernelMarkdown(view.kernel, advice));
  }
  if (view.growthSites.length > 0) {
    fold(title.sites, [
      `| ${[table.growth, table.rate, table.kept, table.function, table.line].join(" | ")} |`,
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
    fold(title.goroutines, [
      `| ${[table.before, table.after, table.state, table.function, table.line].join(" | ")} |`,
      "|---:|---:|---|---|---|",
      ...groups.map(
        (g) => `| ${g.before} | ${g.after} | ${cell(g.state)} | ${code(g.function)} | ${cell(g.position)} |`,
      ),
    ]);
  }
  for (const grid of view.tables) fold(grid.title, renderTable(grid));
  fold(
    title.reasoning,
    view.reasoning.map((line) => `- ${escapeMarkdown(line)}`),
  );
  if (view.missing.length > 0)
    fold(
      title.missing,
      view.missing.map((line) => `- ${escapeMarkdown(line)}`),
    );
  out.push(`<sub>${capture.captured(view.gopatrolVersion, view.capturedAt)}</sub>`);
  return `${out.join("\n")}\n`;

  function section(name: string, lines: readonly string[]): void {
    if (lines.length === 0) return;
    out.push("", `**${capitalise(name)}**`, "", ...lines.map((line) => `- ${escapeMarkdown(line)}`));
  }

  function fold(name: string, lines: readonly string[]): void {
    out.push(`<details><summary>${name}</summary>`, "", ...lines, "", "</details>", "");
  }
}

/** The section on the process: its tables, then what can be done. */
export function renderKernelMarkdown(kernel: KernelSectionView, adviceTitle: string): string[] {
  const out = [escapeMarkdown(kernel.lead)];
  for (const grid of kernel.tables) {
    out.push("", `**${escapeMarkdown(grid.title)}**`, "", ...renderTable(grid));
  }
  if (kernel.advice.length > 0) out.push("", `**${adviceTitle}**`, "");
  out.push(...kernel.advice.map((line) => `- ${escapeMarkdown(line)}`));
  return out;
}

/** The lead and rows of a table. */
function renderTable({ lead, columns, rows }: TableView): string[] {
  return [
    ...(lead === "" ? [] : [escapeMarkdown(lead), ""]),
    `| ${columns.map(({ head }) => cell(head)).join(" | ")} |`,
    `|${columns.map(({ align }) => (align === "right" ? "---:" : "---")).join("|")}|`,
    ...rows.map((row) => `| ${row.map(cell).join(" | ")} |`),
  ];
}

/** Code spans keep back-ticks out of trouble; in a table a bar would end the cell. */
export function code(text: string): string {
  const plain = text.replaceAll("|", "\\|").replaceAll("\n", " ");
  return plain.includes("`") ? `\`\` ${plain} \`\`` : `\`${plain}\``;
}

export function cell(text: string): string {
  return escapeMarkdown(text).replace(/(?<!\\)\|/g, "\\|");
}

/** Foreign text must not become markup: names may hold *, _, <, [ and the like. Back-ticks are ours, kept. */
export function escapeMarkdown(text: string): string {
  return text
    .split("`")
    .map((part, i) => (i % 2 === 1 ? part : part.replace(/[\\*_[\]<>#|]/g, "\\$&")))
    .join("`")
    .replaceAll("\n", " ");
}
