/** Colours of the light scheme, then those of the dark one; names say the use, not the colour. */
const COLOURS = `
:root {
  color-scheme: light dark;
  --page: #f6f7f8; --card: #ffffff; --inset: #f3f5f7; --line: #dde1e6; --line-strong: #c3cad2;
  --text: #1b2027; --soft: #56606c; --link: #1f5f9e; --focus: #1f6fd0;
  --critical: #b3261e; --critical-soft: #fdeeec; --critical-line: #f0c4bf;
  --warning: #8a5300; --warning-soft: #fdf3e0; --warning-line: #ecd3a4;
  --info: #35597d; --info-soft: #edf3f9; --info-line: #c6d7e7;
  --good: #1b6e43; --good-soft: #e9f6ef; --good-line: #b5dcc6;
  --unknown: #574f7d; --unknown-soft: #f1eff8; --unknown-line: #d3cde6;
  --curve: #2a66a8; --grid: #e6e9ed;
  --own: #f08c4a; --own-text: #2b1204; --third-party: #8fbce3; --third-party-text: #0b2238;
  --standard-library: #c4cfdc; --standard-library-text: #1a2531; --runtime: #e3e6ea; --runtime-text: #4a5460;
  --root: #cfd4da; --root-text: #1b2027; --match: #7a35b8; --match-text: #ffffff;
  --grew: #e8590c; --shrank: #1971c2; --same: #d9dee4;
}
`;

const DARK_COLOURS = `
:root {
  --page: #111418; --card: #191d22; --inset: #20252b; --line: #2c333b; --line-strong: #46505b;
  --text: #e4e8ed; --soft: #9ba6b3; --link: #7db7f0; --focus: #7db7f0;
  --critical: #ff8f85; --critical-soft: #2c1917; --critical-line: #5e2d29;
  --warning: #f0b455; --warning-soft: #2a2114; --warning-line: #584421;
  --info: #8fb8e0; --info-soft: #18222d; --info-line: #2f4559;
  --good: #6fcf9a; --good-soft: #14251c; --good-line: #28503a;
  --unknown: #b9acec; --unknown-soft: #211e2e; --unknown-line: #443d63;
  --curve: #6cb0f2; --grid: #2a3037;
  --own: #e58345; --own-text: #1d0b02; --third-party: #3d6f9e; --third-party-text: #f2f8ff;
  --standard-library: #465769; --standard-library-text: #eaf1f8; --runtime: #2f363e; --runtime-text: #bcc5cf;
  --root: #3a424b; --root-text: #e4e8ed; --match: #b67cf0; --match-text: #16041f;
  --grew: #ff7a2f; --shrank: #4a9be8; --same: #39414a;
}
`;

/** The colours of both schemes, for pages with a layout of their own. */
export const COLOUR_STYLE = `${COLOURS}@media screen and (prefers-color-scheme: dark) {${DARK_COLOURS}}`;

