import type { CollectorLoad } from "../analysis/collector-load.ts";
import { type CollectorSettings, predictCollector } from "../analysis/gc-cost-model.ts";
import { estimate, quantity } from "../lib/quantity.ts";
import type { CollectorFacts } from "./collector-facts.ts";
import { type Statement, statement } from "./statement.ts";

const MIB = 2 ** 20;
/** Of a container's limit, what the runtime may have: the rest is for what its own figures do not hold. */
const LIMIT_SHARE = 0.9;
/** A collector that takes less of the CPU than this is nothing to tune. */
export const LEAST_CPU_SHARE = 0.02;

/** Of the CPU available, from which a collector that a setting makes busy is worth a warning. */
const HURTING_SHARE = 0.05;
/** With marking on idle CPUs: of what the process used, and of what it had. */
const HURTING_BURNED_OF_USED = 1 / 3;
const HURTING_BURNED = 0.05;
/** MemStats leave marking on idle CPUs out, which is most of it in a process at ease: then the cycles tell. */
const RESTLESS_CYCLES_PER_SECOND = 5;

/** Does collecting cost enough to be worth a change? A small heap that is collected often for next to nothing does not. */
export function isCollectingCostly(load: CollectorLoad): boolean {
  if (load.cpuShare >= HURTING_SHARE) return true;
  if (!Number.isNaN(load.burnedShare)) {
    return load.burnedShare >= HURTING_BURNED && load.burnedShareOfUsed >= HURTING_BURNED_OF_USED;
  }
  return load.cpuShare >= LEAST_CPU_SHARE && load.cyclesPerSecond >= RESTLESS_CYCLES_PER_SECOND;
}

/** How often it collects, and what that costs. */
export function describeCollecting(load: CollectorLoad): Statement[] {
  const result = [
    statement("gc-cycles", {
      rate: quantity(load.cyclesPerSecond, "cycles/s"),
      cycles: quantity(Math.round(load.cyclesPerSecond * load.seconds), "count"),
      span: quantity(load.seconds, "seconds"),
    }),
  ];
  if (!Number.isNaN(load.cpuShare)) {
    const share = quantity(load.cpuShare, "fraction");
    result.push(
      load.cpuSpan === "window" ? statement("gc-cpu-window", { share }) : statement("gc-cpu", { share }),
    );
  }
  if (!Number.isNaN(load.burnedShareOfUsed)) {
    result.push(
      statement("gc-cpu-burned", {
        share: quantity(load.burnedShare, "fraction"),
        ofUsed: quantity(load.burnedShareOfUsed, "fraction"),
      }),
    );
  }
  return result;
}

/** The heap goal against the live heap, and how the setting behind it is known. */
export function describeGoal({ load, gogc }: CollectorFacts): Statement[] {
  const result = [
    statement("gc-goal", {
      goal: quantity(load.goalBytes, "bytes"),
      live: quantity(load.workload.liveBytes, "bytes"),
      percent: estimate(Math.round(load.effectiveGogcPercent), "count"),
    }),
  ];
  if (gogc?.from === "metric") {
    result.push(statement("gogc-by-metric", { percent: quantity(gogc.value, "count") }));
  }
  if (gogc?.site !== undefined) {
    result.push(statement("gogc-by-source", { percent: quantity(gogc.value, "count"), site: gogc.site }));
  }
  return result;
}

/** What the process would hold at most under these settings: the largest live heap of the window is what counts. */
export function predictPeakBytes(load: CollectorLoad, settings: CollectorSettings): number {
  const workload = { ...load.workload, liveBytes: load.liveMaxBytes };
  return predictCollector(workload, settings).peakBytes + load.outsideBytes;
}

/** "Set GOGC to about 100": with the CPU and the peak that the cost model predicts. */
export function adviseGogc(load: CollectorLoad, gogcPercent: number, memoryLimitBytes: number): Statement {
  const settings = { gogcPercent, memoryLimitBytes };
  return statement("fix-gogc-set", {
    percent: quantity(gogcPercent, "count"),
    share: estimate(predictCollector(load.workload, settings).cpuShare, "fraction"),
    peak: estimate(predictPeakBytes(load, settings), "bytes"),
  });
}

/** GOMEMLIMIT for a container: its limit less what is not the runtime's and a reserve, in whole MiB. */
export function computeMemoryLimit(load: CollectorLoad, hardLimitBytes: number): number {
  return Math.max(MIB, Math.floor((LIMIT_SHARE * hardLimitBytes - load.outsideBytes) / MIB) * MIB);
}

export function adviseMemoryLimit(
  load: CollectorLoad,
  gogcPercent: number,
  memoryLimitBytes: number,
): Statement {
  const settings = { gogcPercent, memoryLimitBytes };
  return statement("fix-memory-limit-set", {
    limit: quantity(memoryLimitBytes, "bytes"),
    share: estimate(predictCollector(load.workload, settings).cpuShare, "fraction"),
    peak: estimate(predictPeakBytes(load, settings), "bytes"),
  });
}
