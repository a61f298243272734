import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Check } from "../../src/patrol/check.ts";
import { mysqlCheck } from "../../src/probe/mysql-check.ts";
import { postgresCheck } from "../../src/probe/postgres-check.ts";
import { redisCheck } from "../../src/probe/redis-check.ts";
import { sqlCheck } from "../../src/probe/sql-check.ts";
import { PASSWORD, startMariadb, startPostgres, startRedis, USER } from "../support/database-servers.ts";
import type { LocalServer } from "../support/local-server.ts";
import {
  ANY_TIMEOUT,
  basicAuth,
  contextOf,
  countResources,
  findExcess,
  PATIENCE,
  targetAt,
} from "../support/probe-scene.ts";
import { requiredTool } from "../support/required-tool.ts";

const START_MS = 120_000;

/** What every client of a server must do: the same for all of them. */
function behavesLikeAClient(
  server: () => LocalServer,
  check: Check,
  options: Record<string, unknown>,
  user: string,
): void {
  const run = (password: string | null, timeoutMs = 10_000, signal = new AbortController().signal) =>
    check.run(
      targetAt(server().address, password === null ? {} : { auth: basicAuth(user, password) }),
      options,
      contextOf({ timeoutMs, signal }),
    );

  test("a wrong password and none are told apart, and no password is repeated", async () => {
    const wrong = await run("wr0ng-secret");
    expect(wrong).toMatchObject({
      outcome: "failed",
      problem: { code: "wrong-password" },
      metrics: { up: 0 },
    });
    expect(JSON.stringify(wrong)).not.toContain("wr0ng-secret");
    expect(await run(null)).toMatchObject({ outcome: "failed", problem: { code: "auth-required" } });
  });

  test("paused, it costs the time-out and leaves nothing behind", async () => {
    const before = countResources();
    server().pause();
    try {
      const results = await Promise.all([
        ...Array.from({ length: 5 }, () => run(PASSWORD, 400)),
        run(PASSWORD, 10_000, AbortSignal.timeout(200)),
      ]);
      expect(results.map(({ problem }) => problem?.code)).toEqual([
        ...Array.from({ length: 5 }, () => expect.stringMatching(ANY_TIMEOUT)),
        "interrupted",
      ]);
      await expect.poll(() => findExcess(countResources(), before), PATIENCE).toEqual([]);
    } finally {
      server().resume();
    }
    await expect.poll(async () => (await run(PASSWORD)).outcome, PATIENCE).toBe("ok");
  });

  test("a look that succeeds leaves nothing behind either", async () => {
    const before = countResources();
    for (let n = 0; n < 3; n++) expect((await run(PASSWORD)).outcome).toBe("ok");
    await expect.poll(() => findExcess(countResources(), before), PATIENCE).toEqual([]);
  });

  test("a server of another kind, and one that is not there", async () => {
    const other = await check.run(
      targetAt("127.0.0.1:1", { auth: basicAuth(user, PASSWORD) }),
      options,
      contextOf(),
    );
    expect(other).toMatchObject({ outcome: "failed", problem: { code: "connect-refused" } });
  });
}

const redis = requiredTool("redis-server");
describe.skipIf(!redis.available)(`redis${redis.skipReason}`, () => {
  let server: LocalServer;
  let replica: LocalServer;
  beforeAll(async () => {
    server = await startRedis(redis.path, ["--maxmemory", "64mb"]);
    replica = await startRedis(redis.path, [
      "--replicaof",
      "127.0.0.1",
      `${server.port}`,
      "--masterauth",
      PASSWORD,
    ]);
  }, START_MS);
  afterAll(() => Promise.all([server.close(), replica.close()]));

  behavesLikeAClient(() => server, redisCheck, {}, "");

  test("INFO becomes metrics", async () => {
    const run = (at: LocalServer) =>
      redisCheck.run(targetAt(at.address, { auth: basicAuth("", PASSWORD) }), {}, contextOf());
    const result = await run(server);
    expect(result).toMatchObject({
      outcome: "ok",
      metrics: { up: 1, is_master: 1, maxmemory_bytes: 64 * 2 ** 20, last_save_ok: 1 },
      facts: { role: "master", version: expect.stringMatching(/^\d+\.\d+/) },
    });
    const { used_memory_bytes, memory_share, ping_ms, latency_ms } = result.metrics;
    expect(used_memory_bytes).toBeGreaterThan(500_000);
    expect(memory_share).toBeCloseTo(used_memory_bytes! / (64 * 2 ** 20), 6);
    expect(ping_ms).toBeLessThan(latency_ms!);
    await expect
      .poll(async () => (await run(replica)).metrics, PATIENCE)
      .toMatchObject({ is_master: 0, replication_link_up: 1 });
    expect((await run(server)).metrics).toMatchObject({ connected_replicas: 1 });
  });
});

