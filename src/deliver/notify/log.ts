import type { ReceiverConfig } from "../../patrol/config/patrol-config.ts";
import { PLAIN, renderCard } from "../../patrol/messages/render-card.ts";
import { writeCard } from "../../patrol/messages/write-card.ts";
import type { Notifier } from "../../patrol/notification.ts";
import type { NotifierParts } from "./notifier-parts.ts";

const MAX_BYTES = 64 * 1024;

/** The patrol's own log, for those who collect it, and to try routes out. */
export function createLogNotifier(config: ReceiverConfig, parts: NotifierParts): Notifier {
  return {
    name: config.name,
    limits: { messages: 600, perMs: 60_000, maxBytes: MAX_BYTES, maxAlerts: 200 },
    refreshMs: null,
    plan: () => "write to the log",
    async deliver(notification) {
      const card = writeCard(notification, config.language, parts.timeZone);
      const { text, unlisted } = renderCard(card, PLAIN, MAX_BYTES, [card.title]);
      const { id, receiver, tier, state } = notification;
      parts.log(text, {
        notification: id,
        receiver,
        tier,
        state,
        alerts: notification.alerts.map((each) => each.id),
      });
      return { outcome: "delivered", folded: unlisted };
    },
  };
}
