import { formatQuantity } from "../../lib/format-quantity.ts";
import type { AlertEventName, AlertPhase } from "../alert.ts";
import { type KnownSentences, translateReason, translateSummary } from "../messages/translate-reason.ts";
import type { WhyAnswer, WhyLook } from "./why-report.ts";

/** The words around the facts. Reasons are kept in history as they were written, in English, and are translated here. */
export interface WhyWords {
  reason(english: string, known: KnownSentences): string;
  /** The configuration's own words, and a reason. */
  summary(english: string, known: KnownSentences): string;
  answer(target: string, answer: WhyAnswer, similar: readonly string[]): string;
  phase: Record<AlertPhase, string>;
  outcome: Record<WhyLook["outcome"], string>;
  event: Record<AlertEventName, string>;
  since(time: string): string;
  ago(text: string): string;
  looks: string;
  rules: string;
  story: string;
  condition: string;
  clears: string;
  now: string;
  held: string;
  told: Record<"firing" | "resolved" | "owed", string>;
  notTold: string;
  wouldTell: string;
  nobody: string;
  removed: string;
  noEvents: string;
  duration: string;
  atLeast(samples: number): string;
  colon: string;
  comma: string;
  /** Between names. */
  list: string;
  /** After an aside. */
  gap: string;
  aside(text: string): string;
}

const time = (ms: number): string => formatQuantity(ms / 1000, "seconds");

/** Steps of a run that may end it before a check. */
const STAGES: Readonly<Record<string, string>> = {
  permission: "权限检查",
  precheck: "预检",
  configuration: "配置",
  store: "存储",
};

