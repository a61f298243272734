import type { AlertFinding, AlertKind } from "../alert.ts";
import type { Labels } from "../labels.ts";
import type { Tier } from "../tier.ts";

/** What one look says of one alert: all that the state machine needs. */
export interface Observation {
  kind: AlertKind;
  target: string;
  rule: string;
  tier: Tier;
  /** Of the target and the rule. */
  labels: Labels;
  /** Those that tell apart alerts of one rule on one target; part of the id. */
  identity: Labels;
  atMs: number;
  /** Whether its condition holds; null: it cannot be told. */
  holds: boolean | null;
  /** Whether it is over, once it fires; null: it cannot be told. Not always the opposite of `holds` (hysteresis). */
  clears: boolean | null;
  values: Readonly<Record<string, number>>;
  /** What decided: "latency_ms = 412 > 300". */
  reason: string;
  /** In the user's words; null if there are none. */
  summary: string | null;
  finding: AlertFinding | null;
  forMs: number;
  keepFiringForMs: number;
  minSamples: number;
}
