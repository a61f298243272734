import { findNearestName } from "../../lib/nearest-name.ts";

const MOST_SHOWN = 16;
/** Names are short; what is longer is compared by its beginning, so that a hostile one costs nothing. */
const MOST_COMPARED = 64;

export function findNearest(word: string, names: Iterable<string>): string | undefined {
  return findNearestName(word.slice(0, MOST_COMPARED).replaceAll("-", "_"), names) ?? undefined;
}

/** 'did you mean "timeout"?', or what there is to choose from. Null if there is nothing. */
export function suggestName(word: string, names: Iterable<string>): string | null {
  const all = [...names];
  const nearest = findNearest(word, all);
  if (nearest !== undefined) return `did you mean "${nearest}"?`;
  if (all.length === 0) return null;
  const shown = all.slice(0, MOST_SHOWN).map((name) => `"${name}"`);
  const rest = all.length - shown.length;
  return `known: ${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}
