import type { CheckMetrics } from "./check-metric.ts";
import { ACCESS_PROBLEMS, type ProblemCode } from "./problem-codes.ts";

export const DATABASE_PROBLEMS = [
  ...ACCESS_PROBLEMS,
  "not-ready",
  "too-many-connections",
  "query-failed",
  "too-large",
  "bad-response",
] as const satisfies readonly ProblemCode[];

export const QUERY_COLUMN_METRIC = {
  "*": { unit: "any", meaning: "each numeric column of the query's first row, by its name in lower case" },
} as const satisfies CheckMetrics;
