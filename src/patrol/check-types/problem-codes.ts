/**
 * Why a check did not pass: stable words for rules, filters and dashboards, and what each means. New ones may be added,
 * none is renamed.
 */
export const PROBLEM_CODES = {
  "connect-refused": "nothing listens at the address",
  "connect-timeout": "no connection within its time: a firewall, a full backlog, or a paused host",
  "dns-failed": "the host's name cannot be resolved",
  unreachable: "the network has no way to the host",
  "connection-reset": "the connection broke before the answer was complete",
  "tls-failed":
    "the TLS handshake failed: no TLS here, an untrusted certificate, or a client certificate is wanted",
  timeout: "connected, but no complete answer within the check's time",
  "wrong-password": "the credentials were not accepted",
  "auth-required": "the service wants credentials and none are configured",
  "not-permitted": "the credentials were accepted and may not do this",
  "bad-status": "HTTP answered with a status that is not expected",
  "bad-body": "the answer lacks what it must hold, or holds what it must not",
  "bad-response": "the answer is not in the protocol or format that was expected",
  redirected: "HTTP answered with a redirect, which is not followed unless the check says so",
  "too-large": "the answer is larger than the check takes",
  "too-many-connections": "the server is up and has no connection left",
  "not-ready": "the server is up and is starting, loading, or shutting down",
  "query-failed": "the server refused the query",
  "no-result": "the query gave no row, series or number where one was expected",
  inconsistent: "the consistency query returned rows",
  "no-pprof": "there is no net/http/pprof at the path",
  "not-a-go-service": "something answers, but not as a Go program does",
  "no-metrics": "none of the sources gave the Go runtime's numbers",
  "pprof-open": "pprof answers without credentials",
  "no-base-profile": "there is no earlier profile of this process to compare with",
  "process-restarted":
    "the process is not the one that was looked at before, so there is no difference to tell",
  "bad-profile": "the profile cannot be decoded",
  "no-such-process": "the process does not exist",
  "memory-near-limit": "the target is so near its memory limit that a heavy look might kill it",
  "bad-address": "the target's address does not fit this kind of check",
  "bad-options": "the check's options are not valid",
  "secret-missing": "a credential could not be resolved",
  "bad-credentials": "a credential is not of a usable form",
  interrupted: "the patrol stopped or the run was abandoned",
  "breaker-open": "it failed so often in a row that it is left alone for a while",
  "budget-spent": "it would cost the target more than its budget for the hour",
  paused: "the patrol is paused",
  "not-suspect": "it is for suspects only, and nothing speaks against the target",
  internal: "a fault of gopatrol's own",
} as const satisfies Readonly<Record<string, string>>;

export type ProblemCode = keyof typeof PROBLEM_CODES;

/** Wherever a connection is made. */
export const CONNECTION_PROBLEMS = [
  "connect-refused",
  "connect-timeout",
  "dns-failed",
  "unreachable",
  "connection-reset",
  "tls-failed",
  "timeout",
] as const satisfies readonly ProblemCode[];

/** And where credentials are asked for. */
export const ACCESS_PROBLEMS = [
  ...CONNECTION_PROBLEMS,
  "wrong-password",
  "auth-required",
  "not-permitted",
] as const satisfies readonly ProblemCode[];
