import type { Clock } from "../../lib/clock.ts";
import type { StageName, StageRecord } from "../run-record.ts";

export type StageOutcome = Pick<StageRecord, "outcome" | "detail">;

export const PASSED: StageOutcome = { outcome: "passed", detail: null };

export function skipped(detail: string): StageOutcome {
  return { outcome: "skipped", detail };
}

/** The steps of one run as they are taken, each with its outcome and its time. */
export class StageLog {
  readonly records: StageRecord[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes a step. What it throws makes it failed; nothing is thrown from here. */
  async take(stage: StageName, step: () => Promise<StageOutcome> | StageOutcome): Promise<StageRecord> {
    const beganMs = this.#clock.monotonicMs();
    let outcome: StageOutcome;
    try {
      outcome = await step();
    } catch (error) {
      outcome = { outcome: "failed", detail: error instanceof Error ? error.message : String(error) };
    }
    const elapsedMs = Math.round((this.#clock.monotonicMs() - beganMs) * 1000) / 1000;
    const record = { stage, ...outcome, elapsedMs };
    this.records.push(record);
    return record;
  }

  /** Those that are not taken any more, and why. */
  skipRest(stages: readonly StageName[], detail: string): void {
    for (const stage of stages) this.records.push({ stage, outcome: "skipped", elapsedMs: 0, detail });
  }
}
