import { findNearestName } from "../../lib/nearest-name.ts";
import type { AlertEvent, AlertKind, AlertState } from "../alert.ts";
import { alertId } from "../alerting/alert-id.ts";
import { isFiring } from "../alerting/step-alert.ts";
import { rankTier } from "../alerting/tier-rank.ts";
import type { CheckConfig, PatrolConfig, RuleConfig } from "../config/patrol-config.ts";
import type { Labels } from "../labels.ts";
import { matchLabels } from "../match-labels.ts";
import { findReceivers, routingLabels } from "../notifying/route-alert.ts";
import type { CheckRecord, RunRecord } from "../run-record.ts";
import { compileThreshold } from "../threshold/threshold.ts";
import type { WhyAnswer, WhyLook, WhyReport, WhyRule } from "./why-report.ts";

/** What the store and the configuration know; nothing else is asked, so that the daemon need not run. */
export interface WhyInput {
  target: string;
  nowMs: number;
  config: Pick<PatrolConfig, "targets" | "checks" | "routes">;
  /** Ids of all targets that the store has seen, with their labels. */
  seen: ReadonlyMap<string, Labels>;
  /** Of this target. */
  states: readonly AlertState[];
  events: readonly AlertEvent[];
  /** Of this target, newest first. */
  runs: readonly RunRecord[];
}

/** Why a target did or did not alert: its rules with what was last seen, who was told, and the story so far. */
export function explainTarget(input: WhyInput): WhyReport {
  const { target, nowMs, config, seen, runs } = input;
  const configured = config.targets.find(({ id }) => id === target);
  const isKnown = configured !== undefined || seen.has(target) || input.states.length > 0;
  const names = [...new Set([...config.targets.map(({ id }) => id), ...seen.keys()])];
  const looks = findLooks(runs);
  const labels = { ...(configured?.labels ?? seen.get(target) ?? runs[0]?.labels ?? {}), target };
  const rules = [...listConfigured(input, labels, looks), ...listOthers(input)].sort(byUrgency);
  return {
    schema: "gopatrol.why/v1",
    target,
    atMs: nowMs,
    answer: isKnown ? findAnswer(input, rules, looks) : { kind: "no-target" },
    looks: [...looks.values()].map(({ check, atMs, outcome, problem }) => ({
      check,
      atMs,
      outcome,
      reason: problem,
    })),
    rules,
    events: [...input.events].sort((a, b) => a.atMs - b.atMs),
    similar: isKnown ? [] : findSimilar(target, names),
  };
}

interface Look extends Omit<WhyLook, "reason"> {
  problem: string | null;
  metrics: CheckRecord["metrics"];
}

/** The newest record of each check; a run that began no check says why in its stages. */
function findLooks(runs: readonly RunRecord[]): Map<string, Look> {
  const looks = new Map<string, Look>();
  for (const { checks, endedMs } of runs) {
    for (const { check, outcome, problem, metrics } of checks) {
      const known = looks.get(check);
      if (known !== undefined && known.atMs >= endedMs) continue;
      looks.set(check, { check, atMs: endedMs, outcome, problem: problem?.message ?? null, metrics });
    }
  }
  return looks;
}

function listConfigured(input: WhyInput, labels: Labels, looks: ReadonlyMap<string, Look>): WhyRule[] {
  const { target, config, states } = input;
  const named = config.targets.find(({ id }) => id === target)?.checks ?? [];
  const applies = ({ name, matchers }: CheckConfig): boolean =>
    named.includes(name) || looks.has(name) || (matchers.length > 0 && matchLabels(matchers, labels));
  return config.checks.filter(applies).flatMap((check) =>
    check.rules.map((rule): WhyRule => {
      const name = `${check.name}/${rule.name}`;
      const state = states.find(({ id }) => id === alertId(target, name, rule.labels));
      const look = looks.get(check.name);
      return {
        ...describe(input, state, {
          rule: name,
          kind: state?.kind ?? "threshold",
          tier: rule.tier,
          labels: { ...labels, ...rule.labels, check: check.name },
        }),
        expression: rule.expression,
        clearExpression: rule.clearExpression,
        forMs: rule.forMs,
        minSamples: rule.minSamples,
        now: look === undefined ? null : explainNow(rule, state, look),
      };
    }),
  );
}

function explainNow(rule: RuleConfig, state: AlertState | undefined, { metrics, problem }: Look): string {
  const isOver = state !== undefined && isFiring(state) && rule.clearExpression !== null;
  // Loading has checked the names; here whatever was measured may be named.
  const compiled = compileThreshold(isOver ? rule.clearExpression! : rule.expression, ["*"]);
  if (!compiled.ok) return "the expression is not valid any more";
  const text = compiled.threshold.explain(metrics);
  const { holds } = compiled.threshold.evaluate(metrics);
  return holds === null && problem !== null ? `${text} (${problem})` : text;
}

