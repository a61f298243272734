import { LEAKPROF_THRESHOLD } from "../../findings/leak-candidates.ts";
import type { LanguageTag } from "../messages/language-tag.ts";

/** The fixed words of the goroutine report. */
export interface GoroutineReportLabels {
  total(goroutines: string, groups: string): string;
  looks: string;
  kind: Record<"dump" | "profile" | "leak profile", string>;
  states: string;
  candidates: string;
  /** What makes a candidate, in one sentence. */
  criteria: string;
  noCandidates: string;
  groups: string;
  createdBy: string;
  moreFrames: string;
  wait(min: string, median: string, max: string): string;
  waitShort: string;
  stay(share: string, looks: number): string;
  locked(count: string): string;
  leaked(count: string): string;
  elided(count: string): string;
  labels: string;
  rest(groups: string, goroutines: string): string;
  none: string;
  damage: string;
  comma: string;
  columns: { count: string; share: string; state: string; where: string; wait: string };
}

const en: GoroutineReportLabels = {
  total: (goroutines, groups) => `${goroutines} goroutines in ${groups} groups of one state and stack`,
  looks: "Looks",
  kind: { dump: "dump", profile: "profile", "leak profile": "leak profile" },
  states: "States",
  candidates: "Leak candidates",
  criteria: `Blocked at one line, and: marked by the runtime; or more than at the first look, whose goroutines stay; or ${LEAKPROF_THRESHOLD.toLocaleString("en")} and more at a channel, LeakProf's threshold; or many that have waited for 5 minutes.`,
  noCandidates: "None. Two dumps, a minute apart, show what one cannot: growth and who stays.",
  groups: "Groups",
  createdBy: "created by",
  moreFrames: "more frames",
  wait: (min, median, max) => (min === max ? `waiting ${max}` : `waiting ${min} to ${max}, median ${median}`),
  waitShort: "waiting for less than a minute",
  stay: (share, looks) =>
    looks > 2
      ? `${share} of those in the first two looks are still there`
      : `${share} of the first look's are still there`,
  locked: (count) => `${count} locked to a thread`,
  leaked: (count) => `${count} leaked by the runtime's own finding`,
  elided: (count) => `${count} with more frames than Go prints`,
  labels: "labels",
  rest: (groups, goroutines) => `… and ${groups} groups with ${goroutines} goroutines more (--top)`,
  none: "No goroutines match.",
  damage: "Damaged",
  comma: ", ",
  columns: { count: "goroutines", share: "share", state: "state", where: "where", wait: "wait" },
};

const zh: GoroutineReportLabels = {
  total: (goroutines, groups) => `${goroutines} 个 goroutine，按状态和栈分为 ${groups} 组`,
  looks: "各次查看",
  kind: { dump: "转储", profile: "profile", "leak profile": "泄漏 profile" },
  states: "状态",
  candidates: "泄漏嫌疑",
  criteria: `阻塞在同一行，并且：已被运行时标记；或比第一次查看时更多，且当时的 goroutine 仍在；或有 ${LEAKPROF_THRESHOLD.toLocaleString("en")} 个以上阻塞于 channel（LeakProf 的阈值）；或有许多已等待 5 min。`,
  noCandidates: "没有。间隔一分钟的两次转储能显示一次看不到的内容：增长，以及哪些仍在。",
  groups: "分组",
  createdBy: "启动于",
  moreFrames: "层栈帧未显示",
  wait: (min, median, max) => (min === max ? `已等待 ${max}` : `已等待 ${min} 至 ${max}，中位数 ${median}`),
  waitShort: "等待不到一分钟",
  stay: (share, looks) => (looks > 2 ? `前两次查看都有的 ${share} 仍在` : `第一次查看时的 ${share} 仍在`),
  locked: (count) => `${count} 个绑定到线程`,
  leaked: (count) => `${count} 个已被运行时判定为泄漏`,
  elided: (count) => `${count} 个的栈帧超过 Go 打印的数量`,
  labels: "标签",
  rest: (groups, goroutines) => `… 另有 ${groups} 组，共 ${goroutines} 个 goroutine（--top）`,
  none: "没有匹配的 goroutine。",
  damage: "损坏",
  comma: "，",
  columns: { count: "goroutine", share: "占比", state: "状态", where: "位置", wait: "等待" },
};

export const GOROUTINE_REPORT_LABELS: Record<LanguageTag, GoroutineReportLabels> = { en, zh };
