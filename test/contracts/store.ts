import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { findBrokenLinks } from "../../src/patrol/audit-chain.ts";
import type { StoreConfig } from "../../src/patrol/config/patrol-config.ts";
import type { StackSums } from "../../src/patrol/stack-sums.ts";
import { MemoryStore } from "../../src/store/memory-store.ts";
import { type Batch, type ProfileRow, STORE_TABLES, type Store } from "../../src/store/store.ts";
import {
  alertEvent,
  alertState,
  DAY,
  findingRecord,
  HOUR,
  MINUTE,
  runRecord,
  START,
  stackSums,
  targetRow,
} from "./store-rows.ts";

/** An engine that the contract is run over. */
export interface StoreEngine {
  name: string;
  /** A place of its own for one test's data, empty. */
  create(retention: StoreConfig["retention"]): Promise<StorePlace>;
  /** Random histories to compare with the memory's; few where each costs seconds. */
  histories: number;
  /** Of one test, on a slow machine. */
  timeoutMs?: number;
}

interface StorePlace {
  open(): Promise<Store>;
  /** False if all is gone when the store is closed. */
  keeps: boolean;
  remove(): Promise<void>;
}

const RETENTION: StoreConfig["retention"] = {
  metricsMs: 7 * DAY,
  downsampledMs: 400 * DAY,
  profilesMs: 14 * DAY,
  runsMs: 14 * DAY,
  capturesMs: 7 * DAY,
  maxCaptureBytes: 1e9,
};

const ALWAYS = { fromMs: 0, toMs: START + 10_000 * DAY };
const HEAP = { service: "shop", target: null, type: "heap/inuse_space", range: ALWAYS };

