import { assert } from "../../lib/assert.ts";
import { formatQuantity } from "../../lib/format-quantity.ts";
import type { CheckResult } from "../check.ts";
import type { CheckConfig, RuleConfig } from "../config/patrol-config.ts";
import type { FindingRecord } from "../finding-record.ts";
import type { Labels } from "../labels.ts";
import { compileThreshold, type Threshold } from "../threshold/threshold.ts";
import type { Tier } from "../tier.ts";
import type { Observation } from "./observation.ts";

/** Under this target the patrol speaks of itself. */
export const PATROL_TARGET = "patrol";

/** A rule of the configuration, ready to judge. */
export interface CompiledRule {
  config: RuleConfig;
  threshold: Threshold;
  clear: Threshold | null;
}

/** What a result is about. */
export interface Judged {
  target: string;
  labels: Labels;
  atMs: number;
}

/** The rules of a checked configuration; one that does not compile is our bug, since loading refuses it. */
export function compileRules(check: CheckConfig, knownMetrics: readonly string[]): CompiledRule[] {
  const compile = (source: string): Threshold => {
    const result = compileThreshold(source, knownMetrics);
    assert(result.ok, `rule of ${check.name} was not checked: ${source}`);
    return result.threshold;
  };
  return check.rules.map((config) => ({
    config,
    threshold: compile(config.expression),
    clear: config.clearExpression === null ? null : compile(config.clearExpression),
  }));
}

const AT_ONCE = {
  forMs: 0,
  keepFiringForMs: 0,
  minSamples: 1,
  identity: {},
  finding: null,
  values: {},
  summary: null,
};

/** What one result of a check says of each of the check's rules. */
export function judgeResult(
  check: Pick<CheckConfig, "name">,
  rules: readonly CompiledRule[],
  about: Judged,
  result: Pick<CheckResult, "outcome" | "problem" | "metrics">,
): Observation[] {
  return rules.flatMap((rule) => {
    const observation = judgeRule(check.name, rule, about, result);
    if (rule.config.onUnknown !== "warn") return [observation];
    return [observation, judgeMissing(check.name, rule.config, about, observation, result.outcome === "ok")];
  });
}

/** The metric that every check has once it has looked: a rule about it is about the target's availability. */
const UP = "up";

function judgeRule(
  check: string,
  { config, threshold, clear }: CompiledRule,
  about: Judged,
  { outcome, metrics, problem }: Pick<CheckResult, "outcome" | "metrics" | "problem">,
): Observation {
  // Not looked at (budget, our own error): nothing was learned, so that nothing may change.
  const looked = outcome === "ok" || outcome === "failed";
  const isAvailability = threshold.metrics.includes(UP);
  const result = threshold.evaluate(metrics);
  const unknownFires = config.onUnknown === "alert" && looked;
  const holds = looked ? (result.holds ?? (unknownFires ? true : null)) : null;
  const cleared = looked ? (clear?.evaluate(metrics).holds ?? null) : null;
  const isOver = clear === null ? (holds === null ? null : !holds) : cleared;
  const explained = isOver === true && clear !== null ? clear.explain(metrics) : threshold.explain(metrics);
  return {
    ...AT_ONCE,
    ...about,
    kind: isAvailability ? "availability" : "threshold",
    rule: `${check}/${config.name}`,
    labels: { ...about.labels, ...config.labels, check },
    identity: config.labels,
    tier: config.tier,
    holds,
    // What fires because nothing is known is over as soon as something is.
    clears: result.holds === null && unknownFires ? false : isOver,
    values: result.values,
    reason: explainWith(problem, explained, isAvailability && holds === true, result.holds === null),
    summary: config.summary,
    forMs: config.forMs,
    keepFiringForMs: config.keepFiringForMs,
    minSamples: config.minSamples,
  };
}

/** "up = 0 < 1" says less than what went wrong. */
function explainWith(
  problem: CheckResult["problem"],
  explained: string,
  isDown: boolean,
  isUnknown: boolean,
): string {
  if (problem === null || !(isDown || isUnknown)) return explained;
  return isDown ? problem.message : `${explained} (${problem.message})`;
}

/** `on_unknown = "warn"`: that a rule cannot judge a target which answers is an alert of its own, to know. */
function judgeMissing(
  check: string,
  config: RuleConfig,
  about: Judged,
  { holds, reason, labels }: Observation,
  answered: boolean,
): Observation {
  const missing = answered ? holds === null : null;
  return {
    ...AT_ONCE,
    ...about,
    kind: "missing",
    rule: `${check}/${config.name}/unknown`,
    labels,
    identity: config.labels,
    tier: "P3",
    holds: missing,
    clears: missing === null ? null : !missing,
    reason: missing === false ? "it can be judged again" : reason,
    forMs: config.forMs,
    minSamples: config.minSamples,
  };
}

const TIER_OF: Record<FindingRecord["severity"], Tier> = { critical: "P1", warning: "P2", info: "P3" };

/** A finding that was opened, changed or resolved. */
export function judgeFinding(finding: FindingRecord, labels: Labels): Observation {
  const { target, pattern, site, severity, headline, fix, translations, state, atMs } = finding;
  const holds = state === "open";
  return {
    ...AT_ONCE,
    kind: "finding",
    target,
    atMs,
    rule: `finding/${pattern}`,
    labels: { ...labels, pattern, severity },
    identity: { pattern, site },
    tier: TIER_OF[severity],
    holds,
    clears: !holds,
    reason: holds ? headline : `no longer seen: ${headline}`,
    values: finding.bytesPerSecond === null ? {} : { bytes_per_second: finding.bytesPerSecond },
    finding: { headline, site, fix, ...(translations === undefined ? {} : { translations }) },
  };
}

/** The patrol watches itself: a target that gives no result any more is an alert and not a silence. */
export function judgeOverdue(
  about: Judged,
  look: { lastResultMs: number | null; everyMs: number; overdueSlots: number; tier: Tier },
): Observation {
  const { lastResultMs, everyMs, overdueSlots, tier } = look;
  const lateMs = lastResultMs === null ? null : about.atMs - lastResultMs;
  const holds = lateMs === null ? null : lateMs > everyMs * overdueSlots;
  const ago = lateMs === null ? "never" : `${formatQuantity(lateMs / 1000, "seconds")} ago`;
  return {
    ...AT_ONCE,
    ...about,
    kind: "overdue",
    rule: "patrol/overdue",
    tier,
    holds,
    clears: holds === null ? null : !holds,
    reason: `last result ${ago}, expected every ${formatQuantity(everyMs / 1000, "seconds")}`,
    values: lateMs === null ? {} : { seconds_since_result: lateMs / 1000 },
  };
}

/** What the patrol must tell of itself: "configuration-refused", "precheck-failed", "store-failed" … */
export function judgePatrol(
  what: string,
  holds: boolean,
  reason: string,
  tier: Tier,
  atMs: number,
): Observation {
  return {
    ...AT_ONCE,
    kind: "patrol",
    target: PATROL_TARGET,
    rule: `patrol/${what}`,
    labels: {},
    tier,
    atMs,
    holds,
    clears: !holds,
    reason,
  };
}
