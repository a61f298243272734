/** The thread that holds the databases: node:sqlite blocks, and the patrol's must not be blocked. */
import { parentPort, workerData } from "node:worker_threads";
import { assert } from "../../lib/assert.ts";
import type { CompactReport, CompactStep } from "../store.ts";
import { BatchWriter } from "./batch-writer.ts";
import { compactSteps } from "./compaction.ts";
import { type Databases, measureBytes, openDatabases } from "./databases.ts";
import type { Answer, Request, StoreFailure, WorkerOptions } from "./messages.ts";
import { createReader, type Reader } from "./reader.ts";
import { toStoreError } from "./sqlite-error.ts";
import { Tables } from "./tables.ts";
import { verifySteps } from "./verification.ts";

type Written = Extract<Request, { ask: "write" | "audit" }>;

/** More than this in one commit would keep readers waiting. */
const MOST_GATHERED = 2000;

class StoreWorker {
  readonly #options: WorkerOptions;
  readonly #answer: (answer: Answer) => void;
  readonly #databases: Databases;
  readonly #tables: Tables;
  readonly #reader: Reader;
  readonly #writer: BatchWriter;
  #gathered: Written[] = [];
  #timer: NodeJS.Timeout | undefined;
  #lastCommitMs = Number.NEGATIVE_INFINITY;
  /** Compactions and verifications, one after another. */
  #longWork: Promise<void> = Promise.resolve();

  constructor(options: WorkerOptions, answer: (answer: Answer) => void) {
    this.#options = options;
    this.#answer = answer;
    this.#databases = openDatabases(options.dir, options);
    this.#tables = new Tables(this.#databases);
    this.#reader = createReader(this.#tables);
    this.#writer = new BatchWriter(this.#databases, this.#tables, Date.now);
    if (!options.readOnly) this.#writer.recover();
  }

  take(request: Request): void {
    switch (request.ask) {
      case "write":
      case "audit":
        this.#gather(request);
        break;
      case "read":
        this.#respond(request.number, () => {
          const method = this.#reader[request.method] as (...parameters: unknown[]) => unknown;
          return method(...request.parameters);
        });
        break;
      case "compact":
        this.#runLong(request.number, () => this.#compact(request.nowMs));
        break;
      case "verify":
        this.#runLong(request.number, () => verifySteps(this.#databases, this.#tables));
        break;
      case "close":
        this.#commit();
        this.#longWork = this.#longWork.then(() => {
          this.#commit();
          this.#respond(request.number, () => this.#databases.close());
        });
        break;
    }
  }

  /** A lone write is committed at once; what comes in quick succession is gathered into one commit. */
  #gather(request: Written): void {
    this.#gathered.push(request);
    if (this.#gathered.length >= MOST_GATHERED) this.#commit();
    else if (this.#timer === undefined) {
      const waitMs = Math.max(0, this.#lastCommitMs + this.#options.lingerMs - performance.now());
      this.#timer = setTimeout(() => this.#commit(), waitMs);
    }
  }

  #commit(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const requests = this.#gathered;
    this.#gathered = [];
    if (requests.length === 0) return;
    const writes = requests.filter((request) => request.ask === "write");
    const audits = requests.filter((request) => request.ask === "audit");
    try {
      const { errors, audit } = this.#writer.write(
        writes.map((request) => request.batch),
        audits.map((request) => request.facts),
      );
      for (const [i, { number }] of writes.entries()) {
        if (errors[i] === null) this.#answer({ number, result: undefined });
        else this.#fail(number, errors[i]);
      }
      for (const [i, { number }] of audits.entries()) this.#answer({ number, result: audit[i] });
    } catch (error) {
      for (const { number } of requests) this.#fail(number, error);
    }
    this.#lastCommitMs = performance.now();
  }

  *#compact(nowMs: number): Generator<CompactStep, CompactReport> {
    const { dir } = this.#options;
    const report = { removedRows: 0, rewrittenHours: 0, bytesBefore: measureBytes(dir), bytesAfter: 0 };
    for (const step of compactSteps(this.#databases, this.#tables, this.#options.retention, nowMs)) {
      report.removedRows += step.removedRows;
      report.rewrittenHours += step.rewrittenHours;
      yield step;
    }
    for (const database of [this.#databases.history, this.#databases.records]) {
      database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    }
    report.bytesAfter = measureBytes(dir);
    return report;
  }

  /** A step at a time, with everything that waits in between. */
  #runLong(number: number, start: () => Generator<CompactStep, unknown>): void {
    this.#longWork = this.#longWork.then(
      () =>
        new Promise((done) => {
          const steps = start();
          const next = () => {
            try {
              const step = steps.next();
              if (step.done === true) {
                this.#answer({ number, result: step.value });
                done();
                return;
              }
              this.#answer({ number, step: step.value });
              setImmediate(next);
            } catch (error) {
              this.#fail(number, error);
              done();
            }
          };
          next();
        }),
    );
  }

  #respond(number: number, work: () => unknown): void {
    try {
      this.#answer({ number, result: work() });
    } catch (error) {
      this.#fail(number, error);
    }
  }

  #fail(number: number, error: unknown): void {
    this.#answer({ number, error: describeFailure(error, this.#options.dir) });
  }
}

function describeFailure(error: unknown, dir: string): StoreFailure {
  const { code, message, hint } = toStoreError(error, dir);
  return { code, message, hint };
}

/** Number of the answer that tells whether the store could be opened. */
const OPENED = 0;

assert(parentPort !== null, "runs as a worker");
const port = parentPort;
const options = workerData as WorkerOptions;
try {
  const worker = new StoreWorker(options, (answer) => port.postMessage(answer));
  port.on("message", (request: Request) => worker.take(request));
  port.postMessage({ number: OPENED, result: undefined } satisfies Answer);
} catch (error) {
  port.postMessage({ number: OPENED, error: describeFailure(error, options.dir) } satisfies Answer);
}
