// Runs in pages of profiles as its own source text (see profile-page-script.ts).

/** Buttons and Ctrl with the wheel make the call graph larger and smaller; it scrolls in its box. */
export function startGraphZoom(): void {
  const box = document.getElementById("graph");
  const drawing = box?.querySelector("svg") ?? null;
  if (box === null || drawing === null) return;
  const natural = drawing.viewBox.baseVal.width || drawing.clientWidth || 800;
  const fitting = () => Math.min(1.4, (box.clientWidth - 4) / natural);
  let scale = 1;
  const show = (wanted: number, x = box.clientWidth / 2, y = box.clientHeight / 2) => {
    const next = Math.max(0.05, Math.min(8, wanted));
    const ratio = next / scale;
    const left = (box.scrollLeft + x) * ratio - x;
    const top = (box.scrollTop + y) * ratio - y;
    scale = next;
    drawing.style.width = `${natural * scale}px`;
    drawing.style.height = "auto";
    box.scrollLeft = left;
    box.scrollTop = top;
  };
  drawing.removeAttribute("width");
  drawing.removeAttribute("height");
  show(Math.max(fitting(), 0.35));
  box.scrollLeft = 0;
  box.scrollTop = 0;
  fitTexts(drawing);
  for (const element of document.querySelectorAll<HTMLElement>("[data-script-only]")) element.hidden = false;
  document.getElementById("graph-larger")?.addEventListener("click", () => show(scale * 1.3));
  document.getElementById("graph-smaller")?.addEventListener("click", () => show(scale / 1.3));
  document.getElementById("graph-fit")?.addEventListener("click", () => show(fitting()));
  box.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const place = box.getBoundingClientRect();
      show(
        scale * (event.deltaY < 0 ? 1.15 : 1 / 1.15),
        event.clientX - place.left,
        event.clientY - place.top,
      );
    },
    { passive: false },
  );
}

/** Graphviz measures with a font that the machine may lack; what is too long for its box is drawn narrower. */
export function fitTexts(drawing: SVGSVGElement): void {
  for (const node of drawing.querySelectorAll<SVGGElement>("g.node")) {
    const shape = node.querySelector<SVGGraphicsElement>("polygon");
    if (shape === null) continue;
    const room = shape.getBBox().width - 6;
    for (const text of node.querySelectorAll("text")) {
      if (text.getComputedTextLength() <= room || room <= 0) continue;
      text.setAttribute("textLength", String(room));
      text.setAttribute("lengthAdjust", "spacingAndGlyphs");
    }
  }
}
