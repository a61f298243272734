import { findRise } from "../analysis/evolution.ts";
import { quantity } from "../lib/quantity.ts";
import type { Evidence } from "./evidence.ts";
import type { Candidate } from "./pattern.ts";
import { statement } from "./statement.ts";

/** Of the descriptors that came, how many there have to be goroutines for. */
const LEAST_PER_DESCRIPTOR = 0.4;

/**
 * Sockets that goroutines hold are closed when the goroutines end: a finding about the goroutines takes over one about
 * the descriptors. At both ends of a connection in one process there are two descriptors for each.
 */
export function absorbDescriptors(candidates: readonly Candidate[], evidence: Evidence): Candidate[] {
  const dropped = new Set<Candidate>();
  for (const candidate of candidates) {
    const { descriptors } = candidate.claims;
    if (descriptors === undefined || !SOCKETS.has(descriptors.kind)) continue;
    const grown = findRise(descriptors.count);
    const holder = candidates.find(
      ({ claims, finding }) =>
        finding.severity !== "info" &&
        claims.groups.some(({ trend }) => trend.last - trend.first >= LEAST_PER_DESCRIPTOR * grown),
    );
    if (holder === undefined || evidence.goroutines === undefined) continue;
    dropped.add(candidate);
    holder.finding.consequences.push({
      statement: statement("consequence-descriptors", {
        kind: descriptors.kind,
        place: descriptors.place,
        grown: quantity(grown, "count"),
      }),
    });
  }
  return candidates.filter((candidate) => !dropped.has(candidate));
}

const SOCKETS: ReadonlySet<string> = new Set(["tcp", "udp", "unix", "socket", "pipe"]);
