/** Stars instead of the middle; never less than four of them, and nothing of what is too short to have one. */
export function keepEnds(text: string, first: number, last: number): string {
  const hidden = text.length - first - last;
  if (hidden < 4) return "****";
  return `${text.slice(0, first)}${"*".repeat(Math.min(hidden, 12))}${last === 0 ? "" : text.slice(-last)}`;
}
