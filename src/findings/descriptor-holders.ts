import { findRise } from "../analysis/evolution.ts";
import type { GoroutineGroup } from "../analysis/goroutine-growth.ts";
import { quantity } from "../lib/quantity.ts";
import type { FdKind } from "../tables/fd-table.ts";
import type { Evidence } from "./evidence.ts";
import type { Candidate } from "./pattern.ts";
import { statement } from "./statement.ts";

/** Of the descriptors that came, how many there have to be goroutines for. */
const LEAST_PER_DESCRIPTOR = 0.4;

/**
 * Sockets that goroutines hold are closed when the goroutines end: a finding about the goroutines takes over one about
 * the descriptors, and so does one about instances of a library that hold files. At both ends of a connection in one process there are two descriptors for each.
 */
export function absorbDescriptors(candidates: readonly Candidate[], evidence: Evidence): Candidate[] {
  const dropped = new Set<Candidate>();
  for (const candidate of candidates) {
    const descriptors = findClaimed(candidate, evidence);
    if (descriptors === undefined) continue;
    const { grown } = descriptors;
    const holder = candidates.find(
      ({ claims, finding }) =>
        finding.severity !== "info" &&
        (SOCKETS.has(descriptors.kind)
          ? claims.groups.some(({ trend }) => trend.last - trend.first >= LEAST_PER_DESCRIPTOR * grown)
          : finding.pattern === "resource/client-per-request" && isSomeForEach(grown, claims.groups[0])),
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

/**
 * What a finding about descriptors is about. Both ends of a connection in one process are two groups of equal size,
 * neither of which is most of the growth: sockets then count together.
 */
function findClaimed(
  { claims, finding }: Candidate,
  { process }: Evidence,
): { kind: FdKind; place: string; grown: number } | undefined {
  const { descriptors } = claims;
  if (descriptors !== undefined) {
    return { kind: descriptors.kind, place: descriptors.place, grown: findRise(descriptors.count) };
  }
  if (finding.pattern !== "resource/fd" || process?.fds === undefined) return undefined;
  const sockets = process.fds.groups.filter(({ kind, count }) => SOCKETS.has(kind) && findRise(count) > 0);
  const grown = sockets.reduce((sum, { count }) => sum + findRise(count), 0);
  const [main] = sockets;
  if (main === undefined || grown < SOCKETS_SHARE * findRise(process.fds.total)) return undefined;
  return { kind: main.kind, place: "", grown };
}

const SOCKETS_SHARE = 0.8;

/** What an instance of a library can hold: a database file with its journal, a watch. */
const MOST_PER_INSTANCE = 4;
const PER_INSTANCE_ERROR = 0.1;

/** Is it a whole number for each goroutine that came? */
function isSomeForEach(grown: number, group: GoroutineGroup | undefined): boolean {
  const each = group === undefined ? 0 : grown / (group.trend.last - group.trend.first);
  const whole = Math.round(each);
  return whole >= 1 && whole <= MOST_PER_INSTANCE && Math.abs(each - whole) <= PER_INSTANCE_ERROR * whole;
}

/**
 * Memory outside of the Go heap that comes in step with a library's instances is theirs: a database engine's pages, a
 * client's C buffers. Two things that both rise evenly are in step by chance as well, so that only growth that no
 * pattern has put down to a cause is taken over.
 */
export function absorbOutside(candidates: readonly Candidate[], { process }: Evidence): Candidate[] {
  const holder = candidates.find(
    ({ finding }) => finding.pattern === "resource/client-per-request" && finding.severity !== "info",
  );
  const group = holder?.claims.groups[0];
  if (holder === undefined || group === undefined || process === undefined) return [...candidates];
  return candidates.filter(({ finding }) => {
    const series = finding.series[0];
    if (finding.pattern !== "rss/outside-go" || series === undefined) return true;
    if (!isInStep(group.count, series.value)) return true;
    holder.finding.consequences.push({ statement: finding.headline });
    return false;
  });
}

/** Correlation of the two over the samples: 1 if one is always the same multiple of the other. */
const IN_STEP = 0.95;

function isInStep(a: readonly number[], b: readonly number[]): boolean {
  const pairs = a.map((x, i) => [x, b[i] ?? Number.NaN] as const);
  const known = pairs.filter(([x, y]) => !Number.isNaN(x) && !Number.isNaN(y));
  const mean = (at: 0 | 1) => known.reduce((sum, pair) => sum + pair[at], 0) / known.length;
  const [ma, mb] = [mean(0), mean(1)];
  const cov = known.reduce((sum, [x, y]) => sum + (x - ma) * (y - mb), 0);
  const va = known.reduce((sum, [x]) => sum + (x - ma) ** 2, 0);
  const vb = known.reduce((sum, [, y]) => sum + (y - mb) ** 2, 0);
  return va > 0 && vb > 0 && cov / Math.sqrt(va * vb) >= IN_STEP;
}

const SOCKETS: ReadonlySet<string> = new Set(["tcp", "udp", "unix", "socket", "pipe"]);
