import { z } from "zod";
import { parseHostAndPort, renderHostAndPort } from "./address.ts";
import { LATENCY_METRIC } from "./check-metric.ts";
import { defineCheckType } from "./define-check-type.ts";
import { metricNameOption, portOption, queryOption, TLS_OPTIONS } from "./option-schemas.ts";
import { DATABASE_PROBLEMS, QUERY_COLUMN_METRIC } from "./sql-facts.ts";

const options = z.strictObject({
  port: portOption.optional(),
  database: z.string().min(1).max(63).default("postgres").describe("To connect to"),
  check_query: queryOption.default("SELECT 1").describe("Its first row's numeric columns are metrics"),
  columns: z
    .array(metricNameOption)
    .optional()
    .describe("Names of the query's columns that rules may use; without it any name is accepted"),
  status: z.boolean().default(true).describe("Ask for connections and the state of replication"),
  ...TLS_OPTIONS,
});

export const POSTGRES_PORT = 5432;

export const postgresType = defineCheckType({
  kind: "postgres",
  heavy: false,
  cost: "One connection (a server process is forked for it), the check query and one query of system views; the check query is yours.",
  options,
  metrics: {
    ...LATENCY_METRIC,
    connect_ms: { unit: "ms", meaning: "until the connection is ready, with the handshake" },
    query_ms: { unit: "ms", meaning: "the check query" },
    rows: { unit: "count", meaning: "that the check query returned" },
    ...QUERY_COLUMN_METRIC,
    connections: { unit: "count", meaning: "server processes of clients" },
    max_connections: { unit: "count", meaning: "as the server allows" },
    connections_share: { unit: "ratio", meaning: "connections of max_connections" },
    in_recovery: { unit: "flag", meaning: "1 for a standby, 0 for a primary" },
    replicas: { unit: "count", meaning: "of a primary: standbys that stream from it" },
    replication_lag_bytes: {
      unit: "bytes",
      meaning:
        "of a primary: what its slowest standby has yet to replay; of a standby: what it has received and not replayed",
    },
    replication_lag_seconds: {
      unit: "seconds",
      meaning: "of a standby: age of the last replayed transaction, 0 if everything received is replayed",
    },
    longest_transaction_seconds: {
      unit: "seconds",
      meaning: "age of the oldest open transaction that may be seen",
    },
    uptime_seconds: { unit: "seconds", meaning: "since the server started" },
  },
  ownMetrics: ({ columns }) => columns ?? null,
  problems: DATABASE_PROBLEMS,
  plan(target, { port, status }) {
    const address = renderHostAndPort(parseHostAndPort(target, port ?? POSTGRES_PORT));
    return [
      `postgres ${address}: the check query${status ? ", a query of pg_stat_activity and pg_stat_replication" : ""}`,
    ];
  },
});
