import type { TargetBloat } from "../patrol/exporter/target-bloat.ts";
import { buildTargetBloat } from "../patrol/exporter/target-bloat.ts";
import type { FindingRecord } from "../patrol/finding-record.ts";
import type { CheckDone } from "../patrol/run/run-checks.ts";

/** What is newest of one target. */
export interface TargetState {
  /** Newest values of all checks by name, each with its time. */
  metrics: Record<string, number>;
  up: boolean | null;
  lastRunMs: number | null;
  /** By metric: the check whose value has the plain name because the one that it belongs to brings none. */
  standIns: Map<string, string> | null;
}

/** The newest of each target in memory, as the exporter shows it; the store has the rest. */
export class TargetStates {
  readonly #states = new Map<string, TargetState>();
  readonly #bloat = new Map<string, TargetBloat>();

  get(target: string): TargetState | undefined {
    return this.#states.get(target);
  }

  bloatOf(target: string): TargetBloat | null {
    return this.#bloat.get(target) ?? null;
  }

  /** From before a restart. */
  restore(target: string, metrics: Readonly<Record<string, number>>): void {
    this.#states.set(target, { metrics: { ...metrics }, up: null, lastRunMs: null, standIns: null });
  }

  /** `metricName`: what the exporter calls a metric of one of the target's checks. */
  note(
    target: string,
    done: readonly CheckDone[],
    open: readonly FindingRecord[],
    metricName: (check: string, metric: string) => string,
    atMs: number,
  ): void {
    let state = this.#states.get(target);
    if (state === undefined) {
      state = { metrics: {}, up: null, lastRunMs: null, standIns: null };
      this.#states.set(target, state);
    }
    const looked = done.flatMap(({ config, result }) =>
      result === null ? [] : [{ check: config.name, ...result }],
    );
    if (looked.length === 0) return;
    state.lastRunMs = atMs;
    for (const result of looked) {
      if (result.outcome === "ok" || result.outcome === "failed") state.up = result.outcome === "ok";
      // What could not be measured this time is not known any more, but for what other checks measure.
      for (const [metric, value] of Object.entries(result.metrics)) {
        const name = metricName(result.check, metric);
        state.metrics[name] = value;
        if (name === metric) state.standIns?.delete(metric);
        else if (state.metrics[metric] === undefined || state.standIns?.get(metric) === result.check) {
          state.standIns ??= new Map();
          state.standIns.set(metric, result.check);
          state.metrics[metric] = value;
        }
      }
      if (result.inspection !== null)
        this.#bloat.set(target, buildTargetBloat(target, result.inspection, open));
    }
    if (looked.some(({ outcome }) => outcome === "failed")) state.up = false;
  }

  memoryShareOf(target: string): number | null {
    return this.#states.get(target)?.metrics["memory_share"] ?? null;
  }

  retain(isWanted: (target: string) => boolean): void {
    for (const known of [this.#states, this.#bloat])
      for (const target of known.keys()) if (!isWanted(target)) known.delete(target);
  }
}
