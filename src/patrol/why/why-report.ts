import type { AlertEvent, AlertFinding, AlertKind, AlertPhase, Told } from "../alert.ts";
import type { CheckOutcome } from "../check.ts";
import type { Tier } from "../tier.ts";

/** Why a target did or did not alert; the JSON of `gopatrol patrol why --format json`, stable and versioned. */
export interface WhyReport {
  schema: "gopatrol.why/v1";
  target: string;
  atMs: number;
  answer: WhyAnswer;
  looks: WhyLook[];
  /** Those that fire first, then pending and unknown ones, then the quiet. */
  rules: WhyRule[];
  /** Oldest first. */
  events: AlertEvent[];
  /** Names like the one asked for, where none is known. */
  similar: string[];
}

/** The first of these that applies, by its worst rule. */
export type WhyAnswer =
  /** No configuration and no history knows the name. */
  | { kind: "no-target" }
  /** It is known, and no check has ever run on it. */
  | { kind: "never-looked" }
  /** It fires, and these receivers know. */
  | { kind: "told"; rule: string; receivers: string[] }
  /** It fires, and something holds the messages back. */
  | { kind: "held"; rule: string; reason: string }
  /** It fires, and delivery has failed. */
  | { kind: "undelivered"; rule: string; reason: string }
  /** It fires, and the message waits for others of its group. */
  | { kind: "waiting"; rule: string }
  | { kind: "pending"; rule: string; heldMs: number; forMs: number; samples: number; minSamples: number }
  | { kind: "unknown"; rule: string; reason: string }
  /** The last look did not succeed, so that nothing could be judged. */
  | { kind: "not-judged"; check: string; reason: string }
  | { kind: "no-rules" }
  | { kind: "quiet"; rules: number };

/** The last time a check looked. */
export interface WhyLook {
  check: string;
  atMs: number;
  outcome: CheckOutcome | "skipped";
  reason: string | null;
}

export interface WhyRule {
  rule: string;
  kind: AlertKind;
  tier: Tier;
  phase: AlertPhase;
  sinceMs: number | null;
  firedMs: number | null;
  resolvedMs: number | null;
  /** What must hold; null for what is not a threshold. */
  expression: string | null;
  clearExpression: string | null;
  forMs: number;
  minSamples: number;
  /** By the last values: "latency_ms = 210, not > 300"; null if there are none. */
  now: string | null;
  held: string | null;
  /** What a finding's alert is about; null for others. */
  finding: AlertFinding | null;
  /** By receiver: what it was told; null for one that would be. */
  receivers: { receiver: string; told: Told | null }[];
  /** It is no longer in the configuration. */
  removed: boolean;
}
