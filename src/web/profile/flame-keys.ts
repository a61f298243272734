// Runs in pages of profiles as its own source text (see profile-page-script.ts).
import type * as describe from "./describe-flame.ts";
import type * as details from "./flame-details.ts";
import type * as flames from "./profile-flame.ts";

declare const describeBox: typeof describe.describeBox;
declare const focusRow: typeof flames.focusRow;
declare const searchRows: typeof flames.searchRows;
declare const showFrameTooltip: typeof details.showFrameTooltip;
declare const hideFrameTooltip: typeof details.hideFrameTooltip;
declare const zoomTo: typeof flames.zoomTo;

/** "/" searches, Esc takes back, arrows walk over frames, Enter zooms. */
export function listenToKeys(flame: flames.ProfileFlame): void {
  const search = flame.section.querySelector<HTMLInputElement>("#flame-search");
  document.addEventListener("keydown", (event) => {
    const inField = event.target instanceof Element && event.target.matches("input, select, textarea");
    if (event.key === "/" && !inField && search !== null) {
      event.preventDefault();
      search.focus();
      search.select();
      return;
    }
    const pane = flame.panes.find(({ canvas }) => canvas === document.activeElement);
    if (event.key === "Escape") {
      hideFrameTooltip(flame);
      if (document.activeElement === search && search !== null && search.value !== "") {
        search.value = "";
        searchRows(flame, "");
      } else if (flame.zoomed > 0) zoomTo(flame, 0);
      return;
    }
    if (pane !== undefined) moveOverFrames(flame, pane, event);
  });
}

export function moveOverFrames(
  flame: flames.ProfileFlame,
  pane: flames.FlamePane,
  event: KeyboardEvent,
): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { boxes } = pane;
  const { parent } = flame.data;
  const from = boxes.node.indexOf(flame.focused);
  if (event.key === "Enter" || event.key === " ") {
    event.preventDefault();
    if (from >= 0) zoomTo(flame, flame.focused);
    announceFrame(flame, pane);
    return;
  }
  let to = -1;
  if (event.key === "Home" || from < 0) to = 0;
  else if (event.key === "ArrowUp") to = boxes.node.indexOf(parent[flame.focused]!);
  else if (event.key === "ArrowDown") {
    let widest = -1;
    for (let box = 0; box < boxes.node.length; box++) {
      const row = boxes.node[box]!;
      if (row < 0 || parent[row] !== flame.focused) continue;
      if (widest < 0 || boxes.width[box]! > boxes.width[widest]!) widest = box;
    }
    to = widest;
  } else if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
    const isRight = event.key === "ArrowRight";
    for (let box = 0; box < boxes.node.length; box++) {
      if (boxes.depth[box] !== boxes.depth[from] || boxes.node[box]! < 0) continue;
      if (isRight ? boxes.x[box]! <= boxes.x[from]! : boxes.x[box]! >= boxes.x[from]!) continue;
      const isNearer = to < 0 || (isRight ? boxes.x[box]! < boxes.x[to]! : boxes.x[box]! > boxes.x[to]!);
      if (isNearer) to = box;
    }
  } else return;
  event.preventDefault();
  if (to < 0) return;
  focusRow(flame, boxes.node[to]!);
  const top = boxes.depth[to]! * 20;
  if (top < pane.viewport.scrollTop) pane.viewport.scrollTop = top;
  else if (top + 20 > pane.viewport.scrollTop + pane.viewport.clientHeight) {
    pane.viewport.scrollTop = top + 20 - pane.viewport.clientHeight;
  }
  announceFrame(flame, pane);
}

/** Shows the focused frame's tooltip, and says it to a screen reader. */
export function announceFrame(flame: flames.ProfileFlame, pane: flames.FlamePane): void {
  const box = pane.boxes.node.indexOf(flame.focused);
  if (box < 0) return;
  const spoken = document.getElementById("flame-spoken");
  if (spoken !== null) {
    spoken.textContent = describeBox(flame, pane, box)
      .filter((part) => part !== "")
      .join(", ");
  }
  const place = pane.canvas.getBoundingClientRect();
  const left = place.left + pane.boxes.x[box]! + Math.min(pane.boxes.width[box]! / 2, 40);
  showFrameTooltip(
    flame,
    pane,
    box,
    left,
    place.top + (pane.boxes.depth[box]! + 1) * 20 - pane.viewport.scrollTop,
  );
}
