// Runs in pages of profiles as its own source text (see profile-page-script.ts).
import type * as layout from "../../report/flame-layout.ts";
import type * as colour from "../../report/pprof/diff-colour.ts";
import type * as formatValues from "../format-value.ts";
import type { FlamePane, ProfileFlame } from "./profile-flame.ts";

declare const fitFunctionName: typeof layout.fitFunctionName;
declare const formatValue: typeof formatValues.formatValue;
declare const mixColour: typeof colour.mixColour;
declare const readableOn: typeof colour.readableOn;
declare const strengthOfChange: typeof colour.strengthOfChange;

/** Colours of the page's style sheet, which a canvas does not see. */
export interface FlameColours {
  card: string;
  text: string;
  focus: string;
  /** Fill and label by `origin`. */
  fill: string[];
  label: string[];
  root: string;
  rootLabel: string;
  merged: string;
  mergedLabel: string;
  match: string;
  matchLabel: string;
  grew: string;
  shrank: string;
  same: string;
}

export function readColours(): FlameColours {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const origins = ["own", "third-party", "standard-library", "runtime"];
  return {
    card: read("card"),
    text: read("text"),
    focus: read("focus"),
    fill: origins.map((origin) => read(origin)),
    label: origins.map((origin) => read(`${origin}-text`)),
    root: read("root"),
    rootLabel: read("root-text"),
    merged: read("line"),
    mergedLabel: read("soft"),
    match: read("match"),
    matchLabel: read("match-text"),
    grew: read("grew"),
    shrank: read("shrank"),
    same: read("same"),
  };
}

