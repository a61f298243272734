import { sweepCaptures } from "../store/captures/sweep-captures.ts";
import type { World } from "./world.ts";

const EVERY_MS = 10_000;
const COMPACT_MS = 3_600_000;

/** What is done now and then beside the runs: who is overdue, is the store well, how large is it, what is too old. */
export class Housekeeping {
  readonly #world: World;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #compactedMs: number;
  /** As last measured; null before. */
  storeBytes: number | null = null;

  constructor(world: World) {
    this.#world = world;
    this.#compactedMs = world.startedMs;
  }

  /** Called with each turn of the schedule. */
  turn(nowMs: number): void {
    const { clock, log, store, writer, notices, activity } = this.#world;
    if (clock.monotonicMs() - this.#lookedMs < EVERY_MS) return;
    this.#lookedMs = clock.monotonicMs();
    this.#lookForOverdue(nowMs);
    activity.storeErrors = writer.failures;
    if (writer.problem === null) notices.clear("store");
    else notices.raise("store", `the store does not take anything: ${writer.problem}`, "P1");
    store.sizeBytes().then(
      (bytes) => {
        this.storeBytes = bytes;
      },
      // That the store is away is told by its writes.
      () => {},
    );
    if (nowMs - this.#compactedMs < COMPACT_MS) return;
    this.#compactedMs = nowMs;
    this.#tidy(nowMs).catch((error: unknown) => log.error("the store could not be tidied", { error }));
  }

  #lookForOverdue(nowMs: number): void {
    const { inForce, scheduler, overdueWatch, sender } = this.#world;
    const { run } = inForce.config;
    const labelsOf = (target: string) => inForce.targets.get(target)?.labels ?? {};
    if (overdueWatch.look(scheduler.overdue(nowMs, run.overdueSlots), { run, labelsOf }, nowMs))
      sender.wake();
  }

  async #tidy(nowMs: number): Promise<void> {
    const { store, captures, bases, inForce } = this.#world;
    await store.compact(nowMs);
    const left = await sweepCaptures(captures, store, inForce.config.store.retention, nowMs);
    bases.bytes = left.bytes;
  }
}
