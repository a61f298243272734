// Runs in pages as its own source text (see page-script.ts and profile/profile-page-script.ts).

/** Puts a tooltip beside a point of the window, on the side where it has room. */
export function placeTooltip(tooltip: HTMLElement, left: number, top: number): void {
  const gap = 14;
  const right = left + gap + tooltip.offsetWidth > document.documentElement.clientWidth;
  const below = top + gap + tooltip.offsetHeight <= window.innerHeight;
  const x = right ? left - gap - tooltip.offsetWidth : left + gap;
  tooltip.style.left = `${Math.max(4, Math.min(x, document.documentElement.clientWidth - tooltip.offsetWidth - 4))}px`;
  tooltip.style.top = `${below ? top + gap : Math.max(4, top - gap - tooltip.offsetHeight)}px`;
}
