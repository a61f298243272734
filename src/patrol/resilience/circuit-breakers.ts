export interface BreakerPolicy {
  /** So many failures in a row open it. */
  failures: number;
  /** How long it stays open the first time; each time that the trial fails, twice as long. */
  openMs: number;
  maxOpenMs: number;
}

const DEFAULT_BREAKER: BreakerPolicy = { failures: 5, openMs: 30_000, maxOpenMs: 300_000 };

interface Failing {
  inARow: number;
  /** Until when nothing is tried; 0 while closed. */
  openUntilMs: number;
  openMs: number;
  /** One trial is under way. */
  isTrying: boolean;
}

/** What may be done: look, look once to see whether it is back, or leave it alone. */
export type Permission = { kind: "closed" | "trial" } | { kind: "open"; untilMs: number; inARow: number };

/**
 * One breaker for each key, of which only the failing ones take memory: a policy object of a library for each of 30,000
 * keys took 85 MiB. Pure: it is told the time.
 */
export class CircuitBreakers {
  readonly #failing = new Map<string, Failing>();
  readonly #policy: BreakerPolicy;

  constructor(policy: BreakerPolicy = DEFAULT_BREAKER) {
    this.#policy = policy;
  }

  /** How many are open. */
  countOpen(nowMs: number): number {
    let open = 0;
    for (const { openUntilMs } of this.#failing.values()) if (openUntilMs > nowMs) open++;
    return open;
  }

  /** Keys of those that let nothing or one trial through. */
  *notClosed(nowMs: number): Generator<{ key: string; state: "open" | "half-open" }> {
    for (const [key, { openUntilMs }] of this.#failing) {
      if (openUntilMs > 0) yield { key, state: openUntilMs > nowMs ? "open" : "half-open" };
    }
  }

  /** Whoever is given a trial must tell how it ended. */
  ask(key: string, nowMs: number): Permission {
    const failing = this.#failing.get(key);
    if (failing === undefined || failing.openUntilMs === 0) return { kind: "closed" };
    if (nowMs < failing.openUntilMs || failing.isTrying) {
      return { kind: "open", untilMs: failing.openUntilMs, inARow: failing.inARow };
    }
    failing.isTrying = true;
    return { kind: "trial" };
  }

  /** `undefined`: the look says nothing of the target (it was interrupted, or refused by ourselves). */
  tell(key: string, hasFailed: boolean | undefined, nowMs: number): void {
    const failing = this.#failing.get(key);
    if (hasFailed === false) {
      this.#failing.delete(key);
      return;
    }
    if (hasFailed === undefined) {
      if (failing !== undefined) failing.isTrying = false;
      return;
    }
    const { failures, openMs, maxOpenMs } = this.#policy;
    const known = failing ?? { inARow: 0, openUntilMs: 0, openMs: 0, isTrying: false };
    known.inARow++;
    known.isTrying = false;
    if (known.inARow >= failures) {
      known.openMs = Math.min(maxOpenMs, known.openMs === 0 ? openMs : known.openMs * 2);
      known.openUntilMs = nowMs + known.openMs;
    }
    this.#failing.set(key, known);
  }

  /** Of targets and checks that are no more. */
  keepOnly(isKept: (key: string) => boolean): void {
    for (const key of this.#failing.keys()) if (!isKept(key)) this.#failing.delete(key);
  }
}
