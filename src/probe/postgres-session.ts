import type { QueryArrayConfig } from "pg";
import { withSocket } from "./bounded-socket.ts";
import type { Deadline } from "./deadline.ts";
import type { DatabaseAccess, DatabaseSession } from "./mysql-session.ts";
import { ProbeFailure } from "./probe-failure.ts";

/** Throws ProbeFailure. */
export async function withPostgres<T>(
  access: DatabaseAccess,
  deadline: Deadline,
  use: (session: DatabaseSession) => Promise<T>,
): Promise<T> {
  const { default: pg } = await import("pg");
  const { address, credentials, database, tls } = access;
  const explain = (error: unknown, where: string) => explainPostgres(error, where, credentials !== undefined);
  return withSocket("postgres", address, deadline, explain, async ({ socket }) => {
    const beganMs = performance.now();
    const client = new pg.Client({
      // It connects the socket by itself.
      stream: () => socket,
      host: address.host,
      port: address.port,
      user: credentials?.user ?? "",
      password: credentials?.password ?? "",
      database: database ?? "postgres",
      application_name: "gopatrol",
      // A query that we no longer wait for must not go on in the server.
      statement_timeout: Math.ceil(deadline.timeoutMs),
      ssl:
        tls === undefined
          ? false
          : {
              rejectUnauthorized: tls.rejectUnauthorized,
              secureContext: tls.secureContext,
              ...(tls.servername === undefined ? {} : { servername: tls.servername }),
            },
    });
    client.on("error", () => {});
    await client.connect();
    const connectMs = performance.now() - beganMs;
    const query: DatabaseSession["query"] = async (text) => {
      // The extended protocol takes one statement only: none can end the transaction and go on writing.
      const result = await client.query({
        text,
        rowMode: "array",
        queryMode: "extended",
      } as QueryArrayConfig);
      return {
        rows: result.rows.length,
        columns: result.fields.map(({ name, dataTypeID }) => ({
          name,
          isNumeric: NUMERIC_TYPES.has(dataTypeID),
        })),
        first: result.rows[0],
      };
    };
    const version = String((await query("SHOW server_version")).first?.[0] ?? "");
    const result = await use({ version, connectMs, query });
    client.end().catch(() => {});
    return result;
  });
}

/** bool, int8, int2, int4, oid, float4, float8, numeric (pg_type.dat). */
const NUMERIC_TYPES: ReadonlySet<number> = new Set([16, 20, 21, 23, 26, 700, 701, 1700]);

function explainPostgres(error: unknown, where: string, hasCredentials: boolean): ProbeFailure | undefined {
  const { code = "", message = "" } = error as { code?: string; message?: string };
  if (/password must be a (non-empty )?string/.test(message)) return authRequired(where);
  if (/does not support SSL/.test(message)) {
    return new ProbeFailure("tls-failed", `${where}: the server does not speak TLS.`, "Use tls = false.");
  }
  if (!/^[0-9A-Z]{5}$/.test(code)) return undefined;
  const said = `${where}: ${message.slice(0, 200)}`;
  switch (code) {
    case "28P01":
      return hasCredentials
        ? new ProbeFailure(
            "wrong-password",
            `${where}: the user or password was not accepted.`,
            "Check the auth of the target or check.",
          )
        : authRequired(where);
    case "28000":
    case "42501":
      if (!hasCredentials) return authRequired(where);
      return new ProbeFailure(
        "not-permitted",
        `${said}.`,
        "Look into pg_hba.conf and what the patrol's user is granted.",
      );
    case "53300":
      return new ProbeFailure(
        "too-many-connections",
        `${said}.`,
        "Raise max_connections, or look who holds them.",
      );
    case "57P01":
    case "57P02":
    case "57P03":
      return new ProbeFailure("not-ready", `${said}.`, "The server is starting or shutting down.");
    case "57014":
      return new ProbeFailure(
        "timeout",
        `${where}: the query took longer than the check's time and was stopped.`,
        "Make it faster, or give the check a longer timeout.",
      );
    default:
      return new ProbeFailure(
        "query-failed",
        `${said} (${code}).`,
        "Try the query by hand as the patrol's user.",
      );
  }
}

function authRequired(where: string): ProbeFailure {
  return new ProbeFailure(
    "auth-required",
    `${where}: it wants a user and password.`,
    "Give the target or check an auth of kind basic.",
  );
}
