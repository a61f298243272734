import type { GoroutineGroup } from "../analysis/goroutine-growth.ts";
import { quantity } from "../lib/quantity.ts";
import type { Finding } from "./finding.ts";
import { clampConfidence, type Judgement } from "./judgement.ts";
import { type Statement, statement } from "./statement.ts";

/**
 * Of a group's growth, how much its goroutines' kind as a whole must show as well. Workers that only move on from one
 * state to another make one group grow while their number stays.
 */
const LEAST_KIN_SHARE = 0.5;

/**
 * Is this group of goroutines a leak? Counts are exact, so growth to the end of the window is nearly all it takes;
 * what separates it from rising load is that the goroutines seen early are still there.
 */
export function judgeGroup(group: GoroutineGroup): Judgement | undefined {
  const { trend } = group;
  const grew = statement("goroutines-grew", {
    from: quantity(trend.first, "count"),
    to: quantity(trend.last, "count"),
    samples: quantity(trend.samples, "count"),
    span: quantity(trend.spanSeconds, "seconds"),
    chance: quantity(trend.pRising, "fraction"),
  });
  const evidence: Statement[] = [grew];
  if (group.leaked > 0) {
    evidence.push(statement("goroutines-leaked", { count: quantity(group.leaked, "count") }));
  }
  if (group.createdBy !== undefined)
    evidence.push(statement("goroutines-created", { site: group.createdBy }));
  if (trend.shape === "insufficient") {
    if (group.leaked > 0) {
      return { state: "confirmed", severity: "warning", confidence: 0.9, evidence, next: [] };
    }
    if (trend.last - trend.first < 10) return undefined;
    return {
      state: "insufficient-data",
      severity: "info",
      confidence: 0.2,
      evidence,
      next: [statement("next-more-samples", { samples: quantity(6, "count") })],
    };
  }
  // They leaked before the window began, or too few at a time to show in it.
  if (trend.shape !== "growing" && group.leaked > 0) {
    return { state: "confirmed", severity: "info", confidence: 0.95, evidence, next: [] };
  }
  if (trend.shape === "undecided") {
    if (trend.last - trend.first < 10) return undefined;
    const span = trend.needs?.spanSeconds ?? 4 * trend.spanSeconds;
    return {
      state: "insufficient-data",
      severity: "info",
      confidence: 0.25,
      evidence,
      next: [statement("next-longer-window", { span: quantity(span, "seconds") })],
    };
  }
  if (trend.shape !== "growing") return undefined;
  if (group.leaked === 0 && group.kinGrowth < LEAST_KIN_SHARE * (trend.last - trend.first)) return undefined;
  const known = !Number.isNaN(group.survival);
  if (known && group.survival < 0.5 && group.leaked === 0) return undefined;
  if (known) {
    evidence.push(
      statement(group.survival >= 0.9 ? "goroutines-survive" : "goroutines-leave", {
        share: quantity(group.survival, "fraction"),
      }),
    );
  }
  if (group.waitMinutes > 0) {
    evidence.push(statement("goroutines-waited", { minutes: quantity(group.waitMinutes, "minutes") }));
  }
  let confidence = 0.7;
  if (known) confidence += group.survival >= 0.95 ? 0.2 : group.survival >= 0.9 ? 0.1 : -0.2;
  if (group.waitMinutes > 0) confidence += 0.05;
  if (group.leaked > 0) confidence = 0.97;
  const confirmed = !known || group.survival >= 0.9 || group.leaked > 0;
  return {
    state: confirmed ? "confirmed" : "suspected",
    severity: "warning",
    confidence: clampConfidence(confidence),
    evidence,
    next: known ? [] : [statement("next-dump", {})],
  };
}

/** Rate of a group in goroutines per second, with the interval of its slope. */
export function rateOfGroup(group: GoroutineGroup): Finding["rate"] {
  const { slope, low, high } = group.trend;
  if (Number.isNaN(slope)) return undefined;
  return {
    estimate: quantity(slope, "count/s"),
    low: quantity(low, "count/s"),
    high: quantity(high, "count/s"),
  };
}
