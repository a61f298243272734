import { classifyMappings } from "../analysis/mapping-class.ts";
import { computeProcessGrowth, type ProcessGrowth, type ProcessSample } from "../analysis/process-growth.ts";
import { accountRss } from "../analysis/rss-account.ts";
import { hasSizes } from "../tables/mapping-table.ts";
import type { MemStats } from "../tables/mem-stats.ts";
import type { SampleEvidence } from "./decode-bundle.ts";
import type { StatsReading } from "./stats-readings.ts";

/** The process as the kernel saw it over the window, with each resident set explained. */
export function buildProcessGrowth(samples: readonly SampleEvidence[]): ProcessGrowth | undefined {
  const exe = samples.map((s) => s.process.machine?.exe).find((path) => path !== undefined);
  return computeProcessGrowth(samples.map((sample) => explainSample(sample, exe)));
}

function explainSample(sample: SampleEvidence, exe: string | undefined): ProcessSample {
  const { status, stat, limits, mappings, fds, cgroup, machine } = sample.process;
  const classified = mappings === undefined ? undefined : classifyMappings(mappings.table, exe);
  const sized = classified !== undefined && hasSizes(classified.table) ? classified : undefined;
  const account = accountRss({
    status,
    mappings: sized,
    memStats: findMemStatsAt(sample.readings, mappings?.seconds) ?? sample.memStats,
    liveBytes: findLiveBytes(sample),
  });
  return {
    seconds: sample.seconds,
    status,
    stat,
    limits,
    mappings: classified,
    account,
    fds,
    cgroup,
    machine,
  };
}

/** Gauges of MemStats that move while a sample is taken, and that the account uses. */
const GAUGES = ["heapAlloc", "heapSys", "heapIdle", "heapInuse", "heapReleased", "stackInuse"] as const;

/**
 * MemStats at one time: between two readings that enclose it each gauge moves in a straight line, so that the
 * identities between them hold; otherwise those of the nearest reading.
 */
function findMemStatsAt(
  readings: readonly StatsReading[],
  seconds: number | undefined,
): MemStats | undefined {
  const sorted = readings
    .filter(({ memStats }) => memStats.heapAlloc !== undefined)
    .sort((a, b) => a.seconds - b.seconds);
  if (seconds === undefined) return sorted[0]?.memStats;
  const before = sorted.findLast((reading) => reading.seconds <= seconds);
  const after = sorted.find((reading) => reading.seconds > seconds);
  if (before === undefined || after === undefined) return (before ?? after)?.memStats;
  const share = (seconds - before.seconds) / (after.seconds - before.seconds);
  const between: MemStats = { ...after.memStats, ...before.memStats };
  for (const gauge of GAUGES) {
    const [a, b] = [before.memStats[gauge], after.memStats[gauge]];
    if (a !== undefined && b !== undefined) between[gauge] = Math.round(a + share * (b - a));
  }
  return between;
}

/** HeapAlloc right behind a collection that the sample forced: what it found alive. */
function findLiveBytes(sample: SampleEvidence): number | undefined {
  return sample.heapForcedGc && sample.heapText !== undefined ? sample.memStats?.heapAlloc : undefined;
}
