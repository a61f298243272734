import { classifyMappings } from "../analysis/mapping-class.ts";
import type { MemStatsBracket } from "../analysis/mem-stats-bracket.ts";
import { computeProcessGrowth, type ProcessGrowth, type ProcessSample } from "../analysis/process-growth.ts";
import { accountRss } from "../analysis/rss-account.ts";
import { hasSizes } from "../tables/mapping-table.ts";
import type { MemStats } from "../tables/mem-stats.ts";
import { TICKS_PER_SECOND } from "../tables/process-facts.ts";
import type { SampleEvidence } from "./decode-bundle.ts";
import type { StatsReading } from "./stats-readings.ts";

/** The process as the kernel saw it over the window, with each resident set explained. */
export function buildProcessGrowth(samples: readonly SampleEvidence[]): ProcessGrowth | undefined {
  const exe = samples.map((s) => s.process.machine?.exe).find((path) => path !== undefined);
  return computeProcessGrowth(samples.map((sample) => explainSample(sample, exe)));
}

/** First sample of the process that is there at the end: its start time differs before it. 0 if it is the same. */
export function findLastStart(samples: readonly SampleEvidence[]): number {
  let start = 0;
  let before: number | undefined;
  for (const [k, { process }] of samples.entries()) {
    const ticks = process.stat?.startTicks;
    if (ticks === undefined) continue;
    if (before !== undefined && before !== ticks) start = k;
    before = ticks;
  }
  return start;
}

/** How long the process had run when the window began: by its metrics, or by the kernel's clock. */
export function findProcessAge(samples: readonly SampleEvidence[]): number | undefined {
  const [first] = samples;
  const began = samples.map((s) => s.runtime?.startTimeSeconds).find((t) => t !== undefined);
  if (first === undefined) return undefined;
  if (began !== undefined) return Math.max(0, first.wallMs / 1000 - began);
  for (const { seconds, process } of samples) {
    const { stat, machine } = process;
    if (stat === undefined || machine?.uptimeSeconds === undefined) continue;
    return Math.max(0, machine.uptimeSeconds - stat.startTicks / TICKS_PER_SECOND - seconds);
  }
  return undefined;
}

function explainSample(sample: SampleEvidence, exe: string | undefined): ProcessSample {
  const { status, stat, limits, mappings, fds, cgroup, machine } = sample.process;
  const classified = mappings === undefined ? undefined : classifyMappings(mappings.table, exe);
  const sized = classified !== undefined && hasSizes(classified.table) ? classified : undefined;
  const account = accountRss({
    status,
    mappings: sized,
    memStats: findMemStatsAround(sample.readings, mappings?.seconds) ?? sample.memStats,
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

/** MemStats around one time: the readings before and after it, or the nearest where only one side has any. */
function findMemStatsAround(
  readings: readonly StatsReading[],
  seconds: number | undefined,
): MemStats | MemStatsBracket | undefined {
  const sorted = readings
    .filter(({ memStats }) => memStats.heapAlloc !== undefined)
    .sort((a, b) => a.seconds - b.seconds);
  if (seconds === undefined) return sorted[0]?.memStats;
  const before = sorted.findLast((reading) => reading.seconds <= seconds);
  const after = sorted.find((reading) => reading.seconds > seconds);
  if (before === undefined || after === undefined) return (before ?? after)?.memStats;
  const share = (seconds - before.seconds) / (after.seconds - before.seconds);
  return { before: before.memStats, after: after.memStats, share };
}

/** What the last collection found alive: HeapAlloc right behind one that the sample forced, or the runtime's own word. */
function findLiveBytes(sample: SampleEvidence): number | undefined {
  if (sample.heapForcedGc && sample.heapText !== undefined) {
    return sample.readings.find(({ format }) => format === "heap-text")?.memStats.heapAlloc;
  }
  return sample.runtime?.liveHeapBytes;
}
