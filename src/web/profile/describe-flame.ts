// Runs in pages of profiles as its own source text (see profile-page-script.ts).
import type * as layout from "../../report/flame-layout.ts";
import type * as formatValues from "../format-value.ts";
import type { FlamePane, ProfileFlame } from "./profile-flame.ts";

declare const formatChange: typeof formatValues.formatChange;
declare const formatShare: typeof formatValues.formatShare;
declare const formatValue: typeof formatValues.formatValue;
declare const sumMarked: typeof layout.sumMarked;

/** "cart/store.go:42", with a word if there are other lines; empty where no file is known. */
export function positionOfRow(flame: ProfileFlame, row: number): string {
  const { data } = flame;
  const file = data.strings[data.file[row]!]!;
  if (file === "") return "";
  const line = data.line[row]! > 0 ? `:${data.line[row]}` : "";
  return `${file}${line}${data.hasMoreLines[row] === 1 ? " and other lines" : ""}`;
}

/** A box in words: name, position, then one fact each. */
export function describeBox(flame: ProfileFlame, pane: FlamePane, box: number): string[] {
  const { data } = flame;
  const { boxes, type } = pane;
  const { name, unit } = data.types[type]!;
  const row = boxes.node[box]!;
  if (row < 0) {
    const count = boxes.merged[box]!;
    return [
      `${count} more frame${count === 1 ? "" : "s"}`,
      "too narrow to be drawn: zoom in",
      `${formatValue(boxes.weight[box]!, unit)} together`,
    ];
  }
  const facts = [
    data.strings[data.label[row]!]!,
    positionOfRow(flame, row),
    ...describeValues(flame, row, type),
  ];
  const zoomedWeight = pane.weight[flame.zoomed]!;
  if (flame.zoomed > 0 && row !== flame.zoomed && pane.weight[row]! < zoomedWeight) {
    facts.push(`${formatShare(pane.weight[row]!, zoomedWeight)} of what is zoomed into`);
  }
  for (let other = 0; other < data.types.length; other++) {
    if (other === type || data.isDiff) continue;
    const { name: otherName, unit: otherUnit } = data.types[other]!;
    const value = data.total[other]![row]!;
    facts.push(
      `${otherName} ${formatValue(value, otherUnit)}, ${formatShare(Math.abs(value), data.wholeTotal[other]!)}`,
    );
  }
  const hidden = data.hidden[row]!;
  if (hidden > 0) facts.push(`${hidden} call${hidden === 1 ? "" : "s"} below too light for this page`);
  return data.isDiff ? [...facts, name] : facts;
}

/** Value and share of a row; of a difference both sides, the change with its sign, and the change in percent. */
export function describeValues(flame: ProfileFlame, row: number, type: number): string[] {
  const { data } = flame;
  const { name, unit } = data.types[type]!;
  const total = data.total[type]![row]!;
  if (data.isDiff) {
    const before = data.base[type]![row]!;
    const change = formatChange(before, total);
    const words = total > before ? "grew" : total < before ? "shrank" : "did not change";
    return [
      `${words}: ${formatValue(total - before, unit, true)}${change === "" || change === "same" ? "" : ` (${change})`}`,
      `${formatValue(before, unit)} before → ${formatValue(total, unit)} after`,
    ];
  }
  const share = formatShare(Math.abs(total), data.wholeTotal[type]!);
  const self = data.self[type]![row]!;
  const facts = [`${name} ${formatValue(total, unit)}, ${share}`];
  if (self !== total)
    facts.push(self === 0 ? "nothing in the frame itself" : `${formatValue(self, unit)} in the frame itself`);
  return facts;
}

/** Says what is zoomed into, and over each drawing what it is of. */
export function describeZoom(flame: ProfileFlame): void {
  const { data, section, zoomed } = flame;
  const reset = section.querySelector<HTMLButtonElement>("#flame-reset");
  if (reset !== null) reset.disabled = zoomed === 0;
  for (const pane of flame.panes) {
    const { name, unit } = data.types[pane.type]!;
    const value = data.total[pane.type]![zoomed]!;
    const whole = data.wholeTotal[pane.type]!;
    let text = `${name}: ${formatValue(value, unit)}`;
    if (data.isDiff) {
      const before = data.base[pane.type]![zoomed]!;
      text = `${name}: ${formatValue(before, unit)} before → ${formatValue(value, unit)} after, ${formatValue(value - before, unit, true)}`;
    } else if (whole > 0 && Math.abs(value) < whole) {
      text += `, ${formatShare(Math.abs(value), whole)} of ${formatValue(whole, unit)}`;
    }
    if (zoomed > 0) text += ` in ${data.strings[data.label[zoomed]!]!}`;
    pane.caption.textContent = text;
    pane.canvas.setAttribute("aria-label", `Flame graph of ${text}`);
  }
}

/** Says how much of the whole is below frames that match. */
export function describeSearch(flame: ProfileFlame): void {
  const result = flame.section.querySelector<HTMLElement>("#flame-search-result");
  if (result === null) return;
  const pane = flame.panes[0];
  if (flame.query === "" || pane === undefined) {
    result.textContent = "";
    return;
  }
  const { frames, weight } = sumMarked(flame.data.parent, pane.weight, flame.matched);
  const { unit } = flame.data.types[pane.type]!;
  result.textContent =
    frames === 0
      ? "No frame matches."
      : `${formatShare(weight, pane.weight[0]!)} matched: ${formatValue(weight, unit)} in ${frames} frame${frames === 1 ? "" : "s"}`;
}
