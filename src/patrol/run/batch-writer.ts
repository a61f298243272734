import { randomUUID } from "node:crypto";
import type { Clock } from "../../lib/clock.ts";
import type { AlertEvent, AlertState } from "../alert.ts";
import type { FindingRecord } from "../finding-record.ts";
import type { Labels } from "../labels.ts";
import type { RunRecord } from "../run-record.ts";
import type { StackSums } from "../stack-sums.ts";

/** What a store takes in one go; `Batch` of the store has this shape. */
export interface WriteBatch {
  id: string;
  targets?: { id: string; address: string; labels: Labels; firstSeenMs: number; lastSeenMs: number }[];
  metrics?: { target: string; atMs: number; values: Readonly<Record<string, number>> }[];
  profiles?: { target: string; service: string; sums: StackSums }[];
  findings?: FindingRecord[];
  runs?: RunRecord[];
  alerts?: AlertState[];
  events?: AlertEvent[];
  captures?: { target: string; kind: string; atMs: number; sha256: string; bytes: number }[];
}

type Parts = Omit<WriteBatch, "id">;
const PARTS = ["targets", "metrics", "profiles", "findings", "runs", "alerts", "events", "captures"] as const;

/** Runs that end within this time are one transaction: each costs a sync of the disk. */
const LINGER_MS = 200;
/** A batch larger than this is written without waiting for more. */
const MOST_PARTS = 500;
/** Tries after the first, each after twice the time. A store that is away for longer is told as such. */
const RETRIES = 3;
const FIRST_RETRY_MS = 500;

interface Pending {
  parts: Parts;
  size: number;
  waiting: { resolve(): void; reject(error: unknown): void }[];
}

/**
 * Group commit: what comes while a write is under way, or within a fifth of a second, is written together. One write at
 * a time, and what waits is bounded by the runs in flight, since each waits for its own.
 */
export class BatchWriter {
  readonly #write: (batch: WriteBatch) => Promise<void>;
  readonly #clock: Clock;
  readonly #never = new AbortController();
  #pending: Pending = emptyPending();
  #loop: Promise<void> | undefined;
  #hurry = new AbortController();
  /** Why the last write failed; null if it did not. */
  problem: string | null = null;
  /** Writes that failed for good. */
  failures = 0;

  constructor(write: (batch: WriteBatch) => Promise<void>, clock: Clock) {
    this.#write = write;
    this.#clock = clock;
  }

  /**
   * Resolves once the parts are durable; rejects if the store did not take them in several tries. What is `urgent` does
   * not wait for others.
   */
  write(parts: Parts, { urgent = false } = {}): Promise<void> {
    const pending = this.#pending;
    for (const name of PARTS) append(pending.parts, parts, name);
    pending.size += PARTS.reduce((sum, name) => sum + (parts[name]?.length ?? 0), 0);
    if (urgent || pending.size >= MOST_PARTS) this.#hurry.abort();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    pending.waiting.push({ resolve, reject });
    this.#loop ??= this.#run();
    return promise;
  }

  /** Written without anybody waiting for it; a failure shows as the store's problem. */
  keep(parts: Parts): void {
    this.write(parts).catch(() => {});
  }

  /** Writes what waits, at once. */
  async close(): Promise<void> {
    this.#hurry.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    while (this.#pending.waiting.length > 0) {
      await this.#clock.sleep(LINGER_MS, this.#hurry.signal);
      this.#hurry = new AbortController();
      const batch = this.#pending;
      this.#pending = emptyPending();
      await this.#writeOne(batch);
    }
    this.#loop = undefined;
  }

  async #writeOne({ parts, waiting }: Pending): Promise<void> {
    // The same for each attempt, so that one whose answer was lost counts once.
    const id = randomUUID();
    for (let attempt = 0; ; attempt++) {
      try {
        await this.#write({ id, ...parts });
        this.problem = null;
        for (const each of waiting) each.resolve();
        return;
      } catch (error) {
        this.problem = error instanceof Error ? error.message : String(error);
        if (attempt === RETRIES) {
          this.failures++;
          for (const each of waiting) each.reject(error);
          return;
        }
        await this.#clock.sleep(FIRST_RETRY_MS * 2 ** attempt, this.#never.signal);
      }
    }
  }
}

function emptyPending(): Pending {
  return { parts: {}, size: 0, waiting: [] };
}

function append<Name extends (typeof PARTS)[number]>(into: Parts, from: Parts, name: Name): void {
  const more = from[name];
  if (more === undefined || more.length === 0) return;
  const list: unknown[] = into[name] ?? [];
  for (const part of more) list.push(part);
  into[name] = list as NonNullable<Parts[Name]>;
}
