import type { CheckMetrics } from "./check-metric.ts";
import type { ProblemCode } from "./problem-codes.ts";

export const DATABASE_PROBLEMS = [
  "connect-refused",
  "connect-timeout",
  "dns-failed",
  "unreachable",
  "connection-reset",
  "tls-failed",
  "timeout",
  "wrong-password",
  "auth-required",
  "not-permitted",
  "not-ready",
  "too-many-connections",
  "query-failed",
  "too-large",
  "bad-response",
] as const satisfies readonly ProblemCode[];

export const QUERY_COLUMN_METRIC = {
  "*": { unit: "any", meaning: "each numeric column of the query's first row, by its name in lower case" },
} as const satisfies CheckMetrics;
