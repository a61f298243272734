import type { Labels } from "./labels.ts";
import type { Tier } from "./tier.ts";

export interface NotifiedAlert {
  id: string;
  target: string;
  rule: string;
  tier: Tier;
  state: "firing" | "resolved";
  startedMs: number;
  endedMs: number | null;
  labels: Labels;
  summary: string;
  values: Readonly<Record<string, number>>;
  /** Headline, site and fix of the finding behind it, if there is one. */
  finding: { headline: string; site: string; fix: string[] } | null;
}

/** One message to one receiver: a group of alerts, redacted. How it looks is the receiver's matter. */
export interface Notification {
  /** The same for each attempt, so that a receiver that can deduplicate does. */
  id: string;
  receiver: string;
  groupLabels: Labels;
  /** The most urgent of its alerts. */
  tier: Tier;
  state: "firing" | "resolved";
  reminder: boolean;
  alerts: NotifiedAlert[];
  /** Alerts that were left out because the service takes no more; never silently. */
  folded: number;
  patrol: string;
  atMs: number;
}

export type DeliveryResult =
  | { outcome: "delivered" }
  /** Try again: the service is down or asks to wait. */
  | { outcome: "retry"; reason: string; afterMs: number | null }
  /** Trying again cannot help (wrong key, malformed). */
  | { outcome: "rejected"; reason: string };

export interface Notifier {
  readonly name: string;
  /** What the service takes; kept by the sender, which folds what is over it. */
  readonly limits: { messages: number; perMs: number; maxBytes: number };
  /** The outgoing call in words, without secrets, for --dry-run. */
  plan(): string;
  deliver(notification: Notification, signal: AbortSignal): Promise<DeliveryResult>;
}
