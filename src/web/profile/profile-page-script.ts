import {
  addUpWeights,
  buildFlameChildren,
  computeFlameWeights,
  computeOwnParts,
  fitFunctionName,
  layoutFlame,
  shortenFunctionName,
  sumMarked,
  weighSides,
} from "../../report/flame-layout.ts";
import { mixColour, readableOn, strengthOfChange } from "../../report/pprof/diff-colour.ts";
import { formatBytes, formatChange, formatShare, formatValue } from "../format-value.ts";
import { placeTooltip } from "../place-tooltip.ts";
import {
  describeBox,
  describeSearch,
  describeValues,
  describeZoom,
  positionOfRow,
} from "./describe-flame.ts";
import { startFilterForm } from "./filter-form.ts";
import { hideFrameTooltip, showDetails, showFrameTooltip, valueTable } from "./flame-details.ts";
import { announceFrame, listenToKeys, moveOverFrames } from "./flame-keys.ts";
import { renderFlameSvg } from "./flame-svg.ts";
import { fitTexts, startGraphZoom } from "./graph-zoom.ts";
import { frameLinks } from "./page-links.ts";
import {
  coloursOfRow,
  flameRowDepth,
  hatchShrunk,
  labelOfBox,
  paintPane,
  readColours,
} from "./paint-flame.ts";
import {
  focusRow,
  layOutPane,
  layOutPanes,
  listenToPane,
  listenToTools,
  makePane,
  repaint,
  searchRows,
  showPanes,
  startProfileFlame,
  weighPanes,
  zoomTo,
} from "./profile-flame.ts";
import { saveSvg } from "./save-flame.ts";
import { startListFilter } from "./table-filter.ts";
import { unpackFlame } from "./unpack-flame.ts";

const PAGE_FUNCTIONS = [
  addUpWeights,
  announceFrame,
  buildFlameChildren,
  coloursOfRow,
  computeFlameWeights,
  computeOwnParts,
  describeBox,
  describeSearch,
  describeValues,
  describeZoom,
  fitFunctionName,
  fitTexts,
  flameRowDepth,
  focusRow,
  formatBytes,
  formatChange,
  formatShare,
  formatValue,
  frameLinks,
  hatchShrunk,
  hideFrameTooltip,
  labelOfBox,
  layOutPane,
  layOutPanes,
  layoutFlame,
  listenToKeys,
  listenToPane,
  listenToTools,
  makePane,
  mixColour,
  moveOverFrames,
  paintPane,
  placeTooltip,
  positionOfRow,
  readableOn,
  readColours,
  renderFlameSvg,
  repaint,
  saveSvg,
  searchRows,
  shortenFunctionName,
  showDetails,
  showFrameTooltip,
  showPanes,
  startFilterForm,
  startGraphZoom,
  startListFilter,
  startProfileFlame,
  strengthOfChange,
  sumMarked,
  unpackFlame,
  valueTable,
  weighPanes,
  weighSides,
  zoomTo,
];

/** The script of all pages of profiles, made as that of the report is (../page-script.ts). */
export function profilePageScript(): string {
  const sources = PAGE_FUNCTIONS.map((pageFunction) => pageFunction.toString());
  return [
    "(() => {",
    '"use strict";',
    ...sources,
    "startFilterForm();",
    "startListFilter();",
    "startGraphZoom();",
    "startProfileFlame();",
    "})();",
  ].join("\n");
}
