import { ACCESS_PROBLEMS, type ProblemCode } from "./problem-codes.ts";

/** What may go wrong wherever a Go service's own HTTP server is asked. */
export const PPROF_PROBLEMS = [
  ...ACCESS_PROBLEMS,
  "bad-status",
  "bad-response",
  "redirected",
  "too-large",
  "no-pprof",
  "not-a-go-service",
] as const satisfies readonly ProblemCode[];
