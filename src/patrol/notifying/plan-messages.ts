import type { AlertState } from "../alert.ts";
import { hashOf } from "../alerting/alert-id.ts";
import { isFiring } from "../alerting/step-alert.ts";
import { isMoreUrgent, mostUrgent, rankTier } from "../alerting/tier-rank.ts";
import type { PatrolConfig } from "../config/patrol-config.ts";
import type { Labels } from "../labels.ts";
import type { Notification, NotifiedAlert, NotifierLimits } from "../notification.ts";
import type { Tier } from "../tier.ts";
import type { TargetGraph } from "./dependency.ts";
import { type AlertGroup, groupAlerts, type Member } from "./group-alerts.ts";

export interface PlanInput {
  states: Iterable<AlertState>;
  nowMs: number;
  config: Pick<PatrolConfig, "routes" | "maintenance">;
  /** Name of the patrol. */
  patrol: string;
  graph: TargetGraph;
  receivers: ReadonlyMap<string, ReceiverCondition>;
}

/** How a receiver does. */
export interface ReceiverCondition {
  limits: NotifierLimits;
  refreshMs: number | null;
  fallback: string | null;
  /** It has failed so often that its stand-in is told. */
  failing: boolean;
  /** Not before this moment (a pause after a failure, a message on its way). */
  freeAtMs: number;
  /** Attempts of the last `limits.perMs`, oldest first. */
  sentMs: readonly number[];
  /** When all that fires was last told again, for one with `refreshMs`. */
  refreshedMs: number | null;
}

export interface PlannedMessage {
  notification: Notification;
  /** Ids of alerts that are told for the first time, as firing or as resolved. */
  news: { firing: string[]; resolved: string[] };
  /** Ids of alerts that are told again. */
  repeated: string[];
  /** Of all these, those that the message counts but does not list. */
  folded: ReadonlySet<string>;
  /** Groups that were put together to keep the receiver's limit; 1 for an ordinary message. */
  groups: number;
}

export interface MessagePlan {
  messages: PlannedMessage[];
  /** For each alert that fires, why nobody is told, or null. */
  holds: ReadonlyMap<string, string | null>;
  /** News that has to wait because the receiver's limit is used up. */
  waiting: { receiver: string; ids: string[] }[];
  /** When something may be due next; null if only an observation can change that. */
  nextMs: number | null;
}

/**
 * What has to be said now. A pure function of the alerts, of what each receiver was told, and of the time: there is no
 * queue, so that a restart loses nothing, and what waited for a dead receiver goes out as one message of the present.
 */
export function planMessages(input: PlanInput): MessagePlan {
  const { groups, holds, nextMs } = groupAlerts(input);
  const messages: PlannedMessage[] = [];
  const waiting: MessagePlan["waiting"] = [];
  let next = nextMs;
  const soonest = (atMs: number | null): void => {
    if (atMs !== null && (next === null || atMs < next)) next = atMs;
  };
  for (const [receiver, ofReceiver] of groups) {
    const condition = input.receivers.get(receiver);
    if (condition === undefined) continue;
    const due: AlertGroup[] = [];
    for (const group of ofReceiver.flatMap((each) => splitInDoubt(each, condition))) {
      const dueMs = findDueMs(group, condition);
      if (dueMs === null) continue;
      if (dueMs <= input.nowMs) due.push(group);
      else soonest(dueMs);
    }
    if (due.length === 0) continue;
    if (condition.freeAtMs > input.nowMs) {
      soonest(condition.freeAtMs);
      continue;
    }
    const room = findRoom(condition, mostUrgent(due.map(tierOf)), input.nowMs);
    if (room.messages < 1) {
      soonest(room.nextMs);
      const ids = due.flatMap((group) => newsOf(group).map(({ state }) => state.id));
      waiting.push({ receiver, ids });
      continue;
    }
    for (const { group, count } of foldGroups(due, room.messages)) {
      messages.push(writeMessage(input, receiver, group, condition, count));
    }
  }
  return { messages, holds, waiting, nextMs: next };
}

