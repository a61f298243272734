/** How far colours are shifted away from grey, so that small values of either sign are told apart. */
const SHIFT = 0.7;
const GREY_BELOW = 0.2;
const BACKGROUND = { saturation: 0.1, value: 0.93 };
const FOREGROUND = { saturation: 1, value: 0.7 };

/** Green for -1 over grey to red for 1, light for a background (google/pprof, internal/graph/dotgraph.go, dotColor). */
export function dotColor(share: number, isBackground: boolean): string {
  const { saturation: full, value } = isBackground ? BACKGROUND : FOREGROUND;
  const score = Math.max(-1, Math.min(1, share));
  const saturation = Math.abs(score) < GREY_BELOW ? (full * Math.abs(score)) / GREY_BELOW : full;
  const shifted = Math.sign(score) * Math.abs(score) ** (1 - SHIFT);
  const red = score < 0 ? value * (1 + saturation * shifted) : value;
  const green = score < 0 ? value : value * (1 - saturation * shifted);
  return `#${[red, green, value * (1 - saturation)].map(hexByte).join("")}`;
}

/** What is no number, as shares of a total of 0 are, is 0. */
function hexByte(part: number): string {
  const byte = Math.trunc(part * 255) || 0;
  return byte.toString(16).padStart(2, "0");
}
