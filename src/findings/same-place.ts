import type { Candidate } from "./pattern.ts";

/**
 * One pattern at one line is one finding, however many clusters or groups lead there: the surest stays, and accounts for
 * what the others claim.
 */
export function joinSamePlace(candidates: readonly Candidate[]): Candidate[] {
  const joined = new Map<string, Candidate>();
  const kept = new Set<Candidate>();
  for (const candidate of candidates.toSorted((a, b) => b.finding.confidence - a.finding.confidence)) {
    const { pattern, site } = candidate.finding;
    const key = site === undefined ? undefined : `${pattern} ${site.file}:${site.line}`;
    const known = key === undefined ? undefined : joined.get(key);
    if (known === undefined) {
      kept.add(candidate);
      if (key !== undefined) joined.set(key, candidate);
      continue;
    }
    known.claims = {
      ...candidate.claims,
      ...known.claims,
      clusters: [...known.claims.clusters, ...candidate.claims.clusters],
      groups: [...known.claims.groups, ...candidate.claims.groups],
    };
  }
  return candidates.filter((candidate) => kept.has(candidate));
}
