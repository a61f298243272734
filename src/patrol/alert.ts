import type { FindingWords } from "./finding-record.ts";
import type { Labels } from "./labels.ts";
import type { Tier } from "./tier.ts";

/**
 * `pending`: the condition holds, but not yet for long enough. `keeping`: it no longer holds, but is kept for
 * `keep_firing_for`. `unknown`: its metrics are missing, and it did not fire before. A resolved alert is kept for a
 * day, to tell a flapping one.
 */
export type AlertPhase = "inactive" | "pending" | "firing" | "keeping" | "unknown";

/**
 * What it is about. `threshold`: a rule of the configuration. `missing`: that rule cannot be judged, where its policy
 * is to warn. `availability`: a rule about `up`, whether the target answers. `finding`: a pattern was recognised. `overdue`: no
 * result has come. `patrol`: the patrol itself (a refused configuration, a failed pre-check).
 */
export type AlertKind = "threshold" | "missing" | "availability" | "finding" | "overdue" | "patrol";

/** What one rule knows of one target; survives restarts. */
export interface AlertState {
  /** Hash of target, rule and the rule's labels: the key of deduplication. */
  id: string;
  kind: AlertKind;
  target: string;
  /** `check/rule` of the configuration, `finding/<pattern>`, `patrol/<what>`. */
  rule: string;
  tier: Tier;
  /** The target's and the rule's. Routes see `target`, `rule`, `tier` and `kind` besides. */
  labels: Labels;
  phase: AlertPhase;
  /** When the phase began. */
  sinceMs: number;
  /** Since when the condition has held without being seen not to; what is not known in between does not end it. */
  holdsSinceMs: number | null;
  /** When it last began to fire; null if it never has. */
  firedMs: number | null;
  /** When it last ceased to; null while it fires, or if it never has. */
  resolvedMs: number | null;
  /** The beginnings of the last hour, oldest first: too many, and it flaps. */
  fired: number[];
  lastEvaluatedMs: number;
  /** Samples in a row in which the condition held. */
  samples: number;
  /** Since when it cannot be judged; null while it can. */
  unknownSinceMs: number | null;
  /** The values that decided, by metric. */
  values: Readonly<Record<string, number>>;
  summary: string;
  finding: AlertFinding | null;
  /** Why nobody is told although it fires (maintenance, a dead dependency, no route); null if nothing holds it. */
  held: string | null;
  /** What each receiver was last told, and when; how a repetition is told from news. */
  notified: Readonly<Record<string, Told>>;
}

/** `owed`: it should have been told that it fires and could not be; it will be, even once it is resolved. */
export interface Told {
  state: "firing" | "resolved" | "owed";
  atMs: number;
  tier: Tier;
  /** When it was last tried in vain; a restart must not try again at once what has just failed. */
  triedMs?: number;
  /**
   * A message that was on its way when this was written: if no word of its end follows, the receiver may have it. It is
   * sent again as it was, so that its id tells the receiver.
   */
  sending?: { message: string; atMs: number };
}

/** The finding behind an alert, as a message shows it. */
export interface AlertFinding extends FindingWords {
  site: string;
}

/**
 * `dropped`: it no longer holds, before it fired. `kept`: it no longer holds and fires on (keep_firing_for, flapping).
 * `released`: what held its messages back is over. `folded`: told, but not listed by name.
 */
export type AlertEventName =
  | "pending"
  | "dropped"
  | "fired"
  | "raised"
  | "kept"
  | "resolved"
  | "unknown"
  | "held"
  | "released"
  | "notified"
  | "notify-failed"
  | "folded"
  | "repeated";

/** A change worth recording, with the reason: what `patrol why` is made of. */
export interface AlertEvent {
  alert: string;
  target: string;
  rule: string;
  tier: Tier;
  atMs: number;
  event: AlertEventName;
  /** One sentence: "latency_ms = 412 > 300 for 5 min", "held: maintenance window db-upgrade". */
  reason: string;
  receiver: string | null;
}
