import { Cron } from "croner";
import type { MaintenanceConfig } from "../config/patrol-config.ts";
import type { Labels } from "../labels.ts";
import { matchLabels } from "../match-labels.ts";

/** When the window that covers `atMs` ends; null if none does. */
function findWindowEnd(window: MaintenanceConfig["window"], atMs: number): number | null {
  if (window.kind === "once") {
    return atMs >= window.startMs && atMs < window.endMs ? window.endMs : null;
  }
  // Paused: it is asked for times and never runs anything.
  const cron = new Cron(window.expression, { timezone: window.timeZone, paused: true });
  // The latest start that can still cover it comes after this moment; croner looks strictly later.
  const start = cron.nextRun(new Date(atMs - window.durationMs))?.getTime();
  return start !== undefined && start <= atMs ? start + window.durationMs : null;
}

/** The windows of a moment; asked once for all alerts, since reading cron expressions costs. */
export function findOpenWindows(
  maintenance: readonly MaintenanceConfig[],
  atMs: number,
): { name: string; matchers: MaintenanceConfig["matchers"]; endMs: number }[] {
  return maintenance.flatMap(({ name, matchers, window }) => {
    const endMs = findWindowEnd(window, atMs);
    return endMs === null ? [] : [{ name, matchers, endMs }];
  });
}

export function findCover<Window extends { matchers: MaintenanceConfig["matchers"] }>(
  windows: readonly Window[],
  labels: Labels,
): Window | null {
  return windows.find(({ matchers }) => matchLabels(matchers, labels)) ?? null;
}
