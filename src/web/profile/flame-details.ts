// Runs in pages of profiles as its own source text (see profile-page-script.ts).
import type * as formatValues from "../format-value.ts";
import type * as place from "../place-tooltip.ts";
import type * as describe from "./describe-flame.ts";
import type * as links from "./page-links.ts";
import type * as flames from "./profile-flame.ts";

declare const describeBox: typeof describe.describeBox;
declare const formatChange: typeof formatValues.formatChange;
declare const formatShare: typeof formatValues.formatShare;
declare const formatValue: typeof formatValues.formatValue;
declare const placeTooltip: typeof place.placeTooltip;
declare const positionOfRow: typeof describe.positionOfRow;
declare const frameLinks: typeof links.frameLinks;
declare const zoomTo: typeof flames.zoomTo;

export function showFrameTooltip(
  flame: flames.ProfileFlame,
  pane: flames.FlamePane,
  box: number,
  left: number,
  top: number,
): void {
  const { tooltip } = flame;
  const key = `${pane.type}:${box}`;
  if (tooltip.hidden || tooltip.dataset["box"] !== key) {
    const [name, position, ...facts] = describeBox(flame, pane, box);
    const line = (className: string, text: string) => {
      const element = document.createElement("div");
      element.className = className;
      element.textContent = text;
      return element;
    };
    tooltip.replaceChildren(line("name", name ?? ""));
    if (position) tooltip.append(line("position", position));
    for (const fact of facts) tooltip.append(line("fact", fact));
    tooltip.dataset["box"] = key;
    tooltip.hidden = false;
  }
  placeTooltip(tooltip, left, top);
}

export function hideFrameTooltip(flame: flames.ProfileFlame): void {
  flame.tooltip.hidden = true;
}

/** Shows all that is known of the frame that was chosen last: its values of every type, who called it, where to go. */
export function showDetails(flame: flames.ProfileFlame): void {
  const panel = document.getElementById("flame-details");
  if (panel === null) return;
  const { data, focused: row } = flame;
  const make = (tag: string, className: string, text = "") => {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text;
    return element;
  };
  const title = make("h2", "details-title code", data.strings[data.label[row]!]!);
  const parts: HTMLElement[] = [title];
  const position = positionOfRow(flame, row);
  if (position !== "") parts.push(make("p", "details-position code", position));
  parts.push(valueTable(flame, row));
  const callers: number[] = [];
  for (let above = data.parent[row]!; above > 0; above = data.parent[above]!) callers.push(above);
  if (callers.length > 0) {
    const list = make("p", "details-callers", "Called by ");
    for (const [at, caller] of callers.entries()) {
      if (at > 0) list.append(" ← ");
      const button = make("button", "caller code", data.strings[data.name[caller]!]!);
      button.setAttribute("type", "button");
      button.addEventListener("click", () => zoomTo(flame, caller));
      list.append(button);
    }
    parts.push(list);
  }
  const hidden = data.hidden[row]!;
  if (hidden > 0) {
    const note = `${hidden} lighter call${hidden === 1 ? " is" : "s are"} left out right below it, so that the page stays small.`;
    parts.push(
      make(
        "p",
        "details-callers",
        `${note}${row > 0 && flame.section.dataset["pages"] !== undefined ? " Show from brings them back." : ""}`,
      ),
    );
  }
  const ways = row === 0 ? [] : frameLinks(flame, row);
  if (ways.length > 0) {
    const list = make("p", "details-links");
    for (const { text, href, title: tip } of ways) {
      const link = make("a", "", text);
      link.setAttribute("href", href);
      link.setAttribute("title", tip);
      list.append(link);
    }
    parts.push(list);
  }
  panel.replaceChildren(...parts);
}

export function valueTable(flame: flames.ProfileFlame, row: number): HTMLElement {
  const { data } = flame;
  const table = document.createElement("table");
  const heads = data.isDiff
    ? ["", "before", "after", "change", "in percent"]
    : ["", "with all below", "of the whole", "itself"];
  const addRow = (tag: string, cells: string[], mark = false) => {
    const line = document.createElement("tr");
    if (mark) line.className = "shown";
    for (const [at, text] of cells.entries()) {
      const cell = document.createElement(at === 0 ? "th" : tag);
      if (at === 0) cell.setAttribute("scope", "row");
      else cell.className = "number";
      cell.textContent = text;
      line.append(cell);
    }
    table.append(line);
  };
  addRow("th", heads);
  for (const [type, { name, unit }] of data.types.entries()) {
    const total = data.total[type]![row]!;
    const isShown = flame.panes.some((pane) => pane.type === type);
    if (data.isDiff) {
      const before = data.base[type]![row]!;
      const change = formatValue(total - before, unit, true);
      addRow(
        "td",
        [name, formatValue(before, unit), formatValue(total, unit), change, formatChange(before, total)],
        isShown,
      );
      continue;
    }
    const share = formatShare(Math.abs(total), data.wholeTotal[type]!);
    addRow("td", [name, formatValue(total, unit), share, formatValue(data.self[type]![row]!, unit)], isShown);
  }
  const scroller = document.createElement("div");
  scroller.className = "details-values";
  scroller.append(table);
  return scroller;
}
