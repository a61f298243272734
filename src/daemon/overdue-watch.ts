import type { AlertState } from "../patrol/alert.ts";
import type { AlertBoard } from "../patrol/alerting/alert-board.ts";
import { judgeOverdue } from "../patrol/alerting/judge.ts";
import type { PatrolConfig } from "../patrol/config/patrol-config.ts";
import type { Labels } from "../patrol/labels.ts";
import type { Overdue } from "../patrol/schedule/scheduler.ts";

/** The patrol watches itself: a target without results is an alert, not a silence. */
export class OverdueWatch {
  readonly #board: AlertBoard;
  /** As last seen; a target may be there with several lanes. */
  overdue: readonly Overdue[] = [];
  #alerted: Set<string>;

  /** `states`: as an earlier process left them. */
  constructor(board: AlertBoard, states: readonly AlertState[]) {
    this.#board = board;
    this.#alerted = new Set(
      states
        .filter(({ kind, phase }) => kind === "overdue" && phase !== "inactive")
        .map(({ target }) => target),
    );
  }

  /** Returns whether any target is overdue. Refused runs have their own notice; ten thousand more would bury it. */
  look(
    overdue: readonly Overdue[],
    { run, labelsOf }: { run: PatrolConfig["run"]; labelsOf(target: string): Labels },
    nowMs: number,
  ): boolean {
    this.overdue = overdue;
    const worst = new Map<string, Overdue>();
    for (const each of overdue) {
      const known = worst.get(each.target);
      if (known === undefined || known.slots < each.slots) worst.set(each.target, each);
    }
    for (const target of new Set([...this.#alerted, ...worst.keys()])) {
      const late = worst.get(target);
      const about = { target, labels: labelsOf(target), atMs: nowMs };
      const everyMs = late === undefined ? 1 : late.lane.slots.next(nowMs) - late.lane.slots.latest(nowMs);
      const look = {
        lastResultMs: late?.lastSlotMs ?? null,
        everyMs,
        overdueSlots: run.overdueSlots,
        tier: run.overdueTier,
      };
      const holds = late !== undefined;
      const reason = holds
        ? `no result for ${late.slots} slots of ${late.lane.name}`
        : "there are results again";
      this.#board.observe({ ...judgeOverdue(about, look), holds, clears: !holds, reason });
    }
    this.#alerted = new Set(worst.keys());
    return worst.size > 0;
  }
}
