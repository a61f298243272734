import { formatQuantity, type QuantityWords } from "../lib/format-quantity.ts";
import { escapeHtml, escapeJson } from "./escape-html.ts";
import {
  buildFlameChildren,
  computeFlameWeights,
  type FlameData,
  fillIn,
  fitFunctionName,
  layoutFlame,
} from "./flame-layout.ts";
import { InternedTexts } from "./interned-texts.ts";
import type { FlameLabels, Labels } from "./messages/labels.ts";
import type { FlameView } from "./report-view.ts";

const ORIGINS = ["own", "third-party", "standard-library", "runtime"] as const;
const ROW_HEIGHT = 21;

/** The drawing has no width of its own before it is shown: positions are in thousandths of its box. */
const DRAWING_WIDTH = 1000;
const NARROWEST = 4;
/** How many characters fit into the whole width on a desk's screen; too long a label is clipped by its frame. */
const CHARACTERS_ACROSS = 145;

/**
 * The flame graph: a drawing that needs no script, the controls that the script brings to life, and the data.
 * Empty without a tree.
 */
export function renderFlame(flame: FlameView | undefined, { flame: labels, quantity }: Labels): string {
  if (flame === undefined || flame.parent.length === 0) return "";
  return (
    `<p class="lead">${labels.lead}</p>` +
    `<div class="card flame-card">${renderControls(labels)}<div class="flame-viewport" tabindex="-1">${renderStaticFlame(flame, labels, quantity)}</div>${renderLegend(labels)}</div>` +
    `<div id="flame-tooltip" role="tooltip" hidden></div>` +
    `<script type="application/json" id="flame-data">${escapeJson(buildFlameData(flame, labels))}</script>`
  );
}

function renderControls(labels: FlameLabels): string {
  return `<div class="flame-tools" data-script-only hidden>
<fieldset class="choice"><legend>${labels.width}</legend>
<label><input type="radio" name="flame-measure" value="delta" checked><span>${labels.growth}</span></label>
<label><input type="radio" name="flame-measure" value="after"><span>${labels.inUseAtEnd}</span></label>
<label><input type="radio" name="flame-measure" value="allocated"><span>${labels.allocated}</span></label>
</fieldset>
<input type="search" id="flame-search" placeholder="${labels.search}" aria-label="${labels.search}" autocomplete="off" spellcheck="false">
<button type="button" id="flame-reset" disabled>${labels.reset}</button>
</div>
<div class="flame-status" data-script-only hidden><span id="flame-zoom-result" aria-live="polite"></span><span id="flame-search-result" aria-live="polite"></span></div>
<noscript><p class="keys">${labels.needsScript}</p></noscript>`;
}

/** "{key Enter}" in a text stands for a key. */
function renderLegend(labels: FlameLabels): string {
  const keys = escapeHtml(labels.keys).replace(/\{key (\w+)\}/g, "<kbd>$1</kbd>");
  return `<ul class="legend" aria-label="${labels.colours}">
<li><span class="swatch own"></span>${labels.origin.own}</li>
<li><span class="swatch third-party"></span>${labels.origin.thirdParty}</li>
<li><span class="swatch standard-library"></span>${labels.origin.standardLibrary}</li>
<li><span class="swatch runtime"></span>${labels.origin.runtime}</li>
<li data-script-only hidden><span class="swatch match"></span>${labels.matches}</li>
</ul>
<p class="keys" data-script-only hidden>${keys}</p>`;
}

/** The tree with every string once. */
export function buildFlameData(flame: FlameView, labels: FlameLabels): FlameData {
  const interned = new InternedTexts();
  const intern = (text: string) => interned.numberOf(text);
  return {
    labels,
    strings: interned.texts,
    name: flame.name.map(intern),
    position: flame.position.map(intern),
    parent: flame.parent,
    delta: flame.delta,
    before: flame.before,
    after: flame.after,
    allocated: flame.allocated,
    origin: flame.origin.map((origin) => ORIGINS.indexOf(origin)),
  };
}

function renderStaticFlame(flame: FlameView, labels: FlameLabels, words: QuantityWords): string {
  const weight = computeFlameWeights(flame.parent, flame.delta);
  const children = buildFlameChildren(flame.parent, weight);
  const boxes = layoutFlame({ parent: flame.parent, weight, children }, 0, DRAWING_WIDTH, NARROWEST);
  if (boxes.node.length === 0) {
    return `<svg class="flame" width="100%" height="${ROW_HEIGHT}"><text class="no-values" x="5" y="14">${labels.nothingGrew}</text></svg>`;
  }
  const frames = boxes.node.map((row, index) => {
    const width = boxes.width[index]!;
    const name = row < 0 ? fillIn(labels.more, { count: String(boxes.merged[index]) }) : flame.name[row]!;
    const label = fitFunctionName(name, Math.floor((width / DRAWING_WIDTH) * CHARACTERS_ACROSS) - 1);
    const className = row < 0 ? "frame merged" : row === 0 ? "frame root" : `frame ${flame.origin[row]}`;
    const node = row < 0 ? "" : ` data-node="${row}"`;
    const amount = fillIn(labels.shareOfGrowth, {
      bytes: formatQuantity(boxes.weight[index]!, "bytes", { words }),
      share: formatQuantity(boxes.weight[index]! / weight[0]!, "fraction", { words }),
    });
    const position = row < 0 || flame.position[row] === "" ? "" : `\n${flame.position[row]}`;
    const title = `${name}${position}\n${amount}`;
    // A nested <svg> clips its label at the frame's edge, whatever the width of the page.
    return (
      `<svg class="${className}"${node} x="${percent(boxes.x[index]!)}" y="${boxes.depth[index]! * ROW_HEIGHT}" ` +
      `width="${percent(width)}" height="${ROW_HEIGHT - 1}"><title>${escapeHtml(title)}</title><rect width="100%" height="100%"/>` +
      `${label === "" ? "" : `<text x="5" y="14">${escapeHtml(label)}</text>`}</svg>`
    );
  });
  const rows = boxes.depth.reduce((deepest, depth) => Math.max(deepest, depth), 0) + 1;
  return `<svg class="flame" role="group" aria-label="${labels.graph}" width="100%" height="${rows * ROW_HEIGHT}">${frames.join("")}</svg>`;
}

function percent(thousandths: number): string {
  return `${Math.round(thousandths * 100) / 1000}%`;
}