/** Alerts that are not thresholds of the configuration: availability, findings, overdue, rules that are gone. */
function listOthers(input: WhyInput): WhyRule[] {
  const known = new Set(
    input.config.checks.flatMap(({ name, rules }) =>
      rules.map((rule) => alertId(input.target, `${name}/${rule.name}`, rule.labels)),
    ),
  );
  return input.states
    .filter(({ id }) => !known.has(id))
    .map((state) => ({
      ...describe(input, state, state),
      now: state.summary === "" ? null : state.summary,
      removed: state.kind === "threshold" || state.kind === "availability",
    }));
}

function describe(
  { config }: WhyInput,
  state: AlertState | undefined,
  about: { rule: string; kind: AlertKind; tier: AlertState["tier"]; labels: Labels; target?: string },
): WhyRule {
  const { rule, kind, labels } = about;
  const tier = state !== undefined && isFiring(state) ? state.tier : about.tier;
  const target = state?.target ?? labels["target"] ?? about.target ?? "";
  const routed = [
    ...findReceivers(config.routes, routingLabels({ labels, target, rule, tier, kind })).keys(),
  ];
  const told = state?.notified ?? {};
  const receivers = [...new Set([...routed, ...Object.keys(told)])];
  return {
    rule,
    kind,
    tier,
    phase: state?.phase ?? "inactive",
    sinceMs: state?.sinceMs ?? null,
    firedMs: state?.firedMs ?? null,
    resolvedMs: state?.resolvedMs ?? null,
    expression: null,
    clearExpression: null,
    forMs: 0,
    minSamples: 1,
    now: null,
    held: state?.held ?? null,
    finding: state?.finding ?? null,
    receivers: receivers.map((receiver) => ({ receiver, told: told[receiver] ?? null })),
    removed: false,
  };
}

const PHASE_RANK: Record<AlertState["phase"], number> = {
  firing: 0,
  keeping: 0,
  pending: 1,
  unknown: 2,
  inactive: 3,
};

function byUrgency(a: WhyRule, b: WhyRule): number {
  return (
    PHASE_RANK[a.phase] - PHASE_RANK[b.phase] ||
    rankTier(a.tier) - rankTier(b.tier) ||
    (a.rule < b.rule ? -1 : 1)
  );
}

function findAnswer(input: WhyInput, rules: readonly WhyRule[], looks: ReadonlyMap<string, Look>): WhyAnswer {
  const firing = rules.filter(isFiring);
  const toldOf = ({ receivers, firedMs }: WhyRule): string[] =>
    receivers
      .filter(({ told }) => told?.state === "firing" && told.atMs >= (firedMs ?? 0))
      .map(({ receiver }) => receiver);
  const told = firing.find((rule) => toldOf(rule).length > 0);
  if (told !== undefined) return { kind: "told", rule: told.rule, receivers: toldOf(told) };
  const [worst] = firing;
  if (worst !== undefined) {
    const { rule, held } = worst;
    if (held !== null) return { kind: "held", rule, reason: held };
    const failure = input.events
      .filter(
        (event) =>
          event.rule === rule && event.event === "notify-failed" && event.atMs >= (worst.firedMs ?? 0),
      )
      .at(-1);
    return failure === undefined
      ? { kind: "waiting", rule }
      : { kind: "undelivered", rule, reason: `${failure.receiver}: ${failure.reason}` };
  }
  const pending = rules.find(({ phase }) => phase === "pending");
  if (pending !== undefined) {
    const state = input.states.find(({ rule, phase }) => rule === pending.rule && phase === "pending");
    const heldMs = (state?.lastEvaluatedMs ?? 0) - (state?.holdsSinceMs ?? 0);
    const { rule, forMs, minSamples } = pending;
    return { kind: "pending", rule, heldMs, forMs, samples: state?.samples ?? 0, minSamples };
  }
  const unknown = rules.find(({ phase }) => phase === "unknown");
  if (unknown !== undefined) {
    return { kind: "unknown", rule: unknown.rule, reason: unknown.now ?? "nothing was measured" };
  }
  if (looks.size === 0) {
    const [last] = input.runs;
    const stopped = last?.stages.find(({ outcome }) => outcome === "refused" || outcome === "failed");
    return stopped === undefined
      ? { kind: "never-looked" }
      : { kind: "not-judged", check: stopped.stage, reason: stopped.detail ?? stopped.outcome };
  }
  const blind = [...looks.values()].find(({ outcome }) => outcome !== "ok");
  if (blind !== undefined) {
    return { kind: "not-judged", check: blind.check, reason: blind.problem ?? blind.outcome };
  }
  const thresholds = rules.filter(({ expression }) => expression !== null).length;
  return thresholds === 0 ? { kind: "no-rules" } : { kind: "quiet", rules: thresholds };
}

function findSimilar(target: string, names: readonly string[]): string[] {
  const within = names.filter((name) => name.includes(target)).slice(0, 5);
  const nearest = findNearestName(target, names);
  return within.length > 0 ? within : nearest === null ? [] : [nearest];
}
