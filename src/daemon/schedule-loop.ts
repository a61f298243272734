import type { World } from "./world.ts";

/** It comes round at least so often, so that a clock that is set is noticed. */
const LONGEST_SLEEP_MS = 1_000;

/** Wakes when something is due. */
export class ScheduleLoop {
  readonly #world: Pick<World, "clock" | "log" | "clockSteps" | "scheduler">;
  readonly #turn: (nowMs: number) => void;
  #wake = new AbortController();
  /** When it last came round, by the steady clock: what the watchdog asks. */
  aliveMs: number;

  /** `turn` begins what is due. */
  constructor(
    world: Pick<World, "clock" | "log" | "clockSteps" | "scheduler">,
    turn: (nowMs: number) => void,
  ) {
    this.#world = world;
    this.#turn = turn;
    this.aliveMs = world.clock.monotonicMs();
  }

  /** Until aborted. What a turn throws is logged: the schedule goes on. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log, clockSteps, scheduler } = this.#world;
    while (!signal.aborted) {
      const nowMs = clock.wallMs();
      this.aliveMs = clock.monotonicMs();
      clockSteps.note(nowMs, this.aliveMs);
      try {
        this.#turn(nowMs);
      } catch (error) {
        log.error("a fault of gopatrol's own in the schedule", { error });
      }
      const sleepMs = Math.min(LONGEST_SLEEP_MS, Math.max(1, scheduler.nextWakeMs(nowMs) - clock.wallMs()));
      await clock.sleep(sleepMs, AbortSignal.any([signal, this.#wake.signal]));
    }
  }

  /** Something may be due sooner than it was. */
  rouse(): void {
    this.#wake.abort();
    this.#wake = new AbortController();
  }
}
