/**
 * The name that was probably meant: the nearest by edit distance (Damerau–Levenshtein, adjacent letters swapped count
 * once), at most a third of its letters away. Case, `-` and `_` do not count. Undefined if none is near.
 */
export function findNearest(word: string, names: Iterable<string>): string | undefined {
  const wanted = fold(word);
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const folded = fold(name);
    const allowed = Math.max(1, Math.floor(Math.max(wanted.length, folded.length) / 3));
    if (Math.abs(wanted.length - folded.length) > allowed) continue;
    const distance = editDistance(wanted, folded);
    if (distance <= allowed && distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

/** 'did you mean "timeout"?', or what there is to choose from. Null if there is nothing to say. */
export function suggestName(word: string, names: Iterable<string>, what = "known"): string | null {
  const all = [...names];
  const nearest = findNearest(word, all);
  if (nearest !== undefined) return `did you mean "${nearest}"?`;
  if (all.length === 0) return null;
  const shown = all.slice(0, MOST_SHOWN).map((name) => `"${name}"`);
  const rest = all.length - shown.length;
  return `${what}: ${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

const MOST_SHOWN = 16;
/** Names are short; longer words are compared by their beginning, so that a hostile one costs nothing. */
const MOST_COMPARED = 64;

function fold(word: string): string {
  return word.slice(0, MOST_COMPARED).toLowerCase().replaceAll(/[-_ ]/g, "");
}

export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let distance = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        distance = Math.min(distance, beforeLast[j - 2]! + 1);
      }
      row.push(distance);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
