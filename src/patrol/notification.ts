import type { AlertFinding, AlertKind } from "./alert.ts";
import type { Labels } from "./labels.ts";
import type { Tier } from "./tier.ts";

export interface NotifiedAlert {
  id: string;
  kind: AlertKind;
  target: string;
  rule: string;
  tier: Tier;
  state: "firing" | "resolved";
  startedMs: number;
  endedMs: number | null;
  labels: Labels;
  summary: string;
  values: Readonly<Record<string, number>>;
  /** How often it began to fire within the last hour; more than once is worth a word. */
  firedInHour: number;
  /** Headline, site and fix of the finding behind it, if there is one. */
  finding: AlertFinding | null;
}

/** One message to one receiver: a group of alerts, redacted. How it looks is the receiver's matter. */
export interface Notification {
  /** The same for each attempt, so that a receiver that can deduplicate does. */
  id: string;
  receiver: string;
  groupLabels: Labels;
  /** The most urgent of its alerts that fire; of those resolved if none does. */
  tier: Tier;
  state: "firing" | "resolved";
  reminder: boolean;
  /** Most urgent first, firing before resolved. */
  alerts: NotifiedAlert[];
  /** Alerts that it stands for but does not list, because the service takes no more; never silently. */
  folded: number;
  /** Alerts of the group that fire on and were told before. */
  stillFiring: number;
  /** Set where this receiver stands in for one that failed. */
  insteadOf: string | null;
  patrol: string;
  atMs: number;
}

export type DeliveryResult =
  /** `folded`: alerts that its text had no room for, but counts. */
  | { outcome: "delivered"; folded?: number }
  /** Try again: the service is down or asks to wait. */
  | { outcome: "retry"; reason: string; afterMs: number | null }
  /** Trying again cannot help (wrong key, malformed). */
  | { outcome: "rejected"; reason: string };

export interface NotifierLimits {
  messages: number;
  perMs: number;
  maxBytes: number;
  /** How many alerts one message lists; the others are counted. */
  maxAlerts: number;
}

export interface Notifier {
  readonly name: string;
  /** What the service takes; kept by the sender, which folds what is over it. */
  readonly limits: NotifierLimits;
  /**
   * Of a service that forgets alerts which it does not hear of: how often all that fire are told again, whatever the
   * route's repeat interval is. Null for one that people read.
   */
  readonly refreshMs: number | null;
  /** The outgoing call in words, without secrets, for --dry-run. */
  plan(): string;
  deliver(notification: Notification, signal: AbortSignal): Promise<DeliveryResult>;
}
