import type { ProblemCode } from "./problem-codes.ts";

/** What may go wrong wherever a Go service's own HTTP server is asked. */
export const PPROF_PROBLEMS = [
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
  "bad-status",
  "bad-response",
  "redirected",
  "too-large",
  "no-pprof",
  "not-a-go-service",
] as const satisfies readonly ProblemCode[];
