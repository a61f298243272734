import { COLOUR_STYLE } from "../html-style.ts";

const MONOSPACE = `ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace`;

const FRAME = `
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--text); font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif; font-variant-numeric: tabular-nums; }
code, pre, .code { font-family: ${MONOSPACE}; font-size: 0.93em; }
.code { overflow-wrap: anywhere; }
p, ul, dl, dd, h1, h2, h3, fieldset, figure { margin: 0; padding: 0; }
a { color: var(--link); text-underline-offset: 0.15em; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 3px; }
[hidden] { display: none !important; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 12px; top: 8px; background: var(--card); padding: 6px 10px; z-index: 3; }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.bar { display: flex; flex-wrap: wrap; align-items: end; justify-content: space-between; gap: 0 24px; padding: 10px 18px 0; background: var(--card); border-bottom: 1px solid var(--line); }
.brand { padding-bottom: 10px; overflow-wrap: anywhere; }
.brand strong { font-weight: 680; }
.brand .file { color: var(--soft); margin-left: 8px; }
.tabs { display: flex; gap: 2px; overflow-x: auto; max-width: 100%; }
.tabs a { padding: 7px 12px 8px; color: var(--soft); text-decoration: none; border-bottom: 3px solid transparent; white-space: nowrap; }
.tabs a:hover { color: var(--text); background: var(--inset); }
.tabs a[aria-current] { color: var(--text); font-weight: 600; border-bottom-color: var(--grew); }
.tabs a:focus-visible { outline-offset: -3px; }
main { padding: 14px 18px 24px; }
main > h1 { font-size: 1.15rem; font-weight: 650; }
.lead { color: var(--soft); max-width: 60rem; margin-bottom: 12px; }
.foot { display: flex; flex-wrap: wrap; gap: 6px 20px; align-items: baseline; padding: 10px 18px 22px; color: var(--soft); font-size: 0.9rem; }
.about { order: 9; flex-basis: 100%; }
.about summary { cursor: pointer; }
.about pre { margin: 6px 0 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.empty { padding: 28px 18px; background: var(--card); border: 1px solid var(--line); border-radius: 8px; color: var(--soft); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
`;

const CONTROLS = `
input, select, button, .button { font: inherit; font-size: 0.93rem; color: inherit; background: var(--card); border: 1px solid var(--line-strong); border-radius: 6px; padding: 4px 9px; min-width: 0; }
button, .button, select { cursor: pointer; }
button:hover:not(:disabled), .button:hover { background: var(--inset); }
button:disabled { color: var(--soft); opacity: 0.6; cursor: default; }
.button { text-decoration: none; display: inline-block; }
::placeholder { color: var(--soft); opacity: 1; }
.filters { padding: 10px 18px 0; }
.fields { display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: end; }
.fields label { display: flex; flex-direction: column; gap: 2px; flex: 0 1 auto; }
.fields label span { font-size: 0.82rem; color: var(--soft); }
.fields input, .fields select, .fields button { height: 32px; }
.fields input { width: 9rem; }
.fields select { max-width: 11rem; text-overflow: ellipsis; }
.more { margin-top: 6px; }
.more > summary { cursor: pointer; color: var(--link); font-size: 0.9rem; width: fit-content; }
.more .fields { padding: 8px 0 4px; }
.more input { width: 10rem; }
.chips { display: flex; flex-wrap: wrap; gap: 6px; list-style: none; padding: 8px 18px 0; }
.chips li { display: inline-flex; align-items: center; border: 1px solid var(--info-line); background: var(--info-soft); border-radius: 999px; padding: 1px 4px 1px 11px; max-width: 100%; }
.chips a { text-decoration: none; font-weight: 700; padding: 0 7px; color: var(--info); }
.warnings { list-style: none; margin: 8px 18px 0; padding: 7px 12px; border: 1px solid var(--warning-line); background: var(--warning-soft); color: var(--warning); border-radius: 6px; overflow-wrap: anywhere; }
.error { margin: 8px 0; padding: 14px 16px; border: 1px solid var(--critical-line); background: var(--critical-soft); color: var(--critical); border-radius: 6px; overflow-wrap: anywhere; }
`;

