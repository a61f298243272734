import { findGoroutineCount } from "../capture/response-check.ts";
import { runtimeType } from "../patrol/check-types/runtime.ts";
import { defineCheck } from "./define-check.ts";
import { GoService } from "./go-service.ts";
import { ProbeFailure } from "./probe-failure.ts";
import { computeRuntimeMetrics } from "./runtime-metrics.ts";
import { type RuntimeReading, readRuntime } from "./runtime-reading.ts";

export const runtimeCheck = defineCheck(runtimeType, async (probe, options) => {
  const service = new GoService(probe, options);
  const reading = await readRuntime(service, options, probe.previous?.facts["source"]);
  const { goVersion, mainModule } = reading.runtime;
  // MemStats has no count of goroutines; pprof's index page has one, and costs next to nothing.
  if (reading.runtime.goroutines === undefined) {
    const goroutines = await countGoroutines(service);
    if (goroutines !== undefined) reading.runtime.goroutines = goroutines;
  }
  return {
    metrics: {
      latency_ms: reading.latencyMs,
      ...computeRuntimeMetrics(reading.runtime, {
        atMs: probe.atMs,
        limitBytes: probe.target.limitBytes,
        previous: probe.previous,
      }),
    },
    facts: {
      source: reading.source,
      ...(goVersion === undefined ? {} : { go_version: goVersion.slice(0, 40) }),
      ...(mainModule === undefined ? {} : { main_module: mainModule.slice(0, 200) }),
    },
    targetCpuSeconds: estimateReadingCpuSeconds(reading),
  };
});

async function countGoroutines(service: GoService): Promise<number | undefined> {
  try {
    const { status, body } = await service.ask(service.pprofUrl(""));
    return status === 200 ? findGoroutineCount(body) : undefined;
  } catch (error) {
    if (error instanceof ProbeFailure && error.outcome === "failed") return undefined;
    throw error;
  }
}

/** What a scrape costs the target: a fixed part and what grows with the text (docs/checks.md has the measurements). */
export function estimateReadingCpuSeconds({ source, bodyBytes }: RuntimeReading): number {
  const { fixed, perByte } = SCRAPE_COST[source];
  return fixed + perByte * bodyBytes;
}

const SCRAPE_COST: Record<RuntimeReading["source"], { fixed: number; perByte: number }> = {
  prometheus: { fixed: 0.0001, perByte: 2.3e-8 },
  expvar: { fixed: 0.0003, perByte: 1e-8 },
  "heap-text": { fixed: 0.0003, perByte: 2.3e-8 },
};