export function describeStore(engine: StoreEngine): void {
  describe(`store contract: ${engine.name}`, { timeout: engine.timeoutMs ?? 120_000 }, () => {
    const cleanUps: (() => Promise<void>)[] = [];
    afterEach(async () => {
      for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
    });

    async function createPlace(): Promise<StorePlace> {
      const place = await engine.create(RETENTION);
      cleanUps.push(() => place.remove());
      return place;
    }

    async function openAt(place: StorePlace): Promise<Store> {
      const store = await place.open();
      cleanUps.push(() => store.close());
      return store;
    }

    const openNew = async (): Promise<Store> => openAt(await createPlace());

    test("nothing written, unknown targets and torn ranges give empty answers", async () => {
      const store = await openNew();
      const torn = { fromMs: START + HOUR, toMs: START };
      for (const round of ["empty", "filled"]) {
        expect(await store.metrics("nobody", ["x"], ALWAYS), round).toEqual(new Map());
        expect(await store.metrics("shop-1", ["goroutines"], torn)).toEqual(new Map());
        expect(await store.flame({ ...HEAP, service: "nobody" }, 10)).toEqual([]);
        expect(await store.flame({ ...HEAP, range: torn }, 10)).toEqual([]);
        expect(await store.timeline({ ...HEAP, target: "nobody" }, MINUTE)).toEqual([]);
        expect(await store.stackDiff(HEAP, torn, torn, 10)).toEqual([]);
        expect(await store.run("nobody@2026-11-10T00:00:00.000Z")).toBeNull();
        expect(await store.run("no such id")).toBeNull();
        expect(await store.runs("nobody", ALWAYS, 10)).toEqual([]);
        expect(await store.runs(null, torn, 10)).toEqual([]);
        expect(await store.findings("nobody", "any")).toEqual([]);
        expect(await store.findingHistory("nobody")).toEqual([]);
        expect(await store.alertEvents("nobody", ALWAYS)).toEqual([]);
        expect(await store.captures("nobody", "heap", 5)).toEqual([]);
        expect(await store.audit(torn)).toEqual([]);
        if (round === "filled") break;
        expect(await store.targets()).toEqual([]);
        expect(await store.latestMetrics()).toEqual([]);
        expect(await store.alertStates()).toEqual([]);
        await store.write(oneOfEach("1", "shop-1", START));
      }
    });

    test("an empty batch is written", async () => {
      const store = await openNew();
      await store.write({ id: "nothing" });
      await store.write({ id: "empty lists", metrics: [], runs: [], profiles: [] });
      expect(await store.targets()).toEqual([]);
    });

    test("a target's first and last sight are kept, and what it is now", async () => {
      const store = await openNew();
      await store.write({ id: "1", targets: [targetRow("shop-1", START), targetRow("cart-1", START)] });
      await store.write({
        id: "2",
        targets: [{ ...targetRow("shop-1", START + HOUR), labels: { zone: "中" } }],
      });
      expect(await store.targets()).toEqual([
        targetRow("cart-1", START),
        { ...targetRow("shop-1", START), labels: { zone: "中" }, lastSeenMs: START + HOUR },
      ]);
    });

    test("metrics come back as they were, a range without its end", async () => {
      const store = await openNew();
      const extremes = [0, -1.5, 1e-300, Number.MAX_VALUE, 2 ** 53, -(2 ** 60), 0.1, Number.MIN_VALUE];
      await store.write({
        id: "1",
        metrics: extremes.map((value, n) => ({
          target: "shop-1",
          atMs: START + n * MINUTE + 123,
          values: { "some value, 中": value, goroutines: n },
        })),
      });
      const series = await store.metrics("shop-1", ["some value, 中", "absent", "goroutines"], ALWAYS);
      expect([...series.keys()]).toEqual(["some value, 中", "goroutines"]);
      expect([...series.get("some value, 中")!.value]).toEqual(extremes);
      expect([...series.get("some value, 中")!.count]).toEqual(extremes.map(() => 1));
      expect([...series.get("goroutines")!.max]).toEqual(extremes.map((_, n) => n));
      const part = await store.metrics("shop-1", ["goroutines"], {
        fromMs: START + MINUTE + 123,
        toMs: START + 3 * MINUTE + 123,
      });
      expect([...part.get("goroutines")!.atMs]).toEqual([1, 2].map((n) => START + n * MINUTE + 123));
    });

    test("metrics of one moment are joined by name, the later write wins", async () => {
      const store = await openNew();
      const row = (values: Record<string, number>) => ({ metrics: [{ target: "t", atMs: START, values }] });
      await store.write({ id: "1", ...row({ a: 1, b: 2 }) });
      await store.write({ id: "2", ...row({ c: 3 }) });
      await store.write({ id: "3", ...row({ a: 4, b: 2 }) });
      const series = await store.metrics("t", ["a", "b", "c"], ALWAYS);
      expect([...series].map(([name, { value }]) => [name, ...value])).toEqual([
        ["a", 4],
        ["b", 2],
        ["c", 3],
      ]);
      expect(await store.latestMetrics()).toEqual([
        { target: "t", atMs: START, values: { a: 4, b: 2, c: 3 } },
      ]);
    });

    test("the latest metrics are the newest of each name, not older than an hour before the newest", async () => {
      const store = await openNew();
      const row = (target: string, atMs: number, values: Record<string, number>) => ({
        target,
        atMs,
        values,
      });
      await store.write({
        id: "1",
        metrics: [
          row("t", START, { ancient: 1 }),
          row("t", START + 2 * HOUR, { heap: 5, latency: 1 }),
          row("t", START + 2 * HOUR + MINUTE, { latency: 2 }),
          row("u", START, { heap: 7 }),
        ],
      });
      const wanted = [
        { target: "t", atMs: START + 2 * HOUR + MINUTE, values: { heap: 5, latency: 2 } },
        { target: "u", atMs: START, values: { heap: 7 } },
      ];
      expect(await store.latestMetrics()).toEqual(wanted);
      await store.compact(START + DAY);
      expect(await store.latestMetrics()).toEqual(wanted);
    });

    test("stack hashes of 64 bits come back exactly, with frames that were sent once", async () => {
      const store = await openNew();
      const hashes = [0n, 1n, 2n ** 53n + 1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 63n + 1n, 2n ** 64n - 1n];
      const sums: StackSums = {
        type: "heap/inuse_space",
        unit: "bytes",
        atMs: START,
        durationMs: 0,
        total: 28,
        stackHash: BigUint64Array.from(hashes),
        value: Float64Array.from(hashes, (_, n) => n + 1),
        frames: new Map(hashes.map((hash) => [hash, ["main.main main.go:1", `f ${hash}`]])),
      };
      await store.write({ id: "1", profiles: [{ target: "t", service: "shop", sums }] });
      await store.write({
        id: "2",
        profiles: [
          { target: "t", service: "shop", sums: { ...sums, atMs: START + MINUTE, frames: new Map() } },
        ],
      });
      for (const round of ["recent", "compacted"]) {
        const flame = await store.flame(HEAP, 100);
        expect(flame, round).toEqual(
          hashes
            .map((hash, n) => ({
              stackHash: hash,
              frames: ["main.main main.go:1", `f ${hash}`],
              value: n + 1,
            }))
            .reverse(),
        );
        await store.compact(START + DAY);
      }
    });

    test("a stack whose frames nobody told has none", async () => {
      const store = await openNew();
      const sums = { ...stackSums([["a;b", 3]], { atMs: START }), frames: new Map() };
      await store.write({ id: "1", profiles: [{ target: "t", service: "shop", sums }] });
      expect(await store.flame(HEAP, 9)).toEqual([{ stackHash: sums.stackHash[0], frames: [], value: 3 }]);
    });

    test("a state counts by its mean, what accumulates by its sum, targets add up", async () => {
      const store = await openNew();
      const heap = (target: string, minute: number, value: number, service = "shop"): ProfileRow => ({
        target,
        service,
        sums: stackSums(
          [
            ["main;cache", value],
            ["main;idle", 2],
          ],
          { atMs: START + minute * MINUTE },
        ),
      });
      const cpu = (minute: number, value: number): ProfileRow => ({
        target: "t",
        service: "shop",
        sums: stackSums([["main;work", value]], {
          type: "profile/cpu",
          atMs: START + minute * MINUTE,
          durationMs: 1000,
        }),
      });
      await store.write({
        id: "1",
        profiles: [
          heap("t", 0, 10),
          heap("t", 1, 20),
          heap("u", 0, 5),
          heap("v", 0, 99, "cart"),
          cpu(0, 7),
          cpu(1, 8),
        ],
      });
      const flat = (stacks: { frames: readonly string[]; value: number }[]) =>
        stacks.map(({ frames, value }) => [frames.join(";"), value]);
      for (const round of ["recent", "compacted"]) {
        expect(flat(await store.flame(HEAP, 10)), round).toEqual([
          ["main;cache", 20],
          ["main;idle", 4],
        ]);
        expect(flat(await store.flame({ ...HEAP, target: "t" }, 1))).toEqual([["main;cache", 15]]);
        expect(flat(await store.flame({ ...HEAP, type: "profile/cpu" }, 10))).toEqual([["main;work", 15]]);
        expect(await store.timeline(HEAP, MINUTE)).toEqual([
          { atMs: START, total: 12 + 7 },
          { atMs: START + MINUTE, total: 22 },
        ]);
        expect(await store.timeline({ ...HEAP, target: "t" }, 5 * MINUTE)).toEqual([
          { atMs: START, total: 17 },
        ]);
        expect(await store.timeline({ ...HEAP, type: "profile/cpu" }, HOUR)).toEqual([
          { atMs: START, total: 15 },
        ]);
        const before = { fromMs: START, toMs: START + MINUTE };
        const after = { fromMs: START + MINUTE, toMs: START + HOUR };
        expect(flat(await store.stackDiff({ ...HEAP, target: "t" }, before, after, 10))).toEqual([
          ["main;cache", 10],
        ]);
        await store.compact(START + DAY);
      }
    });

    test("runs come back whole, the newest first, and once however often they are written", async () => {
      const store = await openNew();
      const runs = [0, 1, 2].map((n) => runRecord("shop-1", START + n * MINUTE));
      const finding = runRecord("cart@eu-1", START + MINUTE, {
        outcome: "findings",
        findings: [findingRecord("f", 1)],
        alerts: [alertEvent("cart@eu-1", START + MINUTE, "slow “键”")],
        redacted: { email: 2 },
      });
      const otherLevel = runRecord("shop-1", START, {
        id: `shop-1@${new Date(START).toISOString()}/L1-10s`,
        level: "L1",
      });
      await store.write({ id: "1", runs: [...runs, finding, otherLevel] });
      await store.write({ id: "2", runs: [{ ...runs[0]!, outcome: "failed" }] });
      for (const round of ["recent", "compacted"]) {
        expect(await store.run(runs[1]!.id), round).toEqual(runs[1]);
        expect(await store.run(finding.id)).toEqual(finding);
        expect(await store.run(otherLevel.id)).toEqual(otherLevel);
        expect((await store.runs("shop-1", ALWAYS, 10)).map((run) => [run.id, run.outcome])).toEqual([
          [runs[2]!.id, "passed"],
          [runs[1]!.id, "passed"],
          [otherLevel.id, "passed"],
          [runs[0]!.id, "failed"],
        ]);
        expect((await store.runs(null, ALWAYS, 3)).map((run) => run.id)).toEqual([
          runs[2]!.id,
          finding.id,
          runs[1]!.id,
        ]);
        const range = { fromMs: START + MINUTE, toMs: START + 2 * MINUTE };
        expect((await store.runs("shop-1", range, 10)).map((run) => run.id)).toEqual([runs[1]!.id]);
        await store.compact(START + DAY);
      }
    });

    test("of a finding the newest version counts, and its history is kept", async () => {
      const store = await openNew();
      const a1 = findingRecord("a", 1);
      const a2 = findingRecord("a", 2, { severity: "critical" });
      const b1 = findingRecord("b", 1, { target: "shop-2" });
      const b2 = findingRecord("b", 2, { target: "shop-2", state: "resolved", bytesPerSecond: null });
      await store.write({ id: "1", findings: [a2, b1] });
      await store.write({ id: "2", findings: [a1, b2] });
      expect(await store.findings(null, "any")).toEqual([a2, b2]);
      expect(await store.findings(null, "open")).toEqual([a2]);
      expect(await store.findings("shop-2", "any")).toEqual([b2]);
      expect(await store.findings("shop-2", "open")).toEqual([]);
      expect(await store.findingHistory("b")).toEqual([b1, b2]);
    });

    test("an alert's state is the one last evaluated; events are kept in order", async () => {
      const store = await openNew();
      const event = (minute: number, target = "shop-1") =>
        alertEvent(target, START + minute * MINUTE, `minute ${minute}`);
      await store.write({ id: "1", alerts: [alertState("a", START + 5)], events: [event(2), event(0)] });
      await store.write({ id: "2", alerts: [alertState("a", START + 4, { phase: "inactive" })] });
      await store.write({
        id: "3",
        alerts: [alertState("b", START)],
        events: [event(1, "shop-2"), event(3)],
      });
      expect(await store.alertStates()).toEqual([alertState("a", START + 5), alertState("b", START)]);
      expect((await store.alertEvents("shop-1", ALWAYS)).map((each) => each.reason)).toEqual([
        "minute 0",
        "minute 2",
        "minute 3",
      ]);
      expect(await store.alertEvents(null, { fromMs: START + MINUTE, toMs: START + 2 * MINUTE })).toEqual([
        event(1, "shop-2"),
      ]);
    });

    test("captures of a target are found by kind, the newest first", async () => {
      const store = await openNew();
      const entry = (minute: number, kind = "heap", target = "t") => ({
        sha256: `${minute}`.padStart(64, "0"),
        bytes: 10 * minute,
        target,
        kind,
        atMs: START + minute * MINUTE,
      });
      await store.write({
        id: "1",
        captures: [entry(1), entry(3), entry(2), entry(4, "goroutine"), entry(5, "heap", "u")],
      });
      expect(await store.captures("t", "heap", 2)).toEqual([entry(3), entry(2)]);
    });

    test("audit entries are chained in the order of their coming", async () => {
      const store = await openNew();
      const facts = (n: number) => ({
        atMs: START + n,
        actor: "patrol",
        action: "capture",
        detail: { n, target: "“键”", refused: n % 2 === 0, reason: null },
      });
      const written = await Promise.all(Array.from({ length: 20 }, (_, n) => store.appendAudit(facts(n))));
      expect(written.map((entry) => entry.sequence)).toEqual(written.map((_, n) => n + 1));
      const read = await store.audit(ALWAYS);
      expect(read).toEqual(written);
      expect(findBrokenLinks(read)).toEqual([]);
      expect(
        (await store.audit({ fromMs: START + 3, toMs: START + 5 })).map((entry) => entry.sequence),
      ).toEqual([4, 5]);
    });

    test("a batch written again counts once", async () => {
      const store = await openNew();
      const batch = oneOfEach("same", "shop-1", START);
      await store.write(batch);
      await store.write(batch);
      await Promise.all([store.write(batch), store.write(batch)]);
      expect(await snapshot(store)).toEqual(await snapshot(await memoryOf([batch])));
    });

    test("what is written is a copy: the caller may change its own afterwards", async () => {
      const store = await openNew();
      const sums = stackSums([["a;b", 3]], { atMs: START });
      const values = { goroutines: 1 };
      const writing = store.write({
        id: "1",
        metrics: [{ target: "t", atMs: START, values }],
        profiles: [{ target: "t", service: "shop", sums }],
      });
      values.goroutines = 2;
      await writing;
      expect(sums.stackHash.length).toBe(1);
      expect((await store.flame(HEAP, 1))[0]!.value).toBe(3);
      expect([...(await store.metrics("t", ["goroutines"], ALWAYS)).get("goroutines")!.value]).toEqual([1]);
    });

    test("a batch is seen wholly or not at all", async () => {
      const store = await openNew();
      let writing = true;
      const counts = new Set<number>();
      const reading = (async () => {
        while (writing) counts.add((await store.runs(null, ALWAYS, 10_000)).length);
      })();
      for (let batch = 0; batch < 10; batch++) {
        await store.write({
          id: `batch ${batch}`,
          runs: Array.from({ length: 50 }, (_, n) => runRecord(`t${n}`, START + batch * MINUTE)),
        });
      }
      writing = false;
      await reading;
      expect([...counts].filter((count) => count % 50 !== 0)).toEqual([]);
      expect(await store.runs(null, ALWAYS, 10_000)).toHaveLength(500);
    });

    test("retention removes what is too old and no more; old metrics become five minutes", async () => {
      const store = await openNew();
      const now = START + 30 * DAY + 5 * HOUR;
      const old = now - 20 * DAY;
      const young = now - 2 * DAY;
      for (const [id, atMs] of Object.entries({ old, young })) {
        await store.write({ ...oneOfEach(id, `${id}-target`, atMs), findings: [findingRecord(id, 1)] });
        await store.write({
          id: `${id} minutes`,
          metrics: Array.from({ length: 10 }, (_, n) => ({
            target: "t",
            atMs: Math.floor(atMs / HOUR) * HOUR + n * MINUTE,
            values: { heap: n },
          })),
        });
      }
      await store.write({
        id: "alerts",
        alerts: [
          alertState("over for long", old, { phase: "inactive", firedMs: null }),
          alertState("over since just now", now - HOUR, { phase: "inactive", firedMs: null }),
          alertState("fires since long", old),
        ],
      });
      await store.appendAudit({ atMs: old, actor: "a", action: "start", detail: {} });
      await store.compact(now);
      await store.compact(now + MINUTE);

      expect((await store.runs(null, ALWAYS, 10)).map((run) => run.target)).toEqual(["young-target"]);
      expect(await store.flame({ ...HEAP, target: "old-target" }, 5)).toEqual([]);
      expect(await store.flame({ ...HEAP, target: "young-target" }, 5)).toHaveLength(2);
      expect((await store.alertEvents(null, ALWAYS)).map((event) => event.target)).toEqual(["young-target"]);
      expect(await store.captures("old-target", "heap", 9)).toEqual([]);
      expect(await store.captures("young-target", "heap", 9)).toHaveLength(1);
      expect((await store.alertStates()).map((state) => state.id)).not.toContain("over for long");
      expect((await store.alertStates()).map((state) => state.id)).toContain("over since just now");
      expect((await store.alertStates()).map((state) => state.id)).toContain("fires since long");
      expect((await store.findings(null, "any")).map((finding) => finding.id)).toEqual(["old", "young"]);
      expect(await store.audit(ALWAYS)).toHaveLength(1);

      const series = (await store.metrics("t", ["heap"], ALWAYS)).get("heap")!;
      const [first, second] = [0, 5 * MINUTE].map((ms) => Math.floor(old / HOUR) * HOUR + ms);
      expect([...series.atMs].slice(0, 2)).toEqual([first, second]);
      expect([...series.value]).toEqual([2, 7, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect([...series.min].slice(0, 2)).toEqual([0, 5]);
      expect([...series.max].slice(0, 2)).toEqual([4, 9]);
      expect([...series.count].slice(0, 3)).toEqual([5, 5, 1]);

      await store.compact(now + 500 * DAY);
      expect(await store.metrics("t", ["heap"], ALWAYS)).toEqual(new Map());
      expect(await store.audit(ALWAYS)).toHaveLength(1);
    });

    test("rows that come late, behind the rewriting of their hour, are joined with it", async () => {
      const store = await openNew();
      const reference = new MemoryStore(RETENTION);
      for (const [n, minutes] of [[0, 10, 20], [15, 20, 70], [5]].entries()) {
        const batch: Batch = {
          id: `${n}`,
          metrics: minutes.map((m) => ({
            target: "t",
            atMs: START + m * MINUTE,
            values: { [`m${n % 2}`]: m, c: n },
          })),
          profiles: minutes.map((m) => ({
            target: "t",
            service: "shop",
            sums: stackSums(
              [
                ["main;a", 10 * n + m + 1],
                [`main;b${n}`, 5],
              ],
              { atMs: START + m * MINUTE },
            ),
          })),
          runs: minutes.map((m) => runRecord("t", START + m * MINUTE, { latenessMs: n })),
        };
        await store.write(batch);
        await reference.write(batch);
        await store.compact(START + DAY);
        expect(await snapshot(store)).toEqual(await snapshot(reference));
      }
    });

    test("any history gives the same answers as the memory's, also compacted and opened again", async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyBatch, { minLength: 1, maxLength: 6 }), async (batches) => {
          const place = await engine.create(RETENTION);
          let store = await place.open();
          try {
            const reference = await memoryOf(batches);
            for (const batch of batches) await store.write(batch);
            const wanted = await snapshot(reference);
            expect(await snapshot(store)).toEqual(wanted);
            await store.compact(START + DAY);
            expect(await snapshot(store)).toEqual(wanted);
            if (place.keeps) {
              await store.close();
              store = await place.open();
              expect(await snapshot(store)).toEqual(wanted);
            }
            expect((await store.verify()).problems).toEqual([]);
          } finally {
            await store.close();
            await place.remove();
          }
        }),
        // Where an engine is slow, a shorter example would take longer than to look at the long one.
        { numRuns: engine.histories, endOnFailure: engine.histories < 3 },
      );
    });

    test("all rows can be read out and written into another store", async () => {
      const store = await openNew();
      for (let n = 0; n < 5; n++) await store.write(oneOfEach(`${n}`, `t${n % 2}`, START + n * 40 * MINUTE));
      await store.appendAudit({ atMs: START, actor: "a", action: "start", detail: { pid: 1 } });
      await store.compact(START + 3 * HOUR);
      const copy = new MemoryStore(RETENTION);
      for (const table of STORE_TABLES) {
        const rows = [];
        for await (const row of store.rows(table)) rows.push(row);
        expect(rows.length, table).toBeGreaterThan(0);
        if (table !== "audit") await copy.write({ id: table, [table]: rows });
      }
      expect(await snapshot(copy)).toEqual(await snapshot(store));
    });

    test("its size on disk is known once something is there", async ({ skip }) => {
      const place = await createPlace();
      const store = await place.open();
      await store.write(oneOfEach("1", "shop-1", START));
      const bytes = await store.sizeBytes();
      await store.close();
      skip(!place.keeps, "the memory has no disk");
      expect(bytes).toBeGreaterThan(0);
    });

    test("verifying counts rows and finds nothing wrong", async () => {
      const store = await openNew();
      await store.write(oneOfEach("1", "t", START));
      await store.appendAudit({ atMs: START, actor: "a", action: "start", detail: {} });
      for (const now of [START + MINUTE, START + DAY]) {
        await store.compact(now);
        const report = await store.verify();
        expect(report.problems).toEqual([]);
        expect(report.ok).toBe(true);
        for (const table of STORE_TABLES) expect(report.rows[table], table).toBeGreaterThan(0);
      }
    });

    test("what was written is there when it is opened again", async ({ skip }) => {
      const place = await createPlace();
      skip(!place.keeps, "the memory forgets");
      const store = await place.open();
      const batch = oneOfEach("1", "shop-1", START);
      await store.write(batch);
      const entry = await store.appendAudit({ atMs: START, actor: "a", action: "start", detail: { pid: 1 } });
      await store.close();
      const again = await openAt(place);
      expect(await snapshot(again)).toEqual(await snapshot(await memoryOf([batch])));
      await again.write(batch);
      expect(await again.alertEvents(null, ALWAYS)).toHaveLength(1);
      const next = await again.appendAudit({ atMs: START, actor: "a", action: "stop", detail: {} });
      expect(next.previousHash).toBe(entry.hash);
    });
  });
}

