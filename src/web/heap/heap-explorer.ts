// Runs in the page about a heap as its own source text (see page-script.ts): imports are of types only.
import type * as layout from "../../report/flame-layout.ts";
import type { HeapPageData } from "../../report/heap/page-data.ts";
import type * as treemap from "../../report/heap/treemap-layout.ts";
import type * as format from "../format-value.ts";
import type * as grid from "./tree-grid.ts";
import type * as walk from "./walk-tree.ts";

declare const fillIn: typeof layout.fillIn;
declare const layoutTreemap: typeof treemap.layoutTreemap;
declare const formatBytes: typeof format.formatBytes;
declare const formatShare: typeof format.formatShare;
declare const buildKeeperTree: typeof walk.buildKeeperTree;
declare const buildTypeTree: typeof walk.buildTypeTree;
declare const walkPath: typeof walk.walkPath;
declare const startTreeGrid: typeof grid.startTreeGrid;
declare const revealRow: typeof grid.revealRow;

/** The treemap and the tree below it: what they show, and the page's elements. */
export interface HeapExplorer {
  data: HeapPageData;
  tree: walk.WalkTree;
  /** The row whose children fill the treemap. */
  zoomed: number;
  /** The box that the Tab key reaches. */
  focused: number;
  map: HTMLElement;
  trail: HTMLElement;
  detail: HTMLElement;
  grid: HTMLTableSectionElement;
}

/** Brings the treemap and the tree to life; does nothing in a page without them. */
export function startHeapExplorer(): void {
  const section = document.getElementById("walk");
  const json = document.getElementById("heap-data");
  if (section === null || json === null) return;
  const data: HeapPageData = JSON.parse(json.textContent ?? "");
  for (const element of section.querySelectorAll<HTMLElement>("[data-script-only]")) element.hidden = false;
  const explorer: HeapExplorer = {
    data,
    tree: buildKeeperTree(data),
    zoomed: 0,
    focused: 0,
    map: section.querySelector<HTMLElement>("#heap-map")!,
    trail: section.querySelector<HTMLElement>("#heap-trail")!,
    detail: section.querySelector<HTMLElement>("#heap-detail")!,
    grid: section.querySelector<HTMLTableSectionElement>("#heap-tree tbody")!,
  };
  startTreeGrid(explorer);
  drawTreemap(explorer);
  listenToTreemap(explorer);
  for (const choice of section.querySelectorAll<HTMLInputElement>("input[name=heap-order]")) {
    const choose = () => {
      explorer.tree = choice.value === "type" ? buildTypeTree(data) : buildKeeperTree(data);
      explorer.zoomed = 0;
      explorer.focused = 0;
      startTreeGrid(explorer);
      drawTreemap(explorer);
    };
    choice.addEventListener("change", choose);
    // Browsers remember a choice when the page is loaded again.
    if (choice.checked && choice.value === "type") choose();
  }
  let width = explorer.map.clientWidth;
  new ResizeObserver(() => {
    if (explorer.map.clientWidth === width) return;
    width = explorer.map.clientWidth;
    drawTreemap(explorer);
  }).observe(explorer.map);
}

/** A row in words: its path, what it keeps, what it is. */
export function describeRow({ data: { labels }, tree }: HeapExplorer, row: number): string {
  const parts = [
    fillIn(labels.detail, {
      name: walkPath(tree, row) || tree.name[row]!,
      bytes: formatBytes(tree.weight[row]!),
      share: formatShare(tree.weight[row]!, tree.weight[0]!),
    }),
  ];
  if (tree.type[row] !== "" && tree.type[row] !== tree.name[row] && !tree.folded[row])
    parts.push(tree.type[row]!);
  if (tree.count[row]! > 1)
    parts.push(fillIn(labels.objects, { count: tree.count[row]!.toLocaleString("en") }));
  if (tree.own[row]! > 0) parts.push(fillIn(labels.own, { bytes: formatBytes(tree.own[row]!) }));
  const above = tree.parent[row]!;
  if (above > 0)
    parts.push(fillIn(labels.ofParent, { share: formatShare(tree.weight[row]!, tree.weight[above]!) }));
  if (tree.address[row]! > 0)
    parts.push(fillIn(labels.at, { address: `0x${tree.address[row]!.toString(16)}` }));
  return parts.join(" · ");
}

