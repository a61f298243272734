/**
 * Characters that take two columns of a terminal: wide and full-width ones of Unicode's UAX #11, by blocks. Ambiguous
 * ones (→, ±, …, “) take one, as terminals do outside East Asian legacy settings.
 */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;

export function isWide(character: string): boolean {
  return WIDE.test(character);
}

/** Columns that a text takes on a terminal, where a Chinese character is two wide. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += isWide(character) ? 2 : 1;
  return columns;
}

/** A text cut to `columns`, its end told by "…". */
export function cutToColumns(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let kept = "";
  let used = 1;
  for (const character of text) {
    used += isWide(character) ? 2 : 1;
    if (used > columns) break;
    kept += character;
  }
  return `${kept}…`;
}

/** `String.padEnd`, counted in columns. */
export function padEnd(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - columnsOf(text)));
}

/** Text with spaces before it, so that it takes up `columns`. */
export function padStart(text: string, columns: number): string {
  return " ".repeat(Math.max(0, columns - columnsOf(text))) + text;
}
