import type { Clock } from "../lib/clock.ts";
import type { AlertState } from "../patrol/alert.ts";
import type { AlertBoard } from "../patrol/alerting/alert-board.ts";
import { alertId } from "../patrol/alerting/alert-id.ts";
import type { Observation } from "../patrol/alerting/observation.ts";
import type { Log } from "../patrol/log.ts";
import type { Lane } from "../patrol/schedule/lane.ts";
import { Suspects } from "../patrol/schedule/suspects.ts";
import type { Store } from "../store/store.ts";
import { TrendWatch } from "./trend-watch.ts";

export interface SuspicionParts {
  store: Pick<Store, "metrics">;
  board: AlertBoard;
  clock: Clock;
  log: Log;
  /** Profiles of the target are wanted at once. */
  onSuspect(target: string): void;
}

/** Which targets are looked at closely: those whose rules are about to fire, and those whose memory rises. */
export class Suspicion {
  readonly #parts: SuspicionParts;
  readonly #suspects = new Suspects();
  readonly #trends: TrendWatch;

  /** `states`: as an earlier process left them. */
  constructor(states: readonly AlertState[], parts: SuspicionParts) {
    this.#parts = parts;
    this.#trends = new TrendWatch(parts.store, this.#suspects);
    for (const { kind, target, id, phase } of states)
      if (isReason(kind)) this.#suspects.noteRule(target, id, phase);
  }

  isSuspect(target: string): boolean {
    return this.#suspects.isSuspect(target);
  }

  /** In words; empty for a target that is not suspect. */
  reasonsOf(target: string): string[] {
    return this.#suspects
      .reasonsOf(target)
      .map(({ kind, name }) =>
        kind === "rule" ? `rule ${this.#parts.board.state(name)?.rule ?? name}` : `${name} rises`,
      );
  }

  /** What a run has seen, once the board has it. */
  noteRules(target: string, seen: readonly Observation[]): void {
    let became = false;
    for (const { kind, rule, identity } of seen) {
      if (!isReason(kind)) continue;
      const id = alertId(target, rule, identity);
      const phase = this.#parts.board.state(id)?.phase ?? "inactive";
      became = this.#suspects.noteRule(target, id, phase) || became;
    }
    // The run that saw it is to be recorded first.
    if (became) queueMicrotask(() => this.#parts.onSuspect(target));
  }

  /** After a run of the lane, whose metrics are in the store by now. Never rejects. */
  async noteTrend(target: string, lane: Lane, slotMs: number, metrics: readonly string[]): Promise<void> {
    const { clock, log, onSuspect } = this.#parts;
    const everyMs = lane.slots.next(slotMs) - slotMs;
    if (lane.level !== "L2" || !Number.isFinite(everyMs)) return;
    try {
      if (await this.#trends.look(target, metrics, everyMs, clock.wallMs())) onSuspect(target);
    } catch (error) {
      log.warn("a trend could not be looked at", { target, error });
    }
  }

  retain(isWanted: (target: string) => boolean): void {
    this.#suspects.retain(isWanted);
    this.#trends.retain(isWanted);
  }
}

/** A rule that is about to fire is reason enough to look closely; that the target is down is none. */
function isReason(kind: AlertState["kind"]): boolean {
  return kind === "threshold" || kind === "finding";
}