export const WHY_WORDS: Record<"en" | "zh", WhyWords> = {
  en: {
    reason: (english) => english,
    summary: (english) => english,
    answer(target, answer, similar) {
      switch (answer.kind) {
        case "no-target":
          return `${target} is not known: neither the configuration nor the history names it.${similar.length > 0 ? ` Did you mean ${similar.join(", ")}?` : ""}`;
        case "never-looked":
          return `${target} does not alert: no check has run on it yet.`;
        case "told":
          return `${target} alerts: ${answer.rule} fires, and ${answer.receivers.join(", ")} ${answer.receivers.length === 1 ? "was" : "were"} told.`;
        case "held":
          return `${target} fires (${answer.rule}), and nobody is told: ${answer.reason}.`;
        case "undelivered":
          return `${target} fires (${answer.rule}), and the message could not be delivered: ${answer.reason}.`;
        case "waiting":
          return `${target} fires (${answer.rule}); its message waits for others of its group (group_wait, group_interval) or for the receiver's limit.`;
        case "pending": {
          const { rule, heldMs, forMs, samples, minSamples } = answer;
          const needs = [
            ...(forMs > 0 ? [`${time(heldMs)} of ${time(forMs)}`] : []),
            ...(minSamples > 1 ? [`${samples} of ${minSamples} samples`] : []),
          ];
          return `${target} does not alert yet: ${rule} holds${needs.length === 0 ? "" : `, for ${needs.join(" and ")}`}.`;
        }
        case "unknown":
          return `${target} does not alert, but ${answer.rule} cannot be judged: ${answer.reason}.`;
        case "not-judged":
          return `${target} does not alert, but not all of it could be judged: ${answer.check}: ${answer.reason}.`;
        case "no-rules":
          return `${target} does not alert: it answers, and no rule looks at its numbers.`;
        case "quiet":
          return `${target} does not alert: ${answer.rules === 1 ? "its one rule was judged and does not hold" : `all ${answer.rules} rules were judged and none holds`}.`;
      }
    },
    phase: {
      firing: "fires",
      keeping: "is kept firing",
      pending: "is pending",
      unknown: "cannot be judged",
      inactive: "is quiet",
    },
    outcome: { ok: "ok", failed: "failed", refused: "refused", error: "error", skipped: "skipped" },
    event: {
      pending: "pending",
      dropped: "dropped",
      fired: "fired",
      raised: "raised",
      kept: "kept",
      resolved: "resolved",
      unknown: "unknown",
      held: "held",
      released: "released",
      notified: "told",
      "notify-failed": "not delivered",
      folded: "counted",
      repeated: "reminded",
    },
    since: (at) => ` since ${at}`,
    ago: (text) => `${text} ago`,
    looks: "Last looks",
    rules: "Rules",
    story: "Story",
    condition: "fires if",
    clears: "clears if",
    now: "last seen",
    held: "held",
    told: {
      firing: "told that it fires",
      resolved: "told that it is over",
      owed: "to be told; not delivered yet",
    },
    notTold: "not told",
    wouldTell: "would tell",
    nobody: "nobody: no route leads to a receiver",
    removed: "no longer in the configuration",
    noEvents: "nothing has happened in this time",
    duration: "for",
    atLeast: (samples) => `in ${samples} samples`,
    colon: ": ",
    comma: ", ",
    list: ", ",
    gap: " ",
    aside: (text) => ` (${text})`,
  },
  zh: {
    reason: translateReason,
    summary: translateSummary,
    answer(target, answer, similar) {
      switch (answer.kind) {
        case "no-target":
          return `未知目标 ${target}：配置与历史中都没有这个名称。${similar.length > 0 ? `是否指 ${similar.join("、")}？` : ""}`;
        case "never-looked":
          return `${target} 没有告警：尚未对其运行过任何检查。`;
        case "told":
          return `${target} 正在告警：${answer.rule} 已触发，已通知 ${answer.receivers.join("、")}。`;
        case "held":
          return `${target} 已触发（${answer.rule}），但没有通知任何人：${answer.reason}。`;
        case "undelivered":
          return `${target} 已触发（${answer.rule}），但消息未能送达：${answer.reason}。`;
        case "waiting":
          return `${target} 已触发（${answer.rule}）；消息正在等待同组的其他告警（group_wait、group_interval）或接收方的频率限制。`;
        case "pending": {
          const { rule, heldMs, forMs, samples, minSamples } = answer;
          const needs = [
            ...(forMs > 0 ? [`已持续 ${time(heldMs)}，需要 ${time(forMs)}`] : []),
            ...(minSamples > 1 ? [`已有 ${samples} 个样本，需要 ${minSamples} 个`] : []),
          ];
          return `${target} 尚未告警：${rule} 的条件成立${needs.length === 0 ? "" : `，${needs.join("；")}`}。`;
        }
        case "unknown":
          return `${target} 没有告警，但 ${answer.rule} 无法判断：${answer.reason}。`;
        case "not-judged":
          return `${target} 没有告警，但并非全部都能判断：${STAGES[answer.check] ?? answer.check}：${answer.reason}。`;
        case "no-rules":
          return `${target} 没有告警：目标有应答，但没有规则查看它的数值。`;
        case "quiet":
          return `${target} 没有告警：${answer.rules} 条规则均已判断，条件都不成立。`;
      }
    },
    phase: {
      firing: "正在告警",
      keeping: "保持告警",
      pending: "待触发",
      unknown: "无法判断",
      inactive: "正常",
    },
    outcome: { ok: "正常", failed: "失败", refused: "被拒绝", error: "错误", skipped: "已跳过" },
    event: {
      pending: "待触发",
      dropped: "未触发",
      fired: "触发",
      raised: "升级",
      kept: "保持",
      resolved: "恢复",
      unknown: "无法判断",
      held: "暂不通知",
      released: "解除暂停",
      notified: "已通知",
      "notify-failed": "未送达",
      folded: "已计入",
      repeated: "已提醒",
    },
    since: (at) => `，自 ${at}`,
    ago: (text) => `${text} 前`,
    looks: "最近的检查",
    rules: "规则",
    story: "经过",
    condition: "触发条件",
    clears: "恢复条件",
    now: "最近的值",
    held: "暂不通知",
    told: { firing: "已通知告警", resolved: "已通知恢复", owed: "待通知，尚未送达" },
    notTold: "未通知",
    wouldTell: "将通知",
    nobody: "无人：没有路由通向接收方",
    removed: "已不在配置中",
    noEvents: "这段时间内没有事件",
    duration: "持续",
    atLeast: (samples) => `${samples} 个样本`,
    colon: "：",
    comma: "，",
    list: "、",
    gap: "",
    aside: (text) => `（${text}）`,
  },
};
