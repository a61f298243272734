import { listDiffTables } from "./diff-tables.ts";
import type { DiffView } from "./diff-view.ts";
import { cell, code, escapeMarkdown } from "./markdown.ts";

/** A diff for a ticket or a merge request: GitHub-flavoured Markdown, all but the sites folded. */
export function renderDiffMarkdown(view: DiffView, top: number): string {
  const { labels, language } = view;
  const [first, ...rest] = view.summary;
  const out = [
    `## gopatrol${language.labels.word.colon}${labels.title} ${code(view.title)}`,
    "",
    `**${escapeMarkdown(first ?? labels.nothing)}**`,
    "",
    ...rest.map((sentence) => `- ${escapeMarkdown(sentence)}`),
    "",
    `| ${[labels.column.input, labels.column.taken, labels.column.inUse, labels.column.goroutines].join(" | ")} |`,
    "|---|---|---:|---:|",
    ...view.inputs.map(([name, ...facts]) => `| ${code(name!)} | ${facts.map(cell).join(" | ")} |`),
    "",
  ];
  for (const [index, table] of listDiffTables(view).entries()) {
    const lines = [
      `| ${[...table.headings, table.nameHeading].map(cell).join(" | ")} |`,
      `|${table.headings.map(() => "---:|").join("")}---|`,
      ...table.rows
        .slice(0, top)
        .map(
          ({ cells, name, position }) =>
            `| ${[...cells.map(cell), [code(name), cell(position)].filter(Boolean).join(" ")].join(" | ")} |`,
        ),
    ];
    if (table.rows.length > top) lines.push("", labels.more(String(table.rows.length - top)));
    if (index === 0) out.push(`### ${table.title}`, "", ...lines, "");
    else out.push(`<details><summary>${table.title}</summary>`, "", ...lines, "", "</details>", "");
  }
  if (view.missing.length > 0) {
    out.push(
      `### ${labels.section.damage}`,
      "",
      ...view.missing.map((line) => `- ${escapeMarkdown(line)}`),
      "",
    );
  }
  return `${out.join("\n")}\n`;
}