/**
 * A process died while messages were on their way: each is said again at once and by itself, so that it is the same
 * message, with the same id, for a receiver that has it. A service that groups by itself knows an alert by its labels.
 */
function splitInDoubt(group: AlertGroup, { refreshMs }: ReceiverCondition): AlertGroup[] {
  const byMessage = Map.groupBy(group.members, ({ told }) => told?.sending?.message ?? null);
  if (refreshMs !== null || (byMessage.size === 1 && byMessage.has(null))) return [group];
  return [...byMessage].map(([message, members]) =>
    message === null
      ? { ...group, members }
      : { ...group, members, timing: { ...group.timing, waitMs: 0, intervalMs: 0 } },
  );
}

/**
 * A group's first message waits `group_wait` for others to join; later ones come at most every `group_interval`,
 * unless something more urgent than all that was told has begun.
 */
function findDueMs(group: AlertGroup, condition: ReceiverCondition): number | null {
  const { members, timing } = group;
  const told = members.filter(({ told }) => told !== null && told.state !== "owed");
  const lastMs = Math.max(...told.map(({ told }) => told!.atMs), Number.NEGATIVE_INFINITY);
  const news = newsOf(group);
  let dueMs = Number.POSITIVE_INFINITY;
  if (news.length > 0) {
    const waitedMs = Math.min(...news.map(({ readyMs }) => readyMs)) + timing.waitMs;
    const toldTier = mostUrgent(told.map(({ told }) => told!.tier));
    const isWorse = news.some(
      ({ owes, state }) => owes === "firing" && told.length > 0 && isMoreUrgent(state.tier, toldTier),
    );
    dueMs = isWorse ? waitedMs : Math.max(waitedMs, lastMs + timing.intervalMs);
  }
  const fire = members.filter(({ state, owes }) => isFiring(state) && owes === null);
  if (fire.length > 0) {
    const repeatMs =
      condition.refreshMs === null
        ? Math.max(
            Math.min(...fire.map(({ told }) => told!.atMs)) + timing.repeatMs,
            lastMs + timing.intervalMs,
          )
        : (condition.refreshedMs ?? 0) + condition.refreshMs;
    dueMs = Math.min(dueMs, repeatMs);
  }
  return Number.isFinite(dueMs) ? dueMs : null;
}

/** One message is kept for what is most urgent, as long as the service takes at least so many. */
const RESERVE_FROM_MESSAGES = 4;
/** People read no more than a share of what a service takes; the rest is left for what comes next. */
const BURST_SHARE = 1 / 3;

function findRoom(
  { limits, sentMs }: ReceiverCondition,
  tier: Tier,
  nowMs: number,
): { messages: number; nextMs: number | null } {
  const recent = sentMs.filter((atMs) => atMs > nowMs - limits.perMs);
  const reserve = tier === "P0" || limits.messages < RESERVE_FROM_MESSAGES ? 0 : 1;
  const left = limits.messages - recent.length - reserve;
  const burst = Math.max(1, Math.ceil(limits.messages * BURST_SHARE));
  if (left >= 1) return { messages: Math.min(left, burst), nextMs: null };
  const freed = recent[recent.length - (limits.messages - reserve)] ?? recent[0];
  return { messages: 0, nextMs: freed === undefined ? null : freed + limits.perMs };
}

/** The most urgent groups have a message each; the rest share the last. */
function foldGroups(due: readonly AlertGroup[], messages: number): { group: AlertGroup; count: number }[] {
  const sorted = [...due].sort((a, b) => rankTier(tierOf(a)) - rankTier(tierOf(b)));
  if (sorted.length <= messages) return sorted.map((group) => ({ group, count: 1 }));
  const alone = sorted.slice(0, messages - 1);
  const rest = sorted.slice(messages - 1);
  const merged: AlertGroup = {
    ...rest[0]!,
    labels: commonLabels(rest.map(({ labels }) => labels)),
    insteadOf: rest.every(({ insteadOf }) => insteadOf === rest[0]!.insteadOf) ? rest[0]!.insteadOf : null,
    members: rest.flatMap(({ members }) => members),
    // What of it is repeated is judged by each group's own interval.
    repeats: new Set(rest.flatMap((group) => [...group.repeats])),
  };
  return [...alone.map((group) => ({ group, count: 1 })), { group: merged, count: rest.length }];
}

