import type { Clock } from "../../lib/clock.ts";
import type { Log } from "../../patrol/log.ts";
import type { SinkStats } from "../../patrol/sink.ts";
import type { QueuedRecord, RecordQueue } from "./record-queue.ts";

/**
 * What became of a batch: of each of its records, or all of it to be sent again (`afterMs`: the service's own wish), or
 * too large to be sent as one.
 */
export type BatchResult =
  | {
      outcome: "answered";
      records: readonly ("delivered" | "retry" | { rejected: string })[];
      error: string | null;
    }
  | { outcome: "retry"; error: string; afterMs: number | null }
  | { outcome: "too-large" };

export interface DeliveryOptions {
  queue: RecordQueue;
  /** Never rejects for what the service does; the signal ends it. */
  send(batch: readonly QueuedRecord[], signal: AbortSignal): Promise<BatchResult>;
  clock: Clock;
  log: Log;
  /** 0 to 1. */
  random(): number;
  maxRecords: number;
  maxBytes: number;
  /** How long a first record waits for company. */
  lingerMs: number;
}

/** Between attempts: decorrelated jitter, so that the patrols of a fleet do not come back at one moment. */
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;

/**
 * Delivers what is in the queue, in order, one batch in flight: that is the back-pressure, everything else waits in the
 * queue. What the service did not take is sent again before anything newer.
 */
export class DeliveryLoop {
  readonly #options: DeliveryOptions;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #wake: () => void = () => {};
  #closing = false;
  #delivered = 0;
  #rejected = 0;
  #dropped = 0;
  #lastError: string | null = null;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    this.#done = this.#run();
  }

  get stats(): SinkStats {
    const { queue } = this.#options;
    return {
      delivered: this.#delivered,
      pending: queue.length,
      spooledBytes: queue.storedBytes,
      rejected: this.#rejected,
      dropped: this.#dropped,
      lastError: this.#lastError,
    };
  }

  /** False if there is no room: the record is lost to this sink, and counted. */
  push(record: QueuedRecord): boolean {
    let taken = false;
    try {
      taken = !this.#closing && this.#options.queue.push(record);
      if (!taken && !this.#closing) this.#lastError = "the queue is full";
    } catch (error) {
      this.#lastError = `the spool cannot be written: ${error instanceof Error ? error.message : error}`;
    }
    if (!taken) {
      this.#dropped++;
      this.#options.log.error("a run record was dropped by a sink", { error: this.#lastError });
    }
    this.#wake();
    return taken;
  }

  /** Delivers the rest until the signal; what is left stays in the queue. */
  async close(signal: AbortSignal): Promise<void> {
    this.#closing = true;
    this.#wake();
    const stop = (): void => this.#stop.abort();
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    await this.#done;
    signal.removeEventListener("abort", stop);
    this.#options.queue.close();
  }

  async #run(): Promise<void> {
    const { queue, clock, lingerMs, maxRecords, log } = this.#options;
    while (!this.#stop.signal.aborted) {
      if (queue.length === 0) {
        if (this.#closing) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      if (queue.length < maxRecords && !this.#closing) await clock.sleep(lingerMs, this.#stop.signal);
      try {
        await this.#deliverBatch();
      } catch (error) {
        // The spool's file system, or a mistake of ours: neither may end the loop nor spin it.
        this.#lastError = error instanceof Error ? error.message : String(error);
        log.error("a sink cannot go on for now", { error });
        await clock.sleep(LONGEST_WAIT_MS, this.#stop.signal);
      }
    }
  }

  async #deliverBatch(): Promise<void> {
    const { queue, clock, random, log } = this.#options;
    const { signal } = this.#stop;
    let limit = this.#options.maxRecords;
    let batch = queue.peek(limit, this.#options.maxBytes);
    const taken = new Array<boolean>(batch.length).fill(false);
    let waitMs = FIRST_WAIT_MS;
    while (!signal.aborted) {
      const open = batch.flatMap((_, i) => (taken[i] ? [] : [i])).slice(0, limit);
      if (open.length === 0) break;
      const result = await this.#options.send(
        open.map((i) => batch[i]!),
        signal,
      );
      if (signal.aborted && result.outcome === "retry") break;
      if (result.outcome === "too-large") {
        if (open.length > 1) limit = Math.ceil(open.length / 2);
        else {
          taken[open[0]!] = true;
          this.#reject(batch[open[0]!]!, "the service takes no record of this size");
        }
        continue;
      }
      let progress = false;
      if (result.outcome === "answered") {
        for (const [n, fate] of result.records.entries()) {
          if (fate === "retry") continue;
          const i = open[n]!;
          taken[i] = true;
          progress = true;
          if (fate === "delivered") this.#delivered++;
          else this.#reject(batch[i]!, fate.rejected);
        }
        if (result.error === null) {
          this.#lastError = null;
          continue;
        }
      }
      this.#lastError = result.error;
      if (progress) waitMs = FIRST_WAIT_MS;
      const asked = result.outcome === "retry" ? result.afterMs : null;
      log.warn("a sink's service did not take a batch; it will be sent again", {
        error: result.error,
        wait_ms: asked ?? waitMs,
      });
      await clock.sleep(Math.min(asked ?? waitMs, 10 * LONGEST_WAIT_MS), signal);
      waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS + random() * (3 * waitMs - FIRST_WAIT_MS));
    }
    // What is done at the front leaves the queue; behind the first that is not, everything is sent again some day, and
    // recognised by its id.
    const done = taken.indexOf(false);
    batch = batch.slice(0, done < 0 ? batch.length : done);
    if (batch.length > 0) queue.drop(batch.length);
  }

  #reject(record: QueuedRecord, reason: string): void {
    this.#rejected++;
    this.#lastError = reason;
    this.#options.log.error("a sink's service refused a run record for good", { run: record.id, reason });
  }
}
