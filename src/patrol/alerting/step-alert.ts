import { formatQuantity } from "../../lib/format-quantity.ts";
import type { AlertEvent, AlertEventName, AlertState } from "../alert.ts";
import { alertId } from "./alert-id.ts";
import type { Observation } from "./observation.ts";
import { isMoreUrgent } from "./tier-rank.ts";

const HOUR_MS = 3_600_000;
/** It began to fire so often within an hour: it flaps, and is kept until it has been quiet for a while. */
const FLAPS_PER_HOUR = 4;
const QUIET_MS = 15 * 60_000;
const MAX_SUMMARY = 500;

export interface AlertStep {
  /** null: nothing to remember (it does not hold and never did). */
  state: AlertState | null;
  /** What changed; empty for most steps. */
  events: AlertEvent[];
}

/** Takes one observation into what is known of an alert. Pure; the life of an alert is told in docs/alerting.md. */
export function stepAlert(previous: AlertState | null, seen: Observation): AlertStep {
  const step = new Step(previous, seen);
  step.run();
  const { state } = step;
  const isNothing = state.phase === "inactive" && state.firedMs === null;
  return { state: isNothing ? null : state, events: step.events };
}

export function isFiring({ phase }: Pick<AlertState, "phase">): boolean {
  return phase === "firing" || phase === "keeping";
}

function isFlapping(state: Pick<AlertState, "fired">, nowMs: number): boolean {
  return state.fired.filter((atMs) => atMs > nowMs - HOUR_MS).length >= FLAPS_PER_HOUR;
}

class Step {
  readonly events: AlertEvent[] = [];
  readonly state: AlertState;
  readonly #seen: Observation;
  readonly #nowMs: number;

  constructor(previous: AlertState | null, seen: Observation) {
    this.#seen = seen;
    // A clock that was set back must not make a duration negative.
    this.#nowMs = Math.max(seen.atMs, previous?.sinceMs ?? 0);
    this.state = {
      ...(previous ?? begin(seen)),
      labels: seen.labels,
      values: seen.values,
      finding: seen.finding,
      lastEvaluatedMs: seen.atMs,
    };
  }

  run(): void {
    this.#noteUnknown();
    if (isFiring(this.state)) this.#whileFiring();
    else this.#beforeFiring();
  }

  #noteUnknown(): void {
    const { state } = this;
    const unknown = this.#seen.holds === null && (!isFiring(state) || this.#seen.clears === null);
    if (!unknown) {
      state.unknownSinceMs = null;
    } else if (state.unknownSinceMs === null) {
      state.unknownSinceMs = this.#nowMs;
      this.#record("unknown", this.#seen.reason);
    }
  }

  #beforeFiring(): void {
    const { state } = this;
    const { holds, reason, forMs, minSamples, tier } = this.#seen;
    state.tier = tier;
    if (holds === null) {
      // A condition that was seen to hold is not forgotten because one sample is missing: that would be silence.
      if (state.phase !== "pending") this.#enter("unknown");
      return;
    }
    if (!holds) {
      if (state.phase === "pending") {
        const held = duration(this.#nowMs - (state.holdsSinceMs ?? this.#nowMs));
        this.#record("dropped", `${reason}; it had held for ${held} and ${samples(state.samples)}`);
      }
      state.holdsSinceMs = null;
      state.samples = 0;
      this.#enter("inactive");
      return;
    }
    state.holdsSinceMs ??= this.#nowMs;
    state.samples++;
    const heldMs = this.#nowMs - state.holdsSinceMs;
    if (heldMs >= forMs && state.samples >= minSamples) {
      this.#fire(heldMs);
    } else if (state.phase !== "pending") {
      this.#enter("pending");
      const needs = [
        ...(forMs > 0 ? [`for ${duration(forMs)}`] : []),
        ...(minSamples > 1 ? [`in ${samples(minSamples)}`] : []),
      ];
      this.#record("pending", `${reason}; it fires if it holds ${needs.join(" and ")}`);
    }
  }

  #fire(heldMs: number): void {
    const { state } = this;
    const nowMs = this.#nowMs;
    this.#enter("firing");
    state.firedMs = nowMs;
    state.resolvedMs = null;
    state.held = null;
    state.fired = [...state.fired.filter((atMs) => atMs > nowMs - HOUR_MS), nowMs];
    this.#summarise();
    const how = heldMs > 0 ? ` for ${duration(heldMs)}` : "";
    const often = state.fired.length > 1 ? `, ${state.fired.length} times within the hour` : "";
    this.#record("fired", `${this.#seen.reason}${how}${often}`);
  }

  #whileFiring(): void {
    const { state } = this;
    const { holds, clears, tier, reason } = this.#seen;
    if (holds === true) state.samples++;
    if (tier !== state.tier) {
      if (isMoreUrgent(tier, state.tier))
        this.#record("raised", `from ${state.tier} to ${tier}: ${reason}`, tier);
      state.tier = tier;
    }
    if (clears === true) {
      this.#calm();
      return;
    }
    if (clears === false) this.#enter("firing");
    if (holds !== null) this.#summarise();
  }

  /** It no longer holds: resolve, at once or after it was kept for long enough. */
  #calm(): void {
    const { state } = this;
    const { reason, keepFiringForMs } = this.#seen;
    const flaps = isFlapping(state, this.#nowMs);
    const keepMs = Math.max(keepFiringForMs, flaps ? QUIET_MS : 0);
    if (state.phase === "firing" && keepMs > 0) {
      this.#enter("keeping");
      const why = flaps
        ? `it flaps, having fired ${state.fired.length} times within the hour`
        : "keep_firing_for";
      this.#record("kept", `${reason}; kept for ${duration(keepMs)}: ${why}`);
      return;
    }
    if (this.#nowMs - state.sinceMs < keepMs) return;
    this.#enter("inactive");
    state.resolvedMs = this.#nowMs;
    state.holdsSinceMs = null;
    state.samples = 0;
    this.#summarise();
    this.#record(
      "resolved",
      `${reason}; it fired for ${duration(this.#nowMs - (state.firedMs ?? this.#nowMs))}`,
    );
  }

  #summarise(): void {
    const { summary, reason } = this.#seen;
    this.state.summary = (summary === null ? reason : `${summary}: ${reason}`).slice(0, MAX_SUMMARY);
  }

  #enter(phase: AlertState["phase"]): void {
    if (this.state.phase === phase) return;
    this.state.phase = phase;
    this.state.sinceMs = this.#nowMs;
  }

  #record(event: AlertEventName, reason: string, tier = this.state.tier): void {
    const { id, target, rule } = this.state;
    this.events.push({ alert: id, target, rule, tier, atMs: this.#nowMs, event, reason, receiver: null });
  }
}

function begin(seen: Observation): AlertState {
  const { kind, target, rule, tier, labels, identity, atMs } = seen;
  return {
    id: alertId(target, rule, identity),
    kind,
    target,
    rule,
    tier,
    labels,
    phase: "inactive",
    sinceMs: atMs,
    holdsSinceMs: null,
    firedMs: null,
    resolvedMs: null,
    fired: [],
    lastEvaluatedMs: atMs,
    samples: 0,
    unknownSinceMs: null,
    values: {},
    summary: seen.summary ?? "",
    finding: null,
    held: null,
    notified: {},
  };
}

function duration(ms: number): string {
  return formatQuantity(ms / 1000, "seconds");
}

function samples(count: number): string {
  return count === 1 ? "1 sample" : `${count} samples`;
}