function commonLabels(all: readonly Labels[]): Labels {
  const [first = {}, ...others] = all;
  return Object.fromEntries(
    Object.entries(first).filter(([label, value]) => others.every((labels) => labels[label] === value)),
  );
}

function newsOf({ members }: AlertGroup): Member[] {
  return members.filter(({ owes }) => owes !== null);
}

function tierOf(group: AlertGroup): Tier {
  const said = newsOf(group);
  const firing = said.filter(({ owes }) => owes === "firing");
  return mostUrgent(
    (firing.length > 0 ? firing : said.length > 0 ? said : group.members).map(({ state }) => state.tier),
  );
}

function writeMessage(
  input: PlanInput,
  receiver: string,
  group: AlertGroup,
  condition: ReceiverCondition,
  groups: number,
): PlannedMessage {
  const news = newsOf(group);
  const toRefresh = condition.refreshMs !== null;
  const repeated = group.members.filter(
    ({ state, owes }) => owes === null && isFiring(state) && (toRefresh || group.repeats.has(state.id)),
  );
  const said = [...news, ...repeated].sort(byUrgency);
  const listed = said.slice(0, condition.limits.maxAlerts);
  const firing = said.filter(({ state }) => isFiring(state));
  const stillFiring = group.members.filter(({ state }) => isFiring(state)).length - firing.length;
  const facts = said.map(({ state, told, owes }) => [
    state.id,
    state.firedMs,
    isFiring(state) ? null : state.resolvedMs,
    owes === null ? (told?.atMs ?? null) : null,
  ]);
  const idsOf = (owes: Member["owes"]): string[] =>
    news.filter((member) => member.owes === owes).map(({ state }) => state.id);
  return {
    notification: {
      id: hashOf(["notification", receiver, facts]),
      receiver,
      groupLabels: group.labels,
      tier: mostUrgent((firing.length > 0 ? firing : said).map(({ state }) => state.tier)),
      state: firing.length > 0 ? "firing" : "resolved",
      reminder: news.length === 0,
      alerts: listed.map(({ state }) => describeAlert(state, input.nowMs)),
      folded: said.length - listed.length,
      stillFiring,
      insteadOf: group.insteadOf,
      patrol: input.patrol,
      atMs: input.nowMs,
    },
    news: { firing: idsOf("firing"), resolved: idsOf("resolved") },
    repeated: repeated.map(({ state }) => state.id),
    folded: new Set(said.slice(listed.length).map(({ state }) => state.id)),
    groups,
  };
}

function byUrgency(a: Member, b: Member): number {
  const firing = Number(isFiring(b.state)) - Number(isFiring(a.state));
  const tier = rankTier(a.state.tier) - rankTier(b.state.tier);
  return (
    firing || tier || (a.state.firedMs ?? 0) - (b.state.firedMs ?? 0) || (a.state.id < b.state.id ? -1 : 1)
  );
}

function describeAlert(state: AlertState, nowMs: number): NotifiedAlert {
  const { id, kind, target, rule, tier, labels, summary, values, finding, fired, firedMs, resolvedMs } =
    state;
  const ends = isFiring(state) ? null : resolvedMs;
  return {
    id,
    kind,
    target,
    rule,
    tier,
    state: ends === null ? "firing" : "resolved",
    startedMs: firedMs ?? nowMs,
    endedMs: ends,
    labels,
    summary,
    values,
    firedInHour: fired.length,
    finding,
  };
}
