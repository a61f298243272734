/** Hues of the treemap's boxes, light and dark, and the tree below it. Text on them has a contrast of 4.5 and more. */
const HUES = `
:root {
  --hue-0: #f7c59a; --hue-1: #a9cdf0; --hue-2: #b5dfb4; --hue-3: #e3b9e0; --hue-4: #f2df8f; --hue-5: #a8ded9; --hue-6: #f3b6b6; --hue-7: #c6c3ee;
  --box-text: #16191d; --box-line: rgb(0 0 0 / 0.28); --box-many: rgb(255 255 255 / 0.55);
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --hue-0: #70401c; --hue-1: #22507c; --hue-2: #2b5c2e; --hue-3: #653462; --hue-4: #5e501a; --hue-5: #1f5955; --hue-6: #6d3030; --hue-7: #45418a;
    --box-text: #f3f5f8; --box-line: rgb(255 255 255 / 0.32); --box-many: rgb(0 0 0 / 0.35);
  }
}
`;

const EXPLORER = `
.walk-card { margin-top: 16px; padding: 14px 18px 16px; }
.walk-tools { display: flex; flex-wrap: wrap; gap: 10px 18px; align-items: center; justify-content: space-between; }
#heap-trail { display: flex; flex-wrap: wrap; gap: 2px 0; list-style: none; font-size: 0.9rem; margin-top: 10px; min-width: 0; }
#heap-trail li { display: flex; min-width: 0; }
#heap-trail li + li::before { content: "›"; color: var(--soft); padding: 0 6px; }
#heap-trail button { font: inherit; color: var(--link); background: none; border: 0; padding: 0; cursor: pointer; text-align: left; overflow-wrap: anywhere; }
#heap-trail button:disabled { color: var(--text); font-weight: 600; cursor: default; }
#heap-map { position: relative; height: 460px; margin-top: 10px; background: var(--inset); border-radius: 4px; overflow: hidden; }
.box { position: absolute; overflow: hidden; border: 1px solid var(--box-line); color: var(--box-text); font-size: 12px; line-height: 18px; padding: 0 5px; cursor: pointer; display: flex; gap: 8px; white-space: nowrap; }
.box.plain { padding: 0; }
.box.leaf { flex-wrap: wrap; align-content: flex-start; column-gap: 8px; row-gap: 0; }
.box .name { font-family: ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace; overflow: hidden; text-overflow: ellipsis; min-width: 0; }
.box .amount { opacity: 0.86; flex: none; }
.box.depth-1 { font-weight: 600; }
.box.depth-2, .box.depth-3 { font-weight: 400; border-color: var(--box-line); }
.box.many { background-image: repeating-linear-gradient(135deg, transparent 0 5px, var(--box-many) 5px 10px); }
.box.many .name, .box.many .amount { background: var(--box-many); padding: 0 3px; border-radius: 2px; }
.box:hover { border-color: var(--text); z-index: 1; }
.box:focus-visible { outline: 3px solid var(--focus); outline-offset: -3px; }
${Array.from({ length: 8 }, (_, hue) => `.box.hue-${hue} { background-color: var(--hue-${hue}); }`).join("\n")}
.box.depth-2 { background-color: color-mix(in srgb, var(--mix) 82%, var(--card)); }
.box.depth-3 { background-color: color-mix(in srgb, var(--mix) 64%, var(--card)); }
${Array.from({ length: 8 }, (_, hue) => `.box.hue-${hue} { --mix: var(--hue-${hue}); }`).join("\n")}
#heap-detail { min-height: 3.1em; margin-top: 8px; font-size: 0.9rem; overflow-wrap: anywhere; }
.tree-box { margin-top: 10px; max-height: 34rem; overflow: auto; border: 1px solid var(--line); border-radius: 6px; }
#heap-tree thead th { position: sticky; top: 0; background: var(--card); z-index: 1; }
#heap-tree td, #heap-tree th { padding-top: 4px; padding-bottom: 4px; }
#heap-tree tbody tr { cursor: pointer; }
#heap-tree tbody tr:hover { background: var(--inset); }
#heap-tree tbody tr:focus-visible { outline: 2px solid var(--focus); outline-offset: -2px; }
#heap-tree tr.chosen { background: var(--info-soft); }
#heap-tree td.name { min-width: 15rem; max-width: 34rem; }
#heap-tree td.type { color: var(--soft); min-width: 7rem; max-width: 20rem; }
#heap-tree tr[aria-expanded] td.name::before { content: ""; display: inline-block; width: 6px; height: 6px; margin: 0 9px 2px -15px; border: solid var(--soft); border-width: 0 2px 2px 0; transform: rotate(-45deg); }
#heap-tree tr[aria-expanded=true] td.name::before { transform: rotate(45deg) translate(-1px, -1px); }
#heap-tree tr.many td.name { color: var(--soft); font-style: italic; }
td.share { position: relative; min-width: 5rem; white-space: nowrap; text-align: right; }
td.share .bar { position: absolute; left: 4px; bottom: 3px; height: 3px; max-width: calc(100% - 18px); background: var(--curve); border-radius: 2px; }
`;

