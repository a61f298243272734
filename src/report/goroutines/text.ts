import { styleText } from "node:util";
import { wrapText } from "../../lib/wrap-text.ts";
import type { TextOptions } from "../text.ts";
import type { GoroutineReportLabels } from "./labels.ts";
import type { GoroutineReportView } from "./view.ts";

const FRAMES_SHOWN = 12;

/** The goroutine report for a terminal. Paths and names are never cut. */
export function renderGoroutineText(
  view: GoroutineReportView,
  labels: GoroutineReportLabels,
  { width, color }: TextOptions,
): string {
  const style = (kind: Parameters<typeof styleText>[0], text: string) =>
    color ? styleText(kind, text, { validateStream: false }) : text;
  const out: string[] = [style("dim", view.title), "", style("bold", view.total)];
  const heading = (text: string) => out.push("", style("bold", text));
  const paragraph = (text: string, indent: string, first = indent) => {
    for (const [i, line] of wrapText(text, width - indent.length).entries()) {
      out.push((i === 0 ? first : indent) + line);
    }
  };
  if (view.looks.length > 1) {
    heading(labels.looks);
    const most = Math.max(...view.looks.map((look) => look.goroutines.length));
    for (const look of view.looks)
      out.push(`  ${look.goroutines.padStart(most)}  ${look.kind}  ${look.name}`);
  }
  heading(labels.states);
  const widest = Math.max(0, ...view.states.map(({ count }) => count.length));
  for (const { state, count, share } of view.states) {
    out.push(`  ${count.padStart(widest)}  ${share.padStart(7)}  ${state}`);
  }
  heading(labels.candidates);
  paragraph(view.candidates.length === 0 ? labels.noCandidates : labels.criteria, "  ");
  for (const candidate of view.candidates) {
    out.push(
      `  ${style("yellow", candidate.count)}  ${candidate.state}  ${style("bold", candidate.function)}`,
    );
    out.push(`      ${style("cyan", candidate.position)}`);
    for (const line of candidate.criteria) paragraph(line, "        ", "      - ");
  }
  heading(labels.groups);
  if (view.groups.length === 0) out.push(`  ${labels.none}`);
  for (const group of view.groups) {
    const notes = group.notes.length === 0 ? "" : labels.comma + group.notes.join(labels.comma);
    out.push(`  ${style("bold", group.count)}  ${group.state}${style("dim", notes)}`);
    for (const { function: name, position } of group.stack.slice(0, FRAMES_SHOWN)) {
      const isSite = name === group.function;
      out.push(`      ${isSite ? style("bold", name) : name} ${style("cyan", position)}`);
    }
    const hidden = group.stack.length - FRAMES_SHOWN;
    if (hidden > 0) out.push(style("dim", `      … ${hidden} ${labels.moreFrames}`));
    if (group.createdBy !== "") out.push(style("dim", `      ${labels.createdBy} ${group.createdBy}`));
    for (const label of group.labels) out.push(style("dim", `      ${labels.labels} ${label}`));
  }
  if (view.rest !== "") out.push(`  ${view.rest}`);
  if (view.damage.length > 0) {
    heading(labels.damage);
    for (const line of view.damage) paragraph(line, "    ", "  - ");
  }
  return `${out.join("\n")}\n`;
}
