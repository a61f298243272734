import type { NotificationWords } from "./notification-words.ts";

const count = (n: number, one: string): string => `${n} ${one}${n === 1 ? "" : "s"}`;

export const en: NotificationWords = {
  tier: { P0: "act now", P1: "within the hour", P2: "today", P3: "to know" },
  firing: "FIRING",
  resolved: "RESOLVED",
  counted: (firing, resolved) =>
    [...(firing > 0 ? [count(firing, "alert")] : []), ...(resolved > 0 ? [`${resolved} resolved`] : [])].join(
      ", ",
    ),
  reminder: "still firing",
  since: (time) => `since ${time}`,
  lasted: (from, duration) => `from ${from}, for ${duration}`,
  flapping: (times) => `fired ${times} times within the hour`,
  site: "where",
  fix: "fix",
  growth: "growth",
  more: (n) => `… and ${n} more`,
  stillFiring: (n) => `${n} ${n === 1 ? "fires" : "fire"} on, told before`,
  insteadOf: (receiver) => `instead of ${receiver}, which does not take messages`,
  signed: (patrol, time) => `gopatrol ${patrol} · ${time}`,
  why: (target) => `gopatrol patrol why ${target}`,
  colon: ": ",
  semicolon: "; ",
};
