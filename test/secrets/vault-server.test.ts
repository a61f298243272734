import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants, readdirSync } from "node:fs";
import { chown, mkdtemp, readFile, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Clock } from "../../src/lib/clock.ts";
import { openSecretSource } from "../../src/secrets/secret-source.ts";
import type { VaultEvent } from "../../src/secrets/vault-session.ts";
import { until } from "../support/turned-clock.ts";

const server = findServer();
const postgres = findPostgres();
const missing = [
  ...(server === undefined ? ["gopatrol-vault-server, see scripts/build-vault-server.sh"] : []),
  ...(postgres === undefined ? ["postgresql"] : []),
];
const skipped = missing.length > 0 ? ` (skipped: no ${missing.join(", no ")})` : "";

/** Leases of seconds, so that they are renewed within the test. */
const realClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((wake) => {
      const timer = setTimeout(wake, ms);
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        wake();
      });
    }),
};

const LEASE_SECONDS = 6;

describe.skipIf(missing.length > 0)(`a real Vault${skipped}`, () => {
  let folder: string;
  let vault: ChildProcess;
  let database: ChildProcess;
  let databasePort: number;
  let root: { address: string; token: string };
  let auditFile: string;
  let credentials: { role_id: string; secret_id: string };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "gopatrol-vault-"));
    await chown(folder, 65_534, 65_534).catch(() => {});
    auditFile = join(folder, "audit.log");
    [database, databasePort] = await startPostgres(folder);
    vault = spawn(server!, ["127.0.0.1:0"], { stdio: ["ignore", "pipe", "ignore"] });
    const [line] = await Promise.race([lineOf(vault), ended(vault)]);
    root = JSON.parse(line!);
    await ask("sys/audit/file", { type: "file", options: { file_path: auditFile } });
    await ask("sys/mounts/secret", { type: "kv", options: { version: "2" } });
    await ask("sys/mounts/database", { type: "database" });
    await ask("sys/auth/approle", { type: "approle" });
    await ask("secret/data/shop", { data: { password: "s3cr3t-value" } });
    await ask("database/config/shop", {
      plugin_name: "postgresql-database-plugin",
      allowed_roles: "reader",
      connection_url: `postgresql://postgres@127.0.0.1:${databasePort}/postgres?sslmode=disable`,
    });
    await ask("database/roles/reader", {
      db_name: "shop",
      creation_statements: [
        `CREATE ROLE "{{name}}" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'`,
      ],
      default_ttl: "1h",
      max_ttl: "24h",
    });
    await ask("sys/policies/acl/patrol", {
      policy:
        'path "secret/data/shop" { capabilities = ["read"] } path "database/creds/reader" { capabilities = ["read"] }',
    });
    await ask("auth/approle/role/patrol", {
      token_policies: "patrol",
      token_ttl: "1h",
      token_max_ttl: "24h",
    });
    const roleId = (await ask("auth/approle/role/patrol/role-id")).data.role_id as string;
    const secretId = (await ask("auth/approle/role/patrol/secret-id", {})).data.secret_id as string;
    credentials = { role_id: roleId, secret_id: secretId };
  }, 120_000);

  afterAll(async () => {
    vault?.kill("SIGKILL");
    database?.kill("SIGQUIT");
    if (database !== undefined) await new Promise((done) => database.on("close", done));
    await rm(folder, { recursive: true, force: true });
  });

  it("gives secrets and database users, renewed while they are needed and revoked at the end", async () => {
    const events: VaultEvent[] = [];
    const source = openSecretSource({
      vault: {
        url: root.address,
        namespace: null,
        login: {
          kind: "approle",
          roleId: { from: "text", text: credentials.role_id },
          secretId: { from: "text", text: credentials.secret_id },
          mount: "approle",
        },
        leaseMs: LEASE_SECONDS * 1000,
        caFile: null,
      },
      env: {},
      clock: realClock,
      warn: () => {},
      onVaultEvent: (event) => events.push(event),
    });
    expect(await source.read({ from: "vault", path: "secret/shop", field: "password" })).toBe("s3cr3t-value");
    const read = (field: string) => source.read({ from: "vault", path: "database/creds/reader", field });
    const user = await read("username");
    const password = await read("password");
    expect(await countUsers(user)).toBe(1);
    const client = new pg.Client({
      host: "127.0.0.1",
      port: databasePort,
      database: "postgres",
      user,
      password,
    });
    await client.connect();
    expect((await client.query("SELECT current_user AS who")).rows).toEqual([{ who: user }]);
    await client.end();

    const renewed = (event: VaultEvent["event"]) => events.filter((each) => each.event === event).length;
    await until(() => renewed("lease-renewed") >= 2 && renewed("token-renewed") >= 2, "two renewals of each");
    // The first makes an hour six seconds; by the second it lives longer than those.
    expect(
      events
        .filter(({ event }) => event.endsWith("renewed"))
        .every(({ ttlMs }) => ttlMs <= LEASE_SECONDS * 1000),
    ).toBe(true);
    expect(await read("username")).toBe(user);

    await source.close(AbortSignal.timeout(10_000));
    await until(() => events.some(({ event }) => event === "revoked"), "the token is revoked");
    let left = 1;
    for (let i = 0; i < 200 && left > 0; i++) {
      left = await countUsers(user);
      await new Promise((later) => setTimeout(later, 50));
    }
    expect(left).toBe(0);

    const audit = await readFile(auditFile, "utf8");
    const entries = audit
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const calls = entries
      .filter(({ type }) => type === "response")
      .map(({ request }) => `${request.operation} ${request.path}`);
    for (const call of [
      "update auth/approle/login",
      "read sys/internal/ui/mounts/secret/shop",
      "read secret/data/shop",
      "read database/creds/reader",
      "update sys/leases/renew",
      "update auth/token/renew-self",
      "update auth/token/revoke-self",
    ]) {
      expect(calls).toContain(call);
    }
  }, 60_000);

  it("says what is wrong as the documents of Vault lead to expect", async () => {
    const open = (secretId: string) =>
      openSecretSource({
        vault: {
          url: root.address,
          namespace: null,
          login: {
            kind: "approle",
            roleId: { from: "text", text: credentials.role_id },
            secretId: { from: "text", text: secretId },
            mount: "approle",
          },
          leaseMs: 60_000,
          caFile: null,
        },
        env: {},
        clock: realClock,
        warn: () => {},
        onVaultEvent: () => {},
      });
    const wrong = open("not-the-secret-id");
    await expect(wrong.read({ from: "vault", path: "secret/shop", field: "password" })).rejects.toMatchObject(
      {
        code: "vault-login",
      },
    );
    const source = open(credentials.secret_id);
    await expect(source.read({ from: "vault", path: "secret/other", field: "x" })).rejects.toMatchObject({
      code: "vault-refused",
    });
    await expect(source.read({ from: "vault", path: "secret/shop", field: "x" })).rejects.toMatchObject({
      code: "vault-no-field",
      hint: "it has: password",
    });
    await ask("sys/seal", {});
    const sealed = open(credentials.secret_id);
    await expect(
      sealed.read({ from: "vault", path: "secret/shop", field: "password" }),
    ).rejects.toMatchObject({
      code: "vault-sealed",
    });
  }, 60_000);

  async function ask(path: string, body?: unknown) {
    const answer = await fetch(`${root.address}/v1/${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { "x-vault-token": root.token },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return text === "" ? {} : JSON.parse(text);
  }

  async function countUsers(name: string): Promise<number> {
    const client = new pg.Client({
      host: "127.0.0.1",
      port: databasePort,
      database: "postgres",
      user: "postgres",
    });
    await client.connect();
    const { rowCount } = await client.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [name]);
    await client.end();
    return rowCount ?? 0;
  }
});

function findServer(): string | undefined {
  const named = process.env["GOPATROL_VAULT_SERVER"];
  const candidates = [
    ...(named === undefined ? [] : [named]),
    ...(process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "gopatrol-vault-server")),
  ];
  return candidates.find(isExecutable);
}

/** Debian keeps the server's programs off PATH, a folder for each version. */
function findPostgres(): string | undefined {
  try {
    const versions = readdirSync("/usr/lib/postgresql").sort((a, b) => Number(b) - Number(a));
    return versions
      .map((version) => `/usr/lib/postgresql/${version}/bin`)
      .find((bin) => isExecutable(`${bin}/initdb`));
  } catch {
    return undefined;
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function startPostgres(folder: string): Promise<[ChildProcess, number]> {
  const data = join(folder, "postgres");
  // It refuses to run as root.
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const init = spawn(`${postgres}/initdb`, ["-D", data, "-U", "postgres", "-A", "trust", "-N"], {
    ...user,
    cwd: folder,
    stdio: "ignore",
  });
  await ended(init, 0);
  const port = await findFreePort();
  const child = spawn(
    `${postgres}/postgres`,
    [
      "-D",
      data,
      "-p",
      String(port),
      "-c",
      "listen_addresses=127.0.0.1",
      "-c",
      "unix_socket_directories=",
      "-c",
      "fsync=off",
    ],
    { ...user, cwd: folder, stdio: "ignore" },
  );
  for (let attempt = 0; ; attempt++) {
    const client = new pg.Client({ host: "127.0.0.1", port, database: "postgres", user: "postgres" });
    try {
      await client.connect();
      await client.end();
      return [child, port];
    } catch (error) {
      if (attempt > 300) throw error;
      await new Promise((later) => setTimeout(later, 100));
    }
  }
}

async function findFreePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((ready) => probe.listen(0, "127.0.0.1", ready));
  const { port } = probe.address() as AddressInfo;
  await new Promise((closed) => probe.close(closed));
  return port;
}

async function lineOf(child: ChildProcess): Promise<string[]> {
  for await (const line of createInterface({ input: child.stdout! })) return [line];
  throw new Error("the server said nothing");
}

function ended(child: ChildProcess, wanted?: number): Promise<never[]> {
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", (code) => (code === wanted ? done([]) : fail(new Error(`it ended with ${code}`))));
  });
}
