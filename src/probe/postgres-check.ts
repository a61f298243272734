import { parseHostAndPort } from "../patrol/check-types/address.ts";
import { POSTGRES_PORT, postgresType } from "../patrol/check-types/postgres.ts";
import { resolveCredentials, resolveTls } from "./credentials.ts";
import { defineCheck, round } from "./define-check.ts";
import { withPostgres } from "./postgres-session.ts";
import { readColumns } from "./query-metrics.ts";

export const postgresCheck = defineCheck(postgresType, async (probe, options) => {
  const beganMs = performance.now();
  const access = {
    address: parseHostAndPort(probe.target, options.port ?? POSTGRES_PORT),
    database: options.database,
    credentials: await resolveCredentials(probe),
    tls: options.tls ? await resolveTls(options, probe) : undefined,
  };
  return withPostgres(access, probe.deadline, async (session) => {
    const queryMs = performance.now();
    const result = await session.query(options.check_query);
    const doneMs = performance.now();
    return {
      metrics: {
        ...readColumns(result),
        ...(options.status ? readColumns(await session.query(STATUS_QUERY)) : {}),
        rows: result.rows,
        connect_ms: round(session.connectMs),
        query_ms: round(doneMs - queryMs),
        latency_ms: round(doneMs - beganMs),
      },
      facts: { version: session.version.slice(0, 80) },
    };
  });
});

/**
 * What every role may see; others' transactions need pg_monitor, and count as far as they are visible. Functions of the
 * write-ahead log fail on the wrong side of recovery, so that each is asked on its own side only.
 */
const STATUS_QUERY = `
SELECT a.connections, s.max_connections, a.connections::float8 / s.max_connections AS connections_share,
       r.in_recovery, p.replicas, a.longest_transaction_seconds,
       CASE WHEN r.in_recovery
            THEN pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
            ELSE p.lag END AS replication_lag_bytes,
       CASE WHEN NOT r.in_recovery THEN NULL
            WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
            ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8
       END AS replication_lag_seconds,
       extract(epoch FROM clock_timestamp() - pg_postmaster_start_time())::float8 AS uptime_seconds
  FROM (SELECT pg_is_in_recovery() AS in_recovery) r,
       (SELECT current_setting('max_connections')::int AS max_connections) s,
       (SELECT count(*) FILTER (WHERE backend_type = 'client backend' OR backend_type IS NULL) AS connections,
               extract(epoch FROM max(clock_timestamp() - xact_start)
                 FILTER (WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'))::float8
                 AS longest_transaction_seconds
          FROM pg_stat_activity) a,
       (SELECT CASE WHEN pg_is_in_recovery() THEN NULL ELSE count(*) END AS replicas,
               CASE WHEN pg_is_in_recovery() THEN NULL
                    ELSE max(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)) END AS lag
          FROM pg_stat_replication) p`;
