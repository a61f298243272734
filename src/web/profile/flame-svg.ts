// Runs in pages of profiles as its own source text (see profile-page-script.ts), and in the program for -format svg.
import type * as layout from "../../report/flame-layout.ts";
import type * as diff from "../../report/pprof/diff-colour.ts";
import type { FlameData } from "../../report/pprof/flame-data.ts";
import type * as formatValues from "../format-value.ts";

/** What is drawn of a tree. */
export interface FlamePicture {
  type: number;
  weight: Float64Array;
  children: layout.FlameChildren;
  zoomed: number;
  colour: "absolute" | "relative";
  widthPx: number;
}

/** The page's other functions that a picture needs: handed in, because the program has them by imports and a page by name. */
export interface PictureTools {
  layoutFlame: typeof layout.layoutFlame;
  fitFunctionName: typeof layout.fitFunctionName;
  formatValue: typeof formatValues.formatValue;
  mixColour: typeof diff.mixColour;
  readableOn: typeof diff.readableOn;
  strengthOfChange: typeof diff.strengthOfChange;
}

/** A flame graph as an SVG file that stands alone: a title a frame, no script, light colours. */
export function renderFlameSvg(data: FlameData, picture: FlamePicture, tools: PictureTools): string {
  const { type, weight, children, zoomed, widthPx } = picture;
  const { formatValue, mixColour, readableOn, strengthOfChange } = tools;
  const rowHeight = 18;
  const headHeight = 30;
  const characterWidth = 7.3;
  const { name: typeName, unit } = data.types[type]!;
  const total = data.total[type]!;
  const base = data.base[type];
  const boxes = tools.layoutFlame({ parent: data.parent, weight, children }, zoomed, widthPx - 20, 0.7);
  const fills = ["#f08c4a", "#8fbce3", "#c4cfdc", "#e3e6ea"];
  // Letters that XML 1.0 has no place for would make the whole file unreadable.
  const escapeXml = (text: string) =>
    text
      .replace(/[^\P{Cc}\t\n\r]|\p{Cs}|[\ufffe\uffff]/gu, "\ufffd")
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;");
  let largest = 0;
  if (base !== undefined) {
    for (let row = 1; row < total.length; row++)
      largest = Math.max(largest, Math.abs(total[row]! - base[row]!));
  }
  let deepest = -1;
  for (const depth of boxes.depth) deepest = Math.max(deepest, depth);
  const height = headHeight + (deepest + 1) * rowHeight + 10;
  const value = formatValue(total[zoomed]!, unit);
  const change = (row: number) => (base === undefined ? 0 : total[row]! - base[row]!);
  const head =
    base === undefined
      ? `${typeName}: ${value}`
      : `${typeName}: ${formatValue(base[zoomed]!, unit)} before, ${value} after, ${formatValue(change(zoomed), unit, true)}`;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${height}" viewBox="0 0 ${widthPx} ${height}" font-family="ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="12">`,
    `<title>${escapeXml(`${data.title}, ${head}`)}</title>`,
    `<defs><pattern id="shrank" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V8" stroke="#ffffff" stroke-opacity="0.45"/></pattern></defs>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    `<text x="10" y="19" font-family="system-ui, sans-serif" font-size="13" fill="#1b2027">${escapeXml(`${data.title} · ${head}`)}</text>`,
  ];
  for (let box = 0; box < boxes.node.length; box++) {
    const row = boxes.node[box]!;
    const width = boxes.width[box]!;
    const x = 10 + boxes.x[box]!;
    const y = headHeight + boxes.depth[box]! * rowHeight;
    let fill = "#eef0f2";
    let name = `${boxes.merged[box]} more`;
    let title = `${boxes.merged[box]} frames, ${formatValue(boxes.weight[box]!, unit)}`;
    if (row >= 0) {
      const before = base?.[row] ?? 0;
      const shown = data.strings[data.name[row]!]!;
      const file = data.strings[data.file[row]!]!;
      const line = data.line[row]! > 0 ? `:${data.line[row]}` : "";
      const sign = base === undefined ? "" : change(row) > 0 ? "+ " : change(row) < 0 ? "− " : "= ";
      const room = Math.floor((width - 8) / characterWidth) - sign.length;
      const fitted = width < 24 ? "" : tools.fitFunctionName(shown, room);
      const short =
        base === undefined ? formatValue(total[row]!, unit) : formatValue(change(row), unit, true);
      name =
        fitted === "" ? "" : sign + fitted + (fitted.length + 2 + short.length <= room ? `  ${short}` : "");
      const amount =
        base === undefined
          ? formatValue(total[row]!, unit)
          : `${formatValue(before, unit)} → ${formatValue(total[row]!, unit)}, ${formatValue(change(row), unit, true)}`;
      title = `${data.strings[data.label[row]!]!}${file === "" ? "" : `\n${file}${line}`}\n${amount}`;
      if (base !== undefined) {
        const strength = strengthOfChange(before, total[row]!, picture.colour, largest);
        fill = mixColour("#d9dee4", strength > 0 ? "#e8590c" : "#1971c2", Math.abs(strength));
      } else fill = row === 0 ? "#cfd4da" : fills[data.origin[row]!]!;
    } else if (width < 60) name = "";
    const text =
      name === ""
        ? ""
        : `<text xml:space="preserve" x="${(x + 4).toFixed(1)}" y="${y + 13}" fill="${fill.startsWith("rgb") ? readableOn(fill) : "#1b2027"}">${escapeXml(name)}</text>`;
    const stripes =
      row >= 0 && change(row) < 0 && width > 6
        ? `<rect x="${x.toFixed(1)}" y="${y}" width="${(width - 1).toFixed(1)}" height="${rowHeight - 1}" fill="url(#shrank)"/>`
        : "";
    parts.push(
      `<g><title>${escapeXml(title)}</title><rect x="${x.toFixed(1)}" y="${y}" width="${Math.max(0.5, width - (width > 3 ? 1 : 0)).toFixed(1)}" height="${rowHeight - 1}" fill="${fill}"/>${stripes}${text}</g>`,
    );
  }
  parts.push("</svg>\n");
  return parts.join("\n");
}
