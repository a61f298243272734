import type { AlertEvent, AlertEventName, AlertState, Told } from "../alert.ts";
import { alertId } from "./alert-id.ts";
import type { Observation } from "./observation.ts";
import { isFiring, stepAlert } from "./step-alert.ts";

/** Resolved alerts are remembered for so long, to tell a flapping one and to send what is still to be told. */
const REMEMBER_MS = 24 * 3_600_000;

/**
 * The states of all alerts of one patrol. Holds what the store has and what it must be given next: `takeChanges` after
 * each run, and what it gave is written before its messages go out.
 */
export class AlertBoard {
  readonly #states = new Map<string, AlertState>();
  readonly #changed = new Map<string, AlertState>();
  #events: AlertEvent[] = [];
  /** When a target's availability was last judged, also if it is well and has no state. */
  readonly #lookedAtMs = new Map<string, number>();

  /** `states`: as the store kept them. */
  constructor(states: Iterable<AlertState> = []) {
    for (const state of states) this.#states.set(state.id, state);
  }

  get states(): Iterable<AlertState> {
    return this.#states.values();
  }

  state(id: string): AlertState | null {
    return this.#states.get(id) ?? null;
  }

  lookedAtMs(target: string): number | null {
    return this.#lookedAtMs.get(target) ?? null;
  }

  /** Returns what changed, for the run's record. */
  observe(seen: Observation): AlertEvent[] {
    if (seen.kind === "availability" && seen.holds !== null) this.#lookedAtMs.set(seen.target, seen.atMs);
    const id = alertId(seen.target, seen.rule, seen.identity);
    const previous = this.#states.get(id) ?? null;
    const { state, events } = stepAlert(previous, seen);
    if (state === null) {
      // Written as inactive once, so that the store does not keep a pending that is over.
      if (previous !== null)
        this.#changed.set(id, { ...previous, phase: "inactive", holdsSinceMs: null, samples: 0 });
      this.#states.delete(id);
    } else {
      this.#states.set(id, state);
      if (events.length > 0 || state.phase === "pending" || isFiring(state)) this.#changed.set(id, state);
    }
    this.#events.push(...events);
    return events;
  }

  /**
   * Ends alerts whose reason to exist is gone (target left, rule removed): `whyGone` says so, or null to keep one.
   * Forgets those that were resolved a day ago.
   */
  retire(whyGone: (state: AlertState) => string | null, nowMs: number): void {
    for (const state of [...this.#states.values()]) {
      const reason = whyGone(state);
      const last = Math.max(state.resolvedMs ?? 0, state.lastEvaluatedMs);
      if (reason !== null && isFiring(state)) {
        this.#put({
          ...state,
          phase: "inactive",
          sinceMs: nowMs,
          resolvedMs: nowMs,
          holdsSinceMs: null,
          samples: 0,
        });
        this.#record(state, "resolved", reason, null, nowMs);
      } else if (reason !== null && state.phase !== "inactive") {
        this.#put({ ...state, phase: "inactive", sinceMs: nowMs, holdsSinceMs: null, samples: 0 });
      } else if (state.phase === "inactive" && nowMs - last > REMEMBER_MS) {
        this.#states.delete(state.id);
      }
    }
  }

  /** What holds an alert's messages back, or null; only a change is recorded. */
  hold(id: string, reason: string | null, nowMs: number): void {
    const state = this.#states.get(id);
    if (state === undefined || state.held === reason) return;
    this.#put({ ...state, held: reason });
    if (reason === null) this.#record(state, "released", `no longer held: ${state.held}`, null, nowMs);
    else this.#record(state, "held", reason, null, nowMs);
  }

  /** A message goes out now. Stored before it does: who may have been told that it fires is told that it is over. */
  sending(ids: readonly string[], receiver: string, message: string, nowMs: number): void {
    for (const id of ids) {
      const state = this.#states.get(id);
      if (state === undefined) continue;
      const last = toldOf(state, receiver);
      const isOfThis = last !== null && last.atMs >= (state.firedMs ?? 0);
      const known: Told = isOfThis ? last : { state: "owed", atMs: nowMs, tier: state.tier };
      const entry: Told = { ...known, sending: { message, atMs: nowMs } };
      this.#put({ ...state, notified: { ...state.notified, [receiver]: entry } });
    }
  }

  /** A receiver has taken the message. */
  told(
    ids: readonly string[],
    receiver: string,
    told: Omit<Told, "tier">,
    event: AlertEventName,
    reason: string,
  ): void {
    for (const id of ids) {
      const state = this.#states.get(id);
      if (state === undefined) continue;
      const entry: Told = { ...told, tier: state.tier };
      this.#put({ ...state, notified: { ...state.notified, [receiver]: entry } });
      this.#record(state, event, reason, receiver, told.atMs);
    }
  }

  note(
    ids: readonly string[],
    event: AlertEventName,
    receiver: string | null,
    reason: string,
    nowMs: number,
  ): void {
    for (const id of ids) {
      const state = this.#states.get(id);
      if (state !== undefined) this.#record(state, event, reason, receiver, nowMs);
    }
  }

  /**
   * The receiver should know by now and does not: it was tried in vain, or its limit is used up. What fires and was
   * not told is owed to it from then on.
   */
  owe(ids: readonly string[], receiver: string, nowMs: number, tried: boolean): void {
    for (const id of ids) {
      const state = this.#states.get(id);
      if (state === undefined) continue;
      const last = toldOf(state, receiver);
      const isOwed = isFiring(state) && (last === null || last.atMs < (state.firedMs ?? 0));
      if (!isOwed && (!tried || last === null)) continue;
      const { sending: _, ...owed }: Told =
        last === null || isOwed ? { state: "owed", atMs: nowMs, tier: state.tier } : last;
      const entry = tried ? { ...owed, triedMs: nowMs } : owed;
      this.#put({ ...state, notified: { ...state.notified, [receiver]: entry } });
    }
  }

  /** What the store must be given, and forgets it: the caller writes it or ends. */
  takeChanges(): { alerts: AlertState[]; events: AlertEvent[] } {
    const changes = { alerts: [...this.#changed.values()], events: this.#events };
    this.#changed.clear();
    this.#events = [];
    return changes;
  }

  /** What could not be written: the newest state of each alert wins, events keep their order. */
  giveBack(changes: { alerts: AlertState[]; events: AlertEvent[] }): void {
    for (const state of changes.alerts) if (!this.#changed.has(state.id)) this.#changed.set(state.id, state);
    this.#events = [...changes.events, ...this.#events];
  }

  #put(state: AlertState): void {
    this.#states.set(state.id, state);
    this.#changed.set(state.id, state);
  }

  #record(
    state: AlertState,
    event: AlertEventName,
    reason: string,
    receiver: string | null,
    atMs: number,
  ): void {
    const { id, target, rule, tier } = state;
    this.#events.push({ alert: id, target, rule, tier, atMs, event, reason, receiver });
  }
}

/** What a receiver was last told of an alert. */
export function toldOf({ notified }: AlertState, receiver: string): Told | null {
  return Object.hasOwn(notified, receiver) ? notified[receiver]! : null;
}
