import { readFile } from "node:fs/promises";
import { computeTrend, MIN_TREND_SAMPLES } from "../analysis/trend.ts";
import type { Bundle } from "../bundle/manifest.ts";
import { encodeBundleArchive } from "../capture/bundle-archive.ts";
import { CaptureError } from "../capture/capture-error.ts";
import { captureTarget } from "../capture/capture-window.ts";
import type { AccessOptions } from "../capture/http-access.ts";
import { addSourceFiles } from "../capture/source-files.ts";
import { parseUrlTarget, processTarget } from "../capture/target.ts";
import {
  decodeCountedGoroutines,
  findAddressesToSymbolize,
  findLimitPressure,
} from "../inspect/capture-questions.ts";
import { decodeBundle } from "../inspect/decode-bundle.ts";
import { inspectBundle } from "../inspect/inspect-bundle.ts";
import type { Inspection } from "../inspect/inspection.ts";
import { listOwnSourceFiles } from "../inspect/own-source-files.ts";
import { parseDurationMs, parseSizeBytes } from "../lib/parse-quantity.ts";
import { parseHttpAddress } from "../patrol/check-types/address.ts";
import { type InspectOptions, inspectType } from "../patrol/check-types/inspect.ts";
import type { ProblemCode } from "../patrol/check-types/problem-codes.ts";
import { resolveAuthorization, resolveTls } from "./credentials.ts";
import { defineCheck, type Look, type Probe } from "./define-check.ts";
import { GoService } from "./go-service.ts";
import { renderSite } from "./heap-diff-check.ts";
import { checkHeadroom } from "./memory-guard.ts";
import { interrupted, ProbeFailure } from "./probe-failure.ts";

/** Of the check's time, what the window may take; the rest is for the last sample, symbols and the analysis. */
const WINDOW_SHARE = 0.85;

/** The whole of `gopatrol inspect`: a window of captures, a bundle, the verdict. */
export const inspectCheck = defineCheck(inspectType, async (probe, options): Promise<Look> => {
  const pid = /^pid:(\d{1,10})$/.exec(probe.target.address)?.[1];
  const headroom = pid === undefined ? await checkHeadroom(new GoService(probe, options), probe) : undefined;
  const bundle = await capture(probe, options, pid === undefined ? undefined : Number(pid));
  const decoded = decodeBundle(bundle);
  const { sourceDir } = probe.target;
  if (sourceDir !== null) {
    await addSourceFiles(bundle, { wanted: listOwnSourceFiles(decoded), directory: sourceDir });
    for (const { kind, path, origin } of bundle.manifest.captures) {
      const bytes = kind === "source" ? bundle.files.get(path) : undefined;
      if (bytes !== undefined) decoded.source.set(origin, new TextDecoder().decode(bytes));
    }
  }
  const inspection = inspectBundle(bundle, decoded);
  return {
    metrics: measure(inspection),
    facts: tell(inspection),
    inspection,
    captures: [{ kind: "bundle", bytes: encodeBundleArchive(bundle), atMs: probe.atMs }],
    targetCpuSeconds: (headroom?.targetCpuSeconds ?? 0) + estimateCpuSeconds(inspection),
  };
});

async function capture(probe: Probe, options: InspectOptions, pid: number | undefined): Promise<Bundle> {
  const { target, deadline } = probe;
  const windowMs = Math.min(parseDurationMs(options.window)!, WINDOW_SHARE * deadline.timeoutMs);
  try {
    return await captureTarget(
      {
        target: pid === undefined ? parseUrlTarget(addressOf(probe, options)) : processTarget(pid),
        ...(pid === undefined ? { process: "find" as const } : {}),
        gopatrol: await readVersion(),
        access: await resolveAccess(probe, options),
        windowMs,
        everyMs: Math.min(parseDurationMs(options.every)!, windowMs),
        gc: options.gc,
        limitBytes: target.limitBytes,
        goroutineDumpLimit: options.max_dump_goroutines,
        countGoroutines: decodeCountedGoroutines,
        guard: (latest) => findLimitPressure(target.limitBytes ?? undefined, latest),
        addressesToSymbolize: findAddressesToSymbolize,
      },
      // What was gathered until the time is up still makes an inspection.
      { signal: deadline.signal, hurrySignal: deadline.signal },
    );
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    if (error.code === "interrupted")
      throw deadline.signal.aborted ? deadline.failure(target.id, "answering") : interrupted(target.id);
    throw new ProbeFailure(
      CODES[error.code] ?? (error.code.startsWith("http-5") ? "bad-status" : "bad-response"),
      `${error.message}.`,
      null,
      error.code === "bad-target" || error.code === "bad-option" ? "error" : "failed",
    );
  }
}

