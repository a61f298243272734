import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { Clock } from "../../lib/clock.ts";
import type { Log } from "../../patrol/log.ts";
import type { RunRecord } from "../../patrol/run-record.ts";
import type { Sink } from "../../patrol/sink.ts";
import { type BatchResult, DeliveryLoop } from "./delivery-loop.ts";
import { post, type SinkCredentials } from "./post.ts";
import { createMemoryQueue, type QueuedRecord, type RecordQueue } from "./record-queue.ts";
import { openSpoolQueue } from "./spool-queue.ts";

export interface ElasticsearchSinkOptions {
  name: string;
  /** Of the cluster, with a path if it is behind one. */
  url: string;
  dataStream: string;
  credentials(): Promise<SinkCredentials>;
  /** null: what waits is in memory and lost with the process. */
  spoolDir: string | null;
  maxSpoolBytes: number;
  clock: Clock;
  log: Log;
  random(): number;
}

/** Elasticsearch's own advice is 5 to 15 MB uncompressed; records are some kilobytes. */
const MAX_BATCH_RECORDS = 500;
const MAX_BATCH_BYTES = 5 << 20;
const MAX_RECORD_BYTES = 4 << 20;
const LINGER_MS = 1000;
const TIMEOUT_MS = 60_000;
const MAX_MEMORY_BYTES = 32 << 20;
/** Only what is read of the answer. */
const FILTER = "errors,items.*.status,items.*.error.type,items.*.error.reason";

const compress = promisify(gzip);

/**
 * Run records into a data stream of Elasticsearch or OpenSearch, by `_bulk` with `create` and the run's id: what was
 * sent twice is refused with 409 and counts as delivered, so that nothing is there twice. Works with both, since it asks
 * nothing but `_bulk`.
 */
export function openElasticsearchSink(options: ElasticsearchSinkOptions): Sink {
  const base = options.url.replace(/\/+$/, "");
  const url = new URL(`${base}/${encodeURIComponent(options.dataStream)}/_bulk?filter_path=${FILTER}`);
  const queue: RecordQueue =
    options.spoolDir === null
      ? createMemoryQueue(MAX_MEMORY_BYTES)
      : openSpoolQueue(options.spoolDir, options.maxSpoolBytes);

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
    const lines = batch.map(({ id, json }) => `${JSON.stringify({ create: { _id: id } })}\n${json}\n`);
    const answer = await post({
      url,
      method: "POST",
      headers: {
        "content-type": "application/x-ndjson",
        "content-encoding": "gzip",
        accept: "application/json",
      },
      body: await compress(lines.join("")),
      credentials,
      timeoutMs: TIMEOUT_MS,
      signal,
    });
    if (answer.kind === "failed") return { outcome: "retry", error: answer.error, afterMs: null };
    if (answer.status === 413) return { outcome: "too-large" };
    if (answer.status === 400 && batch.length > 1) return { outcome: "too-large" };
    if (answer.status === 400) {
      return {
        outcome: "answered",
        records: [{ rejected: `HTTP 400: ${answer.body.slice(0, 300)}` }],
        error: null,
      };
    }
    if (answer.status !== 200) {
      return {
        outcome: "retry",
        error: describeStatus(answer.status, answer.body),
        afterMs: answer.retryAfterMs,
      };
    }
    return judgeItems(answer.body, batch.length);
  };

  const loop = new DeliveryLoop({
    queue,
    send,
    clock: options.clock,
    log: options.log.with({ sink: options.name }),
    random: options.random,
    maxRecords: MAX_BATCH_RECORDS,
    maxBytes: MAX_BATCH_BYTES,
    lingerMs: LINGER_MS,
  });
  return {
    name: options.name,
    plan: () => `POST ${base}/${options.dataStream}/_bulk`,
    write: (record) => {
      const json = JSON.stringify(toDocument(record));
      return json.length <= MAX_RECORD_BYTES
        ? loop.push({ id: record.id, json })
        : loop.push(withoutDetail(record));
    },
    get stats() {
      return loop.stats;
    },
    close: (signal) => loop.close(signal),
  };
}

/** A data stream wants `@timestamp`. */
function toDocument(record: RunRecord): object {
  return { "@timestamp": new Date(record.endedMs).toISOString(), ...record };
}

/** Of a run whose record no service takes, that it was is still told. */
function withoutDetail(record: RunRecord): QueuedRecord {
  return {
    id: record.id,
    json: JSON.stringify(toDocument({ ...record, checks: [], findings: [], alerts: [] })),
  };
}

interface BulkItem {
  status?: number;
  error?: { type?: string; reason?: string };
}

function judgeItems(body: string, sent: number): BatchResult {
  let answer: { errors?: boolean; items?: Record<string, BulkItem>[] };
  try {
    answer = JSON.parse(body) as typeof answer;
  } catch {
    return { outcome: "retry", error: "the answer to _bulk is no JSON", afterMs: null };
  }
  const { items } = answer;
  if (!Array.isArray(items) || items.length !== sent) {
    return {
      outcome: "retry",
      error: `the answer to _bulk has ${items?.length ?? "no"} items for ${sent} records`,
      afterMs: null,
    };
  }
  let error: string | null = null;
  const records = items.map((item) => {
    const { status = 0, error: reason } = Object.values(item)[0] ?? {};
    // It is there already: an earlier attempt whose answer was lost.
    if ((status >= 200 && status < 300) || status === 409) return "delivered" as const;
    const text = `${status} ${reason?.type ?? ""}: ${reason?.reason ?? ""}`.slice(0, 300);
    if (status === 429 || status >= 500 || status === 0) {
      error = text;
      return "retry" as const;
    }
    return { rejected: text };
  });
  return { outcome: "answered", records, error };
}

function describeStatus(status: number, body: string): string {
  const hint =
    status === 401 || status === 403
      ? " (the sink's credentials; it needs create_doc on the data stream)"
      : status === 404
        ? " (is the data stream's index template there? see deploy/elasticsearch)"
        : "";
  return `HTTP ${status}${hint}: ${body.slice(0, 200)}`;
}
