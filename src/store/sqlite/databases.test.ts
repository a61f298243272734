import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { CRASH_RETENTION, crashBatch } from "../../../test/support/crash-trial.ts";
import { SqliteStore } from "./sqlite-store.ts";

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "gopatrol-store-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const ALWAYS = { fromMs: 0, toMs: Date.UTC(2027, 0, 1) };
const open = (readOnly = false) =>
  SqliteStore.open({ dir, readOnly, retention: CRASH_RETENTION, lingerMs: 5 });

test("a database of schema version 1 is brought up to date with all that is in it", async () => {
  for (const name of ["history", "records"]) {
    const packed = await readFile(new URL(`../../../test/fixtures/store/v1-${name}.db.gz`, import.meta.url));
    await writeFile(join(dir, `${name}.db`), gunzipSync(packed));
  }
  await expect(open(true)).rejects.toMatchObject({ code: "refused" });
  const store = await open();
  expect((await store.verify()).problems).toEqual([]);
  for (let number = 0; number < 20; number++) {
    const { runs, findings, events } = crashBatch(number * 300);
    expect(await store.run(runs![0]!.id)).toEqual(runs![0]);
    expect(await store.findingHistory(findings![0]!.id)).toEqual(findings);
    expect(await store.alertEvents(events![0]!.target, ALWAYS)).toContainEqual(events![0]);
  }
  await store.write(crashBatch(1));
  expect(await store.runs(null, ALWAYS, 100)).toHaveLength(21);
  const next = await store.appendAudit({ atMs: 2, actor: "test", action: "upgrade", detail: {} });
  expect(next.sequence).toBe(2);
  await store.close();
  const records = new DatabaseSync(join(dir, "records.db"), { readOnly: true });
  expect(records.prepare("PRAGMA user_version").get()).toEqual({ user_version: 2 });
  records.close();
});

test("a folder that is not there, is written by another, is of a newer version or damaged is told so", async () => {
  await expect(open(true)).rejects.toMatchObject({ code: "missing" });
  const store = await open();
  await store.write(crashBatch(1));
  await expect(open()).rejects.toMatchObject({ code: "locked" });
  const reader = await open(true);
  expect(await reader.runs(null, ALWAYS, 10)).toHaveLength(1);
  await expect(reader.write(crashBatch(2))).rejects.toMatchObject({ name: "StoreError" });
  await reader.close();
  await store.close();

  const records = new DatabaseSync(join(dir, "records.db"));
  records.exec("PRAGMA user_version = 99");
  records.close();
  await expect(open()).rejects.toMatchObject({ code: "newer-schema" });
  await writeFile(
    join(dir, "records.db"),
    "no database at all, but long enough to have a header of one".repeat(20),
  );
  await expect(open()).rejects.toMatchObject({ code: "damaged" });
});

test("verifying finds what a fault of the disk or a meddler has changed", async () => {
  const store = await open();
  for (let number = 0; number < 200; number++) await store.write(crashBatch(number));
  for (let n = 0; n < 3; n++)
    await store.appendAudit({ atMs: n, actor: "a", action: "start", detail: { n } });
  await store.compact(ALWAYS.toMs);
  await store.close();
  const records = new DatabaseSync(join(dir, "records.db"));
  expect(() => records.exec("DELETE FROM audit")).toThrow("append-only");
  records.exec(
    "DROP TRIGGER audit_is_not_changed; UPDATE audit SET body = replace(body, '\"n\":1', '\"n\":7')",
  );
  records.close();
  const history = new DatabaseSync(join(dir, "history.db"));
  history.exec("UPDATE metric_hours SET body = substr(body, 1, length(body) - 3)");
  history.close();
  const damaged = await open(true);
  const report = await damaged.verify();
  await damaged.close();
  expect(report.ok).toBe(false);
  expect(report.problems.some((problem) => problem.startsWith("Audit entry 2 was changed"))).toBe(true);
  expect(report.problems.some((problem) => problem.startsWith("A row of metrics cannot be read"))).toBe(true);

  await truncate(join(dir, "history.db"), 8192);
  const problems = await open(true).then(
    async (cut) => {
      const { problems } = await cut.verify().catch((error) => ({ problems: [String(error)] }));
      await cut.close();
      return problems;
    },
    (error) => [String(error)],
  );
  expect(problems.length).toBeGreaterThan(0);
});
