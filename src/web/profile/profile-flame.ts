// The functions of this folder run in pages of profiles, as their own source text (see profile-page-script.ts): imports
// are of types only, and what comes from other files of the page is declared, not imported.
import type * as layout from "../../report/flame-layout.ts";
import type { FlameData } from "../../report/pprof/flame-data.ts";
import type * as describe from "./describe-flame.ts";
import type * as details from "./flame-details.ts";
import type * as keys from "./flame-keys.ts";
import type * as paint from "./paint-flame.ts";
import type * as save from "./save-flame.ts";
import type * as unpack from "./unpack-flame.ts";

declare const buildFlameChildren: typeof layout.buildFlameChildren;
declare const layoutFlame: typeof layout.layoutFlame;
declare const weighSides: typeof layout.weighSides;
declare const describeSearch: typeof describe.describeSearch;
declare const describeZoom: typeof describe.describeZoom;
declare const showDetails: typeof details.showDetails;
declare const listenToKeys: typeof keys.listenToKeys;
declare const paintPane: typeof paint.paintPane;
declare const readColours: typeof paint.readColours;
declare const showFrameTooltip: typeof details.showFrameTooltip;
declare const hideFrameTooltip: typeof details.hideFrameTooltip;
declare const saveSvg: typeof save.saveSvg;
declare const unpackFlame: typeof unpack.unpackFlame;

type DiffColour = "absolute" | "relative";

/** One drawing: of one type of value. */
export interface FlamePane {
  type: number;
  weight: Float64Array;
  children: layout.FlameChildren;
  boxes: layout.FlameBoxes;
  element: HTMLElement;
  caption: HTMLElement;
  viewport: HTMLElement;
  spacer: HTMLElement;
  canvas: HTMLCanvasElement;
  /** Box under the pointer; -1 for none. */
  hovered: number;
}

/** What is shown, in one or two drawings that zoom, search and mark together. */
export interface ProfileFlame {
  data: FlameData;
  panes: FlamePane[];
  width: layout.FlameWidth;
  colour: DiffColour;
  zoomed: number;
  /** The frame that keys move from and that the details are of. */
  focused: number;
  /** Lower case; empty for no search. */
  query: string;
  /** 1 for rows that match the query. */
  matched: Uint8Array;
  /** Largest change of a row by type, for the colours of a difference. */
  largestChange: number[];
  colours: paint.FlameColours;
  section: HTMLElement;
  panesElement: HTMLElement;
  tooltip: HTMLElement;
  isPainting: boolean;
}

/** Draws the flame graph that the page holds the data of; does nothing in a page without one. */
export async function startProfileFlame(): Promise<void> {
  const section = document.getElementById("flame");
  const packed = document.getElementById("flame-data");
  if (section === null || packed === null) return;
  const data = await unpackFlame(packed.textContent ?? "");
  packed.remove();
  const flame: ProfileFlame = {
    data,
    panes: [],
    width: "larger",
    colour: "absolute",
    zoomed: 0,
    focused: 0,
    query: "",
    matched: new Uint8Array(data.parent.length),
    largestChange: [],
    colours: readColours(),
    section,
    panesElement: document.getElementById("flame-panes")!,
    tooltip: document.getElementById("flame-tooltip")!,
    isPainting: false,
  };
  if (data.isDiff) {
    flame.largestChange = data.total.map((total, type) => {
      let largest = 0;
      for (let row = 1; row < total.length; row++) {
        largest = Math.max(largest, Math.abs(total[row]! - data.base[type]![row]!));
      }
      return largest;
    });
  }
  for (const element of section.querySelectorAll<HTMLElement>("[data-script-only]")) element.hidden = false;
  listenToTools(flame);
  listenToKeys(flame);
  const chosen = section.querySelector<HTMLInputElement>("input[name=flame-type]:checked");
  showPanes(flame, [chosen === null ? data.selected : Number(chosen.value)]);
  // Asked for after the painting, so called after it.
  requestAnimationFrame(() => {
    performance.mark("flame-drawn");
    document.documentElement.dataset["flame"] = "drawn";
  });
}

