import type { Labels } from "./labels.ts";
import type { Tier } from "./tier.ts";

/**
 * `pending`: the condition holds, but not yet for long enough. `keeping`: it no longer holds, but is kept for
 * `keep_firing_for`. `unknown`: its metrics are missing. A resolved alert is kept for a day, to tell a flapping one.
 */
export type AlertPhase = "inactive" | "pending" | "firing" | "keeping" | "unknown";

/** What one rule knows of one target; survives restarts. */
export interface AlertState {
  /** Hash of target, rule and its labels: the key of deduplication. */
  id: string;
  target: string;
  rule: string;
  tier: Tier;
  labels: Labels;
  phase: AlertPhase;
  /** When the phase began. */
  sinceMs: number;
  /** When it began to fire; null unless it fires. */
  firedMs: number | null;
  lastEvaluatedMs: number;
  samples: number;
  /** The values that decided, by metric. */
  values: Readonly<Record<string, number>>;
  summary: string;
  /** When each receiver was last told that it fires or resolved; how a repetition is told from news. */
  notified: Readonly<Record<string, { state: "firing" | "resolved"; atMs: number }>>;
}

/** A change worth recording, with the reason: what `patrol why` is made of. */
export interface AlertEvent {
  alert: string;
  target: string;
  rule: string;
  tier: Tier;
  atMs: number;
  event:
    | "pending"
    | "fired"
    | "resolved"
    | "unknown"
    | "held"
    | "notified"
    | "notify-failed"
    | "folded"
    | "repeated";
  /** One sentence: "latency_ms = 412 > 300 for 5 min", "held: maintenance window db-upgrade". */
  reason: string;
  receiver: string | null;
}
