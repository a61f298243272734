import type { Connection, FieldPacket, RowDataPacket } from "mysql2/promise";
import type { HostAndPort } from "../patrol/check-types/address.ts";
import { withSocket } from "./bounded-socket.ts";
import type { Credentials, TlsSettings } from "./credentials.ts";
import type { Deadline } from "./deadline.ts";
import { ProbeFailure } from "./probe-failure.ts";
import type { QueryResult } from "./query-metrics.ts";

export interface DatabaseAccess {
  address: HostAndPort;
  database: string | undefined;
  credentials: Credentials | undefined;
  tls: TlsSettings | undefined;
}

/** A connection for one look. */
export interface DatabaseSession {
  version: string;
  connectMs: number;
  query(sql: string): Promise<QueryResult>;
}

/** Throws ProbeFailure. */
export async function withMysql<T>(
  access: DatabaseAccess,
  deadline: Deadline,
  use: (session: DatabaseSession) => Promise<T>,
): Promise<T> {
  const { createConnection } = await import("mysql2/promise");
  const { address, credentials, database, tls } = access;
  const explain = (error: unknown, where: string) => explainMysql(error, where, credentials !== undefined);
  return withSocket("mysql", address, deadline, explain, async ({ socket }) => {
    const beganMs = performance.now();
    socket.setNoDelay(true);
    socket.connect(address);
    const connection = await createConnection({
      stream: socket,
      host: address.host,
      user: credentials?.user ?? "",
      password: credentials?.password ?? "",
      ...(database === undefined ? {} : { database }),
      ...(tls === undefined
        ? {}
        : {
            ssl: {
              rejectUnauthorized: tls.rejectUnauthorized,
              verifyIdentity: tls.rejectUnauthorized,
              ...tls.pem,
            },
          }),
      // The socket's own deadline counts.
      connectTimeout: 0,
      rowsAsArray: true,
      supportBigNumbers: true,
      multipleStatements: false,
      infileStreamFactory: refuseFile,
    });
    connection.on("error", () => {});
    const connectMs = performance.now() - beganMs;
    const query = (sql: string) => runQuery(connection, sql);
    const version = String((await query("SELECT VERSION()")).first?.[0] ?? "");
    await limitStatements(query, version, deadline.timeoutMs);
    const result = await use({ version, connectMs, query });
    // Says good-bye without waiting for the answer, so that the server does not count an aborted client.
    connection.end().catch(() => {});
    return result;
  });
}

/** A server may ask its client for any file; ours has none to give. */
function refuseFile(): never {
  throw new ProbeFailure("bad-response", "The server asked for a local file, which is refused.", null);
}

const NUMERIC_TYPES: ReadonlySet<number> = new Set([0, 1, 2, 3, 4, 5, 8, 9, 13, 246]);

async function runQuery(connection: Connection, sql: string): Promise<QueryResult> {
  const [rows, fields] = await connection.query<RowDataPacket[]>({ sql, rowsAsArray: true });
  if (!Array.isArray(rows)) return { rows: 0, columns: [], first: undefined };
  return {
    rows: rows.length,
    columns: (fields ?? []).map((field: FieldPacket) => ({
      name: field.name,
      isNumeric: NUMERIC_TYPES.has(field.columnType ?? -1),
    })),
    first: rows[0] as unknown[] | undefined,
  };
}

/** A query that we no longer wait for must not go on in the server. MySQL limits reading statements only. */
async function limitStatements(
  query: DatabaseSession["query"],
  version: string,
  timeoutMs: number,
): Promise<void> {
  const limit = /mariadb/i.test(version)
    ? `SET SESSION max_statement_time = ${timeoutMs / 1000}`
    : `SET SESSION max_execution_time = ${Math.ceil(timeoutMs)}`;
  await query(limit).catch((error: unknown) => {
    // Very old servers have neither.
    if ((error as { errno?: number }).errno !== ER_UNKNOWN_SYSTEM_VARIABLE) throw error;
  });
}

const ER_UNKNOWN_SYSTEM_VARIABLE = 1193;

function explainMysql(error: unknown, where: string, hasCredentials: boolean): ProbeFailure | undefined {
  const { errno, message = "", code } = error as { errno?: number; message?: string; code?: string };
  if (code === "HANDSHAKE_NO_SSL_SUPPORT") {
    return new ProbeFailure("tls-failed", `${where}: the server does not speak TLS.`, "Use tls = false.");
  }
  // Ours and the system's numbers are negative.
  if (errno === undefined || errno < 1000) return undefined;
  const said = `${where}: ${message.slice(0, 200)}`;
  switch (errno) {
    case 1045:
    case 1698:
    case 1251:
      return hasCredentials
        ? new ProbeFailure(
            "wrong-password",
            `${where}: the user or password was not accepted.`,
            "Check the auth of the target or check, and from which hosts the user may connect.",
          )
        : new ProbeFailure(
            "auth-required",
            `${where}: it wants a user and password.`,
            "Give the target or check an auth of kind basic.",
          );
    case 1040:
    case 1203:
    case 1226:
      return new ProbeFailure(
        "too-many-connections",
        `${said}.`,
        "Raise max_connections, or look who holds them.",
      );
    case 1044:
    case 1129:
    case 1130:
    case 1142:
    case 1143:
    case 1227:
    case 1370:
      return new ProbeFailure("not-permitted", `${said}.`, "Grant the patrol's user what the check reads.");
    case 1053:
    case 1077:
      return new ProbeFailure("not-ready", `${said}.`, "The server is shutting down.");
    case 1969:
    case 3024:
      return new ProbeFailure(
        "timeout",
        `${where}: the query took longer than the check's time and was stopped.`,
        "Make it faster, or give the check a longer timeout.",
      );
    default:
      return new ProbeFailure(
        "query-failed",
        `${said} (${errno}).`,
        "Try the query by hand as the patrol's user.",
      );
  }
}
