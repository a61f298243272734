import { computeTrend } from "../../analysis/trend.ts";
import type { AlertPhase } from "../alert.ts";

/**
 * Gauges whose lasting rise is what the patrol is there for, with the rise that is nothing worth a word: the same as
 * `inspect` allows for.
 */
const NOISE: Readonly<Record<string, number>> = {
  heap_live_bytes: 1024 * 1024,
  // Twice the live heap (by GOGC), where a service tells nothing nearer to it.
  heap_goal_bytes: 2 * 1024 * 1024,
  rss_bytes: 8 * 1024 * 1024,
  goroutines: 10,
  open_fds: 10,
};
export const TREND_METRICS: readonly string[] = Object.keys(NOISE);
/** Of a large value, a rise by less than this share is no reason to look closer. */
const NOISE_SHARE = 0.02;

export interface SuspectReason {
  kind: "rule" | "trend";
  /** The alert's id, or the metric's name. */
  name: string;
}

export interface MetricColumn {
  atMs: ArrayLike<number>;
  value: ArrayLike<number>;
}

/** Metrics that rise beyond noise and chance and still rise at the end, by the judge that `inspect` uses. */
export function findRisingMetrics(series: ReadonlyMap<string, MetricColumn>): string[] {
  const rising: string[] = [];
  for (const [name, { atMs, value }] of series) {
    // Cheap, and true of most: what has been as low of late as it was at first does not rise.
    if (!mayRise(value)) continue;
    const origin = atMs[0] ?? 0;
    const seconds = Array.from(atMs, (ms) => (ms - origin) / 1000);
    const noise = Math.max(
      NOISE[name.slice(name.lastIndexOf("/") + 1)] ?? 0,
      NOISE_SHARE * Math.abs(value[0] ?? 0),
    );
    const trend = computeTrend(seconds, Array.from(value), { noise, guessRestarts: true });
    if (trend.shape === "growing") rising.push(name);
  }
  return rising;
}

function mayRise(value: ArrayLike<number>): boolean {
  const third = Math.floor(value.length / 3);
  const lowest = (from: number, to: number) => {
    let least = Number.POSITIVE_INFINITY;
    for (let i = from; i < to; i++) least = Math.min(least, value[i]!);
    return least;
  };
  return third === 0 || lowest(value.length - third, value.length) > lowest(0, third);
}

/**
 * Which targets are looked at closely, and why. A rule counts from `pending` on: the profile must be there when it
 * fires, not be taken then.
 */
export class Suspects {
  readonly #rules = new Map<string, Set<string>>();
  readonly #rising = new Map<string, readonly string[]>();

  get size(): number {
    let more = 0;
    for (const target of this.#rising.keys()) if (!this.#rules.has(target)) more++;
    return this.#rules.size + more;
  }

  isSuspect(target: string): boolean {
    return this.#rules.has(target) || this.#rising.has(target);
  }

  reasonsOf(target: string): SuspectReason[] {
    const rules = [...(this.#rules.get(target) ?? [])].map((name) => ({ kind: "rule" as const, name }));
    return [...rules, ...(this.#rising.get(target) ?? []).map((name) => ({ kind: "trend" as const, name }))];
  }

  /** Returns whether the target became suspect by it. */
  noteRule(target: string, rule: string, phase: AlertPhase): boolean {
    const before = this.isSuspect(target);
    const holds = phase === "pending" || phase === "firing" || phase === "keeping";
    const rules = this.#rules.get(target) ?? new Set();
    if (holds) rules.add(rule);
    else rules.delete(rule);
    if (rules.size > 0) this.#rules.set(target, rules);
    else this.#rules.delete(target);
    return !before && this.isSuspect(target);
  }

  /** Returns whether the target became suspect by it. */
  noteTrend(target: string, rising: readonly string[]): boolean {
    const before = this.isSuspect(target);
    if (rising.length > 0) this.#rising.set(target, rising);
    else this.#rising.delete(target);
    return !before && this.isSuspect(target);
  }

  /** Forgets targets that are gone. */
  retain(isWanted: (target: string) => boolean): void {
    for (const known of [this.#rules, this.#rising])
      for (const target of known.keys()) if (!isWanted(target)) known.delete(target);
  }
}