const CODES: Readonly<Record<string, ProblemCode>> = {
  "bad-target": "bad-address",
  "bad-option": "bad-options",
  refused: "connect-refused",
  dns: "dns-failed",
  unreachable: "unreachable",
  "connect-timeout": "connect-timeout",
  timeout: "timeout",
  tls: "tls-failed",
  reset: "connection-reset",
  redirect: "redirected",
  "too-large": "too-large",
  "not-go-pprof": "not-a-go-service",
  "http-401": "auth-required",
  "http-403": "not-permitted",
  "http-404": "no-pprof",
  "http-429": "bad-status",
  "no-such-process": "no-such-process",
  "not-permitted": "not-permitted",
};

function addressOf({ target }: Probe, { pprof_path }: InspectOptions): string {
  const url = parseHttpAddress(target);
  if (pprof_path !== undefined) url.pathname = pprof_path;
  return url.href;
}

async function resolveAccess(probe: Probe, options: InspectOptions): Promise<AccessOptions> {
  const { authorization } = await resolveAuthorization(probe);
  const isTls = probe.target.address.startsWith("https:");
  const tls = isTls ? await resolveTls(options, probe) : undefined;
  return {
    ...(authorization === undefined ? {} : { headers: [["authorization", authorization]] }),
    ...tls?.pem,
    insecure: tls?.rejectUnauthorized === false,
    maxBytes: parseSizeBytes(options.max_body)!,
    timeoutMs: probe.deadline.timeoutMs,
  };
}

function measure(inspection: Inspection): Record<string, number> {
  const { findings, process, window, verdict } = inspection;
  const told = findings.filter(({ severity }) => severity !== "info");
  const live = inspection.series.find(({ label }) => label === "live heap");
  const trend =
    live !== undefined && live.seconds.length >= MIN_TREND_SAMPLES
      ? computeTrend(live.seconds, live.value, { noise: 0 })
      : undefined;
  return {
    findings: findings.length,
    findings_critical: findings.filter(({ severity }) => severity === "critical").length,
    findings_warning: findings.filter(({ severity }) => severity === "warning").length,
    confidence: told.reduce(
      (most, finding) => Math.max(most, finding.confidence),
      told.length > 0 ? 0 : Number.NaN,
    ),
    heap_live_bytes: process.liveHeapBytes ?? Number.NaN,
    heap_growth_bytes_per_second: trend?.slope ?? Number.NaN,
    seconds_to_limit: findSecondsToLimit(inspection),
    rss_bytes: process.residentBytes ?? Number.NaN,
    goroutines: process.goroutines ?? Number.NaN,
    samples: window.samples,
    is_leaking: LEAKING[verdict.outcome] ?? Number.NaN,
  };
}

const LEAKING: Partial<Record<Inspection["verdict"]["outcome"], number>> = {
  leak: 1,
  problem: 0,
  healthy: 0,
};

/** The earlier end of the forecast; it is told only of growth that is sure. */
function findSecondsToLimit({ verdict }: Inspection): number {
  for (const statement of verdict.reasoning) {
    if (statement.id === "limit-reached-in") return statement.values.low.value;
  }
  return Number.NaN;
}

function tell({ verdict, findings, target, sites }: Inspection): Record<string, string> {
  const main = verdict.finding === null ? undefined : findings[verdict.finding];
  return {
    verdict: verdict.outcome,
    ...(main === undefined ? {} : { pattern: main.pattern }),
    ...(main?.site === undefined ? {} : { site: renderSite(main.site) }),
    ...(sites[0] === undefined ? {} : { top_site: renderSite(sites[0].site) }),
    ...(target.goVersion === null ? {} : { go_version: target.goVersion }),
  };
}

/** What each capture is told to have taken is mostly the target's own work, and at worst the network's. */
function estimateCpuSeconds({ captures }: Inspection): number {
  const heavy = captures.filter(
    ({ kind }) =>
      kind === "heap" ||
      kind === "heap-text" ||
      kind === "allocs" ||
      kind === "goroutine" ||
      kind === "goroutine-dump" ||
      kind === "goroutineleak",
  );
  return heavy.reduce((sum, { elapsedMs }) => sum + elapsedMs / 1000, 0);
}

/** Of gopatrol, for the bundle's manifest. */
async function readVersion(): Promise<string> {
  const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
