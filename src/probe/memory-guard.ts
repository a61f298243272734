import type { Probe } from "./define-check.ts";
import type { GoService } from "./go-service.ts";
import { ProbeFailure } from "./probe-failure.ts";
import { estimateReadingCpuSeconds } from "./runtime-check.ts";
import { computeRuntimeMetrics } from "./runtime-metrics.ts";
import { type RuntimeReading, readRuntime } from "./runtime-reading.ts";

export interface Headroom {
  /** Of the limit that counts; undefined if there is none, or nothing tells. */
  memoryShare: number | undefined;
  limitBytes: number | undefined;
  /** NaN if nothing tells. */
  goroutines: number;
  liveHeapBytes: number;
  reading: RuntimeReading | undefined;
  targetCpuSeconds: number;
}

const DEFAULT_SOURCE = { source: "auto", metrics_path: "/metrics", expvar_path: "/debug/vars" } as const;

/**
 * Looks how near its memory limit the target is before it is asked for something heavy. Where nothing tells, it is asked.
 * Throws ProbeFailure "memory-near-limit" (refused), or what keeps the target as a whole from being reached.
 */
export async function checkHeadroom(service: GoService, probe: Probe): Promise<Headroom> {
  let reading: RuntimeReading;
  try {
    reading = await readRuntime(service, { ...DEFAULT_SOURCE }, probe.previous?.facts["source"]);
  } catch (error) {
    if (!(error instanceof ProbeFailure) || error.code !== "no-metrics") throw error;
    return {
      memoryShare: undefined,
      limitBytes: probe.target.limitBytes ?? undefined,
      goroutines: Number.NaN,
      liveHeapBytes: Number.NaN,
      reading: undefined,
      targetCpuSeconds: 0,
    };
  }
  const metrics = computeRuntimeMetrics(reading.runtime, {
    atMs: probe.atMs,
    limitBytes: probe.target.limitBytes,
    previous: null,
  });
  const share = metrics["memory_share"]!;
  if (share > probe.maxTargetMemory) throw nearLimit(share, metrics["memory_limit_bytes"]!, probe);
  const limit = metrics["memory_limit_bytes"]!;
  return {
    memoryShare: Number.isFinite(share) ? share : undefined,
    limitBytes: Number.isFinite(limit) ? limit : undefined,
    goroutines: metrics["goroutines"]!,
    liveHeapBytes: metrics["heap_live_bytes"]!,
    reading,
    targetCpuSeconds: estimateReadingCpuSeconds(reading),
  };
}

function nearLimit(share: number, limitBytes: number, { target, maxTargetMemory }: Probe): ProbeFailure {
  const percent = (part: number): string => `${Math.round(100 * part)} %`;
  const whose = target.limitBytes === null ? "GOMEMLIMIT" : "its limit";
  return new ProbeFailure(
    "memory-near-limit",
    `${target.id} holds ${percent(share)} of ${whose} of ${limitBytes} bytes, and a heavy look is allowed up to ${percent(maxTargetMemory)}.`,
    "The profile kept before is the one to look at; raise precheck.max_target_memory, or limit_bytes if that is not the limit.",
    "refused",
  );
}
