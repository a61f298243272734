/** The call graph that Graphviz laid out. Its names are escaped by Graphviz, and the page's policy runs no script of it. */
export function renderGraphContent(svg: string): string {
  const drawing = svg.slice(Math.max(0, svg.indexOf("<svg")));
  return `<p class="list-tools" data-script-only hidden><button type="button" id="graph-larger">Larger</button><button type="button" id="graph-smaller">Smaller</button><button type="button" id="graph-fit">Fit</button><span>Ctrl with the wheel zooms.</span></p>
<div id="graph" class="card" tabindex="0" role="img" aria-label="Call graph">${drawing}</div>`;
}
