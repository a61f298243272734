import { parseHostAndPort } from "../patrol/check-types/address.ts";
import { MYSQL_PORT, mysqlType } from "../patrol/check-types/mysql.ts";
import { resolveCredentials, resolveTls } from "./credentials.ts";
import { defineCheck, round } from "./define-check.ts";
import { type DatabaseSession, withMysql } from "./mysql-session.ts";
import { readColumns } from "./query-metrics.ts";

export const mysqlCheck = defineCheck(mysqlType, async (probe, options) => {
  const beganMs = performance.now();
  const access = {
    address: parseHostAndPort(probe.target, options.port ?? MYSQL_PORT),
    database: options.database,
    credentials: await resolveCredentials(probe),
    tls: options.tls ? await resolveTls(options, probe) : undefined,
  };
  return withMysql(access, probe.deadline, async (session) => {
    const queryMs = performance.now();
    const result = await session.query(options.check_query);
    const doneMs = performance.now();
    return {
      metrics: {
        ...readColumns(result),
        ...(options.status ? await readStatus(session) : {}),
        rows: result.rows,
        connect_ms: round(session.connectMs),
        query_ms: round(doneMs - queryMs),
        latency_ms: round(doneMs - beganMs),
      },
      facts: { version: session.version.slice(0, 80) },
    };
  });
});

const STATUS_NAMES = {
  Threads_connected: "threads_connected",
  Threads_running: "threads_running",
  Aborted_connects: "aborted_connects",
  Slow_queries: "slow_queries",
  Uptime: "uptime_seconds",
} as const;

async function readStatus(session: DatabaseSession): Promise<Record<string, number>> {
  const metrics: Record<string, number> = {};
  for (const [variable, name] of Object.entries(STATUS_NAMES)) {
    const { first } = await session.query(`SHOW GLOBAL STATUS LIKE '${variable.replaceAll("_", "\\_")}'`);
    metrics[name] = Number(first?.[1] ?? Number.NaN);
  }
  const settings = await session.query("SELECT @@global.max_connections, @@global.read_only");
  metrics["max_connections"] = Number(settings.first?.[0]);
  metrics["read_only"] = Number(settings.first?.[1]);
  metrics["connections_share"] = metrics["threads_connected"]! / metrics["max_connections"]!;
  return { ...metrics, ...(await readReplication(session)) };
}

/** Servers that do not know the new words (MySQL before 8.0.22, MariaDB before 10.5), or do not let us ask. */
const TOLERATED: ReadonlySet<number> = new Set([1064, 1227]);

async function readReplication(session: DatabaseSession): Promise<Record<string, number>> {
  for (const sql of ["SHOW REPLICA STATUS", "SHOW SLAVE STATUS"]) {
    try {
      const { columns, first } = await session.query(sql);
      // A server that replicates from nobody has no row.
      if (first === undefined) return {};
      const value = (pattern: RegExp) => first[columns.findIndex(({ name }) => pattern.test(name))];
      const lag = value(/^Seconds_Behind_(Source|Master)$/);
      const isRunning =
        value(/^(Replica|Slave)_IO_Running$/) === "Yes" && value(/^(Replica|Slave)_SQL_Running$/) === "Yes";
      return {
        replication_running: isRunning ? 1 : 0,
        // The server says NULL while it does not know.
        replication_lag_seconds: lag === null || lag === undefined ? Number.NaN : Number(lag),
      };
    } catch (error) {
      if (!TOLERATED.has((error as { errno?: number }).errno ?? 0)) throw error;
    }
  }
  return {};
}