const FLAME = `
.tools { display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: center; }
.tool { display: inline-flex; align-items: center; gap: 6px; max-width: 100%; }
.tool-name, .beside span, .saves { color: var(--soft); font-size: 0.9rem; }
.saves { display: inline-flex; gap: 6px; align-items: center; margin-left: auto; }
.choice { display: inline-flex; border: 1px solid var(--line-strong); border-radius: 6px; overflow: hidden; min-width: 0; max-width: 100%; background: var(--card); }
.choice legend { position: absolute; left: -999px; }
.choice label { position: relative; cursor: pointer; min-width: 0; }
.choice label + label { border-left: 1px solid var(--line-strong); }
.choice input { position: absolute; opacity: 0; inset: 0; margin: 0; cursor: pointer; }
.choice span { display: block; padding: 4px 10px; font-size: 0.9rem; }
.choice input:checked + span { background: var(--text); color: var(--card); }
.choice input:focus-visible + span { outline: 2px solid var(--focus); outline-offset: -3px; }
#flame-search { width: 17rem; max-width: 100%; }
.status:empty { display: none; }
.status { font-weight: 600; font-size: 0.93rem; }
.panes { display: grid; margin-top: 10px; grid-template-columns: minmax(0, 1fr); gap: 10px 16px; }
.panes:empty { min-height: 200px; }
.panes.pair { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
.pane-caption { font-size: 0.93rem; margin-bottom: 4px; overflow-wrap: anywhere; }
.pane-viewport { overflow: hidden auto; max-height: max(240px, calc(100vh - 330px)); background: var(--card); border: 1px solid var(--line); border-radius: 6px; }
.pane-spacer { position: relative; }
.pane-canvas { position: sticky; top: 0; display: block; touch-action: pan-y; }
.pane-canvas:focus { outline: none; }
.pane-viewport:has(.pane-canvas:focus-visible) { outline: 2px solid var(--focus); outline-offset: 1px; }
.details { margin-top: 12px; padding: 12px 16px 14px; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
.details-title { font-size: 1rem; font-weight: 650; }
.details-position { color: var(--soft); }
.details-values { overflow-x: auto; margin-top: 8px; }
.details table { width: auto; }
.details th, .details td { padding: 2px 22px 2px 0; border: 0; }
.details .number { width: auto !important; }
.details tr.shown th, .details tr.shown td { font-weight: 650; color: var(--text); }
.details-callers { margin-top: 8px; color: var(--soft); overflow-wrap: anywhere; }
.caller { border: 0; background: none; padding: 0; color: var(--link); text-align: left; font-size: 0.88rem; }
.caller:hover { text-decoration: underline; background: none !important; }
.details-links { display: flex; flex-wrap: wrap; gap: 4px 16px; margin-top: 8px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin-top: 10px; font-size: 0.9rem; color: var(--soft); list-style: none; }
.legend li { display: flex; align-items: center; gap: 7px; }
.swatch { width: 22px; height: 13px; border-radius: 2px; box-shadow: inset 0 0 0 1px rgb(0 0 0 / 0.12); }
.swatch.own { background: var(--own); } .swatch.third-party { background: var(--third-party); }
.swatch.standard-library { background: var(--standard-library); } .swatch.runtime { background: var(--runtime); }
.swatch.match { background: var(--match); } .swatch.grew { background: var(--grew); } .swatch.same { background: var(--same); }
.swatch.shrank { background: repeating-linear-gradient(135deg, var(--shrank) 0 4px, color-mix(in srgb, var(--shrank) 60%, var(--card)) 4px 6px); }
.keys { margin-top: 6px; font-size: 0.9rem; color: var(--soft); }
kbd { font: inherit; font-size: 0.92em; border: 1px solid var(--line-strong); border-bottom-width: 2px; border-radius: 4px; padding: 0 5px; white-space: nowrap; }
#flame-tooltip { position: fixed; z-index: 2; max-width: min(36rem, calc(100vw - 16px)); padding: 8px 12px 9px; border-radius: 6px; border: 1px solid var(--line-strong); background: var(--card); box-shadow: 0 6px 20px rgb(0 0 0 / 0.22); pointer-events: none; font-size: 0.93rem; overflow-wrap: anywhere; }
#flame-tooltip .name { font: 600 12.5px/1.45 ${MONOSPACE}; }
#flame-tooltip .position { color: var(--soft); font: 12px/1.45 ${MONOSPACE}; }
#flame-tooltip .position + .fact, #flame-tooltip .name + .fact { margin-top: 4px; font-weight: 600; }
`;

