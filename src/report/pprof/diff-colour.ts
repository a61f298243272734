// Every function here also runs inside pages, as its own source text (see src/web/profile/profile-page-script.ts).

/**
 * How strongly a change is coloured, from -1 (shrank) to 1 (grew). Absolute: against the largest change there is, by its
 * square root so that smaller ones can be seen. Relative: against the larger of both sides, so that what is new or gone
 * is strongest however small it is.
 */
export function strengthOfChange(
  before: number,
  after: number,
  by: "absolute" | "relative",
  largest: number,
): number {
  const change = after - before;
  if (change === 0) return 0;
  const whole = by === "relative" ? Math.max(Math.abs(before), Math.abs(after)) : largest;
  if (!(whole > 0)) return 0;
  const part = Math.min(1, Math.abs(change) / whole);
  // Never quite the colour of what stayed the same.
  const strength = 0.15 + 0.85 * (by === "relative" ? part : Math.sqrt(part));
  return change > 0 ? strength : -strength;
}

/** A colour between two of the form "#rrggbb", as "rgb(r, g, b)". */
export function mixColour(from: string, to: string, part: number): string {
  const channel = (text: string, at: number) => Number.parseInt(text.slice(1 + 2 * at, 3 + 2 * at), 16);
  const mixed = [0, 1, 2].map((at) =>
    Math.round(channel(from, at) + (channel(to, at) - channel(from, at)) * part),
  );
  return `rgb(${mixed.join(", ")})`;
}

/** Black or white, whichever stands out more from "rgb(r, g, b)" (WCAG 2.2's relative luminance). */
export function readableOn(fill: string): string {
  const [red, green, blue] = (fill.match(/\d+/g) ?? []).map((text) => {
    const part = Number(text) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue! > 0.18 ? "#000000" : "#ffffff";
}
