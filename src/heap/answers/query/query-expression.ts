/** Text that an object has: its type, the package of that, what it is made like, and who owns it. */
export const TEXT_FIELDS = ["type", "package", "kind", "owner"] as const;
export type TextField = (typeof TEXT_FIELDS)[number];

/** Numbers that an object has: bytes of its own, bytes it keeps alive with itself, where it lies. */
export const NUMBER_FIELDS = ["bytes", "retained", "address"] as const;
export type NumberField = (typeof NUMBER_FIELDS)[number];

export type Comparison = "<" | "<=" | ">" | ">=" | "=" | "!=";

/** A condition on an object, as `query` reads it. */
export type QueryExpression =
  | { op: "and" | "or"; parts: readonly QueryExpression[] }
  | { op: "not"; part: QueryExpression }
  | { op: "text"; field: TextField; holds: (text: string) => boolean }
  | { op: "number"; field: NumberField; comparison: Comparison; value: number }
  /** `reachable`: pointers lead to it from there; `kept`: it would be free without that. */
  | { op: "reachable" | "kept"; from: string; at: number };

/** What an object can be made like: values of the field `kind`. */
export const OBJECT_KINDS = [
  "struct",
  "array",
  "map",
  "channel",
  "closure",
  "string",
  "slice",
  "pointer",
  "interface",
  "number",
  "runtime",
  "unknown",
] as const;
export type ObjectKind = (typeof OBJECT_KINDS)[number];

/** An expression that is not understood: where, why, and what may have been meant, in lines for the user. */
export class QueryError extends RangeError {
  /** Characters before the place. */
  readonly at: number;

  constructor(expression: string, at: number, why: string) {
    const line = expression.replace(/\s/g, " ");
    const from = Math.max(0, at - 60);
    const shown = `${from > 0 ? "…" : ""}${line.slice(from, from + 100)}`;
    const mark = `${" ".repeat(at - from + (from > 0 ? 1 : 0))}^`;
    super(`the query is not understood at character ${at + 1}: ${why}\n  ${shown}\n  ${mark}`);
    this.at = at;
  }
}
