import { wrapText } from "../lib/wrap-text.ts";
import type { KernelLabels } from "./messages/labels.ts";
import type { KernelSectionView } from "./report-view.ts";
import { renderTableLines } from "./text-table.ts";

/** The section on the process as lines of a terminal: tables, whose names are never cut, then what can be done. */
export function renderKernelLines(
  kernel: KernelSectionView,
  { labels, bold, width }: { labels: KernelLabels; bold: (text: string) => string; width: number },
): string[] {
  const out = wrapText(kernel.lead, width - 2).map((line) => `  ${line}`);
  for (const grid of kernel.tables) {
    out.push("", `  ${bold(grid.title)}`, ...renderTableLines(grid).map((line) => `  ${line}`));
  }
  if (kernel.advice.length > 0) out.push("", `  ${bold(labels.advice)}`);
  for (const advice of kernel.advice) {
    out.push(...wrapText(advice, width - 4).map((line, i) => (i === 0 ? "  - " : "    ") + line));
  }
  return out;
}