/** Paints what of a drawing is in sight. */
export function paintPane(flame: ProfileFlame, pane: FlamePane): void {
  const rowHeight = 20;
  const { canvas, viewport, boxes } = pane;
  const { colours, data, matched } = flame;
  const width = viewport.clientWidth;
  const height = Math.min(viewport.clientHeight, Math.max(rowHeight, pane.spacer.offsetHeight));
  const density = window.devicePixelRatio || 1;
  const pixels = [Math.round(width * density), Math.round(height * density)] as const;
  if (canvas.width !== pixels[0] || canvas.height !== pixels[1]) {
    [canvas.width, canvas.height] = pixels;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.setTransform(density, 0, 0, density, 0, 0);
  context.globalAlpha = 1;
  context.fillStyle = colours.card;
  context.fillRect(0, 0, width, height);
  context.font =
    '12px ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace';
  context.textBaseline = "middle";
  if (boxes.node.length === 0) {
    context.fillStyle = colours.mergedLabel;
    context.fillText("Nothing of this value.", 6, 11);
    return;
  }
  const characterWidth = context.measureText("0000000000").width / 10;
  const top = viewport.scrollTop;
  const first = Math.floor(top / rowHeight);
  const last = Math.ceil((top + height) / rowHeight);
  const isSearching = flame.query !== "";
  const zoomedDepth = flameRowDepth(flame, flame.zoomed);
  const { unit } = data.types[pane.type]!;
  let focusedBox = -1;
  for (let box = 0; box < boxes.node.length; box++) {
    const depth = boxes.depth[box]!;
    if (depth < first || depth > last) continue;
    const row = boxes.node[box]!;
    if (row === flame.focused) focusedBox = box;
    const x = boxes.x[box]!;
    const y = depth * rowHeight - top;
    const boxWidth = boxes.width[box]!;
    const isMatch = isSearching && row > 0 && matched[row] === 1;
    const [fill, label] = isMatch ? [colours.match, colours.matchLabel] : coloursOfRow(flame, pane, row);
    context.globalAlpha = isSearching && !isMatch ? 0.4 : depth < zoomedDepth ? 0.75 : 1;
    context.fillStyle = fill;
    const drawn = boxWidth >= 3 ? boxWidth - 1 : boxWidth;
    context.fillRect(x, y, drawn, rowHeight - 1);
    if (data.isDiff && row >= 0 && !isMatch) hatchShrunk(flame, pane, context, row, x, y, drawn);
    if (boxWidth < 26) continue;
    const text = labelOfBox(flame, pane, box, unit, Math.floor((boxWidth - 9) / characterWidth));
    if (text === "") continue;
    context.fillStyle = label;
    context.fillText(text, x + 4, y + rowHeight / 2);
  }
  context.globalAlpha = 1;
  const outline = (box: number, style: string, line: number) => {
    if (box < 0) return;
    context.strokeStyle = style;
    context.lineWidth = line;
    const y = boxes.depth[box]! * rowHeight - top;
    context.strokeRect(
      boxes.x[box]! + line / 2,
      y + line / 2,
      Math.max(1, boxes.width[box]! - line - 1),
      rowHeight - 1 - line,
    );
  };
  outline(pane.hovered, colours.text, 1.5);
  if (document.activeElement === canvas) outline(focusedBox, colours.focus, 3);
}

export function flameRowDepth(flame: ProfileFlame, row: number): number {
  let depth = 0;
  for (let above = flame.data.parent[row]!; above >= 0; above = flame.data.parent[above]!) depth++;
  return depth;
}

/** Fill and label of a row; -1 stands for frames too narrow to be drawn. */
export function coloursOfRow(
  flame: ProfileFlame,
  pane: FlamePane,
  row: number,
): [fill: string, label: string] {
  const { colours, data } = flame;
  if (row < 0) return [colours.merged, colours.mergedLabel];
  if (!data.isDiff) {
    if (row === 0) return [colours.root, colours.rootLabel];
    const origin = data.origin[row]!;
    return [colours.fill[origin]!, colours.label[origin]!];
  }
  const before = data.base[pane.type]![row]!;
  const after = data.total[pane.type]![row]!;
  const strength = strengthOfChange(before, after, flame.colour, flame.largestChange[pane.type]!);
  const fill = mixColour(colours.same, strength > 0 ? colours.grew : colours.shrank, Math.abs(strength));
  return [fill, readableOn(fill)];
}

/** Stripes over what shrank, so that it is told from growth without its colour. */
export function hatchShrunk(
  flame: ProfileFlame,
  pane: FlamePane,
  context: CanvasRenderingContext2D,
  row: number,
  x: number,
  y: number,
  width: number,
): void {
  const { data } = flame;
  if (width < 6 || data.total[pane.type]![row]! >= data.base[pane.type]![row]!) return;
  context.save();
  context.beginPath();
  context.rect(x, y, width, 19);
  context.clip();
  context.strokeStyle = flame.colours.card;
  context.globalAlpha *= 0.35;
  context.lineWidth = 1;
  context.beginPath();
  for (let at = x - (x % 8) - 16; at < x + width; at += 8) {
    context.moveTo(at, y + 19);
    context.lineTo(at + 19, y);
  }
  context.stroke();
  context.restore();
}

/** What fits into so many characters: the sign of a change, the name, its line, its value. */
export function labelOfBox(
  flame: ProfileFlame,
  pane: FlamePane,
  box: number,
  unit: string,
  room: number,
): string {
  const { data } = flame;
  const row = pane.boxes.node[box]!;
  if (row < 0) {
    const more = `${pane.boxes.merged[box]} more`;
    return more.length <= room ? more : "";
  }
  const total = data.total[pane.type]![row]!;
  const before = data.isDiff ? data.base[pane.type]![row]! : 0;
  const sign = !data.isDiff ? "" : total > before ? "+ " : total < before ? "− " : "= ";
  const line = data.hasLines && data.line[row]! > 0 && row > 0 ? `:${data.line[row]}` : "";
  const name = fitFunctionName(data.strings[data.name[row]!]!, room - sign.length - line.length);
  if (name === "") return sign !== "" && room >= 1 ? sign.trim() : "";
  const value = data.isDiff ? formatValue(total - before, unit, true) : formatValue(total, unit);
  const short = `${sign}${name}${line}`;
  return short.length + 2 + value.length <= room ? `${short}  ${value}` : short;
}
