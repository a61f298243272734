import type { z } from "zod";
import type { CheckKind } from "../check.ts";
import { CHECK_TYPES } from "../check-types/check-types.ts";
import { compileThreshold } from "../threshold/threshold.ts";
import type { ProblemAt } from "./config-problem.ts";
import type { CheckConfig, Level, RuleConfig, Schedule } from "./patrol-config.ts";
import { CHECK_KINDS, commonCheckSchema, KIND_LEVEL, optionKeys } from "./schema/check-schema.ts";
import { describeInput, textOf } from "./schema/fields.ts";
import { ruleSchema } from "./schema/rule-schema.ts";
import { buildAuth } from "./schema/secret-fields.ts";
import type { ReadTable, SectionReader } from "./section-reader.ts";
import { isTable } from "./section-reader.ts";
import { findNearest, suggestName } from "./suggest.ts";
import type { TomlTable } from "./toml-document.ts";

const COMMON_KEYS = Object.keys(commonCheckSchema.shape);
/** Kinds whose failure alone is worth an alert. */
const HEARTBEATS: ReadonlySet<CheckKind> = new Set(["tcp", "http", "redis", "mysql", "postgres", "pprof"]);
const INTERVAL_MS: Readonly<Record<Level, number>> = { L1: 30_000, L2: 60_000, L3: 3_600_000 };
const TIMEOUT_MS: Readonly<Record<Level, number>> = { L1: 5_000, L2: 15_000, L3: 300_000 };
const MOST_DEFAULT_JITTER_MS = 300_000;

/** One table of [[checks]], with all that is wrong in it told to `reader`. */
export function readCheck(
  reader: SectionReader,
  raw: TomlTable,
  path: ReadTable<unknown>["path"],
): ReadTable<CheckConfig> {
  const before = reader.problems.length;
  const given = CHECK_KINDS.find((known) => known === raw["kind"]);
  // Of a misspelt kind the other keys are judged by the one that was meant.
  const kind = given ?? CHECK_KINDS.find((known) => known === findNearest(textOf(raw["kind"]), CHECK_KINDS));
  if (given === undefined && raw["kind"] !== undefined) {
    reader.problems.push({
      code: "unknown-value",
      message: `"kind": ${describeInput(raw["kind"])} is no kind of check`,
      hint: suggestName(textOf(raw["kind"]), CHECK_KINDS),
      path: [...path, "kind"],
    });
  }
  const options = kind === undefined ? [] : optionKeys(kind);
  const commonPart: TomlTable = {};
  const optionPart: TomlTable = {};
  for (const [key, value] of Object.entries(raw)) {
    if (key === "rules") continue;
    if (options.includes(key)) optionPart[key] = value;
    // Of a kind that is not known any key may be right.
    else if (kind !== undefined || COMMON_KEYS.includes(key)) commonPart[key] = value;
  }
  const common = reader.parse(commonCheckSchema, commonPart, path, [...options, "rules"]);
  const parsedOptions =
    kind === undefined ? undefined : reader.parse(CHECK_TYPES[kind].optionsSchema, optionPart, path);
  if (kind === undefined) return { path, raw, value: undefined };

  const metrics =
    parsedOptions === undefined ? null : Object.keys(CHECK_TYPES[kind].metricsOf(parsedOptions as TomlTable));
  const rules = readRules(reader, raw, path);
  const checkExpression = (key: string, at: ReadTable<unknown>["path"], source: unknown): void => {
    if (typeof source === "string" && source !== "") {
      reader.problems.push(...findThresholdProblems(source, [...at, key], metrics));
    }
  };
  checkExpression("alert_threshold", path, raw["alert_threshold"]);
  checkExpression("clear_threshold", path, raw["clear_threshold"]);
  for (const rule of rules) {
    checkExpression("threshold", rule.path, rule.raw["threshold"]);
    checkExpression("clear_threshold", rule.path, rule.raw["clear_threshold"]);
  }
  if (common === undefined || parsedOptions === undefined) return { path, raw, value: undefined };
  if (common.timeout !== undefined && common.timeout_ms !== undefined) {
    reader.problems.push({
      code: "twice",
      message: "timeout and timeout_ms are one thing",
      hint: "keep one of them",
      path: [...path, "timeout_ms"],
      part: "key",
    });
  }
  const config = buildCheck(
    kind,
    common,
    rules,
    parsedOptions as Record<string, unknown>,
    CHECK_TYPES[kind].heavy,
  );
  reader.problems.push(...findScheduleProblems(common, config, path));
  const isWhole = reader.problems.slice(before).every(({ severity }) => severity === "warning");
  return { path, raw, value: isWhole ? config : undefined };
}

function readRules(
  reader: SectionReader,
  raw: TomlTable,
  path: ReadTable<unknown>["path"],
): ReadTable<z.output<typeof ruleSchema>>[] {
  const value = raw["rules"];
  if (value === undefined) return [];
  if (!Array.isArray(value) || !value.every(isTable)) {
    reader.problems.push({
      code: "wrong-type",
      message: '"rules" is a list of tables',
      hint: "write [[checks.rules]] above each, below the check's own keys",
      path: [...path, "rules"],
      part: "key",
    });
    return [];
  }
  return value.map((rule, i) => {
    const at = [...path, "rules", i];
    return { path: at, raw: rule, value: reader.parse(ruleSchema, rule, at) };
  });
}

