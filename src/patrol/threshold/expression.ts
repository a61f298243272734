/**
 * A threshold after it was checked: numbers and conditions, each with its place in the source. Small by its limits
 * (threshold.ts), so that walking it by recursion is safe.
 */
export type Condition = Place &
  (
    | { kind: "constant"; holds: boolean }
    | { kind: "compare"; operator: Comparison; left: Quantity; right: Quantity }
    | { kind: "in"; value: Quantity; list: readonly Quantity[] }
    | { kind: "missing"; metric: string }
    | { kind: "same"; equal: boolean; left: Condition; right: Condition }
    | { kind: "and" | "or"; left: Condition; right: Condition }
    | { kind: "not"; operand: Condition }
    | { kind: "choose"; when: Condition; left: Condition; right: Condition }
  );

/** A double; NaN stands for "not known". */
export type Quantity = Place &
  (
    | { kind: "number"; value: number }
    | { kind: "metric"; metric: string }
    | { kind: "negate"; operand: Quantity }
    | { kind: "arithmetic"; operator: "+" | "-" | "*" | "/"; left: Quantity; right: Quantity }
    | { kind: "function"; name: "abs" | "min" | "max"; operands: readonly Quantity[] }
    | { kind: "choose"; when: Condition; left: Quantity; right: Quantity }
  );

export type Comparison = "<" | "<=" | ">" | ">=" | "==" | "!=";

/** Offsets in UTF-16 units of the source; `end` is the first that does not belong to it. */
export interface Place {
  start: number;
  end: number;
}

/** Values by metric; what is absent, null or NaN is not known. */
export type MetricValues = Readonly<Record<string, number | null | undefined>>;