const LAYOUT = `
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif;
  font-variant-numeric: tabular-nums;
}
/* Fonts that come with macOS, Windows and Linux distributions; without them a browser may take Japanese shapes. */
body:lang(zh) {
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Microsoft YaHei UI", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Micro Hei", sans-serif;
}
code, pre, .code { font-family: ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace; }
code, .code { font-size: 0.9em; overflow-wrap: anywhere; }
.page { max-width: 1160px; margin: 0 auto; padding: 0 24px; }
h1, h2, h3, h4 { margin: 0; line-height: 1.25; text-wrap: balance; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; font-weight: 650; letter-spacing: -0.01em; }
p, ul, ol, dl, dd, figure { margin: 0; padding: 0; }
.soft { color: var(--soft); }
.nowrap { white-space: nowrap; }
a { color: var(--link); text-underline-offset: 0.15em; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -999px; }
.skip:focus { left: 12px; top: 8px; background: var(--card); padding: 6px 10px; z-index: 3; }
[hidden] { display: none !important; }

.masthead { display: flex; flex-wrap: wrap; gap: 4px 20px; justify-content: space-between; padding-bottom: 26px; color: var(--soft); font-size: 0.87rem; }
.masthead strong { color: var(--text); font-weight: 650; }
.page > section { margin-top: 44px; }
.page > #verdict { margin-top: 0; }
h2 + .lead { color: var(--soft); margin-top: 4px; max-width: 56rem; text-wrap: pretty; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; }

.critical { --tone: var(--critical); --tone-soft: var(--critical-soft); --tone-line: var(--critical-line); }
.warning { --tone: var(--warning); --tone-soft: var(--warning-soft); --tone-line: var(--warning-line); }
.info { --tone: var(--info); --tone-soft: var(--info-soft); --tone-line: var(--info-line); }
.good { --tone: var(--good); --tone-soft: var(--good-soft); --tone-line: var(--good-line); }
.unknown { --tone: var(--unknown); --tone-soft: var(--unknown-soft); --tone-line: var(--unknown-line); }
.badge { display: inline-block; padding: 1px 9px; border-radius: 999px; border: 1px solid var(--tone); color: var(--tone); font-size: 0.8rem; font-weight: 600; white-space: nowrap; }
.badge.full { background: var(--tone); color: var(--card); }

.band { background: var(--tone-soft); border-bottom: 1px solid var(--tone-line); border-top: 5px solid var(--tone); padding: 16px 0 32px; }
.target { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 12px; }
h1 { font-size: clamp(1.4rem, 1rem + 1.75vw, 2.05rem); font-weight: 660; letter-spacing: -0.015em; line-height: 1.22; margin-top: 12px; max-width: 58rem; overflow-wrap: anywhere; text-wrap: pretty; }
.advice { font-size: 1.1rem; margin-top: 10px; max-width: 52rem; }
.change { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 6fr); background: var(--card); border: 1px solid var(--tone-line); border-radius: 8px; margin-top: 22px; }
.change > div { padding: 14px 18px 16px; }
.change > div + div { border-left: 1px solid var(--tone-line); }
.change h2, .label { font-size: 0.82rem; font-weight: 600; color: var(--soft); letter-spacing: 0; }
.change .line { font-size: 1.12rem; font-weight: 650; display: block; margin-top: 4px; }
.change .in { display: block; margin-top: 2px; color: var(--soft); }
.change .rate { margin-top: 12px; display: flex; flex-wrap: wrap; gap: 2px 28px; }
.change .rate dd { font-weight: 600; }
.change ul { margin-top: 4px; }

.facts { display: flex; flex-wrap: wrap; gap: 14px 40px; padding-top: 22px; }
.facts dt { font-size: 0.82rem; color: var(--soft); }
.facts dd { font-weight: 550; overflow-wrap: anywhere; }
.contents { margin-top: 20px; padding-top: 12px; border-top: 1px solid var(--line); display: flex; flex-wrap: wrap; gap: 4px 22px; font-size: 0.9rem; }

.points { padding-left: 1.15em; }
.points li { padding-left: 0.15em; margin-top: 5px; overflow-wrap: anywhere; }
.points li:first-child { margin-top: 2px; }
.points li::marker { color: var(--soft); }

.finding { margin-top: 16px; }
.finding > header { padding: 16px 24px 0; }
.finding .marks { display: flex; flex-wrap: wrap; gap: 6px 14px; align-items: center; font-size: 0.87rem; color: var(--soft); }
.finding h3 { font-size: 1.15rem; font-weight: 650; margin-top: 8px; overflow-wrap: anywhere; text-wrap: pretty; }
.finding .where { margin-top: 10px; display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 4px 28px; }
.finding .where .line { font-weight: 650; display: block; }
.finding .where .growth { text-align: right; }
.finding .where .growth dd { font-weight: 650; white-space: nowrap; }
.finding .body { display: grid; grid-template-columns: minmax(0, 6fr) minmax(0, 5fr); gap: 20px 32px; padding: 18px 24px 22px; }
.finding .column > * + * { margin-top: 16px; }
.finding .column > figure + * { margin-top: 10px; }
.finding .fix { background: var(--tone-soft); border: 1px solid var(--tone-line); border-radius: 6px; padding: 12px 16px 14px; }
.finding footer { padding: 10px 24px; border-top: 1px solid var(--line); font-size: 0.87rem; color: var(--soft); }
.finding figure { --curve: var(--tone); }

.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 330px), 1fr)); gap: 16px; margin-top: 16px; }
.charts > figure { padding: 14px 18px 8px; }
figcaption { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 14px; }
figcaption b { font-weight: 600; }
`;

