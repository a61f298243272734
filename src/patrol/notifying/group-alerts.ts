import type { AlertState, Told } from "../alert.ts";
import { toldOf } from "../alerting/alert-board.ts";
import { isFiring } from "../alerting/step-alert.ts";
import { isMoreUrgent } from "../alerting/tier-rank.ts";
import type { RouteConfig } from "../config/patrol-config.ts";
import type { Labels } from "../labels.ts";
import { findCause, findDownTargets } from "./dependency.ts";
import { findCover, findOpenWindows } from "./maintenance.ts";
import type { PlanInput, ReceiverCondition } from "./plan-messages.ts";
import { findReceivers, groupLabelsOf, routingLabels } from "./route-alert.ts";

/** Alerts that one receiver is told together. */
export interface AlertGroup {
  labels: Labels;
  timing: GroupTiming;
  members: Member[];
  /** Ids of those whose repeat interval is over. */
  repeats: Set<string>;
  insteadOf: string | null;
}

interface GroupTiming {
  waitMs: number;
  intervalMs: number;
  repeatMs: number;
}

export interface Member {
  state: AlertState;
  told: Told | null;
  /** What the receiver has to be told; null if it knows. */
  owes: "firing" | "resolved" | null;
  /** Since when it has to be. */
  readyMs: number;
}

/** A path on which an alert reaches a receiver. */
interface Path {
  timing: GroupTiming;
  groupBy: readonly string[];
  sendResolved: boolean;
  insteadOf: string | null;
}

/** Sorts alerts by who is to be told what, and says of each that fires what holds it back. */
export function groupAlerts(input: PlanInput): {
  groups: ReadonlyMap<string, AlertGroup[]>;
  holds: Map<string, string | null>;
  nextMs: number | null;
} {
  const { nowMs, config, graph, receivers } = input;
  const states = [...input.states];
  const windows = findOpenWindows(config.maintenance, nowMs);
  const down = findDownTargets(states);
  const holds = new Map<string, string | null>();
  const groups = new Map<string, Map<string, AlertGroup>>();
  let nextMs: number | null = null;

  for (const state of states) {
    const fires = isFiring(state);
    if (!fires && state.resolvedMs === null) continue;
    const labels = routingLabels(state);
    const paths = findPaths(state, labels, input);
    const window = findCover(windows, labels);
    const cause = window === null && fires ? findCause(state, graph, down, nowMs) : null;
    if (fires) {
      const held =
        window !== null
          ? `maintenance window ${window.name}, until ${new Date(window.endMs).toISOString()}`
          : (cause ?? (paths.size === 0 ? "no route leads to a receiver" : null));
      holds.set(state.id, held);
    }
    if (window !== null) nextMs = Math.min(nextMs ?? window.endMs, window.endMs);
    if (window !== null || cause !== null) {
      // Word of a dependency is waited for, no longer than a minute.
      if (cause !== null) nextMs = Math.min(nextMs ?? nowMs + 5000, nowMs + 5000);
      continue;
    }
    for (const [receiver, path] of paths) {
      const condition = receivers.get(receiver);
      if (condition === undefined) continue;
      addMember(groups, receiver, condition, path, state, labels, nowMs);
    }
  }
  return {
    groups: new Map([...groups].map(([receiver, byKey]) => [receiver, [...byKey.values()]])),
    holds,
    nextMs,
  };
}

function findPaths(state: AlertState, labels: Labels, input: PlanInput): Map<string, Path> {
  const paths = new Map<string, Path>();
  const addStandIn = (receiver: string, path: Path, seen: ReadonlySet<string>): void => {
    const condition = input.receivers.get(receiver);
    const fallback = condition?.failing === true ? condition.fallback : null;
    if (fallback === null || seen.has(fallback)) return;
    const standIn = { ...path, timing: { ...path.timing, waitMs: 0 }, insteadOf: receiver };
    if (!paths.has(fallback)) paths.set(fallback, standIn);
    addStandIn(fallback, standIn, new Set([...seen, fallback]));
  };
  const routed = [...findReceivers(input.config.routes, labels)];
  for (const [receiver, route] of routed) paths.set(receiver, pathOf(route));
  for (const [receiver, route] of routed) addStandIn(receiver, pathOf(route), new Set([receiver]));
  // Whoever was told that it fires is told that it is over, also if the configuration has changed since.
  if (!isFiring(state)) {
    for (const [receiver, told] of Object.entries(state.notified)) {
      if (told.state === "firing" && !paths.has(receiver)) paths.set(receiver, FAREWELL);
    }
  }
  return paths;
}

const FAREWELL: Path = {
  timing: { waitMs: 0, intervalMs: 0, repeatMs: Number.POSITIVE_INFINITY },
  groupBy: ["target"],
  sendResolved: true,
  insteadOf: null,
};

function pathOf(route: RouteConfig): Path {
  const { groupWaitMs: waitMs, groupIntervalMs: intervalMs, repeatIntervalMs: repeatMs } = route;
  return {
    timing: { waitMs, intervalMs, repeatMs },
    groupBy: route.groupBy,
    sendResolved: route.sendResolved,
    insteadOf: null,
  };
}

/** A service that groups by itself is told at once, of everything, in one call. */
const WHOLE = { waitMs: 0, intervalMs: 0, repeatMs: Number.POSITIVE_INFINITY };

function addMember(
  groups: Map<string, Map<string, AlertGroup>>,
  receiver: string,
  condition: ReceiverCondition,
  path: Path,
  state: AlertState,
  labels: Labels,
  nowMs: number,
): void {
  const isWhole = condition.refreshMs !== null;
  const member = findOwed(state, receiver, isWhole ? { ...path, sendResolved: true } : path);
  // What is over and known stays a member: it says when the group was last spoken of.
  if (member.owes === null && !isFiring(state) && member.told === null) return;
  const groupLabels = isWhole ? {} : groupLabelsOf(path.groupBy, labels);
  const key = JSON.stringify([groupLabels, path.insteadOf]);
  const byKey = groups.get(receiver) ?? new Map<string, AlertGroup>();
  groups.set(receiver, byKey);
  let group = byKey.get(key);
  if (group === undefined) {
    group = {
      labels: groupLabels,
      timing: isWhole ? WHOLE : path.timing,
      members: [],
      repeats: new Set(),
      insteadOf: path.insteadOf,
    };
    byKey.set(key, group);
  }
  group.members.push(member);
  const { told, owes } = member;
  if (owes === null && isFiring(state) && told !== null && told.atMs + path.timing.repeatMs <= nowMs) {
    group.repeats.add(state.id);
  }
}

function findOwed(state: AlertState, receiver: string, path: Path): Member {
  const told = toldOf(state, receiver);
  const firedMs = state.firedMs ?? 0;
  const isOfThis = told !== null && told.atMs >= firedMs;
  const know = (owes: Member["owes"], readyMs: number): Member => ({ state, told, owes, readyMs });
  if (isFiring(state)) {
    if (!isOfThis || told.state !== "firing") return know("firing", firedMs);
    return isMoreUrgent(state.tier, told.tier) ? know("firing", told.atMs) : know(null, told.atMs);
  }
  const wasTold = isOfThis && (told.state === "firing" || told.state === "owed");
  return wasTold && path.sendResolved ? know("resolved", state.resolvedMs ?? 0) : know(null, 0);
}
