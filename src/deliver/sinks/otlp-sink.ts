import type { Clock } from "../../lib/clock.ts";
import type { Log } from "../../patrol/log.ts";
import type { Sink } from "../../patrol/sink.ts";
import { type BatchResult, DeliveryLoop } from "./delivery-loop.ts";
import { measureRun, type RunMeasurements, toExportRequest } from "./otlp-metrics.ts";
import { post, type SinkCredentials } from "./post.ts";
import { createMemoryQueue, type QueuedRecord } from "./record-queue.ts";

export interface OtlpSinkOptions {
  name: string;
  /** Whole, as in http://collector:4318/v1/metrics. */
  url: string;
  credentials(): Promise<SinkCredentials>;
  intervalMs: number;
  clock: Clock;
  log: Log;
  random(): number;
}

const MAX_BATCH_RECORDS = 1000;
const MAX_BATCH_BYTES = 2 << 20;
const MAX_MEMORY_BYTES = 16 << 20;
const TIMEOUT_MS = 10_000;
/** OTLP/HTTP: these may be tried again, every other failure must not. */
const RETRYABLE = new Set([429, 502, 503, 504]);

/**
 * The numbers of runs as OTLP metrics over HTTP in JSON. In memory only: a metric that comes an hour late helps nobody,
 * and the store has them.
 */
export function openOtlpSink(options: OtlpSinkOptions): Sink {
  const url = new URL(options.url);
  const send = async (batch: readonly QueuedRecord[], signal: AbortSignal): Promise<BatchResult> => {
    let credentials: SinkCredentials;
    try {
      credentials = await options.credentials();
    } catch (error) {
      return {
        outcome: "retry",
        error: `no credentials: ${error instanceof Error ? error.message : error}`,
        afterMs: null,
      };
    }
    const request = toExportRequest(batch.map(({ json }) => JSON.parse(json) as RunMeasurements));
    const answer = await post({
      url,
      method: "POST",
      headers: { "content-type": "application/json" },
      body: Buffer.from(JSON.stringify(request)),
      credentials,
      timeoutMs: TIMEOUT_MS,
      signal,
    });
    if (answer.kind === "failed") return { outcome: "retry", error: answer.error, afterMs: null };
    if (answer.status >= 200 && answer.status < 300) {
      const partial = partialSuccess(answer.body);
      // Which of the points it was is not told, and they must not be sent again.
      if (partial !== null)
        options.log.warn("a collector took only a part", { sink: options.name, reason: partial });
      return { outcome: "answered", records: batch.map(() => "delivered" as const), error: null };
    }
    if (answer.status === 413) return { outcome: "too-large" };
    const error = `HTTP ${answer.status}: ${answer.body.slice(0, 200)}`;
    if (RETRYABLE.has(answer.status)) return { outcome: "retry", error, afterMs: answer.retryAfterMs };
    return { outcome: "answered", records: batch.map(() => ({ rejected: error })), error: null };
  };
  const loop = new DeliveryLoop({
    queue: createMemoryQueue(MAX_MEMORY_BYTES),
    send,
    clock: options.clock,
    log: options.log.with({ sink: options.name }),
    random: options.random,
    maxRecords: MAX_BATCH_RECORDS,
    maxBytes: MAX_BATCH_BYTES,
    lingerMs: options.intervalMs,
  });
  return {
    name: options.name,
    plan: () => `POST ${url.origin}${url.pathname}`,
    write: (record) => {
      const measured = measureRun(record);
      return measured === null || loop.push({ id: record.id, json: JSON.stringify(measured) });
    },
    get stats() {
      return loop.stats;
    },
    close: (signal) => loop.close(signal),
  };
}

function partialSuccess(body: string): string | null {
  try {
    const { partialSuccess: partial } = JSON.parse(body) as {
      partialSuccess?: { rejectedDataPoints?: string | number; errorMessage?: string };
    };
    const rejected = Number(partial?.rejectedDataPoints ?? 0);
    return rejected > 0 ? `${rejected} points rejected: ${partial?.errorMessage ?? ""}` : null;
  } catch {
    return null;
  }
}