const CHARTS = `
svg.chart { display: block; overflow: visible; margin: 0 10px 0 58px; width: calc(100% - 68px); }
svg.chart text, .no-values { font-size: 11.5px; fill: var(--soft); }
svg.chart .grid { stroke: var(--grid); }
svg.chart .base { stroke: var(--line-strong); }
svg.chart .tick { stroke: var(--line-strong); }
.curve { fill: none; stroke: var(--curve); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.area { fill: var(--curve); opacity: 0.1; }
.point { fill: var(--curve); }
.readout .zone { fill: transparent; }
.readout .cursor, .readout .value, .readout .point { visibility: hidden; }
.readout .cursor { stroke: var(--line-strong); }
svg.chart .readout .value { font-size: 12px; font-weight: 600; fill: var(--text); }
.readouts.marked .point { visibility: visible; }
.readout:hover .cursor, .readout:hover .value, .readout:hover .point { visibility: visible; }
.readout:hover .point { r: 4.5px; }
.sparkline { display: block; overflow: visible; }
.sparkline .curve { stroke-width: 1.5; }
.sparkline.growing { --curve: var(--warning); }
`;

const FLAME = `
.flame-card { margin-top: 16px; padding: 14px 18px 16px; }
.flame-tools { display: flex; flex-wrap: wrap; gap: 10px 14px; align-items: center; }
.choice { display: inline-flex; border: 1px solid var(--line-strong); border-radius: 6px; padding: 0; margin: 0; min-width: 0; overflow: hidden; }
.choice legend { position: absolute; left: -999px; }
.choice label { position: relative; cursor: pointer; }
.choice label + label { border-left: 1px solid var(--line-strong); }
.choice input { position: absolute; opacity: 0; inset: 0; margin: 0; cursor: pointer; }
.choice span { display: block; padding: 5px 12px; font-size: 0.9rem; }
.choice input:checked + span { background: var(--text); color: var(--card); }
.choice input:focus-visible + span { outline: 2px solid var(--focus); outline-offset: -3px; }
.flame-tools input[type=search], .flame-tools button { font: inherit; font-size: 0.9rem; color: inherit; background: var(--card); border: 1px solid var(--line-strong); border-radius: 6px; padding: 5px 10px; }
.flame-tools input[type=search] { width: 15rem; max-width: 100%; }
.flame-tools button { cursor: pointer; }
.flame-tools button:disabled { color: var(--soft); opacity: 0.6; cursor: default; }
.flame-status { min-height: 1.55em; margin-top: 10px; font-size: 0.9rem; overflow-wrap: anywhere; display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 20px; }
#flame-search-result { font-weight: 600; }
.flame-viewport { margin-top: 6px; max-height: 40rem; overflow-y: auto; }
.flame-viewport.nothing { min-height: 3rem; background: var(--inset); }
svg.flame { display: block; width: 100%; }
.frame { --fill: var(--runtime); --label: var(--runtime-text); fill: var(--fill); stroke: var(--card); stroke-width: 1px; }
.frame.thin { stroke: none; }
.frame text { font: 12px ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace; fill: var(--label); stroke: none; pointer-events: none; white-space: pre; }
.frame[data-node] { cursor: pointer; }
.frame.own { --fill: var(--own); --label: var(--own-text); }
.frame.own text { font-weight: 600; }
.frame.third-party { --fill: var(--third-party); --label: var(--third-party-text); }
.frame.standard-library { --fill: var(--standard-library); --label: var(--standard-library-text); }
.frame.root { --fill: var(--root); --label: var(--root-text); }
.frame.merged { --fill: var(--inset); --label: var(--soft); }
.frame.match { --fill: var(--match); --label: var(--match-text); }
.frame.above { opacity: 0.72; }
svg.flame.searching .frame { opacity: 0.48; }
svg.flame.searching .frame.match { opacity: 1; }
.frame:hover { stroke: var(--text); stroke-width: 2px; }
.frame:focus { outline: none; }
.frame:focus-visible { stroke: var(--focus); stroke-width: 4px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; margin-top: 12px; font-size: 0.87rem; color: var(--soft); list-style: none; }
.legend li { display: flex; align-items: center; gap: 7px; }
.swatch.own { background: var(--own); }
.swatch.third-party { background: var(--third-party); }
.swatch.standard-library { background: var(--standard-library); }
.swatch.runtime { background: var(--runtime); }
.swatch.match { background: var(--match); }
.swatch { width: 22px; height: 13px; border-radius: 2px; box-shadow: inset 0 0 0 1px rgb(0 0 0 / 0.12); }
.keys { margin-top: 8px; font-size: 0.87rem; color: var(--soft); }
kbd { font: inherit; font-size: 0.92em; border: 1px solid var(--line-strong); border-bottom-width: 2px; border-radius: 4px; padding: 0 5px; white-space: nowrap; }
#flame-tooltip { position: fixed; z-index: 2; max-width: min(34rem, calc(100vw - 16px)); padding: 9px 13px 10px; border-radius: 6px; border: 1px solid var(--line-strong); background: var(--card); box-shadow: 0 6px 20px rgb(0 0 0 / 0.22); pointer-events: none; font-size: 0.9rem; overflow-wrap: anywhere; }
#flame-tooltip .name { font: 600 12.5px/1.45 ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace; }
#flame-tooltip .position { color: var(--soft); font: 12px/1.45 ui-monospace, "SF Mono", SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace; }
#flame-tooltip .fact:first-of-type, #flame-tooltip .position + .fact, #flame-tooltip .name + .fact { margin-top: 5px; font-weight: 600; }
`;

