import { styleText } from "node:util";
import { wrapText } from "../../lib/wrap-text.ts";
import { renderKernelLines } from "../kernel-lines.ts";
import type { ReportView } from "../report-view.ts";
import type { TextOptions } from "../text.ts";

/** A resident set explained, for a terminal. */
export function renderRssText(view: ReportView, { width, color }: TextOptions): string {
  const style = (kind: Parameters<typeof styleText>[0], text: string) =>
    color ? styleText(kind, text, { validateStream: false }) : text;
  const { kernel: labels, section } = view.language.labels;
  const out = [style("dim", `gopatrol ${view.gopatrolVersion} · ${view.targetName}`)];
  const bold = (text: string) => style("bold", text);
  if (view.kernel !== undefined) {
    out.push(...renderKernelLines(view.kernel, { labels, bold, width: Math.max(40, width) }));
  }
  if (view.missing.length > 0) out.push("", bold(section.missing));
  for (const line of view.missing) {
    out.push(...wrapText(line, width - 4).map((part, i) => (i === 0 ? "  - " : "    ") + part));
  }
  return `${out.join("\n")}\n`;
}
