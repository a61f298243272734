import { escapeHtml } from "../escape-html.ts";
import type { FlameData } from "./flame-data.ts";
import { packFlame } from "./pack-flame.ts";
import { type ProfileFile, renderProfileFile } from "./profile-file.ts";

/** The part of a page that is a flame graph. `exportHref` is where it can be had as a file, in the web view alone. */
export function renderFlameSection(data: FlameData, exportHref?: string): string {
  const pages = exportHref === undefined ? "" : ' data-pages="1"';
  return `<section id="flame"${pages} aria-label="Flame graph">
<div class="tools" data-script-only hidden>${renderTypes(data)}${data.isDiff ? renderDiffTools() : ""}
<input type="search" id="flame-search" placeholder="Find a function or file  /" aria-label="Find a function or file" autocomplete="off" spellcheck="false"><span id="flame-search-result" class="status" aria-live="polite"></span>
<button type="button" id="flame-reset" disabled>Reset zoom</button>
<span class="saves">Save as <button type="button" id="flame-svg">SVG</button>${exportHref === undefined ? "" : `<a class="button" href="${escapeHtml(exportHref)}" download>HTML</a>`}</span>
</div>
<div id="flame-panes" class="panes"></div>
<div id="flame-details" class="details" data-script-only hidden></div>
${renderLegend(data)}
<p id="flame-keys" class="keys" data-script-only hidden>Click or <kbd>Enter</kbd> zooms, <kbd>Esc</kbd> goes back, arrow keys walk, <kbd>/</kbd> finds. Frames below 1 pixel are drawn together.</p>
<div id="flame-spoken" class="spoken" aria-live="assertive"></div>
<div id="flame-tooltip" role="tooltip" hidden></div>
<noscript><p class="warnings">The flame graph needs scripts. <code>gopatrol pprof flame -format svg</code> makes a picture that needs none.</p></noscript>
<script type="application/octet-stream" id="flame-data">${packFlame(data)}</script>
</section>`;
}

function renderTypes({ types, selected }: FlameData): string {
  if (types.length < 2) return "";
  const choices = types.map(
    ({ name }, type) =>
      `<label><input type="radio" name="flame-type" value="${type}"${type === selected ? " checked" : ""}><span>${escapeHtml(name)}</span></label>`,
  );
  const beside = types.map(({ name }, type) => `<option value="${type}">${escapeHtml(name)}</option>`);
  return (
    `<fieldset class="choice"><legend>Value</legend>${choices.join("")}</fieldset>` +
    `<label class="beside"><span>beside</span> <select id="flame-pair"><option value="">nothing</option>${beside.join("")}</select></label>`
  );
}

function renderDiffTools(): string {
  const choice = (name: string, legend: string, choices: readonly (readonly [string, string])[]): string =>
    `<fieldset class="choice"><legend>${legend}</legend>${choices
      .map(
        ([value, text], at) =>
          `<label><input type="radio" name="${name}" value="${value}"${at === 0 ? " checked" : ""}><span>${text}</span></label>`,
      )
      .join("")}</fieldset>`;
  return (
    `<span class="tool"><span class="tool-name">Width</span>${choice("flame-width", "Width", [
      ["larger", "larger side"],
      ["after", "after"],
      ["before", "before"],
    ])}</span>` +
    `<span class="tool"><span class="tool-name">Colour</span>${choice("flame-colour", "Colour", [
      ["absolute", "absolute change"],
      ["relative", "relative change"],
    ])}</span>`
  );
}

function renderLegend({ isDiff }: FlameData): string {
  const entries = isDiff
    ? [
        ["grew", "+ grew"],
        ["shrank", "− shrank, striped"],
        ["same", "= the same"],
      ]
    : [
        ["own", "your code"],
        ["third-party", "third-party modules"],
        ["standard-library", "standard library"],
        ["runtime", "Go runtime"],
      ];
  entries.push(["match", "matches the search"]);
  return `<ul class="legend" aria-label="Colours">${entries
    .map(([name, text]) => `<li><span class="swatch ${name}"></span>${text}</li>`)
    .join("")}</ul>`;
}

/** A flame graph as one HTML file that loads nothing. */
export function renderFlameFile(data: FlameData, page: Omit<ProfileFile, "what" | "title">): string {
  const file = { ...page, what: "Flame graph", title: data.title };
  return renderProfileFile(file, "flamegraph", renderFlameSection(data));
}
