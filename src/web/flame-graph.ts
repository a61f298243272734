// The functions of this file run in the report page, as their own source text (see page-script.ts): imports are of
// types only, and what comes from other files of the page is declared, not imported.
import type * as layout from "../report/flame-layout.ts";
import type * as tooltip from "./flame-tooltip.ts";
import type * as format from "./format-value.ts";

declare const computeFlameWeights: typeof layout.computeFlameWeights;
declare const buildFlameChildren: typeof layout.buildFlameChildren;
declare const layoutFlame: typeof layout.layoutFlame;
declare const sumMarked: typeof layout.sumMarked;
declare const fillIn: typeof layout.fillIn;
declare const fitFunctionName: typeof layout.fitFunctionName;
declare const formatBytes: typeof format.formatBytes;
declare const formatShare: typeof format.formatShare;
declare const describeFrame: typeof tooltip.describeFrame;
declare const showTooltip: typeof tooltip.showTooltip;
declare const hideTooltip: typeof tooltip.hideTooltip;

export type FlameMeasure = "delta" | "after" | "allocated";

/** The drawn graph: the embedded data, what is shown of it, and the page's elements. */
export interface FlameGraph {
  data: layout.FlameData;
  measure: FlameMeasure;
  weight: Float64Array;
  children: layout.FlameChildren;
  boxes: layout.FlameBoxes;
  /** Element of each box, same index. */
  elements: SVGElement[];
  zoomed: number;
  /** The frame that the Tab key reaches; the arrow keys move it. */
  focused: number;
  /** Lower case; empty for no search. */
  query: string;
  /** 1 for rows that match the query. */
  matched: Uint8Array;
  drawing: SVGSVGElement;
  viewport: HTMLElement;
  tooltip: HTMLElement;
  search: HTMLInputElement;
  searchResult: HTMLElement;
  zoomResult: HTMLElement;
  reset: HTMLButtonElement;
}

/** Replaces the static drawing by one that zooms and searches; does nothing in a report without a flame graph. */
export function startFlameGraph(): void {
  const section = document.getElementById("flame");
  const json = document.getElementById("flame-data");
  if (section === null || json === null) return;
  const data: layout.FlameData = JSON.parse(json.textContent ?? "");
  const graph: FlameGraph = {
    data,
    measure: "delta",
    weight: new Float64Array(),
    children: { start: new Uint32Array(), child: new Uint32Array() },
    boxes: { node: [], depth: [], x: [], width: [], merged: [], weight: [] },
    elements: [],
    zoomed: 0,
    focused: 0,
    query: "",
    matched: new Uint8Array(data.parent.length),
    drawing: section.querySelector<SVGSVGElement>("svg.flame")!,
    viewport: section.querySelector<HTMLElement>(".flame-viewport")!,
    tooltip: document.getElementById("flame-tooltip")!,
    search: section.querySelector<HTMLInputElement>("#flame-search")!,
    searchResult: section.querySelector<HTMLElement>("#flame-search-result")!,
    zoomResult: section.querySelector<HTMLElement>("#flame-zoom-result")!,
    reset: section.querySelector<HTMLButtonElement>("#flame-reset")!,
  };
  for (const element of section.querySelectorAll<HTMLElement>("[data-script-only]")) element.hidden = false;
  setFlameMeasure(graph, "delta");
  listenToFlame(graph, section);
}

export function setFlameMeasure(graph: FlameGraph, measure: FlameMeasure): void {
  graph.measure = measure;
  graph.weight = computeFlameWeights(graph.data.parent, graph.data[measure]);
  graph.children = buildFlameChildren(graph.data.parent, graph.weight);
  // What grew may no longer be in use, so the zoomed frame may have no width here.
  while (graph.zoomed > 0 && !(graph.weight[graph.zoomed]! > 0))
    graph.zoomed = graph.data.parent[graph.zoomed]!;
  drawFlame(graph);
}

export function zoomFlame(graph: FlameGraph, row: number): void {
  graph.zoomed = row;
  graph.focused = row;
  drawFlame(graph);
  graph.viewport.scrollTop = 0;
}

