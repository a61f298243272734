// Runs in the page about a heap as its own source text (see page-script.ts): imports are of types only.
import type * as format from "../format-value.ts";
import type * as explore from "./heap-explorer.ts";

declare const formatBytes: typeof format.formatBytes;
declare const formatShare: typeof format.formatShare;
declare const describeRow: typeof explore.describeRow;
declare const zoomTreemap: typeof explore.zoomTreemap;

/** Shows the first level; what is below is made when it is opened. Listens once, however often it is started. */
export function startTreeGrid(explorer: explore.HeapExplorer): void {
  const { grid, tree } = explorer;
  grid.replaceChildren(...tree.children[0]!.map((row) => makeTreeRow(explorer, row, 1)));
  const [first] = grid.rows;
  if (first !== undefined) first.tabIndex = 0;
  if (grid.dataset["started"] === "yes") return;
  grid.dataset["started"] = "yes";
  const lineOf = (event: Event) =>
    event.target instanceof Element ? event.target.closest<HTMLTableRowElement>("tr") : null;
  grid.addEventListener("click", (event) => {
    const line = lineOf(event);
    if (line === null) return;
    focusLine(explorer, line);
    toggleLine(explorer, line);
  });
  grid.addEventListener("focusin", (event) => {
    const line = lineOf(event);
    if (line !== null) explorer.detail.textContent = describeRow(explorer, Number(line.dataset["row"]));
  });
  grid.addEventListener("keydown", (event) => {
    const line = lineOf(event);
    if (line === null) return;
    const lines = [...grid.rows];
    const at = lines.indexOf(line);
    const isOpen = line.getAttribute("aria-expanded");
    const level = Number(line.getAttribute("aria-level"));
    const go = (to: HTMLTableRowElement | undefined) => to !== undefined && focusLine(explorer, to);
    if (event.key === "ArrowDown") go(lines[at + 1]);
    else if (event.key === "ArrowUp") go(lines[at - 1]);
    else if (event.key === "Home") go(lines[0]);
    else if (event.key === "End") go(lines.at(-1));
    else if (event.key === "ArrowRight") {
      if (isOpen === "false") toggleLine(explorer, line);
      else if (isOpen === "true") go(lines[at + 1]);
    } else if (event.key === "ArrowLeft") {
      if (isOpen === "true") toggleLine(explorer, line);
      else go(lines.slice(0, at).findLast((each) => Number(each.getAttribute("aria-level")) < level));
    } else if (event.key === "Enter") zoomTreemap(explorer, Number(line.dataset["row"]));
    else if (event.key === " ") toggleLine(explorer, line);
    else return;
    event.preventDefault();
  });
}

export function makeTreeRow({ tree }: explore.HeapExplorer, row: number, level: number): HTMLTableRowElement {
  const line = document.createElement("tr");
  line.dataset["row"] = String(row);
  line.setAttribute("aria-level", String(level));
  line.tabIndex = -1;
  if (tree.children[row]!.length > 0) line.setAttribute("aria-expanded", "false");
  if (tree.folded[row]) line.className = "many";
  const cell = (className: string, text: string) => {
    const element = document.createElement("td");
    element.className = className;
    element.textContent = text;
    element.setAttribute("role", "gridcell");
    line.append(element);
    return element;
  };
  const name = cell("name code", tree.name[row]!);
  name.style.paddingInlineStart = `${18 + Math.min(level - 1, 24) * 16 + 16}px`;
  const shown = tree.folded[row] || tree.type[row] === tree.name[row] ? "" : tree.type[row]!;
  cell("type code", shown);
  cell("number", tree.own[row]! > 0 ? formatBytes(tree.own[row]!) : "");
  cell("number strong", formatBytes(tree.weight[row]!));
  const share = cell("share", "");
  const bar = document.createElement("span");
  bar.className = "bar";
  bar.style.width = `${(100 * tree.weight[row]!) / tree.weight[0]!}%`;
  const text = document.createElement("span");
  text.textContent = formatShare(tree.weight[row]!, tree.weight[0]!);
  share.append(bar, text);
  return line;
}

export function focusLine({ grid }: explore.HeapExplorer, line: HTMLTableRowElement): void {
  for (const each of grid.querySelectorAll<HTMLElement>('[tabindex="0"]')) each.tabIndex = -1;
  line.tabIndex = 0;
  line.focus();
}

export function toggleLine(explorer: explore.HeapExplorer, line: HTMLTableRowElement): void {
  const isOpen = line.getAttribute("aria-expanded");
  if (isOpen === null) return;
  const level = Number(line.getAttribute("aria-level"));
  line.setAttribute("aria-expanded", isOpen === "true" ? "false" : "true");
  if (isOpen === "false") {
    const children = explorer.tree.children[Number(line.dataset["row"])]!;
    line.after(...children.map((child) => makeTreeRow(explorer, child, level + 1)));
    return;
  }
  for (let next = line.nextElementSibling; next !== null; next = line.nextElementSibling) {
    if (Number(next.getAttribute("aria-level")) <= level) break;
    next.remove();
  }
}

/** Opens all that is above a row and marks it. */
export function revealRow(explorer: explore.HeapExplorer, row: number): void {
  const { grid, tree } = explorer;
  const way: number[] = [];
  for (let at = row; at > 0; at = tree.parent[at]!) way.push(at);
  for (const each of grid.querySelectorAll(".chosen")) each.classList.remove("chosen");
  for (const [i, at] of way.reverse().entries()) {
    const line = grid.querySelector<HTMLTableRowElement>(`tr[data-row="${at}"]`);
    if (line === null) return;
    if (i === way.length - 1) {
      line.classList.add("chosen");
      for (const each of grid.querySelectorAll<HTMLElement>('[tabindex="0"]')) each.tabIndex = -1;
      line.tabIndex = 0;
      // Within the tree's own box only: the page stays where the reader looks.
      const box = grid.closest<HTMLElement>(".tree-box");
      if (box !== null)
        box.scrollTop +=
          line.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 3;
    } else if (line.getAttribute("aria-expanded") === "false") toggleLine(explorer, line);
  }
}
