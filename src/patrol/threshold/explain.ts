import { formatQuantity } from "../../lib/format-quantity.ts";
import { evaluateCondition, evaluateQuantity, readMetric } from "./evaluate.ts";
import type { Condition, MetricValues, Quantity } from "./expression.ts";

/**
 * Why a condition came out as it did: the comparisons that decided, with their numbers, in the order of the source.
 * "latency_ms = 412 > 300", "latency_ms = 210, not > 300", "error_rate is missing".
 */
export function explainCondition(source: string, condition: Condition, values: MetricValues): string {
  const reasons = new Set<string>();
  for (const leaf of findDeciding(condition, values)) reasons.add(describeLeaf(source, leaf, values));
  return [...reasons].join("; ");
}

/** The leaves that made it what it is: those of a true OR that hold, those of a false AND that do not. */
function findDeciding(condition: Condition, values: MetricValues): Condition[] {
  switch (condition.kind) {
    case "not":
      return findDeciding(condition.operand, values);
    case "and":
    case "or": {
      const outcome = evaluateCondition(condition, values);
      return [condition.left, condition.right]
        .filter((side) => evaluateCondition(side, values) === outcome)
        .flatMap((side) => findDeciding(side, values));
    }
    case "same":
      return [...findDeciding(condition.left, values), ...findDeciding(condition.right, values)];
    case "choose": {
      const when = evaluateCondition(condition.when, values);
      const rest = when === null ? [] : findDeciding(when ? condition.left : condition.right, values);
      return [...findDeciding(condition.when, values), ...rest];
    }
    default:
      return [condition];
  }
}

function describeLeaf(source: string, leaf: Condition, values: MetricValues): string {
  const outcome = evaluateCondition(leaf, values);
  const text = source.slice(leaf.start, leaf.end);
  if (leaf.kind === "missing") return `${leaf.metric} is ${outcome === true ? "missing" : "there"}`;
  const metrics = new Set<string>();
  collectMetrics(leaf, metrics);
  if (outcome === null) return describeUnknown(text, metrics, values);
  if (leaf.kind === "compare" && leaf.left.kind === "metric" && leaf.right.kind === "number") {
    const right = source.slice(leaf.right.start, leaf.right.end);
    const value = `${leaf.left.metric} = ${formatValue(leaf.left.metric, evaluateQuantity(leaf.left, values))}`;
    return outcome ? `${value} ${leaf.operator} ${right}` : `${value}, not ${leaf.operator} ${right}`;
  }
  const numbers = [...metrics].map(
    (metric) => `${metric} = ${formatValue(metric, readMetric(values, metric))}`,
  );
  const aside = numbers.length === 0 ? "" : ` (${numbers.join(", ")})`;
  return outcome ? `${text}${aside}` : `not ${text}${aside}`;
}

function describeUnknown(text: string, metrics: ReadonlySet<string>, values: MetricValues): string {
  const absent = [...metrics].filter((metric) => Number.isNaN(readMetric(values, metric)));
  if (absent.length === 0) return `${text} has no value (a division by zero)`;
  return `${absent.join(", ")} ${absent.length === 1 ? "is" : "are"} missing`;
}

/** Adds the metrics that a part of an expression reads, in the order of the source. */
export function collectMetrics(part: Condition | Quantity, into: Set<string>): void {
  switch (part.kind) {
    case "constant":
    case "number":
      return;
    case "metric":
    case "missing":
      into.add(part.metric);
      return;
    case "not":
    case "negate":
      collectMetrics(part.operand, into);
      return;
    case "in":
      collectMetrics(part.value, into);
      for (const item of part.list) collectMetrics(item, into);
      return;
    case "function":
      for (const operand of part.operands) collectMetrics(operand, into);
      return;
    case "choose":
      for (const each of [part.when, part.left, part.right]) collectMetrics(each, into);
      return;
    default:
      collectMetrics(part.left, into);
      collectMetrics(part.right, into);
  }
}

/**
 * Six digits tell 0.0010001 from 0.001; whole numbers stay whole, to be compared with the expression. Sizes, which nobody
 * reads in bytes, are given in words besides.
 */
function formatValue(metric: string, value: number): string {
  const exact = Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
  const isSize =
    /(?:^|_)bytes(?:_per_second)?$/.test(metric) && Math.abs(value) >= 1024 && Number.isFinite(value);
  if (!isSize) return exact;
  return `${exact} (${formatQuantity(value, metric.endsWith("second") ? "bytes/s" : "bytes")})`;
}
