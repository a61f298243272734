import type { Comparison, Condition, MetricValues, Quantity } from "./expression.ts";

/**
 * Kleene's logic: null is "not known". A condition is known as soon as no value of what is missing could change it:
 * `a > 1 OR b > 1` holds with a = 2 whatever b is, and is not known with a = 0 and b missing.
 */
export function evaluateCondition(condition: Condition, values: MetricValues): boolean | null {
  switch (condition.kind) {
    case "constant":
      return condition.holds;
    case "compare":
      return compare(
        condition.operator,
        evaluateQuantity(condition.left, values),
        evaluateQuantity(condition.right, values),
      );
    case "in": {
      const value = evaluateQuantity(condition.value, values);
      let found: boolean | null = false;
      for (const item of condition.list)
        found = either(found, compare("==", value, evaluateQuantity(item, values)));
      return found;
    }
    case "missing":
      return Number.isNaN(readMetric(values, condition.metric));
    case "same": {
      const left = evaluateCondition(condition.left, values);
      const right = evaluateCondition(condition.right, values);
      return left === null || right === null ? null : (left === right) === condition.equal;
    }
    case "and":
      return both(evaluateCondition(condition.left, values), evaluateCondition(condition.right, values));
    case "or":
      return either(evaluateCondition(condition.left, values), evaluateCondition(condition.right, values));
    case "not": {
      const operand = evaluateCondition(condition.operand, values);
      return operand === null ? null : !operand;
    }
    case "choose": {
      const when = evaluateCondition(condition.when, values);
      return when === null ? null : evaluateCondition(when ? condition.left : condition.right, values);
    }
  }
}

export function evaluateQuantity(quantity: Quantity, values: MetricValues): number {
  switch (quantity.kind) {
    case "number":
      return quantity.value;
    case "metric":
      return readMetric(values, quantity.metric);
    case "negate":
      return -evaluateQuantity(quantity.operand, values);
    case "arithmetic":
      return calculate(
        quantity.operator,
        evaluateQuantity(quantity.left, values),
        evaluateQuantity(quantity.right, values),
      );
    case "function": {
      const operands = quantity.operands.map((operand) => evaluateQuantity(operand, values));
      return Math[quantity.name](...(operands as [number]));
    }
    case "choose": {
      const when = evaluateCondition(quantity.when, values);
      return when === null ? Number.NaN : evaluateQuantity(when ? quantity.left : quantity.right, values);
    }
  }
}

/** Only what the record itself holds: a metric called "constructor" is missing like any other. */
export function readMetric(values: MetricValues, metric: string): number {
  const value = Object.hasOwn(values, metric) ? values[metric] : undefined;
  return typeof value === "number" ? value : Number.NaN;
}

function calculate(operator: "+" | "-" | "*" | "/", left: number, right: number): number {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      // A rate over no requests is not infinite and not zero: there is none.
      return right === 0 ? Number.NaN : left / right;
  }
}

function compare(operator: Comparison, left: number, right: number): boolean | null {
  if (Number.isNaN(left) || Number.isNaN(right)) return null;
  switch (operator) {
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
    case "==":
      return left === right;
    case "!=":
      return left !== right;
  }
}

function both(left: boolean | null, right: boolean | null): boolean | null {
  if (left === false || right === false) return false;
  return left === null || right === null ? null : true;
}

function either(left: boolean | null, right: boolean | null): boolean | null {
  if (left === true || right === true) return true;
  return left === null || right === null ? null : false;
}
