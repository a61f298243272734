import type { FormatName } from "../bytes/decode-error.ts";
import type { GoRuntimeMetrics } from "../formats/prometheus/go-runtime.ts";
import type { MemStats } from "../tables/mem-stats.ts";

/** MemStats as one capture gave them: one moment, one process. */
export interface StatsReading {
  path: string;
  /** URL or file, without what differs from sample to sample: readings of one origin are of one process, or of one restarted. */
  origin: string;
  format: FormatName;
  /** When it was asked for. */
  seconds: number;
  memStats: MemStats;
  /** What Prometheus text says beyond MemStats. */
  runtime?: GoRuntimeMetrics;
}

/** An origin whose figures cannot be of the process that the others are of. */
export interface Disagreement {
  origin: string;
  reading: StatsReading;
  what: string;
}

/** Behind a load balancer one reading in so many may fit by accident, and one may be misfit by a restart. */
const TOLERATED_MISFITS = 0.2;
/** Rounding of exporters that print six digits. */
const ROUNDING = 1e-5;

/**
 * Which origins speak of another process than the profiles do, or of another time: behind a load balancer every URL may
 * reach another pod, and an exporter may serve figures from minutes ago. TotalAlloc only rises, so that all readings of
 * one process, in order of time, rise together.
 */
export function findDisagreements(readings: readonly StatsReading[]): Disagreement[] {
  const ofOrigin = Map.groupBy(
    readings.filter(({ memStats }) => memStats.totalAlloc !== undefined),
    ({ origin }) => origin,
  );
  const origins = [...ofOrigin.keys()].sort((a, b) => rank(ofOrigin.get(a)!) - rank(ofOrigin.get(b)!));
  const [reference, ...others] = origins;
  if (reference === undefined) return [];
  return others.flatMap((origin) => {
    const misfits: StatsReading[] = [];
    const judged = ofOrigin.get(origin)!.filter((reading) => {
      const fits = fitsBetween(reading, ofOrigin.get(reference)!);
      if (fits === false) misfits.push(reading);
      return fits !== undefined;
    });
    const [reading] = misfits;
    if (reading === undefined || misfits.length <= TOLERATED_MISFITS * judged.length) return [];
    const what =
      `inputs disagree: its TotalAlloc, ${reading.memStats.totalAlloc} bytes, does not lie between those that ` +
      `${reference} gave before and after it, so it is of another process or of another time; its figures were left out`;
    return [{ origin, reading, what }];
  });
}

/** Profiles decide which process is inspected; then expvar, which is served beside them. */
function rank([first]: readonly StatsReading[]): number {
  return first?.format === "heap-text" ? 0 : first?.format === "expvar" ? 1 : 2;
}

/** Undefined if the reference has no reading near it, or was restarted around it. */
function fitsBetween(
  { seconds, memStats }: StatsReading,
  reference: readonly StatsReading[],
): boolean | undefined {
  const own = memStats.totalAlloc!;
  const before = reference.findLast((r) => r.seconds < seconds)?.memStats.totalAlloc;
  const after = reference.find((r) => r.seconds > seconds)?.memStats.totalAlloc;
  if (before !== undefined && after !== undefined && after < before) return undefined;
  if (before === undefined && after === undefined) return undefined;
  const slack = ROUNDING * own;
  return (before === undefined || own >= before - slack) && (after === undefined || own <= after + slack);
}