export function drawFlame(graph: FlameGraph): void {
  const rowHeight = 21;
  const width = Math.max(200, graph.drawing.clientWidth || graph.viewport.clientWidth);
  graph.boxes = layoutFlame({ ...graph, parent: graph.data.parent }, graph.zoomed, width, 0.5);
  const { boxes, drawing, data } = graph;
  hideTooltip(graph);
  if (boxes.node.indexOf(graph.focused) < 0) graph.focused = graph.zoomed;

  const characterWidth = measureCharacter(drawing);
  const origins = ["own", "third-party", "standard-library", "runtime"];
  const svg = "http://www.w3.org/2000/svg";
  const percent = (part: number) => `${(100 * part) / width}%`;
  const zoomedDepth = flameDepth(graph, graph.zoomed);
  let depth = 0;
  graph.elements = boxes.node.map((row, index) => {
    depth = Math.max(depth, boxes.depth[index]!);
    const boxWidth = boxes.width[index]!;
    const name =
      row < 0
        ? fillIn(data.labels.more, { count: String(boxes.merged[index]) })
        : data.strings[data.name[row]!]!;
    const label = boxWidth < 24 ? "" : fitFunctionName(name, Math.floor((boxWidth - 9) / characterWidth));
    // Only a frame with a label needs a viewport of its own, which clips it; most frames are mere rectangles.
    const box = document.createElementNS(svg, label === "" ? "rect" : "svg");
    const kind = row < 0 ? "merged" : row === 0 ? "root" : origins[data.origin[row]!];
    const state = (boxWidth < 3 ? " thin" : "") + (boxes.depth[index]! < zoomedDepth ? " above" : "");
    box.setAttribute("class", `frame ${kind}${state}`);
    if (row >= 0) box.setAttribute("data-node", String(row));
    box.setAttribute("data-box", String(index));
    box.setAttribute("x", percent(boxes.x[index]!));
    box.setAttribute("y", String(boxes.depth[index]! * rowHeight));
    box.setAttribute("width", percent(boxWidth));
    box.setAttribute("height", String(rowHeight - 1));
    if (label !== "") {
      const rect = document.createElementNS(svg, "rect");
      rect.setAttribute("width", "100%");
      rect.setAttribute("height", "100%");
      box.append(rect);
      const text = document.createElementNS(svg, "text");
      text.setAttribute("x", "5");
      text.setAttribute("y", "14");
      text.textContent = label;
      box.append(text);
    }
    if (row === graph.focused) box.setAttribute("tabindex", "0");
    return box;
  });
  drawing.setAttribute("height", String((depth + 1) * rowHeight));
  drawing.replaceChildren(...graph.elements);
  graph.viewport.classList.toggle("nothing", graph.elements.length === 0);
  markMatches(graph);
  describeZoom(graph);
}

export function flameDepth(graph: FlameGraph, row: number): number {
  let depth = 0;
  for (let above = graph.data.parent[row]!; above >= 0; above = graph.data.parent[above]!) depth++;
  return depth;
}

/** Width of one character of the labels' monospaced font, in pixels. */
export function measureCharacter(drawing: SVGSVGElement): number {
  const probe = document.createElementNS("http://www.w3.org/2000/svg", "text");
  probe.textContent = "0000000000";
  drawing.append(probe);
  const width = probe.getComputedTextLength() / 10;
  probe.remove();
  return width > 0 ? width : 7.3;
}

export function searchFlame(graph: FlameGraph, query: string): void {
  const { data } = graph;
  graph.query = query.trim().toLowerCase();
  const hit = data.strings.map((text) => graph.query !== "" && text.toLowerCase().includes(graph.query));
  for (let row = 0; row < data.parent.length; row++) {
    graph.matched[row] = row > 0 && (hit[data.name[row]!] || hit[data.position[row]!]) ? 1 : 0;
  }
  markMatches(graph);
}

/** Shows which frames match, and the share of the whole below the topmost of them, none counted twice. */
export function markMatches(graph: FlameGraph): void {
  const { boxes, data, matched, weight } = graph;
  const searching = graph.query !== "";
  graph.drawing.classList.toggle("searching", searching);
  for (let index = 0; index < boxes.node.length; index++) {
    const row = boxes.node[index]!;
    graph.elements[index]!.classList.toggle("match", row > 0 && matched[row] === 1);
  }
  if (!searching) {
    graph.searchResult.textContent = "";
    return;
  }
  const { frames, weight: sum } = sumMarked(data.parent, weight, matched);
  graph.searchResult.textContent =
    frames === 0
      ? data.labels.noMatch
      : fillIn(frames === 1 ? data.labels.matchedOne : data.labels.matchedMany, {
          share: formatShare(sum, weight[0]!),
          bytes: formatBytes(sum),
          count: String(frames),
        });
}

export function describeZoom(graph: FlameGraph): void {
  const { data, measure, weight, zoomed } = graph;
  graph.reset.disabled = zoomed === 0;
  const { labels } = data;
  const bytes = formatBytes(weight[zoomed]!);
  let text: string;
  if (!(weight[0]! > 0)) text = labels.nothing[measure];
  else if (zoomed === 0) {
    const shrunk = weight[0]! - data[measure][0]!;
    const hasShrunk = shrunk > weight[0]! / 1000;
    text = fillIn(hasShrunk ? labels.wholeShrunk[measure] : labels.whole[measure], {
      bytes,
      shrunk: formatBytes(shrunk),
    });
  } else {
    const position = data.strings[data.position[zoomed]!]!;
    const name = data.strings[data.name[zoomed]!]! + (position === "" ? "" : ` (${position})`);
    text = fillIn(labels.zoomed[measure], { name, bytes, share: formatShare(weight[zoomed]!, weight[0]!) });
  }
  graph.zoomResult.textContent = text;
}

