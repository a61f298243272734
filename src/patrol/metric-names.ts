import { CHECK_TYPES } from "./check-types/check-types.ts";
import type { CheckConfig } from "./config/patrol-config.ts";

/**
 * How history and exporter name what several checks of one target measure: `up` or `rss_bytes` of each would else be
 * one series of two meanings. The first of the target's checks that can measure it has the plain name, another's is
 * `check/metric`. Rules are about one check and know its metrics by their own names.
 */
export class MetricNames {
  readonly #metricsOf: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #all = new Map<string, string[]>();

  constructor(checks: readonly Pick<CheckConfig, "name" | "kind" | "options">[]) {
    this.#metricsOf = new Map(
      checks.map(({ name, kind, options }) => [
        name,
        new Set(Object.keys(CHECK_TYPES[kind].metricsOf(options))),
      ]),
    );
    for (const [check, metrics] of this.#metricsOf) {
      for (const metric of metrics) {
        const names = this.#all.get(metric);
        if (names === undefined) this.#all.set(metric, [metric]);
        // The first of all is the first of each target that has it.
        else names.push(`${check}/${metric}`);
      }
    }
  }

  /** `checks`: names of all of the target's, in the configuration's order. */
  nameOf(checks: readonly string[], check: string, metric: string): string {
    const owner = checks.find((each) => this.#metricsOf.get(each)?.has(metric) === true);
    return owner === undefined || owner === check ? metric : `${check}/${metric}`;
  }

  /** Every name that a metric may have, the plain one first. */
  allOf(metric: string): readonly string[] {
    return this.#all.get(metric) ?? [metric];
  }
}
