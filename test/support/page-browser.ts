/** For a browser that asks nothing of the network by itself. */
export const BROWSER_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Runs in the page: texts whose contrast with what is behind them is below 4.5 to 1 (WCAG 2.2, 1.4.3). */
export function findFaintTexts(): string[] {
  const channels = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (colour: string) => {
    const [red, green, blue] = channels(colour).map((channel) => {
      const part = channel / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  };
  const backgroundOf = (element: Element): string => {
    for (let above: Element | null = element; above !== null; above = above.parentElement) {
      const style = getComputedStyle(above);
      if (above.classList.contains("frame")) return style.fill;
      const [, , , alpha = 1] = channels(style.backgroundColor);
      if (alpha > 0) return style.backgroundColor;
    }
    return "rgb(255, 255, 255)";
  };
  const faint: string[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement!;
    const text = node.textContent!.trim();
    const hidden = !element.checkVisibility({ visibilityProperty: true });
    if (text === "" || hidden || ["SCRIPT", "STYLE"].includes(element.tagName)) continue;
    if (element.closest("button:disabled") !== null) continue;
    const style = getComputedStyle(element);
    const colour = element instanceof SVGElement ? style.fill : style.color;
    const levels = [luminance(colour), luminance(backgroundOf(element))].sort((low, high) => low - high);
    const contrast = (levels[1]! + 0.05) / (levels[0]! + 0.05);
    if (contrast < 4.5) faint.push(`${contrast.toFixed(2)} ${text.slice(0, 40)}`);
  }
  return faint;
}
