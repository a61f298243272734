import type { z } from "zod";
import type { CheckKind, CheckTarget, CheckType } from "../check.ts";
import { AddressError } from "./address.ts";
import { type CheckMetrics, COMMON_METRICS } from "./check-metric.ts";
import type { ProblemCode } from "./problem-codes.ts";

interface Definition<Options> {
  kind: CheckKind;
  heavy: boolean;
  cost: string;
  options: z.ZodType<Options>;
  metrics: CheckMetrics;
  /** Metrics that the options themselves name; `null` if they may bring any. Default: none. */
  ownMetrics?(options: Options): readonly string[] | null;
  problems: readonly ProblemCode[];
  plan(target: CheckTarget, options: Options): string[];
}

/** A kind whose options are typed inside and plain data outside. */
export interface TypedCheckType<Options> extends CheckType {
  /** Throws ZodError. */
  parse(options: unknown): Options;
}

export function defineCheckType<Options>(definition: Definition<Options>): TypedCheckType<Options> {
  const { options: schema, ownMetrics, plan } = definition;
  const metrics: CheckMetrics = { ...COMMON_METRICS, ...definition.metrics };
  const { "*": any, ...fixed } = metrics;
  return {
    kind: definition.kind,
    heavy: definition.heavy,
    cost: definition.cost,
    optionsSchema: schema,
    metrics,
    problems: definition.problems,
    parse: (options) => schema.parse(options),
    metricsOf(options) {
      const own = ownMetrics?.(schema.parse(options));
      if (own === undefined || any === undefined) return metrics;
      if (own === null) return metrics;
      return { ...fixed, ...Object.fromEntries(own.map((name) => [name, any])) };
    },
    plan(target, options) {
      try {
        return plan(target, schema.parse(options));
      } catch (error) {
        if (error instanceof AddressError) return [`nothing: ${error.message}`];
        throw error;
      }
    },
  };
}
