import { z } from "zod";
import { parseHostAndPort, renderHostAndPort } from "./address.ts";
import { LATENCY_METRIC } from "./check-metric.ts";
import { defineCheckType } from "./define-check-type.ts";
import { metricNameOption, portOption, queryOption, TLS_OPTIONS } from "./option-schemas.ts";
import { DATABASE_PROBLEMS, QUERY_COLUMN_METRIC } from "./sql-facts.ts";

const options = z.strictObject({
  port: portOption.optional(),
  database: z.string().min(1).max(64).optional().describe("To use"),
  check_query: queryOption.default("SELECT 1").describe("Its first row's numeric columns are metrics"),
  columns: z
    .array(metricNameOption)
    .optional()
    .describe("Names of the query's columns that rules may use; without it any name is accepted"),
  status: z.boolean().default(true).describe("Ask for status variables and the state of replication"),
  ...TLS_OPTIONS,
});

export const MYSQL_PORT = 3306;

export const mysqlType = defineCheckType({
  kind: "mysql",
  heavy: false,
  cost: "One connection, the check query, SHOW GLOBAL STATUS of a few names and SHOW REPLICA STATUS; the check query is yours.",
  options,
  metrics: {
    ...LATENCY_METRIC,
    connect_ms: { unit: "ms", meaning: "until the connection is ready, with the handshake" },
    query_ms: { unit: "ms", meaning: "the check query" },
    rows: { unit: "count", meaning: "that the check query returned" },
    ...QUERY_COLUMN_METRIC,
    threads_connected: { unit: "count", meaning: "open connections" },
    threads_running: { unit: "count", meaning: "connections that do something" },
    max_connections: { unit: "count", meaning: "as the server allows" },
    connections_share: { unit: "ratio", meaning: "threads_connected of max_connections" },
    aborted_connects: {
      unit: "count",
      meaning: "failed attempts to connect, since the start",
      counter: true,
    },
    slow_queries: { unit: "count", meaning: "since the start", counter: true },
    read_only: { unit: "flag", meaning: "whether the server takes no writes" },
    replication_running: { unit: "flag", meaning: "of a replica: whether both its threads run" },
    replication_lag_seconds: { unit: "seconds", meaning: "of a replica: how far it is behind its source" },
    uptime_seconds: { unit: "seconds", meaning: "since the server started" },
  },
  ownMetrics: ({ columns }) => columns ?? null,
  problems: DATABASE_PROBLEMS,
  plan(target, { port, status }) {
    const address = renderHostAndPort(parseHostAndPort(target, port ?? MYSQL_PORT));
    return [`mysql ${address}: the check query${status ? ", SHOW GLOBAL STATUS, SHOW REPLICA STATUS" : ""}`];
  },
});