const TABLES = `
table { border-collapse: collapse; width: 100%; font-size: 0.93rem; }
th { text-align: left; font-weight: 600; color: var(--soft); white-space: nowrap; }
th, td { padding: 4px 10px; vertical-align: top; border-bottom: 1px solid var(--line); }
th.number, td.number { width: 1%; text-align: right; white-space: nowrap; }
tbody tr:last-child td { border-bottom: 0; }
tbody tr:hover { background: var(--inset); }
th a { color: inherit; }
td.name { min-width: 17rem; }
td.name a { color: inherit; text-decoration: none; }
td.name a:hover { text-decoration: underline; }
td.ways { width: 1%; white-space: nowrap; }
td.ways a { font-size: 0.88rem; }
td.ways { padding-left: 0; }
.table { overflow-x: auto; margin-top: 8px; }
.list-tools { display: flex; flex-wrap: wrap; gap: 6px 14px; align-items: center; margin-top: 4px; color: var(--soft); }
#list-filter { width: 20rem; max-width: 100%; }
.meter { display: inline-block; vertical-align: middle; margin-right: 8px; }
.share { display: inline-block; min-width: 3.9em; }
.meter rect.all { fill: var(--inset); } .meter rect.part { fill: var(--third-party); }
.up { color: var(--critical); } .down { color: var(--good); }
.entry { margin-top: 14px; }
.entry .self td { font-weight: 650; background: var(--inset); }
.entry .call td.name { padding-left: 32px; }
.listing { margin-top: 14px; }
.listing header { padding: 10px 14px; border-bottom: 1px solid var(--line); }
.listing h2 { font-size: 1rem; overflow-wrap: anywhere; }
.listing table { font-family: ${MONOSPACE}; font-size: 12.5px; }
.listing td, .listing th { border: 0; padding: 0 10px; white-space: pre; vertical-align: baseline; }
.listing td.code { width: 100%; font-size: inherit; tab-size: 4; }
.listing tr.hot td { background: var(--warning-soft); }
.listing td.line { color: var(--soft); }
#graph { overflow: auto; max-height: calc(100vh - 230px); min-height: 300px; margin-top: 8px; background: #ffffff; }
#graph svg { display: block; }
#graph svg text { font-family: "Times New Roman", Times, "Liberation Serif", Tinos, "Nimbus Roman", serif; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr)); gap: 12px; margin-top: 10px; }
.chart { padding: 10px 14px 10px; }
.chart h2 { font-size: 0.93rem; font-weight: 600; overflow-wrap: anywhere; }
.chart h2 a { color: inherit; text-decoration: none; }
.chart h2 a:hover { text-decoration: underline; }
.chart p { color: var(--soft); font-size: 0.9rem; }
.chart svg { display: block; width: 100%; height: auto; margin-top: 6px; overflow: visible; }
.chart .axis { stroke: var(--line-strong); } .chart .curve { fill: none; stroke: var(--curve); stroke-width: 2; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
.chart .area { fill: var(--curve); opacity: 0.12; } .chart .point { fill: var(--curve); }
.chart .growing { --curve: var(--grew); }
`;

const SMALL = `
@media screen and (prefers-color-scheme: dark) { #graph { background: #ffffff; filter: invert(0.91) hue-rotate(180deg); } }
@media screen and (max-width: 760px) {
  .bar, .filters, main, .foot { padding-left: 12px; padding-right: 12px; }
  .chips { padding-left: 12px; } .warnings { margin-left: 12px; margin-right: 12px; }
  .fields label { flex: 1 1 9rem; }
  .fields input, .fields select, .more input { width: 100%; max-width: none; }
  .panes.pair { grid-template-columns: minmax(0, 1fr); }
  .panes.pair .pane-viewport { max-height: 42vh; }
  #flame-search { width: 100%; }
  .saves { margin-left: 0; }
  .choice { flex-wrap: wrap; }
  td.ways { display: none; }
  th, td { padding: 4px 7px; }
  td.name { min-width: 14rem; }
}
@media print {
  .filters, .tabs, .tools, .keys, .foot, #flame-tooltip { display: none !important; }
  .pane-viewport { max-height: none; }
}
`;

/** Style sheet of the pages of profiles, with the report's colours. */
export const PROFILE_STYLE = [COLOUR_STYLE, FRAME, CONTROLS, FLAME, TABLES, SMALL].join("");