const TABLES = `
table { border-collapse: collapse; width: 100%; font-size: 0.92rem; }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: 0.85rem; white-space: nowrap; }
th, td { padding: 8px 11px; vertical-align: top; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { padding-left: 18px; }
th:last-child, td:last-child { padding-right: 18px; }
tbody tr:last-child td { border-bottom: 0; }
th.number, td.number { width: 1%; text-align: right; white-space: nowrap; }
td.name { min-width: 22rem; }
td .line { display: block; color: var(--soft); }
td.strong { font-weight: 650; }
.dense td.origin { min-width: 15rem; }
.dense th, .dense td { padding-top: 5px; padding-bottom: 5px; }
.table { margin-top: 16px; overflow-x: auto; }
.grid-title { margin: 22px 0 0; font-size: 1rem; }
.fold { margin-top: 12px; }
.fold > summary { cursor: pointer; color: var(--link); }

.groups { margin-top: 16px; }
.group + .group { border-top: 1px solid var(--line); }
.group > summary { display: grid; grid-template-columns: 1.1rem 9.5rem minmax(0, 1fr) 88px; gap: 2px 18px; align-items: center; padding: 12px 18px; cursor: pointer; list-style: none; }
.group > summary::-webkit-details-marker { display: none; }
.group > summary::before { content: ""; width: 7px; height: 7px; border: solid var(--soft); border-width: 0 2px 2px 0; transform: rotate(-45deg); }
.group[open] > summary::before { transform: rotate(45deg); }
.group > summary:hover { background: var(--inset); }
.group .count { font-weight: 650; }
.group .count small { display: block; font-weight: 400; font-size: 0.85rem; color: var(--soft); }
.group .count.growing small { color: var(--warning); font-weight: 600; }
.group .subject .line { display: block; color: var(--soft); }
.group .subject .state { font-size: 0.9rem; color: var(--soft); }
.stack { padding: 2px 18px 16px calc(18px + 1.1rem + 18px); }
.stack ol { list-style: none; margin-top: 4px; border-left: 2px solid var(--line-strong); padding-left: 12px; }
.stack li { overflow-wrap: anywhere; }
.stack p { margin-top: 8px; font-size: 0.9rem; overflow-wrap: anywhere; }

.reasoning { margin-top: 16px; padding: 16px 24px 18px 46px; }
.reasoning li { margin-top: 6px; overflow-wrap: anywhere; }
.reasoning li:first-child { margin-top: 0; }
.reasoning li::marker { color: var(--soft); font-weight: 600; }
.missing { margin-top: 16px; padding: 14px 24px 16px; }
.empty { margin-top: 16px; padding: 18px 24px; color: var(--soft); }
.colophon { margin: 48px auto; padding-top: 14px; border-top: 1px solid var(--line); font-size: 0.87rem; color: var(--soft); }
`;

