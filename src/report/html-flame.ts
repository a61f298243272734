import { formatQuantity } from "../lib/format-quantity.ts";
import { escapeHtml, escapeJson } from "./escape-html.ts";
import {
  buildFlameChildren,
  computeFlameWeights,
  type FlameData,
  fitFunctionName,
  layoutFlame,
} from "./flame-layout.ts";
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
export function renderFlame(flame: FlameView | undefined): string {
  if (flame === undefined || flame.parent.length === 0) return "";
  return (
    `<p class="lead">The wider a frame, the more bytes grew in it and in what it calls. Callers stand above what they call.</p>` +
    `<div class="card flame-card">${CONTROLS}<div class="flame-viewport" tabindex="-1">${renderStaticFlame(flame)}</div>${LEGEND}</div>` +
    `<div id="flame-tooltip" role="tooltip" hidden></div>` +
    `<script type="application/json" id="flame-data">${escapeJson(buildFlameData(flame))}</script>`
  );
}

const CONTROLS = `<div class="flame-tools" data-script-only hidden>
<fieldset class="choice"><legend>Width of a frame</legend>
<label><input type="radio" name="flame-measure" value="delta" checked><span>Growth</span></label>
<label><input type="radio" name="flame-measure" value="after"><span>In use at the end</span></label>
<label><input type="radio" name="flame-measure" value="allocated"><span>Allocated</span></label>
</fieldset>
<input type="search" id="flame-search" placeholder="Search function or file" aria-label="Search function or file" autocomplete="off" spellcheck="false">
<button type="button" id="flame-reset" disabled>Reset zoom</button>
</div>
<div class="flame-status" data-script-only hidden><span id="flame-zoom-result" aria-live="polite"></span><span id="flame-search-result" aria-live="polite"></span></div>
<noscript><p class="keys">Zoom and search need JavaScript; the drawing and the table below it do not.</p></noscript>`;

const LEGEND = `<ul class="legend" aria-label="Colours">
<li><span class="swatch own"></span>your code</li>
<li><span class="swatch third-party"></span>third-party modules</li>
<li><span class="swatch standard-library"></span>standard library</li>
<li><span class="swatch runtime"></span>Go runtime</li>
<li data-script-only hidden><span class="swatch match"></span>matches the search</li>
</ul>
<p class="keys" data-script-only hidden>Click or <kbd>Enter</kbd> zooms, <kbd>Esc</kbd> resets, arrow keys move from frame to frame.</p>`;

/** The tree with every string once. */
export function buildFlameData(flame: FlameView): FlameData {
  const strings: string[] = [];
  const indexOf = new Map<string, number>();
  const intern = (text: string) => {
    let index = indexOf.get(text);
    if (index === undefined) {
      index = strings.length;
      strings.push(text);
      indexOf.set(text, index);
    }
    return index;
  };
  return {
    strings,
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

function renderStaticFlame(flame: FlameView): string {
  const weight = computeFlameWeights(flame.parent, flame.delta);
  const children = buildFlameChildren(flame.parent, weight);
  const boxes = layoutFlame({ parent: flame.parent, weight, children }, 0, DRAWING_WIDTH, NARROWEST);
  if (boxes.node.length === 0) {
    return `<svg class="flame" width="100%" height="${ROW_HEIGHT}"><text class="no-values" x="5" y="14">Nothing grew.</text></svg>`;
  }
  const frames = boxes.node.map((row, index) => {
    const width = boxes.width[index]!;
    const name = row < 0 ? `${boxes.merged[index]} more` : flame.name[row]!;
    const label = fitFunctionName(name, Math.floor((width / DRAWING_WIDTH) * CHARACTERS_ACROSS) - 1);
    const className = row < 0 ? "frame merged" : row === 0 ? "frame root" : `frame ${flame.origin[row]}`;
    const node = row < 0 ? "" : ` data-node="${row}"`;
    const share = formatQuantity(boxes.weight[index]! / weight[0]!, "fraction");
    const position = row < 0 || flame.position[row] === "" ? "" : `\n${flame.position[row]}`;
    const title = `${name}${position}\n${formatQuantity(boxes.weight[index]!, "bytes")}, ${share} of all growth`;
    // A nested <svg> clips its label at the frame's edge, whatever the width of the page.
    return (
      `<svg class="${className}"${node} x="${percent(boxes.x[index]!)}" y="${boxes.depth[index]! * ROW_HEIGHT}" ` +
      `width="${percent(width)}" height="${ROW_HEIGHT - 1}"><title>${escapeHtml(title)}</title><rect width="100%" height="100%"/>` +
      `${label === "" ? "" : `<text x="5" y="14">${escapeHtml(label)}</text>`}</svg>`
    );
  });
  const rows = boxes.depth.reduce((deepest, depth) => Math.max(deepest, depth), 0) + 1;
  return `<svg class="flame" role="group" aria-label="Flame graph" width="100%" height="${rows * ROW_HEIGHT}">${frames.join("")}</svg>`;
}

function percent(thousandths: number): string {
  return `${Math.round(thousandths * 100) / 1000}%`;
}
