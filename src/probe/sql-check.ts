import { parseHostAndPort } from "../patrol/check-types/address.ts";
import { MYSQL_PORT } from "../patrol/check-types/mysql.ts";
import { POSTGRES_PORT } from "../patrol/check-types/postgres.ts";
import { sqlType } from "../patrol/check-types/sql.ts";
import { resolveCredentials, resolveTls } from "./credentials.ts";
import { defineCheck, type Look, round } from "./define-check.ts";
import { withMysql } from "./mysql-session.ts";
import { withPostgres } from "./postgres-session.ts";
import { readColumns } from "./query-metrics.ts";

const MAX_VIOLATIONS = 1000;

export const sqlCheck = defineCheck(sqlType, async (probe, options): Promise<Look> => {
  const beganMs = performance.now();
  const isMysql = options.engine === "mysql";
  const access = {
    address: parseHostAndPort(probe.target, options.port ?? (isMysql ? MYSQL_PORT : POSTGRES_PORT)),
    database: options.database,
    credentials: await resolveCredentials(probe),
    tls: options.tls ? await resolveTls(options, probe) : undefined,
  };
  return (isMysql ? withMysql : withPostgres)(access, probe.deadline, async (session): Promise<Look> => {
    const { query, consistency_query } = options;
    const queryMs = performance.now();
    // Whatever the query says, nothing can be written.
    await session.query(isMysql ? "START TRANSACTION READ ONLY" : "BEGIN READ ONLY");
    const result = query === undefined ? undefined : await session.query(query);
    const violations =
      consistency_query === undefined ? undefined : (await session.query(consistency_query)).rows;
    const doneMs = performance.now();
    const metrics = {
      ...(result === undefined ? {} : { ...readColumns(result), rows: result.rows }),
      ...(violations === undefined ? {} : { violations: Math.min(violations, MAX_VIOLATIONS) }),
      connect_ms: round(session.connectMs),
      query_ms: round(doneMs - queryMs),
      latency_ms: round(doneMs - beganMs),
    };
    const facts = { version: session.version.slice(0, 80) };
    if (violations !== undefined && violations > 0) {
      return {
        outcome: "failed",
        problem: {
          code: "inconsistent",
          // The rows themselves may hold anything.
          message: `The consistency query returned ${violations > MAX_VIOLATIONS ? `more than ${MAX_VIOLATIONS}` : violations} ${violations === 1 ? "row" : "rows"}.`,
          hint: "Run it by hand to see which.",
        },
        metrics,
        facts,
      };
    }
    if (result !== undefined && result.rows === 0) {
      return {
        outcome: "failed",
        problem: {
          code: "no-result",
          message: "The query returned no row.",
          hint: "Let it return one row with figures, by an aggregate.",
        },
        metrics,
        facts,
      };
    }
    return { metrics, facts };
  });
});