const NARROW = `
@media screen and (max-width: 760px) {
  .page { padding: 0 14px; }
  .band { padding: 12px 0 20px; }
  .masthead { padding-bottom: 16px; }
  .change, .finding .body, .finding .where { grid-template-columns: minmax(0, 1fr); }
  .change > div { padding: 12px 14px 14px; }
  .change > div + div { border-left: 0; border-top: 1px solid var(--tone-line); }
  .facts { display: grid; grid-template-columns: 1fr 1fr; gap: 12px 16px; }
  .finding > header { padding: 14px 16px 0; }
  .finding .body { padding: 14px 16px 18px; }
  .finding footer { padding: 10px 16px; }
  .finding .where .growth { text-align: left; }
  .finding .where .growth dd { white-space: normal; }
  .charts > figure, .flame-card { padding-left: 12px; padding-right: 12px; }
  .flame-tools input[type=search] { width: 100%; }
  .choice { width: 100%; }
  .choice label { flex: 1 1 auto; text-align: center; }
  .choice span { padding: 6px 4px; font-size: 0.85rem; }
  .group > summary { grid-template-columns: 1.1rem minmax(0, 1fr) 88px; padding: 12px 12px; gap: 4px 10px; }
  .group .subject { grid-column: 2 / -1; grid-row: 2; }
  .stack { padding: 2px 12px 14px 12px; }
  .stacked thead { position: absolute; left: -9999px; }
  .stacked, .stacked tbody { display: block; }
  .stacked tr { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 8px 12px; padding: 12px; border-bottom: 1px solid var(--line); }
  .stacked tbody tr:last-child { border-bottom: 0; }
  .stacked td, .stacked td:first-child, .stacked td:last-child { padding: 0; border: 0; width: auto; min-width: 0; text-align: left; white-space: normal; }
  .stacked td.name { grid-column: 1 / -1; order: -2; }
  .stacked td.strong, .stacked td.rate, .stacked td.trend { order: -1; }
  .stacked td[data-label]::before { content: attr(data-label); display: block; font-size: 0.85rem; font-weight: 400; color: var(--soft); }
  .stacked td[data-label]:empty { display: none; }
  .reasoning { padding: 14px 16px 16px 36px; }
}
`;

const PRINT = `
@page { margin: 14mm; }
body { background: #fff; font-size: 10.5pt; }
.page { max-width: none; padding: 0; }
.band { padding: 12px; }
.skip, .contents, .flame-tools, .flame-status, .keys, #flame-tooltip { display: none !important; }
.band, .badge, .frame, .swatch, .area, .fix { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.flame-viewport { max-height: none; overflow: visible; }
.table { overflow: visible; }
h1 { font-size: 18pt; }
.finding .body { grid-template-columns: minmax(0, 1fr); }
.facts { gap: 8px 28px; }
table, th { font-size: 8pt; }
td.name, .dense td.origin { min-width: 0; }
th, td, th:first-child, td:first-child, th:last-child, td:last-child { padding: 4px 6px; }
[data-script-only] { display: none !important; }
h2, h3, figcaption { break-after: avoid; }
figure, tr, .change, .fix, .group > summary { break-inside: avoid; }
details::details-content { content-visibility: visible; block-size: auto; }
`;

/** The report's style sheet: two colour schemes that follow the reader's setting, and a lighter one for paper. */
export const REPORT_STYLE = [
  COLOUR_STYLE,
  LAYOUT,
  CHARTS,
  FLAME,
  TABLES,
  NARROW,
  `@media print {${PRINT}}`,
].join("");