/** Shows one drawing a type, side by side. */
export function showPanes(flame: ProfileFlame, types: number[]): void {
  flame.panes = types.map((type) => makePane(flame, type));
  flame.panesElement.replaceChildren(...flame.panes.map((pane) => pane.element));
  flame.panesElement.classList.toggle("pair", flame.panes.length > 1);
  weighPanes(flame);
}

export function makePane(flame: ProfileFlame, type: number): FlamePane {
  const make = (tag: string, className: string) => {
    const element = document.createElement(tag);
    element.className = className;
    return element;
  };
  const pane: FlamePane = {
    type,
    weight: new Float64Array(),
    children: { start: new Uint32Array(), child: new Uint32Array() },
    boxes: { node: [], depth: [], x: [], width: [], merged: [], weight: [] },
    element: make("div", "pane"),
    caption: make("p", "pane-caption"),
    viewport: make("div", "pane-viewport"),
    spacer: make("div", "pane-spacer"),
    canvas: make("canvas", "pane-canvas") as HTMLCanvasElement,
    hovered: -1,
  };
  pane.viewport.tabIndex = -1;
  pane.canvas.tabIndex = 0;
  pane.canvas.setAttribute("role", "application");
  pane.canvas.setAttribute("aria-roledescription", "flame graph");
  pane.canvas.setAttribute("aria-describedby", "flame-keys");
  pane.spacer.append(pane.canvas);
  pane.viewport.append(pane.spacer);
  pane.element.append(pane.caption, pane.viewport);
  listenToPane(flame, pane);
  return pane;
}

export function listenToPane(flame: ProfileFlame, pane: FlamePane): void {
  const { canvas, viewport } = pane;
  const boxAt = (event: MouseEvent) => {
    const place = canvas.getBoundingClientRect();
    const x = event.clientX - place.left;
    const depth = Math.floor((event.clientY - place.top + viewport.scrollTop) / 20);
    const { boxes } = pane;
    for (let box = 0; box < boxes.node.length; box++) {
      if (boxes.depth[box] !== depth || x < boxes.x[box]!) continue;
      if (x < boxes.x[box]! + boxes.width[box]!) return box;
    }
    return -1;
  };
  canvas.addEventListener("click", (event) => {
    const row = pane.boxes.node[boxAt(event)] ?? -1;
    if (row >= 0) zoomTo(flame, row);
  });
  canvas.addEventListener("pointermove", (event) => {
    const box = boxAt(event);
    if (box !== pane.hovered) {
      pane.hovered = box;
      repaint(flame);
    }
    canvas.style.cursor = (pane.boxes.node[box] ?? -1) >= 0 ? "pointer" : "default";
    if (box < 0) hideFrameTooltip(flame);
    else showFrameTooltip(flame, pane, box, event.clientX, event.clientY);
  });
  canvas.addEventListener("pointerleave", () => {
    pane.hovered = -1;
    hideFrameTooltip(flame);
    repaint(flame);
  });
  canvas.addEventListener("focus", () => repaint(flame));
  canvas.addEventListener("blur", () => {
    hideFrameTooltip(flame);
    repaint(flame);
  });
  viewport.addEventListener(
    "scroll",
    () => {
      hideFrameTooltip(flame);
      repaint(flame);
    },
    { passive: true },
  );
  let laidOut = 0;
  new ResizeObserver(() => {
    const width = viewport.clientWidth;
    if (width > 0 && width !== laidOut) layOutPane(flame, pane);
    // A zoom changes the height alone.
    else repaint(flame);
    laidOut = width;
  }).observe(viewport);
}

