import type { Notification, NotifiedAlert } from "../notification.ts";
import { writeCard } from "./write-card.ts";

/** A notification with times and texts that people read: what a webhook is sent, and what a template sees. */
export interface WebhookBody extends Omit<Notification, "alerts"> {
  schema: "gopatrol.notification/v1";
  at: string;
  title: string;
  alerts: (NotifiedAlert & { started: string; ended: string | null; text: string })[];
}

export function buildWebhookBody(
  notification: Notification,
  language: "en" | "zh",
  timeZone: string,
): WebhookBody {
  const card = writeCard(notification, language, timeZone);
  const iso = (ms: number): string => new Date(ms).toISOString();
  return {
    schema: "gopatrol.notification/v1",
    ...notification,
    at: iso(notification.atMs),
    title: card.title,
    alerts: notification.alerts.map((alert, i) => ({
      ...alert,
      started: iso(alert.startedMs),
      ended: alert.endedMs === null ? null : iso(alert.endedMs),
      text: card.entries[i]?.lines.join("\n") ?? "",
    })),
  };
}
