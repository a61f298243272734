import { Worker } from "node:worker_threads";
import type { AuditFacts } from "../../patrol/audit-chain.ts";
import type { AuditEntry } from "../../patrol/audit-entry.ts";
import {
  type Batch,
  type CompactReport,
  type CompactStep,
  type MetricSeries,
  type ProfileQuery,
  type Store,
  StoreError,
  type StoreRow,
  type StoreTable,
  type TimeRange,
  type VerifyReport,
} from "../store.ts";
import { measureBytes } from "./databases.ts";
import type { Answer, Request, WorkerOptions } from "./messages.ts";
import { measureBatch, packBatch } from "./packed-batch.ts";
import type { Reader, RowCursor } from "./reader.ts";

/** What may be on its way to the worker; further batches wait here. */
const MAX_IN_FLIGHT_BYTES = 32 * 2 ** 20;
/** Batches that may wait. More than an hour's runs are not going to be written in time. */
const MAX_WAITING = 20_000;

type Unnumbered = Request extends infer Each ? (Each extends Request ? Omit<Each, "number"> : never) : never;

interface Waiting {
  resolve(result: never): void;
  reject(error: Error): void;
  onStep: ((step: CompactStep) => void) | undefined;
}

/** History in two SQLite files of one folder, in a thread of its own. */
export class SqliteStore implements Store {
  readonly #dir: string;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  /** Writers that wait until there is room, first come first served. */
  readonly #held: (() => void)[] = [];
  #inFlightBytes = 0;
  /** 0 is the answer to the start. */
  #lastNumber = 0;
  #failure: StoreError | undefined;

  private constructor(options: WorkerOptions) {
    this.#dir = options.dir;
    // In a checkout the sources run as they are, in a package what was built of them.
    const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
    this.#worker = new Worker(new URL(`./worker.${extension}`, import.meta.url), { workerData: options });
    this.#worker.on("message", (answer: Answer) => this.#take(answer));
    this.#worker.on("error", (error) => this.#fail(`its thread ended: ${error.message}`));
    this.#worker.on("exit", () => this.#fail("it is closed"));
  }

  /** Throws StoreError if it is locked, damaged, of a newer version, or, for reading only, not there. */
  static async open(options: WorkerOptions): Promise<SqliteStore> {
    const store = new SqliteStore(options);
    try {
      await new Promise<void>((resolve, reject) => {
        store.#waiting.set(0, { resolve, reject, onStep: undefined });
      });
    } catch (error) {
      await store.#worker.terminate();
      throw error;
    }
    return store;
  }

  async write(batch: Batch): Promise<void> {
    const { packed, transfer } = packBatch(batch);
    const bytes = measureBatch(packed);
    if (this.#held.length >= MAX_WAITING) {
      throw new StoreError(
        "overloaded",
        `${MAX_WAITING} batches wait to be written`,
        "The disk is too slow for what is measured: check it, or measure less often",
      );
    }
    if (this.#held.length > 0 || this.#inFlightBytes > MAX_IN_FLIGHT_BYTES) {
      await new Promise<void>((room) => this.#held.push(room));
    }
    this.#inFlightBytes += bytes;
    try {
      await this.#ask<void>({ ask: "write", batch: packed }, { transfer });
    } finally {
      this.#inFlightBytes -= bytes;
      // One lets one in: the next adds its bytes in a moment.
      if (this.#inFlightBytes <= MAX_IN_FLIGHT_BYTES) this.#held.shift()?.();
    }
  }

  appendAudit(facts: AuditFacts): Promise<AuditEntry> {
    return this.#ask({ ask: "audit", facts });
  }

  audit(range: TimeRange) {
    return this.#read("audit", range);
  }

  targets() {
    return this.#read("targets");
  }

  metrics(target: string, names: readonly string[], range: TimeRange): Promise<Map<string, MetricSeries>> {
    return this.#read("metrics", target, names, range);
  }

  latestMetrics() {
    return this.#read("latestMetrics");
  }

  flame(query: ProfileQuery, limit: number) {
    return this.#read("flame", query, limit);
  }

  timeline(query: ProfileQuery, bucketMs: number) {
    return this.#read("timeline", query, bucketMs);
  }

  stackDiff(query: Omit<ProfileQuery, "range">, before: TimeRange, after: TimeRange, limit: number) {
    return this.#read("stackDiff", query, before, after, limit);
  }

  run(id: string) {
    return this.#read("run", id);
  }

  runs(target: string | null, range: TimeRange, limit: number) {
    return this.#read("runs", target, range, limit);
  }

  findings(target: string | null, state: "open" | "any") {
    return this.#read("findings", target, state);
  }

  findingHistory(id: string) {
    return this.#read("findingHistory", id);
  }

  alertStates() {
    return this.#read("alertStates");
  }

  alertEvents(target: string | null, range: TimeRange) {
    return this.#read("alertEvents", target, range);
  }

  captures(target: string, kind: string, limit: number) {
    return this.#read("captures", target, kind, limit);
  }

  compact(nowMs: number, onStep?: (step: CompactStep) => void): Promise<CompactReport> {
    return this.#ask({ ask: "compact", nowMs }, { onStep });
  }

  async sizeBytes(): Promise<number> {
    return measureBytes(this.#dir);
  }

  verify(onStep?: (step: CompactStep) => void): Promise<VerifyReport> {
    return this.#ask({ ask: "verify" }, { onStep });
  }

  async *rows(table: StoreTable): AsyncGenerator<StoreRow> {
    for (let cursor: RowCursor | null = [0, -1]; cursor !== null; ) {
      const page: ReturnType<Reader["rowPage"]> = await this.#read("rowPage", table, cursor);
      yield* page.rows;
      cursor = page.next;
    }
  }

  async close(): Promise<void> {
    if (this.#failure !== undefined) return;
    await this.#ask({ ask: "close" });
    this.#fail("it is closed");
    await this.#worker.terminate();
  }

  #read<Method extends keyof Reader>(
    method: Method,
    ...parameters: Parameters<Reader[Method]>
  ): Promise<ReturnType<Reader[Method]>> {
    return this.#ask({ ask: "read", method, parameters });
  }

  #ask<T>(
    request: Unnumbered,
    {
      transfer = [],
      onStep,
    }: { transfer?: ArrayBuffer[]; onStep?: ((step: CompactStep) => void) | undefined } = {},
  ): Promise<T> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const number = ++this.#lastNumber;
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject, onStep });
      this.#worker.postMessage({ ...request, number }, transfer);
    });
  }

  #take(answer: Answer): void {
    const waiting = this.#waiting.get(answer.number);
    if (waiting === undefined) return;
    if ("step" in answer) {
      waiting.onStep?.(answer.step);
      return;
    }
    this.#waiting.delete(answer.number);
    if ("error" in answer) {
      const { code, message, hint } = answer.error;
      waiting.reject(new StoreError(code, message, hint));
    } else waiting.resolve(answer.result as never);
  }

  /** Nothing is answered any more. */
  #fail(reason: string): void {
    this.#failure ??= new StoreError(
      "failed",
      `the store cannot be used: ${reason}`,
      "Start the patrol again",
    );
    for (const { reject } of this.#waiting.values()) reject(this.#failure);
    this.#waiting.clear();
    for (const release of this.#held.splice(0)) release();
  }
}
