import { DecodeError } from "../bytes/decode-error.ts";
import { decodeExpvar } from "../formats/expvar/decode.ts";
import { decodeMemStatsTail, MEM_STATS_TAIL_BYTES } from "../formats/heap-text/mem-stats-tail.ts";
import { decodePrometheusText } from "../formats/prometheus/decode.ts";
import { GoLineFilter } from "../formats/prometheus/go-lines.ts";
import { findGoRuntime, type GoRuntimeMetrics } from "../formats/prometheus/go-runtime.ts";
import { renderUrl } from "../patrol/check-types/http.ts";
import type { RuntimeOptions } from "../patrol/check-types/runtime.ts";
import type { GoService } from "./go-service.ts";
import type { HttpAnswer } from "./http-exchange.ts";
import { failureOfStatus } from "./http-status.ts";
import { ProbeFailure } from "./probe-failure.ts";

type RuntimeSource = "prometheus" | "expvar" | "heap-text";

export interface RuntimeReading {
  source: RuntimeSource;
  runtime: GoRuntimeMetrics;
  latencyMs: number;
  bodyBytes: number;
}

type SourceOptions = Pick<RuntimeOptions, "source" | "metrics_path" | "expvar_path">;

/** Cheapest for the target first. */
const SOURCES: readonly RuntimeSource[] = ["prometheus", "expvar", "heap-text"];

/**
 * The Go runtime's numbers from the first source that has them. `last` is the one that had them the time before.
 * Throws ProbeFailure: of the target as a whole at once, else "no-metrics".
 */
export async function readRuntime(
  service: GoService,
  options: SourceOptions,
  last: string | undefined,
): Promise<RuntimeReading> {
  const sources =
    options.source === "auto"
      ? SOURCES.toSorted((a, b) => Number(b === last) - Number(a === last))
      : [options.source];
  const failures: ProbeFailure[] = [];
  for (const source of sources) {
    try {
      return await READERS[source](service, options);
    } catch (error) {
      if (!(error instanceof ProbeFailure) || !LACKING.has(error.code)) throw error;
      failures.push(error);
    }
  }
  const decisive = failures.find(
    ({ code }) => code === "wrong-password" || code === "auth-required" || code === "not-permitted",
  );
  if (decisive !== undefined) throw decisive;
  if (sources.length === 1) throw failures[0]!;
  throw new ProbeFailure(
    "no-metrics",
    `${failures.map(({ message }) => message.replace(/\.$/, "")).join("; ")}.`,
    "Export the Go collectors of client_golang at /metrics, import expvar, or import net/http/pprof; paths can be given.",
  );
}

/** Codes after which another source of the same service may still have the numbers. */
const LACKING: ReadonlySet<string> = new Set([
  "no-metrics",
  "no-pprof",
  "bad-status",
  "bad-response",
  "redirected",
  "wrong-password",
  "auth-required",
  "not-permitted",
  "too-large",
]);

const READERS: Record<
  RuntimeSource,
  (service: GoService, options: SourceOptions) => Promise<RuntimeReading>
> = {
  async prometheus(service, { metrics_path }) {
    const url = service.url(metrics_path);
    const lines = new GoLineFilter();
    const answer = await service.ask(url, {
      accept: "text/plain;version=0.0.4, text/plain;q=0.5, */*;q=0.1",
      onChunk: (chunk) => lines.push(chunk),
    });
    check200(answer, url, service);
    const kept = lines.finish();
    const runtime = kept.length === 0 ? undefined : findGoRuntime(decodeOrUndefined(kept)?.samples ?? []);
    if (runtime === undefined || Object.keys(runtime.memStats).length === 0) {
      throw noNumbers(url, "has no metrics of a single Go process");
    }
    return finish("prometheus", runtime, answer);
  },
  async expvar(service, { expvar_path }) {
    const url = service.url(expvar_path);
    const answer = await service.ask(url, { accept: "application/json, */*;q=0.1" });
    check200(answer, url, service);
    let memStats: GoRuntimeMetrics["memStats"] | undefined;
    try {
      memStats = decodeExpvar(answer.body).memStats;
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
    }
    if (memStats === undefined) throw noNumbers(url, "has no memstats");
    return finish("expvar", { memStats }, answer);
  },
  async "heap-text"(service) {
    const url = service.pprofUrl("heap", "debug=1");
    const tail = new Tail(MEM_STATS_TAIL_BYTES);
    const answer = await service.ask(url, { onChunk: (chunk) => tail.push(chunk) });
    check200(answer, url, service);
    const memStats = decodeMemStatsTail(tail.finish());
    if (memStats === undefined) throw noNumbers(url, "is no heap profile in text form");
    return finish("heap-text", { memStats }, answer);
  },
};

function finish(
  source: RuntimeSource,
  runtime: GoRuntimeMetrics,
  { phases, bodyBytes }: HttpAnswer,
): RuntimeReading {
  return { source, runtime, latencyMs: phases.latency_ms, bodyBytes };
}

function check200(answer: HttpAnswer, url: URL, service: GoService): void {
  if (answer.status === 200) return;
  if (answer.status === 404) throw noNumbers(url, "answered 404");
  throw failureOfStatus(answer, `GET ${renderUrl(url)}`, service.hasCredentials);
}

function noNumbers(url: URL, what: string): ProbeFailure {
  return new ProbeFailure(
    "no-metrics",
    `GET ${renderUrl(url)}: ${what}.`,
    'Check the path, or let source be "auto".',
  );
}

function decodeOrUndefined(bytes: Uint8Array) {
  try {
    return decodePrometheusText(bytes);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** The last bytes of a stream. */
class Tail {
  readonly #wanted: number;
  #chunks: Uint8Array[] = [];
  #held = 0;

  constructor(wanted: number) {
    this.#wanted = wanted;
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    while (this.#held - this.#chunks[0]!.length >= this.#wanted) {
      this.#held -= this.#chunks.shift()!.length;
    }
  }

  finish(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }
}
