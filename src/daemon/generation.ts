import { type CompiledRule, compileRules } from "../patrol/alerting/judge.ts";
import type { CheckKind } from "../patrol/check.ts";
import { CHECK_TYPES } from "../patrol/check-types/check-types.ts";
import { hashConfig } from "../patrol/config/config-hash.ts";
import type { CheckConfig, PatrolConfig, TargetConfig } from "../patrol/config/patrol-config.ts";
import { matchLabels } from "../patrol/match-labels.ts";
import { MetricNames } from "../patrol/metric-names.ts";
import { buildLanes, type Lane } from "../patrol/schedule/lane.ts";
import { TREND_METRICS } from "../patrol/schedule/suspects.ts";

export function isHeavy(kind: CheckKind): boolean {
  return CHECK_TYPES[kind].heavy;
}

/** All that follows from a configuration alone; a reload puts another one in its place, whole. */
export class Generation {
  readonly config: PatrolConfig;
  readonly hash: string;
  readonly loadedMs: number;
  /** By the check's name. */
  readonly rules: ReadonlyMap<string, readonly CompiledRule[]>;
  /** Names of metrics that some rule compares, as the exporter knows them. */
  readonly ruleMetrics: ReadonlySet<string>;
  /** Names of metrics whose rise makes a target suspect. */
  readonly trendMetrics: readonly string[];
  readonly metricNames: MetricNames;
  /** Targets with the same checks share their lanes: ten thousand targets have a handful of them. */
  readonly #lanes = new Map<string, Lane[]>();

  constructor(config: PatrolConfig, loadedMs: number) {
    this.config = config;
    this.hash = hashConfig(config);
    this.loadedMs = loadedMs;
    this.rules = new Map(
      config.checks.map((check) => {
        const known = Object.keys(CHECK_TYPES[check.kind].metricsOf(check.options));
        return [check.name, compileRules(check, known)];
      }),
    );
    this.metricNames = new MetricNames(config.checks);
    this.trendMetrics = TREND_METRICS.flatMap((metric) => this.metricNames.allOf(metric));
    this.ruleMetrics = new Set(
      [...this.rules.values()]
        .flat()
        .flatMap(({ threshold }) => threshold.metrics.flatMap((metric) => this.metricNames.allOf(metric))),
    );
  }

  checksOf({ checks, labels }: TargetConfig): CheckConfig[] {
    return this.config.checks.filter(
      ({ name, matchers }) => checks.includes(name) || (matchers.length > 0 && matchLabels(matchers, labels)),
    );
  }

  /** What history and exporter call a metric of one of the target's checks. */
  metricNamesOf(target: TargetConfig): (check: string, metric: string) => string {
    const checks = this.checksOf(target).map(({ name }) => name);
    return (check, metric) => this.metricNames.nameOf(checks, check, metric);
  }

  lanesOf(target: TargetConfig): readonly Lane[] {
    const checks = this.checksOf(target);
    const key = checks.map(({ name }) => name).join("\n");
    let lanes = this.#lanes.get(key);
    if (lanes === undefined) {
      const { baseProfileEveryMs } = this.config.budget;
      lanes = buildLanes(checks, { isHeavy, baseProfileEveryMs });
      this.#lanes.set(key, lanes);
    }
    return lanes;
  }
}
