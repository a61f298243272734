import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadPatrolConfig } from "../../src/patrol/config/load-config.ts";
import { openStore } from "../../src/store/open-store.ts";
import { alertEvent, alertState } from "../contracts/store-rows.ts";
import { runGopatrol } from "../support/run-gopatrol.ts";

let folder: string;
let config: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gopatrol-why-"));
  config = join(folder, "gopatrol.toml");
  const text = `[[targets]]\nid = "shop-1"\naddress = "127.0.0.1:6060"\n[store]\ndir = "${join(folder, "store")}"\n`;
  await writeFile(config, text);
  const loaded = loadPatrolConfig(text, { baseDir: folder, fileMode: 0o600 });
  const store = await openStore(loaded.config!.store);
  const nowMs = Date.now();
  await store.write({
    id: "seed",
    alerts: [
      alertState("a1", nowMs, {
        firedMs: nowMs - 60_000,
        notified: { log: { state: "firing", atMs: nowMs, tier: "P1" } },
      }),
    ],
    events: [alertEvent("shop-1", nowMs - 60_000, "latency_ms = 412.5 > 300")],
  });
  await store.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("gopatrol patrol why reads the history that a patrol left", async () => {
  const text = await runGopatrol(["patrol", "why", "shop-1", "--config", config]);
  expect(text.stderr).toBe("");
  expect(text.stdout).toMatch(/^shop-1 alerts: runtime\/slow fires, and log was told\.\n/);
  expect(text.stdout).toContain("fired: latency_ms = 412.5 > 300");
  const json = await runGopatrol(["patrol", "why", "shop-1", "-c", config, "--format", "json"]);
  expect(JSON.parse(json.stdout)).toMatchObject({
    schema: "gopatrol.why/v1",
    answer: { kind: "told", rule: "runtime/slow", receivers: ["log"] },
    rules: expect.arrayContaining([expect.objectContaining({ rule: "runtime/slow", phase: "firing" })]),
  });
  expect([text.code, json.code]).toEqual([0, 0]);
});

test("an unknown target and a missing file say what to do", async () => {
  const target = await runGopatrol(["patrol", "why", "shop-2", "-c", config]);
  expect([target.code, target.stdout]).toEqual([2, expect.stringContaining("Did you mean shop-1?")]);
  const file = await runGopatrol(["patrol", "why", "shop-1", "-c", join(folder, "none.toml")]);
  expect([file.code, file.stderr]).toEqual([2, expect.stringContaining("--config")]);
});

test("a misspelt command, and a patrol that has not been here, say what to do", async () => {
  const misspelt = await runGopatrol(["patrol", "statsu"]);
  expect([misspelt.code, misspelt.stderr]).toEqual([
    2,
    "gopatrol: patrol has no command 'statsu'; did you mean status?\n",
  ]);
  const without = await runGopatrol(["patrol", "why"]);
  expect(without.stderr).toContain("(gopatrol patrol why --help shows how)");
  const fresh = join(folder, "fresh.toml");
  await writeFile(
    fresh,
    `[[targets]]\naddress = "127.0.0.1:6060"\n[store]\ndir = "${join(folder, "none")}"\n`,
  );
  const why = await runGopatrol(["patrol", "why", "shop-1", "-c", fresh]);
  expect([why.code, why.stderr]).toEqual([3, expect.stringContaining("no patrol has worked in")]);
});
