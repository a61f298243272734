import {
  addUpWeights,
  buildFlameChildren,
  computeFlameWeights,
  computeOwnParts,
  fillIn,
  fitFunctionName,
  layoutFlame,
  shortenFunctionName,
  sumMarked,
} from "../report/flame-layout.ts";
import {
  describeZoom,
  drawFlame,
  flameDepth,
  focusFlame,
  labelFrame,
  listenToFlame,
  markMatches,
  measureCharacter,
  moveInFlame,
  searchFlame,
  setFlameMeasure,
  startFlameGraph,
  zoomFlame,
} from "./flame-graph.ts";
import { describeFrame, hideTooltip, showTooltip } from "./flame-tooltip.ts";
import { formatBytes, formatShare } from "./format-value.ts";
import { placeTooltip } from "./place-tooltip.ts";
import { openDetailsForPrint } from "./print-details.ts";

const PAGE_FUNCTIONS = [
  addUpWeights,
  buildFlameChildren,
  computeFlameWeights,
  computeOwnParts,
  describeFrame,
  describeZoom,
  drawFlame,
  fillIn,
  fitFunctionName,
  flameDepth,
  focusFlame,
  formatBytes,
  formatShare,
  hideTooltip,
  labelFrame,
  layoutFlame,
  listenToFlame,
  markMatches,
  measureCharacter,
  moveInFlame,
  openDetailsForPrint,
  placeTooltip,
  searchFlame,
  setFlameMeasure,
  shortenFunctionName,
  showTooltip,
  startFlameGraph,
  sumMarked,
  zoomFlame,
];

/**
 * The script of the report page: the source text of the functions above and the calls that start it.
 *
 * Type stripping and tsc both leave plain JavaScript with its names, so the page needs no bundler. A function added to
 * the page must be added to the list; the test that loads the script reports a name that is missing.
 */
export function pageScript(): string {
  const sources = PAGE_FUNCTIONS.map((pageFunction) => pageFunction.toString());
  return [
    "(() => {",
    '"use strict";',
    ...sources,
    "startFlameGraph();",
    "openDetailsForPrint();",
    "})();",
  ].join("\n");
}