function oneOfEach(id: string, target: string, atMs: number): Batch {
  return {
    id,
    targets: [targetRow(target, atMs)],
    metrics: [{ target, atMs, values: { goroutines: 42, heap_live_bytes: 1.5e9 } }],
    profiles: [
      {
        target,
        service: "shop",
        sums: stackSums(
          [
            ["main;cache", atMs % 1e9],
            ["main;idle", 4.5],
          ],
          { atMs },
        ),
      },
    ],
    findings: [findingRecord(`f ${id}`, 1, { target, atMs })],
    runs: [runRecord(target, atMs)],
    alerts: [alertState(`a ${id}`, atMs)],
    events: [alertEvent(target, atMs, `event of ${id}`)],
    captures: [{ sha256: id.padStart(64, "0"), bytes: 9, target, kind: "heap", atMs }],
  };
}

async function memoryOf(batches: readonly Batch[]): Promise<Store> {
  const store = new MemoryStore(RETENTION);
  for (const batch of batches) await store.write(batch);
  return store;
}

/** Everything that the store can be asked, about the targets that tests write. */
async function snapshot(store: Store): Promise<unknown> {
  const targets = ["shop-1", "t", "t0", "t1"];
  const early = { fromMs: START, toMs: START + 33 * MINUTE };
  const late = { fromMs: START + 33 * MINUTE, toMs: START + 3 * HOUR };
  const names = ["goroutines", "heap_live_bytes", "m0", "m1", "c"];
  const rounded = (stacks: { stackHash: bigint; frames: readonly string[]; value: number }[]) =>
    stacks
      .map((stack) => ({ ...stack, value: Number(stack.value.toPrecision(9)) }))
      .sort((a, b) => (a.stackHash < b.stackHash ? -1 : 1));
  return {
    targets: await store.targets(),
    latest: await store.latestMetrics(),
    metrics: await Promise.all(
      targets.flatMap((target) => [ALWAYS, early, late].map((range) => store.metrics(target, names, range))),
    ),
    flame: await Promise.all(
      [ALWAYS, early, late].flatMap((range) =>
        [null, ...targets].map(async (target) =>
          rounded(await store.flame({ ...HEAP, target, range }, 1000)),
        ),
      ),
    ),
    cpu: rounded(await store.flame({ ...HEAP, type: "profile/cpu" }, 1000)),
    timeline: (await store.timeline(HEAP, 7 * MINUTE)).map((row) => [
      row.atMs,
      Number(row.total.toPrecision(9)),
    ]),
    // Means that are subtracted leave the last digits of large ones.
    diff: (await store.stackDiff(HEAP, early, late, 1000))
      .map((stack) => ({ ...stack, value: Math.round(stack.value * 256) / 256 }))
      .filter((stack) => stack.value !== 0)
      .sort((a, b) => (a.stackHash < b.stackHash ? -1 : 1)),
    runs: await store.runs(null, ALWAYS, 1000),
    newestRuns: await store.runs(null, ALWAYS, 2),
    runsOf: await Promise.all(targets.map((target) => store.runs(target, late, 3))),
    findings: await store.findings(null, "any"),
    alerts: await store.alertStates(),
    events: await store.alertEvents(null, ALWAYS),
    captures: await Promise.all(targets.map((target) => store.captures(target, "heap", 10))),
  };
}

