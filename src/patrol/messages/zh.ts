import type { NotificationWords } from "./notification-words.ts";

export const zh: NotificationWords = {
  tier: { P0: "立即处理", P1: "一小时内处理", P2: "今天处理", P3: "供了解" },
  firing: "告警",
  resolved: "已恢复",
  counted: (firing, resolved) =>
    [...(firing > 0 ? [`${firing} 条告警`] : []), ...(resolved > 0 ? [`${resolved} 条已恢复`] : [])].join(
      "，",
    ),
  reminder: "仍在告警",
  since: (time) => `开始于 ${time}`,
  lasted: (from, duration) => `开始于 ${from}，持续 ${duration}`,
  flapping: (times) => `一小时内触发 ${times} 次`,
  site: "位置",
  fix: "修复",
  growth: "增长",
  more: (n) => `……另有 ${n} 条`,
  stillFiring: (n) => `另有 ${n} 条仍在告警，此前已通知`,
  insteadOf: (receiver) => `代替 ${receiver}（其无法接收消息）`,
  signed: (patrol, time) => `gopatrol ${patrol} · ${time}`,
  why: (target) => `gopatrol patrol why ${target}`,
  colon: "：",
  semicolon: "；",
};
