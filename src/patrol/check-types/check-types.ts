import type { CheckKind, CheckType } from "../check.ts";
import { goroutinesType } from "./goroutines.ts";
import { heapDiffType } from "./heap-diff.ts";
import { httpType } from "./http.ts";
import { inspectType } from "./inspect.ts";
import { mysqlType } from "./mysql.ts";
import { postgresType } from "./postgres.ts";
import { pprofType } from "./pprof.ts";
import { promqlType } from "./promql.ts";
import { redisType } from "./redis.ts";
import { rssType } from "./rss.ts";
import { runtimeType } from "./runtime.ts";
import { sqlType } from "./sql.ts";
import { tcpType } from "./tcp.ts";

/** All kinds by name, without the network: what the configuration, alerts and documentation work from. */
export const CHECK_TYPES: Readonly<Record<CheckKind, CheckType>> = {
  tcp: tcpType,
  http: httpType,
  redis: redisType,
  mysql: mysqlType,
  postgres: postgresType,
  sql: sqlType,
  promql: promqlType,
  pprof: pprofType,
  runtime: runtimeType,
  "heap-diff": heapDiffType,
  goroutines: goroutinesType,
  rss: rssType,
  inspect: inspectType,
};
