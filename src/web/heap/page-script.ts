import { fillIn } from "../../report/flame-layout.ts";
import { lastHolder, layoutTreemap, squarify } from "../../report/heap/treemap-layout.ts";
import { formatBytes, formatShare } from "../format-value.ts";
import { openDetailsForPrint } from "../print-details.ts";
import {
  describeRow,
  drawTreemap,
  listenToTreemap,
  startHeapExplorer,
  zoomTreemap,
} from "./heap-explorer.ts";
import { filterRows, makeSortable, startTableTools } from "./table-tools.ts";
import { focusLine, makeTreeRow, revealRow, startTreeGrid, toggleLine } from "./tree-grid.ts";
import { buildKeeperTree, buildTypeTree, sortChildren, walkPath } from "./walk-tree.ts";

const PAGE_FUNCTIONS = [
  buildKeeperTree,
  buildTypeTree,
  describeRow,
  drawTreemap,
  fillIn,
  filterRows,
  focusLine,
  formatBytes,
  formatShare,
  lastHolder,
  layoutTreemap,
  listenToTreemap,
  makeSortable,
  makeTreeRow,
  openDetailsForPrint,
  revealRow,
  sortChildren,
  squarify,
  startHeapExplorer,
  startTableTools,
  startTreeGrid,
  toggleLine,
  walkPath,
  zoomTreemap,
];

/** The script of the page about a heap: the source text of the functions above (see ../page-script.ts) and their start. */
export function heapPageScript(): string {
  return [
    "(() => {",
    '"use strict";',
    ...PAGE_FUNCTIONS.map((pageFunction) => pageFunction.toString()),
    "startHeapExplorer();",
    "startTableTools();",
    "openDetailsForPrint();",
    "})();",
  ].join("\n");
}
