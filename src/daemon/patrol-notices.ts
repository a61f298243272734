import type { Clock } from "../lib/clock.ts";
import type { AlertState } from "../patrol/alert.ts";
import type { AlertBoard } from "../patrol/alerting/alert-board.ts";
import { judgePatrol } from "../patrol/alerting/judge.ts";
import type { Log } from "../patrol/log.ts";

/** What concerns the patrol itself and somebody has to know, told once until it is over. */
export class PatrolNotices {
  readonly #board: AlertBoard;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #onChange: () => void;
  readonly #active: Set<string>;

  /** `states`: as an earlier process left them. `onChange`: there is something to tell. */
  constructor(
    states: readonly AlertState[],
    parts: { board: AlertBoard; clock: Clock; log: Log; onChange(): void },
  ) {
    this.#board = parts.board;
    this.#clock = parts.clock;
    this.#log = parts.log;
    this.#onChange = parts.onChange;
    this.#active = new Set(
      states
        .filter(({ kind, phase }) => kind === "patrol" && phase !== "inactive")
        .map(({ rule }) => rule.replace(/^patrol\//, "")),
    );
  }

  raise(what: string, reason: string, tier: "P1" | "P2" = "P2"): void {
    if (!this.#active.has(what)) this.#log.error("the patrol has a problem", { what, reason });
    this.#active.add(what);
    this.#board.observe(judgePatrol(what, true, reason, tier, this.#clock.wallMs()));
    this.#onChange();
  }

  clear(what: string): void {
    if (!this.#active.delete(what)) return;
    this.#board.observe(judgePatrol(what, false, "it is over", "P2", this.#clock.wallMs()));
    this.#onChange();
  }
}