/** Widths anew: another type, or another side of a difference. */
export function weighPanes(flame: ProfileFlame): void {
  const { data } = flame;
  for (const pane of flame.panes) {
    pane.weight = weighSides(data.parent, data.total[pane.type]!, data.base[pane.type], flame.width);
    pane.children = buildFlameChildren(data.parent, pane.weight);
  }
  const hasWidth = (row: number) => flame.panes.some((pane) => pane.weight[row]! > 0);
  // What is in use may never have been allocated in the other profile, so that a zoomed frame has no width there.
  while (flame.zoomed > 0 && !hasWidth(flame.zoomed)) flame.zoomed = data.parent[flame.zoomed]!;
  layOutPanes(flame);
}

export function layOutPanes(flame: ProfileFlame): void {
  for (const pane of flame.panes) layOutPane(flame, pane);
  describeZoom(flame);
  describeSearch(flame);
  showDetails(flame);
}

export function layOutPane(flame: ProfileFlame, pane: FlamePane): void {
  const { data } = flame;
  const width = Math.max(120, pane.viewport.clientWidth);
  const tree = { parent: data.parent, weight: pane.weight, children: pane.children };
  pane.boxes = layoutFlame(tree, flame.zoomed, width, 1);
  pane.hovered = -1;
  let deepest = -1;
  for (const depth of pane.boxes.depth) deepest = Math.max(deepest, depth);
  pane.spacer.style.height = `${Math.max(1, deepest + 1) * 20}px`;
  hideFrameTooltip(flame);
  repaint(flame);
}

/** Paints all drawings once before the next frame of the screen, however often it is asked. */
export function repaint(flame: ProfileFlame): void {
  if (flame.isPainting) return;
  flame.isPainting = true;
  requestAnimationFrame(() => {
    flame.isPainting = false;
    for (const pane of flame.panes) paintPane(flame, pane);
  });
}

export function zoomTo(flame: ProfileFlame, row: number): void {
  flame.zoomed = row;
  flame.focused = row;
  for (const pane of flame.panes) pane.viewport.scrollTop = 0;
  layOutPanes(flame);
}

export function focusRow(flame: ProfileFlame, row: number): void {
  flame.focused = row;
  showDetails(flame);
  repaint(flame);
}

export function searchRows(flame: ProfileFlame, query: string): void {
  const { data } = flame;
  flame.query = query.trim().toLowerCase();
  const hit = data.strings.map((text) => flame.query !== "" && text.toLowerCase().includes(flame.query));
  for (let row = 1; row < data.parent.length; row++) {
    flame.matched[row] = hit[data.label[row]!] || hit[data.file[row]!] ? 1 : 0;
  }
  describeSearch(flame);
  repaint(flame);
}

export function listenToTools(flame: ProfileFlame): void {
  const { section } = flame;
  const pair = section.querySelector<HTMLSelectElement>("#flame-pair");
  const types = section.querySelectorAll<HTMLInputElement>("input[name=flame-type]");
  const chosen = () => Number([...types].find((input) => input.checked)?.value ?? flame.data.selected);
  const choose = () => {
    const other = pair === null || pair.value === "" ? -1 : Number(pair.value);
    showPanes(flame, other >= 0 && other !== chosen() ? [chosen(), other] : [chosen()]);
  };
  for (const input of types) input.addEventListener("change", choose);
  pair?.addEventListener("change", choose);
  for (const input of section.querySelectorAll<HTMLInputElement>("input[name=flame-width]")) {
    input.addEventListener("change", () => {
      flame.width = input.value as layout.FlameWidth;
      weighPanes(flame);
    });
  }
  for (const input of section.querySelectorAll<HTMLInputElement>("input[name=flame-colour]")) {
    input.addEventListener("change", () => {
      flame.colour = input.value as DiffColour;
      repaint(flame);
    });
  }
  const search = section.querySelector<HTMLInputElement>("#flame-search");
  search?.addEventListener("input", () => searchRows(flame, search.value));
  section.querySelector("#flame-reset")?.addEventListener("click", () => zoomTo(flame, 0));
  section.querySelector("#flame-svg")?.addEventListener("click", () => saveSvg(flame));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    flame.colours = readColours();
    repaint(flame);
  });
}