const anyMinute = fc.integer({ min: 0, max: 170 }).map((minute) => START + minute * MINUTE);
const anyTarget = fc.constantFrom("t0", "t1", "t2");
const anyValue = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.integer({ min: 0, max: 2 ** 40 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value || 0),
);
const anyStacks = fc.uniqueArray(
  fc.tuple(
    fc.constantFrom("main;a", "main;b", "main;a;c", "main;中", "x"),
    // Sums of these are exact in any order; engines differ in theirs.
    fc.oneof(
      fc.integer({ min: 1, max: 2 ** 40 }),
      fc.integer({ min: 1, max: 2 ** 20 }).map((value) => value / 8),
    ),
  ),
  { selector: ([frames]) => frames, maxLength: 5 },
);
const anyProfile: fc.Arbitrary<ProfileRow> = fc
  .record({ target: anyTarget, atMs: anyMinute, stacks: anyStacks, isCpu: fc.boolean() })
  .map(({ target, atMs, stacks, isCpu }) => ({
    target,
    service: "shop",
    sums: stackSums(
      stacks,
      isCpu ? { atMs, type: "profile/cpu", durationMs: 10_000 } : { atMs, type: "heap/inuse_space" },
    ),
  }));
const anyBatch: fc.Arbitrary<Batch> = fc.record({
  id: fc.uuid(),
  metrics: fc.array(
    fc.record({
      target: anyTarget,
      atMs: anyMinute,
      values: fc.dictionary(fc.constantFrom("m0", "m1", "c", "goroutines"), anyValue, { minKeys: 1 }),
    }),
    { maxLength: 20 },
  ),
  profiles: fc.array(anyProfile, { maxLength: 12 }),
  runs: fc.array(
    fc
      .record({ target: anyTarget, atMs: anyMinute, latenessMs: fc.nat(1000) })
      .map(({ target, atMs, latenessMs }) => runRecord(target, atMs, { latenessMs })),
    { maxLength: 12 },
  ),
});
