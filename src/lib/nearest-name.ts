/** How far a slip of the keys goes: one edit in a short name, a third of a long one. */
const EDITS_PER_LENGTH = 1 / 3;

/**
 * The name among `names` that was most probably meant: fewest edits (insertions, deletions, changes, neighbours
 * swapped), without regard to case; null if none is near. Ties go to the first.
 */
export function findNearestName(name: string, names: Iterable<string>): string | null {
  const wanted = name.toLowerCase();
  const allowed = Math.max(1, Math.floor(name.length * EDITS_PER_LENGTH));
  let nearest: string | null = null;
  let nearestEdits = allowed + 1;
  for (const candidate of names) {
    if (Math.abs(candidate.length - name.length) >= nearestEdits) continue;
    const edits = countEdits(wanted, candidate.toLowerCase());
    if (edits >= nearestEdits) continue;
    nearest = candidate;
    nearestEdits = edits;
  }
  return nearest;
}

/** Optimal string alignment distance. */
function countEdits(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const changed = from[i - 1] === to[j - 1] ? 0 : 1;
      let edits = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + changed);
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) {
        edits = Math.min(edits, beforeLast[j - 2]! + 1);
      }
      row.push(edits);
    }
    beforeLast = last;
    last = row;
  }
  return last[to.length]!;
}