export function drawTreemap(explorer: HeapExplorer): void {
  const { tree, map, zoomed, data } = explorer;
  const top = tree.children[zoomed]!;
  if (!top.includes(explorer.focused)) explorer.focused = top[0] ?? 0;
  const boxes = layoutTreemap(tree, zoomed, map.clientWidth, map.clientHeight);
  const hues = new Map(top.map((row, i) => [row, i % 8]));
  map.replaceChildren(
    ...boxes.map((box) => {
      const row = box.node;
      let ancestor = row;
      // Levels that hold one thing alone are passed over, so the depth of a box is not that in the tree.
      while (tree.parent[ancestor] !== zoomed) ancestor = tree.parent[ancestor]!;
      const element = document.createElement("div");
      element.className = `box hue-${hues.get(ancestor)} depth-${box.depth}${tree.folded[row] ? " many" : ""}`;
      element.dataset["row"] = String(row);
      element.style.left = `${box.x}px`;
      element.style.top = `${box.y}px`;
      element.style.width = `${box.width}px`;
      element.style.height = `${box.height}px`;
      if (box.width > 34 && box.height > 16) {
        const name = document.createElement("span");
        name.className = "name";
        name.textContent = tree.name[row]!;
        element.append(name);
        if (box.width > 110 || (box.header === 0 && box.height > 34)) {
          const bytes = document.createElement("span");
          bytes.className = "amount";
          bytes.textContent = formatBytes(tree.weight[row]!);
          element.append(bytes);
        }
        if (box.header === 0) element.classList.add("leaf");
      } else element.classList.add("plain");
      if (box.depth === 1) {
        element.setAttribute("role", "button");
        element.setAttribute("aria-label", describeRow(explorer, row));
        element.tabIndex = row === explorer.focused ? 0 : -1;
      } else element.setAttribute("aria-hidden", "true");
      return element;
    }),
  );
  const way: number[] = [];
  for (let at = zoomed; at >= 0; at = tree.parent[at]!) way.push(at);
  explorer.trail.replaceChildren(
    ...way.reverse().map((row) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = tree.name[row]!;
      button.disabled = row === zoomed;
      if (row === zoomed) button.setAttribute("aria-current", "location");
      button.addEventListener("click", () => zoomTreemap(explorer, row));
      item.append(button);
      return item;
    }),
  );
  explorer.detail.textContent = describeRow(explorer, zoomed);
  map.setAttribute("aria-label", `${data.labels.treemap}: ${describeRow(explorer, zoomed)}`);
}

/** Goes into a row, or to the nearest one above it that has something within. */
export function zoomTreemap(explorer: HeapExplorer, row: number, focus = -1): void {
  const { tree } = explorer;
  let at = row;
  while (at > 0 && tree.children[at]!.length === 0) at = tree.parent[at]!;
  explorer.zoomed = at;
  explorer.focused = focus;
  drawTreemap(explorer);
  revealRow(explorer, row);
  explorer.detail.textContent = describeRow(explorer, row);
}

export function listenToTreemap(explorer: HeapExplorer): void {
  const { map } = explorer;
  const rowOf = (event: Event) => {
    const element = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-row]") : null;
    return element === null ? -1 : Number(element.dataset["row"]);
  };
  const focusBox = (row: number) => {
    explorer.focused = row;
    for (const box of map.querySelectorAll<HTMLElement>(".depth-1")) {
      const isIt = box.dataset["row"] === String(row);
      box.tabIndex = isIt ? 0 : -1;
      if (isIt) box.focus();
    }
  };
  const goUp = () => {
    const from = explorer.zoomed;
    if (from === 0) return;
    zoomTreemap(explorer, explorer.tree.parent[from]!, from);
    focusBox(from);
  };
  map.addEventListener("click", (event) => {
    const row = rowOf(event);
    if (row >= 0) zoomTreemap(explorer, row);
  });
  map.addEventListener("pointerover", (event) => {
    const row = rowOf(event);
    if (row >= 0) explorer.detail.textContent = describeRow(explorer, row);
  });
  map.addEventListener("pointerleave", () => {
    explorer.detail.textContent = describeRow(explorer, explorer.zoomed);
  });
  map.addEventListener("focusin", (event) => {
    const row = rowOf(event);
    if (row >= 0) explorer.detail.textContent = describeRow(explorer, row);
  });
  map.addEventListener("keydown", (event) => {
    const row = rowOf(event);
    const drawn = [...map.querySelectorAll<HTMLElement>(".depth-1")].map((box) => Number(box.dataset["row"]));
    // In the order of their size, as a reader takes them in.
    const boxes = explorer.tree.children[explorer.zoomed]!.filter((child) => drawn.includes(child));
    const at = boxes.indexOf(row);
    if (event.key === "Enter" || event.key === " ") {
      if (explorer.tree.children[row]?.length) {
        zoomTreemap(explorer, row);
        focusBox(explorer.focused);
      } else if (row >= 0) revealRow(explorer, row);
    } else if (event.key === "Escape" || event.key === "Backspace") goUp();
    else if (event.key === "ArrowRight" || event.key === "ArrowDown")
      focusBox(boxes[Math.min(at + 1, boxes.length - 1)]!);
    else if (event.key === "ArrowLeft" || event.key === "ArrowUp") focusBox(boxes[Math.max(at - 1, 0)]!);
    else if (event.key === "Home") focusBox(boxes[0]!);
    else if (event.key === "End") focusBox(boxes.at(-1)!);
    else return;
    event.preventDefault();
  });
}
