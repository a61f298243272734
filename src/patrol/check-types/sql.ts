import { z } from "zod";
import { parseHostAndPort, renderHostAndPort } from "./address.ts";
import { LATENCY_METRIC } from "./check-metric.ts";
import { defineCheckType } from "./define-check-type.ts";
import { MYSQL_PORT } from "./mysql.ts";
import { metricNameOption, portOption, queryOption, TLS_OPTIONS } from "./option-schemas.ts";
import { POSTGRES_PORT } from "./postgres.ts";
import { DATABASE_PROBLEMS, QUERY_COLUMN_METRIC } from "./sql-facts.ts";

const options = z
  .strictObject({
    engine: z.enum(["mysql", "postgres"]).describe("What it speaks; MariaDB is mysql"),
    port: portOption.optional(),
    database: z.string().min(1).max(64).optional().describe("To use; PostgreSQL's is postgres without it"),
    query: queryOption.optional().describe("Its first row's numeric columns are metrics"),
    columns: z
      .array(metricNameOption)
      .optional()
      .describe("Names of the query's columns that rules may use; without it any name is accepted"),
    consistency_query: queryOption.optional().describe("Must return no row"),
    ...TLS_OPTIONS,
  })
  .refine(({ query, consistency_query }) => query !== undefined || consistency_query !== undefined, {
    path: ["query"],
    error: "give query, consistency_query or both",
  });

export const sqlType = defineCheckType({
  kind: "sql",
  heavy: false,
  cost: "One connection and your queries, in a read-only transaction.",
  options,
  metrics: {
    ...LATENCY_METRIC,
    connect_ms: { unit: "ms", meaning: "until the connection is ready, with the handshake" },
    query_ms: { unit: "ms", meaning: "both queries" },
    rows: { unit: "count", meaning: "that the query returned" },
    ...QUERY_COLUMN_METRIC,
    violations: { unit: "count", meaning: "rows of the consistency query, counted up to 1000" },
  },
  ownMetrics: ({ columns }) => columns ?? null,
  problems: [...DATABASE_PROBLEMS, "inconsistent", "no-result"],
  plan(target, { engine, port, query, consistency_query }) {
    const address = renderHostAndPort(
      parseHostAndPort(target, port ?? (engine === "mysql" ? MYSQL_PORT : POSTGRES_PORT)),
    );
    const queries = [
      ...(query === undefined ? [] : ["the query"]),
      ...(consistency_query === undefined ? [] : ["the consistency query"]),
    ];
    return [`${engine} ${address}: ${queries.join(" and ")}, in a read-only transaction`];
  },
});