const mariadb = requiredTool("mariadbd");
describe.skipIf(!mariadb.available)(`mysql${mariadb.skipReason}`, () => {
  let server: LocalServer;
  beforeAll(async () => {
    server = await startMariadb(mariadb.path);
  }, START_MS);
  afterAll(() => server.close());

  behavesLikeAClient(() => server, mysqlCheck, {}, USER);
  const at = (check: Check, options: Record<string, unknown>) =>
    check.run(targetAt(server.address, { auth: basicAuth(USER, PASSWORD) }), options, contextOf());

  test("the check query's numbers and the server's state become metrics", async () => {
    const result = await at(mysqlCheck, {
      check_query:
        "SELECT COUNT(*) AS orders, SUM(total) AS Total, 'x' AS word, NULL AS nothing FROM shop.orders",
    });
    expect(result).toMatchObject({
      outcome: "ok",
      metrics: {
        up: 1,
        rows: 1,
        orders: 3,
        total: 28.75,
        read_only: 0,
        threads_connected: expect.any(Number),
        connections_share: expect.any(Number),
      },
      facts: { version: expect.stringContaining("MariaDB") },
    });
    expect(result.metrics).not.toHaveProperty("word");
    expect(result.metrics).not.toHaveProperty("nothing");
  });

  test("what the server refuses has its own code", async () => {
    expect(await at(mysqlCheck, { check_query: "SELEKT 1" })).toMatchObject({
      outcome: "failed",
      problem: { code: "query-failed" },
    });
    expect(await at(mysqlCheck, { check_query: "SELECT * FROM mysql.user" })).toMatchObject({
      problem: { code: "not-permitted" },
    });
    expect(
      await at(mysqlCheck, {
        check_query:
          "SELECT REPEAT('x', 4000000) UNION ALL SELECT REPEAT('y', 4000000) UNION ALL SELECT REPEAT('z', 4000000)",
      }),
    ).toMatchObject({ problem: { code: "too-large" } });
    expect(await at(mysqlCheck, { tls: true, insecure: true })).toMatchObject({
      problem: { code: "tls-failed" },
    });
  });

  test("a query is stopped in the server when its time is up", async () => {
    const slow = await mysqlCheck.run(
      targetAt(server.address, { auth: basicAuth(USER, PASSWORD) }),
      { check_query: "SELECT SLEEP(30)" },
      contextOf({ timeoutMs: 1000 }),
    );
    expect(slow).toMatchObject({ outcome: "failed", problem: { code: expect.stringMatching(ANY_TIMEOUT) } });
    await expect
      .poll(async () => (await at(mysqlCheck, {})).metrics["threads_running"], PATIENCE)
      .toBeLessThan(3);
  });

  test("sql: figures, a consistency query, and nothing can be written", async () => {
    const ok = await at(sqlCheck, {
      engine: "mysql",
      query: "SELECT COUNT(*) AS n FROM shop.orders",
      consistency_query: "SELECT id FROM shop.orders WHERE total > 1000",
    });
    expect(ok).toMatchObject({ outcome: "ok", metrics: { n: 3, violations: 0 } });
    const broken = await at(sqlCheck, {
      engine: "mysql",
      consistency_query: "SELECT * FROM shop.orders WHERE total < 0",
    });
    expect(broken).toMatchObject({
      outcome: "failed",
      problem: { code: "inconsistent" },
      metrics: { violations: 1 },
    });
    const none = await at(sqlCheck, { engine: "mysql", query: "SELECT id FROM shop.orders WHERE id = 99" });
    expect(none).toMatchObject({ outcome: "failed", problem: { code: "no-result" } });
    const writing = await at(sqlCheck, {
      engine: "mysql",
      query: "INSERT INTO shop.orders VALUES (4, 1, TRUE)",
    });
    expect(writing).toMatchObject({ outcome: "failed", problem: { code: "query-failed" } });
    expect(
      (await at(mysqlCheck, { check_query: "SELECT COUNT(*) AS n FROM shop.orders" })).metrics["n"],
    ).toBe(3);
  });
});

