import type { ASTNode } from "@marcbachmann/cel-js";
import { findNearestName } from "../../lib/nearest-name.ts";
import type { Comparison, Condition, Place, Quantity } from "./expression.ts";
import type { ThresholdError } from "./threshold-error.ts";

const SIZES: Readonly<Record<string, number>> = { KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 };
const FUNCTIONS = ["abs", "min", "max", "missing", ...Object.keys(SIZES)];

type Typed = { type: "number"; value: Quantity } | { type: "condition"; value: Condition };

/**
 * Makes a threshold of a syntax tree. What is not listed here does not exist: no text, no members, no regular
 * expressions, no loops. Numbers are doubles, whole ones too, so that 5 / 2 is 2.5. Goes on after an error, so that
 * all unknown metrics are told at once; then the result is null.
 */
export class SyntaxChecker {
  readonly errors: ThresholdError[] = [];
  readonly #known: readonly string[];

  /** A name that ends in `*` stands for any that begin with it. */
  constructor(knownMetrics: readonly string[]) {
    this.#known = knownMetrics;
  }

  condition(node: ASTNode): Condition | null {
    const typed = this.#read(node);
    if (typed === null || typed.type === "condition") return typed?.value ?? null;
    return this.#fail(
      node,
      "a condition is needed here, this is a number",
      "compare it: <, <=, >, >=, == or !=",
    );
  }

  #number(node: ASTNode): Quantity | null {
    const typed = this.#read(node);
    if (typed === null || typed.type === "number") return typed?.value ?? null;
    return this.#fail(node, "a number is needed here, this is a condition", suggestForCondition(node));
  }

  #read(node: ASTNode): Typed | null {
    const place = { start: node.start, end: node.end };
    switch (node.op) {
      case "value":
        return this.#literal(node.args, place);
      case "id":
        return this.#metric(node.args, place)
          ? numeric({ kind: "metric", metric: node.args, ...place })
          : null;
      case "call":
        return this.#call(node.args[0], node.args[1], place);
      case "||":
      case "&&": {
        const left = this.condition(node.args[0]);
        const right = this.condition(node.args[1]);
        if (left === null || right === null) return null;
        return logical({ kind: node.op === "||" ? "or" : "and", left, right, ...place });
      }
      case "!_": {
        const operand = this.#negated(node.args);
        return operand && logical({ kind: "not", operand, ...place });
      }
      case "-_": {
        const operand = this.#number(node.args);
        return operand && numeric({ kind: "negate", operand, ...place });
      }
      case "<":
      case "<=":
      case ">":
      case ">=":
        return this.#comparison(node.op, node.args, place);
      case "==":
      case "!=":
        return this.#equality(node.op, node.args, place);
      case "+":
      case "-":
      case "*":
      case "/": {
        const left = this.#number(node.args[0]);
        const right = this.#number(node.args[1]);
        if (left === null || right === null) return null;
        return numeric({ kind: "arithmetic", operator: node.op, left, right, ...place });
      }
      case "in":
        return this.#membership(node.args, place);
      case "?:":
        return this.#choice(node.args, place);
      case "%":
        return this.#fail(place, "there is no remainder of doubles", "a share is a number: 80 % is 0.8");
      case "rcall":
        return this.#fail(place, `'.${node.args[0]}()' does not exist here`, suggestFunctions());
      case ".":
        return this.#fail(place, "a metric has no members", "its name is one word: heap_live_bytes");
      default:
        return this.#fail(place, "this does not exist in a threshold", suggestFunctions());
    }
  }

  #literal(value: unknown, place: Place): Typed | null {
    if (typeof value === "boolean") return logical({ kind: "constant", holds: value, ...place });
    if (typeof value === "number" || typeof value === "bigint") {
      return numeric({ kind: "number", value: Number(value), ...place });
    }
    if (value === null) {
      return this.#fail(place, "null cannot be compared", "missing(metric) asks whether a value is there");
    }
    return this.#fail(place, "this is not a number", "leave out the u of an unsigned number");
  }

  #metric(name: string, place: Place): boolean {
    const isKnown = (known: string) =>
      known.endsWith("*") ? name.startsWith(known.slice(0, -1)) : name === known;
    if (this.#known.some(isKnown)) return true;
    const names = this.#known.filter((known) => !known.endsWith("*"));
    const nearest = findNearestName(name, names);
    const suggestion =
      nearest !== null ? `did you mean ${nearest}?` : `it has ${this.#known.join(", ") || "no metrics"}`;
    this.#fail(place, `the check has no metric '${name}'`, suggestion);
    return false;
  }

  #call(name: string, args: readonly ASTNode[], place: Place): Typed | null {
    if (name === "missing") {
      const [metric, ...more] = args;
      if (metric?.op !== "id" || more.length > 0) {
        return this.#fail(place, "missing() takes the name of one metric", "missing(latency_ms)");
      }
      if (!this.#metric(metric.args, metric)) return null;
      return logical({ kind: "missing", metric: metric.args, ...place });
    }
    const size = Object.hasOwn(SIZES, name) ? SIZES[name] : undefined;
    if (size === undefined && name !== "abs" && name !== "min" && name !== "max") {
      const nearest = findNearestName(name, FUNCTIONS);
      const suggestion = nearest === null ? suggestFunctions() : `did you mean ${nearest}()?`;
      return this.#fail(place, `there is no function '${name}'`, suggestion);
    }
    const wanted = name === "min" || name === "max" ? [1, 32] : [1, 1];
    if (args.length < wanted[0]! || args.length > wanted[1]!) {
      const message = `${name}() takes ${wanted[1] === 1 ? "one number" : "1 to 32 numbers"}, here are ${args.length}`;
      return this.#fail(place, message, null);
    }
    const operands = args.map((arg) => this.#number(arg));
    if (!operands.every((operand) => operand !== null)) return null;
    if (name === "abs" || name === "min" || name === "max") {
      return numeric({ kind: "function", name, operands, ...place });
    }
    const factor: Quantity = { kind: "number", value: size!, ...place };
    return numeric({ kind: "arithmetic", operator: "*", left: operands[0]!, right: factor, ...place });
  }

  /** `NOT a > 3` is `(NOT a) > 3` in CEL; the error says so rather than that a number is no condition. */
  #negated(node: ASTNode): Condition | null {
    const typed = this.#read(node);
    if (typed === null || typed.type === "condition") return typed?.value ?? null;
    return this.#fail(
      node,
      "NOT applies to this number alone, not to the comparison",
      "put the comparison in brackets: NOT (a > 3)",
    );
  }

  #comparison(operator: Comparison, args: readonly [ASTNode, ASTNode], place: Place): Typed | null {
    const left = this.#number(args[0]);
    const right = this.#number(args[1]);
    if (left === null || right === null) return null;
    return logical({ kind: "compare", operator, left, right, ...place });
  }

  #equality(operator: "==" | "!=", args: readonly [ASTNode, ASTNode], place: Place): Typed | null {
    const left = this.#read(args[0]);
    const right = this.#read(args[1]);
    if (left === null || right === null) return null;
    if (left.type === "number" && right.type === "number") {
      return logical({ kind: "compare", operator, left: left.value, right: right.value, ...place });
    }
    if (left.type === "condition" && right.type === "condition") {
      const equal = operator === "==";
      return logical({ kind: "same", equal, left: left.value, right: right.value, ...place });
    }
    return this.#fail(place, "a number cannot equal a condition", null);
  }

  #membership(args: readonly [ASTNode, ASTNode], place: Place): Typed | null {
    const value = this.#number(args[0]);
    if (args[1].op !== "list") {
      return this.#fail(args[1], "a list should follow 'in'", "status in [500, 502, 503]");
    }
    const list = args[1].args.map((item) => this.#number(item));
    if (value === null || !list.every((item) => item !== null)) return null;
    return logical({ kind: "in", value, list, ...place });
  }

  #choice(args: readonly [ASTNode, ASTNode, ASTNode], place: Place): Typed | null {
    const when = this.condition(args[0]);
    const left = this.#read(args[1]);
    const right = this.#read(args[2]);
    if (when === null || left === null || right === null) return null;
    if (left.type === "number" && right.type === "number") {
      return numeric({ kind: "choose", when, left: left.value, right: right.value, ...place });
    }
    if (left.type === "condition" && right.type === "condition") {
      return logical({ kind: "choose", when, left: left.value, right: right.value, ...place });
    }
    return this.#fail(place, "both sides of ':' must be numbers, or both conditions", null);
  }

  #fail({ start, end }: Place, message: string, suggestion: string | null): null {
    this.errors.push({ message, start, end, suggestion });
    return null;
  }
}

function numeric(value: Quantity): Typed {
  return { type: "number", value };
}

function logical(value: Condition): Typed {
  return { type: "condition", value };
}

function suggestFunctions(): string {
  return `there are ${FUNCTIONS.map((name) => `${name}()`).join(", ")}`;
}

/** `1 < x < 5` compares a condition with a number. */
function suggestForCondition(node: ASTNode): string | null {
  const isChain = node.op === "<" || node.op === "<=" || node.op === ">" || node.op === ">=";
  return isChain ? "write both comparisons: 1 < x AND x < 5" : null;
}
