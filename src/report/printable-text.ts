/**
 * What acts on a terminal or on the order of the text around it instead of being seen: control characters (of which
 * escape begins a sequence that can rewrite the screen), marks that turn the direction of writing, separators of lines.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const INVISIBLE = /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** Names in profiles, labels and logs are foreign: what cannot be seen in them is written as an escape, `\x1b`. */
export function makePrintable(text: string): string {
  return text.toWellFormed().replace(INVISIBLE, (character) => {
    const code = character.charCodeAt(0).toString(16);
    return code.length > 2 ? `\\u${code.padStart(4, "0")}` : `\\x${code.padStart(2, "0")}`;
  });
}

/** The same value with every string in it printable. For values of plain objects and arrays, such as a report's view. */
export function makeAllPrintable<T>(value: T): T {
  return visit(value) as T;
}

function visit(value: unknown): unknown {
  if (typeof value === "string") return makePrintable(value);
  if (Array.isArray(value)) return typeof value[0] === "number" ? value : value.map(visit);
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) {
    return value;
  }
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, visit(member)]));
}