const postgres = requiredTool("postgres");
describe.skipIf(!postgres.available)(`postgres${postgres.skipReason}`, () => {
  let server: LocalServer;
  beforeAll(async () => {
    server = await startPostgres(postgres.path);
  }, START_MS);
  afterAll(() => server.close());

  behavesLikeAClient(() => server, postgresCheck, {}, USER);
  const at = (check: Check, options: Record<string, unknown>, timeoutMs = 10_000) =>
    check.run(
      targetAt(server.address, { auth: basicAuth(USER, PASSWORD) }),
      options,
      contextOf({ timeoutMs }),
    );

  test("the check query's numbers and the server's state become metrics", async () => {
    const result = await at(postgresCheck, {
      check_query:
        "SELECT 3::bigint AS orders, 28.75::numeric AS \"Total\", true AS paid, 'x' AS word, now() AS moment",
    });
    expect(result).toMatchObject({
      outcome: "ok",
      metrics: {
        up: 1,
        rows: 1,
        orders: 3,
        total: 28.75,
        paid: 1,
        in_recovery: 0,
        replicas: 0,
        max_connections: 8,
        connections: expect.any(Number),
        uptime_seconds: expect.any(Number),
      },
      facts: { version: expect.stringMatching(/^\d+/) },
    });
    expect(result.metrics).not.toHaveProperty("word");
    expect(result.metrics).not.toHaveProperty("moment");
  });

  test("what the server refuses has its own code", async () => {
    expect(await at(postgresCheck, { check_query: "SELEKT 1" })).toMatchObject({
      problem: { code: "query-failed", message: expect.stringContaining("42601") },
    });
    expect(await at(postgresCheck, { database: "nowhere" })).toMatchObject({
      problem: { code: "query-failed" },
    });
    expect(
      await at(postgresCheck, { check_query: "SELECT repeat('x', 1000000) FROM generate_series(1, 50)" }),
    ).toMatchObject({ problem: { code: "too-large" } });
    expect(await at(postgresCheck, { tls: true })).toMatchObject({ problem: { code: "tls-failed" } });
    expect(await at(postgresCheck, { check_query: "SELECT pg_sleep(30)" }, 800)).toMatchObject({
      problem: { code: expect.stringMatching(ANY_TIMEOUT) },
    });
  });

  test("more connections than it has", async () => {
    const many = await Promise.all(
      Array.from({ length: 12 }, () => at(postgresCheck, { check_query: "SELECT pg_sleep(1)" })),
    );
    const codes = new Set(many.map(({ outcome, problem }) => problem?.code ?? outcome));
    expect(codes).toEqual(new Set(["ok", "too-many-connections"]));
  });

  test("sql: figures, a consistency query, and nothing can be written", async () => {
    const ok = await at(sqlCheck, {
      engine: "postgres",
      query: "SELECT 0.25::float8 AS error_rate",
      consistency_query: "SELECT 1 WHERE false",
    });
    expect(ok).toMatchObject({ outcome: "ok", metrics: { error_rate: 0.25, violations: 0 } });
    const broken = await at(sqlCheck, {
      engine: "postgres",
      consistency_query: "SELECT * FROM generate_series(1, 1500)",
    });
    expect(broken).toMatchObject({
      outcome: "failed",
      problem: { code: "inconsistent" },
      metrics: { violations: 1000 },
    });
    const two = await at(sqlCheck, { engine: "postgres", query: "COMMIT; CREATE TABLE t (x int)" });
    expect(two).toMatchObject({ outcome: "failed", problem: { code: "query-failed" } });
    const writing = await at(sqlCheck, { engine: "postgres", query: "CREATE TABLE t (x int)" });
    expect(writing).toMatchObject({
      outcome: "failed",
      problem: { code: "query-failed", message: expect.stringContaining("25006") },
    });
  });
});
