import { SyntaxChecker } from "./check-syntax.ts";
import { evaluateCondition, readMetric } from "./evaluate.ts";
import { collectMetrics, explainCondition } from "./explain.ts";
import type { MetricValues } from "./expression.ts";
import { readSyntax } from "./read-syntax.ts";
import type { ThresholdError } from "./threshold-error.ts";

export interface Threshold {
  readonly source: string;
  /** Those that it names, in the order of the source. */
  readonly metrics: readonly string[];
  /** Costs microseconds and never throws. */
  evaluate(values: MetricValues): ThresholdResult;
  /** Which comparisons decided, with their numbers: "latency_ms = 412 > 300". */
  explain(values: MetricValues): string;
}

interface ThresholdResult {
  /** null: what is missing could make it true or false. */
  holds: boolean | null;
  /** Of the metrics that it names, those that have a value, and those that have none. */
  values: Record<string, number>;
  missing: string[];
}

export type CompiledThreshold = { ok: true; threshold: Threshold } | { ok: false; errors: ThresholdError[] };

/**
 * Compiles `latency_ms > 300 OR error_rate > 0.001`: CEL's grammar over numbers, with OR, AND and NOT as words in any
 * case. The language is that of docs/alerting.md.
 *
 * `knownMetrics`: what the check can give; a name that ends in `*` stands for all that begin so.
 */
export function compileThreshold(source: string, knownMetrics: readonly string[]): CompiledThreshold {
  const syntax = readSyntax(source);
  if ("error" in syntax) return { ok: false, errors: [syntax.error] };
  const checker = new SyntaxChecker(knownMetrics);
  const condition = checker.condition(syntax.tree);
  if (condition === null) return { ok: false, errors: checker.errors };

  const metrics = new Set<string>();
  collectMetrics(condition, metrics);
  if (metrics.size === 0) {
    const message = "the expression names no metric, so it can never change";
    return {
      ok: false,
      errors: [{ message, start: 0, end: source.length, suggestion: `use ${knownMetrics.join(", ")}` }],
    };
  }
  const threshold: Threshold = {
    source,
    metrics: [...metrics],
    evaluate(values) {
      const there: Record<string, number> = {};
      const missing: string[] = [];
      for (const metric of metrics) {
        const value = readMetric(values, metric);
        if (Number.isNaN(value)) missing.push(metric);
        else there[metric] = value;
      }
      return { holds: evaluateCondition(condition, values), values: there, missing };
    },
    explain: (values) => explainCondition(source, condition, values),
  };
  return { ok: true, threshold };
}
