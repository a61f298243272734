import type { Notification } from "../../patrol/notification.ts";

/** Whether people are called by name: what must be acted on within the hour, and not once more that it is over. */
export function isUrgent({ tier, state }: Notification): boolean {
  return state === "firing" && (tier === "P0" || tier === "P1");
}
