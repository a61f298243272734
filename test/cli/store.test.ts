import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { auditEntrySchema } from "../../src/patrol/published/audit-schema.ts";
import { compactSchema, verifySchema } from "../../src/store/report-schemas.ts";
import { SqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { STORE_TABLES } from "../../src/store/store.ts";
import { targetRow } from "../contracts/store-rows.ts";
import { CRASH_RETENTION, crashBatch } from "../support/crash-trial.ts";
import { expectDescribed } from "../support/expect-described.ts";
import { runGopatrol } from "../support/run-gopatrol.ts";

let dir = "";
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "gopatrol-store-"));
  const store = await SqliteStore.open({ dir, readOnly: false, retention: CRASH_RETENTION, lingerMs: 5 });
  const capture = { sha256: "ab".repeat(32), bytes: 3, target: "t1", kind: "heap", atMs: 5 };
  await store.write({ ...crashBatch(1), targets: [targetRow("t1", 5)], captures: [capture] });
  await store.appendAudit({ atMs: 5, actor: "test", action: "start", detail: {} });
  await store.close();
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test("verify says that the store is whole, in words and as JSON", async () => {
  const text = await runGopatrol(["store", "verify", "--dir", dir]);
  expect(text).toMatchObject({ code: 0, stderr: "" });
  expect(text.stdout).toContain("The store is whole.");
  const json = await runGopatrol(["store", "verify", "--dir", dir, "--format", "json"]);
  expect(JSON.parse(json.stdout)).toMatchObject({
    schema: "gopatrol.store-verify/v1",
    ok: true,
    rows: { runs: 1 },
  });
  expectDescribed(verifySchema, JSON.parse(json.stdout));
});

test("export prints a table, or writes all of them", async () => {
  const runs = await runGopatrol(["store", "export", "profiles", "--dir", dir]);
  expect(runs.code).toBe(0);
  expect(JSON.parse(runs.stdout)).toMatchObject({
    target: "t1",
    sums: { stackHash: [expect.stringMatching(/^[0-9a-f]{16}$/)], value: [2] },
  });
  const out = join(dir, "out");
  expect((await runGopatrol(["store", "export", "--dir", dir, "--out", out])).code).toBe(0);
  expect((await readdir(out)).sort()).toEqual(STORE_TABLES.map((table) => `${table}.ndjson`).sort());
  for (const table of STORE_TABLES) {
    const text = await readFile(join(out, `${table}.ndjson`), "utf8");
    expect(text.trimEnd().split("\n"), table).toHaveLength(1);
    if (table === "audit") expectDescribed(auditEntrySchema, JSON.parse(text));
  }
});

test("compact packs; a configuration names the store as well", async () => {
  const file = join(dir, "gopatrol.toml");
  await writeFile(file, `[store]\ndir = ${JSON.stringify(dir)}\n`);
  const checked = await runGopatrol(["patrol", "check-config", file]);
  const run = await runGopatrol(["store", "compact", "--dir", dir, "--format", "json"]);
  expect(JSON.parse(run.stdout)).toMatchObject({ schema: "gopatrol.store-compact/v1", rewrittenHours: 3 });
  expectDescribed(compactSchema, JSON.parse(run.stdout));
  if (checked.code === 0) expect((await runGopatrol(["store", "verify", "-c", file])).code).toBe(0);
});

test.each([
  [["store", "verify", "--dir", "/nonexistent"], 3, "there is no store in /nonexistent"],
  [["store", "export", "--dir", "/nonexistent"], 2, "name a table"],
  [["store", "export", "nothing", "--dir", "/nonexistent"], 2, 'there is no table "nothing"'],
  [["store", "verify", "-c", "/nonexistent.toml"], 2, "cannot be read"],
])("%j ends with %i", async (args, code, message) => {
  const run = await runGopatrol(args);
  expect(run.code).toBe(code);
  expect(run.stderr).toContain(message);
});