function buildCheck(
  kind: CheckKind,
  common: z.output<typeof commonCheckSchema>,
  rules: ReadTable<z.output<typeof ruleSchema>>[],
  options: Record<string, unknown>,
  heavy: boolean,
): CheckConfig {
  const level = common.level ?? KIND_LEVEL[kind];
  return {
    name: common.name,
    kind,
    level,
    schedule: buildSchedule(common, level),
    when: common.when ?? (heavy && level !== "L1" ? "suspect" : "always"),
    matchers: common.match,
    timeoutMs: common.timeout ?? common.timeout_ms ?? TIMEOUT_MS[level],
    retries: common.retries ?? (heavy ? 0 : 1),
    options,
    auth: buildAuth(common.auth),
    rules: [
      ...buildOwnRules(kind, common, rules),
      ...rules.flatMap(({ value }) => (value === undefined ? [] : [buildRule(value)])),
    ],
  };
}

function buildSchedule(common: z.output<typeof commonCheckSchema>, level: Level): Schedule {
  if (common.cron !== undefined) {
    return { kind: "cron", expression: common.cron, timeZone: common.time_zone, splayMs: common.splay };
  }
  const everyMs = common.interval ?? INTERVAL_MS[level];
  return { kind: "interval", everyMs, jitterMs: common.jitter ?? Math.min(everyMs, MOST_DEFAULT_JITTER_MS) };
}

/** Those of `alert_threshold` and `alert_when_down`. */
function buildOwnRules(
  kind: CheckKind,
  common: z.output<typeof commonCheckSchema>,
  rules: ReadTable<z.output<typeof ruleSchema>>[],
): RuleConfig[] {
  const own: RuleConfig[] = [];
  if (common.alert_threshold !== undefined) {
    own.push(buildRule({ ...common, threshold: common.alert_threshold, labels: {} }));
  }
  const isAsked = [common.alert_threshold, ...rules.map(({ value }) => value?.threshold)].some((threshold) =>
    /\bup\b/.test(threshold ?? ""),
  );
  if (common.alert_when_down ?? (HEARTBEATS.has(kind) && !isAsked)) {
    own.push({
      name: `${common.name}-down`,
      expression: "up < 1",
      clearExpression: null,
      forMs: 0,
      keepFiringForMs: 0,
      // Once may be a restart.
      minSamples: 2,
      onUnknown: "hold",
      tier: common.alert_threshold === undefined ? "P1" : common.tier,
      summary: null,
      labels: {},
    });
  }
  return own;
}

function buildRule(rule: z.output<typeof ruleSchema>): RuleConfig {
  return {
    name: rule.name,
    expression: rule.threshold,
    clearExpression: rule.clear_threshold ?? null,
    forMs: rule.for,
    keepFiringForMs: rule.keep_firing_for,
    minSamples: rule.min_samples,
    onUnknown: rule.on_unknown,
    tier: rule.tier,
    summary: rule.summary ?? null,
    labels: rule.labels,
  };
}

/** `metrics` null: the options are wrong, so that only the syntax can be judged. */
function findThresholdProblems(
  source: string,
  path: ReadTable<unknown>["path"],
  metrics: readonly string[] | null,
): ProblemAt[] {
  const key = String(path.at(-1));
  const result = compileThreshold(source, metrics ?? ["*"]);
  if (!result.ok) {
    return result.errors.map(({ message, suggestion, start, end }) => ({
      code: "bad-threshold",
      message: `"${key}": ${message}`,
      hint: suggestion ?? 'write a comparison, such as "latency_ms > 300"',
      path,
      within: { offset: start, length: Math.max(1, end - start) },
    }));
  }
  if (metrics?.includes("*") !== true) return [];
  // Any name may be a column of the user's query, and a misspelt one of ours looks like that.
  const fixed = metrics.filter((metric) => metric !== "*");
  return result.threshold.metrics.flatMap((metric): ProblemAt[] => {
    const near = fixed.includes(metric) ? undefined : findNearest(metric, fixed);
    if (near === undefined) return [];
    return [
      {
        severity: "warning",
        code: "doubtful-metric",
        message: `"${key}": ${metric} must come from the query, as a column of that name`,
        hint: `did you mean "${near}"?`,
        path,
        within: { offset: source.indexOf(metric), length: metric.length },
      },
    ];
  });
}

function findScheduleProblems(
  common: z.output<typeof commonCheckSchema>,
  check: CheckConfig,
  path: ReadTable<unknown>["path"],
): ProblemAt[] {
  const problems: ProblemAt[] = [];
  if (common.cron !== undefined && common.interval !== undefined) {
    problems.push({
      code: "twice",
      message: "the check has both an interval and a cron expression",
      hint: "keep one of them",
      path: [...path, "cron"],
      part: "key",
    });
  }
  const { schedule, timeoutMs } = check;
  if (schedule.kind === "interval" && schedule.jitterMs > schedule.everyMs) {
    problems.push({
      code: "out-of-range",
      message: '"jitter" is longer than the interval',
      hint: "at most the interval",
      path: [...path, "jitter"],
    });
  }
  if (schedule.kind === "interval" && timeoutMs * (check.retries + 1) > schedule.everyMs) {
    problems.push({
      severity: "warning",
      code: "slow-check",
      message: `${check.retries + 1} attempts of ${timeoutMs / 1000} s may last longer than the interval of ${schedule.everyMs / 1000} s: slots will be missed`,
      hint: "shorten timeout, or lengthen interval",
      path,
      part: "key",
    });
  }
  return problems;
}
