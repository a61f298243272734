import type { Clock } from "../lib/clock.ts";
import type { AlertBoard } from "../patrol/alerting/alert-board.ts";
import type { PatrolActivity } from "../patrol/exporter/patrol-activity.ts";
import type { Log } from "../patrol/log.ts";
import { NotificationSender } from "../patrol/notifying/notification-sender.ts";
import type { BatchWriter } from "../patrol/run/batch-writer.ts";
import type { AuditTrail } from "./audit-trail.ts";
import type { InForce } from "./in-force.ts";

/** The patrol's sender: by the configuration in force, durable, counted, logged and audited. `patrol`: its name. */
export function createMessageSender(
  inForce: InForce,
  patrol: string,
  parts: {
    board: AlertBoard;
    clock: Clock;
    log: Log;
    audit: AuditTrail;
    activity: PatrolActivity;
    writer: BatchWriter;
  },
): NotificationSender {
  const { board, clock, log, audit, activity, writer } = parts;
  return new NotificationSender({
    board,
    clock,
    patrol,
    config: () => inForce.config,
    notifiers: () => inForce.outlets.notifiers,
    redactor: inForce.redactor,
    graph: {
      dependsOn: (target) => inForce.targets.get(target)?.dependsOn ?? [],
      lookedAtMs: (target) => board.lookedAtMs(target),
    },
    save: (changes) => writer.write(changes, { urgent: true }),
    onAttempt: ({ receiver, outcome, alerts, folded, reason, notification }) => {
      activity.recordDelivery(receiver, outcome, folded);
      if (outcome !== "delivered")
        log.warn("a notification was not delivered", { receiver, outcome, reason });
      audit.add("notify", { receiver, outcome, alerts, reason, notification });
    },
  });
}