export function listenToFlame(graph: FlameGraph, section: HTMLElement): void {
  const boxOf = (event: Event) => {
    const element = event.target instanceof Element ? event.target.closest("[data-box]") : null;
    return element === null ? -1 : Number(element.getAttribute("data-box"));
  };
  graph.drawing.addEventListener("click", (event) => {
    const row = graph.boxes.node[boxOf(event)] ?? -1;
    if (row >= 0) zoomFlame(graph, row);
  });
  graph.drawing.addEventListener("pointermove", (event) => {
    const box = boxOf(event);
    if (box < 0) hideTooltip(graph);
    else showTooltip(graph, box, event.clientX, event.clientY);
  });
  graph.drawing.addEventListener("pointerleave", () => hideTooltip(graph));
  // On the box around the drawing: an <svg> that listens to focus would become a stop of the Tab key itself.
  graph.viewport.addEventListener("focusin", (event) => {
    const box = boxOf(event);
    // A click focuses too, but there the pointer already shows the tooltip.
    if (box < 0 || !graph.elements[box]!.matches(":focus-visible")) return;
    labelFrame(graph, box);
    const place = graph.elements[box]!.getBoundingClientRect();
    showTooltip(graph, box, place.left + Math.min(place.width / 2, 40), place.bottom);
  });
  graph.viewport.addEventListener("focusout", () => hideTooltip(graph));
  graph.drawing.addEventListener("keydown", (event) => moveInFlame(graph, event));
  graph.viewport.addEventListener("scroll", () => hideTooltip(graph), { passive: true });

  graph.reset.addEventListener("click", () => zoomFlame(graph, 0));
  graph.search.addEventListener("input", () => searchFlame(graph, graph.search.value));
  for (const choice of section.querySelectorAll<HTMLInputElement>("input[name=flame-measure]")) {
    choice.addEventListener("change", () => setFlameMeasure(graph, choice.value as FlameMeasure));
    if (choice.checked && choice.value !== graph.measure)
      setFlameMeasure(graph, choice.value as FlameMeasure);
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (document.activeElement === graph.search && graph.search.value !== "") {
      graph.search.value = "";
      searchFlame(graph, "");
    } else if (graph.zoomed > 0) {
      const inside = graph.drawing.contains(document.activeElement);
      zoomFlame(graph, 0);
      if (inside) focusFlame(graph, 0);
    }
    hideTooltip(graph);
  });
  // The frames stretch by themselves; only the labels and what is too narrow have to follow, when it has settled.
  let drawnWidth = graph.drawing.clientWidth;
  let settled: ReturnType<typeof setTimeout> | undefined;
  new ResizeObserver(() => {
    clearTimeout(settled);
    settled = setTimeout(() => {
      if (graph.drawing.clientWidth === drawnWidth) return;
      drawnWidth = graph.drawing.clientWidth;
      drawFlame(graph);
    }, 120);
  }).observe(graph.drawing);
}

/** Arrow keys walk over the drawn frames, Enter and Space zoom. */
export function moveInFlame(graph: FlameGraph, event: KeyboardEvent): void {
  const { boxes } = graph;
  const from = boxes.node.indexOf(graph.focused);
  if (from < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
  let to = -1;
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    zoomFlame(graph, graph.focused);
    focusFlame(graph, graph.focused);
    return;
  }
  if (event.key === "ArrowUp") to = boxes.node.indexOf(graph.data.parent[graph.focused]!);
  else if (event.key === "ArrowDown") {
    to = boxes.node.findIndex((row) => row >= 0 && graph.data.parent[row] === graph.focused);
  } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
    const step = event.key === "ArrowLeft" ? -1 : 1;
    for (let index = from + step; index >= 0 && index < boxes.node.length; index += step) {
      if (boxes.depth[index] !== boxes.depth[from] || boxes.node[index]! < 0) continue;
      to = index;
      break;
    }
  } else if (event.key === "Home") to = 0;
  else return;
  event.preventDefault();
  if (to >= 0 && boxes.node[to]! >= 0) focusFlame(graph, boxes.node[to]!);
}

export function focusFlame(graph: FlameGraph, row: number): void {
  const { boxes, elements } = graph;
  const before = boxes.node.indexOf(graph.focused);
  const after = boxes.node.indexOf(row);
  if (after < 0) return;
  if (before >= 0) elements[before]!.removeAttribute("tabindex");
  graph.focused = row;
  elements[after]!.setAttribute("tabindex", "0");
  labelFrame(graph, after);
  elements[after]!.focus();
}

/** What a screen reader says, made when a frame gets the focus: thousands of them never do. */
export function labelFrame(graph: FlameGraph, box: number): void {
  const label = describeFrame(graph, box).filter((part) => part !== "");
  graph.elements[box]!.setAttribute("role", "button");
  graph.elements[box]!.setAttribute("aria-label", label.join(", "));
}
