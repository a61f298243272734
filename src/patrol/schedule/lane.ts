import type { CheckKind } from "../check.ts";
import type { CheckConfig, Level, Schedule } from "../config/patrol-config.ts";
import { buildSlots, type Slots } from "./slots.ts";

/** Checks of one level that share a schedule and run together on a target; heavy ones are apart from cheap ones. */
export interface Lane {
  /** "L2-1m", "L3-6h-heavy", "L3-0 3 * * *-Asia/Shanghai": says all that makes it another lane. */
  name: string;
  level: Level;
  heavy: boolean;
  slots: Slots;
  checks: CheckConfig[];
  /** Keeps a base profile of every target, also of those that are not suspect. */
  keepsBase: boolean;
}

/**
 * The lanes of a configuration. For `heap-diff` checks of suspects there is one more that keeps the base profile: with
 * it a difference is possible at once when a target becomes suspect.
 */
export function buildLanes(
  checks: readonly CheckConfig[],
  { isHeavy, baseProfileEveryMs }: { isHeavy(kind: CheckKind): boolean; baseProfileEveryMs: number },
): Lane[] {
  const lanes = new Map<string, Lane>();
  const add = (check: CheckConfig, schedule: Schedule, keepsBase: boolean) => {
    const heavy = isHeavy(check.kind);
    const suffix = keepsBase ? "-base" : heavy ? "-heavy" : "";
    const name = `${check.level}-${nameSchedule(schedule)}${suffix}`;
    const slots = buildSlots(schedule);
    const lane = lanes.get(name);
    if (lane === undefined)
      lanes.set(name, { name, level: check.level, heavy, slots, checks: [check], keepsBase });
    else {
      lane.checks.push(check);
      // Of different jitters the smallest is what all of them allow.
      if (slots.spreadMs < lane.slots.spreadMs) lane.slots = slots;
    }
  };
  for (const check of checks) {
    add(check, check.schedule, false);
    if (check.kind !== "heap-diff" || check.when !== "suspect") continue;
    add(
      { ...check, when: "always" },
      { kind: "interval", everyMs: baseProfileEveryMs, jitterMs: baseProfileEveryMs },
      true,
    );
  }
  return [...lanes.values()];
}

function nameSchedule(schedule: Schedule): string {
  return schedule.kind === "interval"
    ? nameDuration(schedule.everyMs)
    : `${schedule.expression}-${schedule.timeZone}`;
}

/** "90s", "5m", "6h": the largest unit that divides it. */
function nameDuration(ms: number): string {
  for (const [unit, size] of [
    ["h", 3_600_000],
    ["m", 60_000],
    ["s", 1000],
  ] as const) {
    if (ms % size === 0) return `${ms / size}${unit}`;
  }
  return `${ms}ms`;
}
