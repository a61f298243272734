import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeStore } from "../../../test/contracts/store.ts";
import { runRecord, START } from "../../../test/contracts/store-rows.ts";
import { type ClickHouseServer, startClickHouse } from "../../../test/support/clickhouse-server.ts";
import { optionalEngine } from "../../../test/support/optional-engine.ts";
import { ClickHouseSession } from "./clickhouse-session.ts";
import { ClickHouseStore } from "./clickhouse-store.ts";

const chdb = optionalEngine("chdb");

const RETENTION = {
  metricsMs: 1e9,
  downsampledMs: 1e9,
  profilesMs: 1e9,
  runsMs: 1e9,
  capturesMs: 1e9,
  maxCaptureBytes: 1e9,
};

describe.skipIf(!chdb.available)(`ClickHouse${chdb.skipReason}`, () => {
  let server: ClickHouseServer;
  beforeAll(async () => {
    server = await startClickHouse(chdb.dir);
  }, 130_000);
  afterAll(() => server?.close());

  const placeOf = (database: string) => ({
    url: server.url,
    user: server.user,
    password: server.password,
    database,
  });
  const newDatabase = () => `test_${randomUUID().replaceAll("-", "")}`;

  describeStore({
    name: "ClickHouse",
    histories: 2,
    timeoutMs: 400_000,
    create: async (retention) => {
      const place = placeOf(newDatabase());
      return {
        open: () => ClickHouseStore.open(place, { retention, lingerMs: 5, readOnly: false }),
        keeps: true,
        remove: async () => {
          const session = new ClickHouseSession(place, { inDatabase: false });
          await session.command(`DROP DATABASE IF EXISTS ${place.database}`);
          await session.close();
        },
      };
    },
  });

  const open = (place: ReturnType<typeof placeOf>) =>
    ClickHouseStore.open(place, { retention: RETENTION, lingerMs: 5, readOnly: false });

  test("a wrong password, a bad name and nobody there are told with their codes", async () => {
    const place = placeOf("x");
    await expect(open({ ...place, password: "wrong" })).rejects.toMatchObject({ code: "refused" });
    await expect(open({ ...place, url: "http://127.0.0.1:1" })).rejects.toMatchObject({
      code: "unreachable",
    });
    await expect(open({ ...place, database: "x; DROP" })).rejects.toMatchObject({ code: "failed" });
  });

  test("a database of a newer version is left alone", async () => {
    const place = placeOf(newDatabase());
    await (await open(place)).close();
    const session = new ClickHouseSession(place);
    await session.insert("schema_versions", [{ version: 99 }]);
    await session.close();
    await expect(open(place)).rejects.toMatchObject({ code: "newer-schema" });
  });

  test("what was acknowledged survives the server's end by SIGKILL, and what failed can be written again", async () => {
    const place = placeOf(newDatabase());
    const store = await open(place);
    const batch = (n: number) => ({ id: `batch ${n}`, runs: [runRecord("t", START + n * 1000)] });
    const acknowledged: number[] = [];
    const writing = Array.from({ length: 200 }, async (_, n) => {
      await new Promise((done) => setTimeout(done, 10 * n));
      await store.write(batch(n));
      acknowledged.push(n);
    });
    const settled = Promise.allSettled(writing);
    await new Promise((done) => setTimeout(done, 1000));
    await server.kill();
    await settled;
    await server.start();
    const all = { fromMs: 0, toMs: START * 2 };
    const found = new Set((await store.runs("t", all, 1000)).map((run) => (run.slotMs - START) / 1000));
    expect(acknowledged.filter((n) => !found.has(n))).toEqual([]);
    for (let n = 0; n < 200; n++) if (!acknowledged.includes(n)) await store.write(batch(n));
    expect(await store.runs("t", all, 1000)).toHaveLength(200);
    expect((await store.verify()).problems).toEqual([]);
    await store.close();
  }, 600_000);
});
