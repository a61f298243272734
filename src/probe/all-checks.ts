import type { Check, CheckKind } from "../patrol/check.ts";
import { goroutinesCheck } from "./goroutines-check.ts";
import { heapDiffCheck } from "./heap-diff-check.ts";
import { httpCheck } from "./http-check.ts";
import { inspectCheck } from "./inspect-check.ts";
import { mysqlCheck } from "./mysql-check.ts";
import { postgresCheck } from "./postgres-check.ts";
import { pprofCheck } from "./pprof-check.ts";
import { promqlCheck } from "./promql-check.ts";
import { redisCheck } from "./redis-check.ts";
import { rssCheck } from "./rss-check.ts";
import { runtimeCheck } from "./runtime-check.ts";
import { sqlCheck } from "./sql-check.ts";
import { tcpCheck } from "./tcp-check.ts";

/** Every kind of check, ready to run. `CHECK_TYPES` has the same without the network. */
export const ALL_CHECKS: Readonly<Record<CheckKind, Check>> = {
  tcp: tcpCheck,
  http: httpCheck,
  redis: redisCheck,
  mysql: mysqlCheck,
  postgres: postgresCheck,
  sql: sqlCheck,
  promql: promqlCheck,
  pprof: pprofCheck,
  runtime: runtimeCheck,
  "heap-diff": heapDiffCheck,
  goroutines: goroutinesCheck,
  rss: rssCheck,
  inspect: inspectCheck,
};