const SECTIONS = `
.suspects { display: grid; gap: 14px; margin-top: 16px; }
.suspect { padding: 16px 22px 18px; border-left: 4px solid var(--tone); }
.suspect h3 { font-size: 1.05rem; font-weight: 650; }
.suspect .size { font-size: 0.95rem; margin-top: 2px; }
.suspect dl { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 2px 16px; margin-top: 10px; font-size: 0.92rem; }
.suspect dt { color: var(--soft); }
.suspect .meter { height: 6px; border-radius: 3px; background: var(--inset); margin-top: 10px; overflow: hidden; }
.suspect .meter svg { display: block; width: 100%; height: 6px; }
.suspect .meter rect { fill: var(--tone); }
.table-tools { display: flex; flex-wrap: wrap; gap: 8px 14px; align-items: center; margin-top: 14px; font-size: 0.9rem; color: var(--soft); }
.table-tools input { font: inherit; color: var(--text); background: var(--card); border: 1px solid var(--line-strong); border-radius: 6px; padding: 5px 10px; width: 18rem; max-width: 100%; }
.table-tools + .table { margin-top: 8px; }
.scroll { max-height: 36rem; overflow: auto; }
.scroll thead th { position: sticky; top: 0; background: var(--card); z-index: 1; }
.heap-table { font-size: 0.9rem; }
.heap-table td { padding-top: 5px; padding-bottom: 5px; overflow-wrap: anywhere; }
.heap-table td.name { min-width: 14rem; }
.heap-table td.number { overflow-wrap: normal; }
.heap-table td .soft { display: block; font-size: 0.92em; }
.heap-table details summary { cursor: pointer; }
.heap-table details ol { list-style: none; margin: 4px 0 2px; padding-left: 10px; border-left: 2px solid var(--line-strong); }
button.sort { font: inherit; font-weight: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; white-space: nowrap; }
button.sort:hover { color: var(--text); }
th[aria-sort] button.sort { color: var(--text); }
th[aria-sort=ascending] button.sort::after { content: " ▲"; font-size: 0.8em; }
th[aria-sort=descending] button.sort::after { content: " ▼"; font-size: 0.8em; }
.change-up { color: var(--warning); font-weight: 600; }
.change-down { color: var(--good); font-weight: 600; }
.note { margin-top: 10px; font-size: 0.9rem; color: var(--soft); }
@media screen and (max-width: 760px) {
  #heap-map { height: 380px; }
  .walk-card { padding-left: 12px; padding-right: 12px; }
  .suspect { padding: 14px 16px; }
  .table-tools input { width: 100%; }
}
@media print { .walk-tools, #heap-trail, .table-tools { display: none; } .scroll, .tree-box { max-height: none; overflow: visible; } .box { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
`;

export const HEAP_PAGE_STYLE = HUES + EXPLORER + SECTIONS;
