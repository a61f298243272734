import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildProgram } from "../../scripts/zoo-programs.ts";
import { loadPatrolConfig } from "../../src/patrol/config/load-config.ts";
import type { NotifiedAlert } from "../../src/patrol/notification.ts";
import { notificationSchema } from "../../src/patrol/published/notification-schema.ts";
import { snapshotSchema } from "../../src/patrol/published/status-schema.ts";
import { whySchema } from "../../src/patrol/published/why-schema.ts";
import { openStore } from "../../src/store/open-store.ts";
import { findEnglish } from "../support/english-left.ts";
import { expectDescribed } from "../support/expect-described.ts";
import { findFreePort, type PatrolProcess, startPatrol, until } from "../support/patrol-process.ts";
import { requiredTool } from "../support/required-tool.ts";
import { runGopatrol } from "../support/run-gopatrol.ts";

const go = requiredTool("go");

interface Message {
  state: "firing" | "resolved";
  alerts: NotifiedAlert[];
}

describe.skipIf(!go.available)(`a leak that begins under the patrol's eyes${go.skipReason}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "gopatrol-story-"));
  const config = join(folder, "patrol.toml");
  const messages: Message[] = [];
  let hook: Server;
  let programs: { leaky: string; fixed: string };
  let port: number;
  let service: ChildProcess | undefined;
  let patrol: PatrolProcess;

  const serve = async (program: string): Promise<void> => {
    service?.kill("SIGKILL");
    if (service !== undefined) await new Promise((resolve) => service?.once("close", resolve));
    service = spawn(program, ["-addr", `127.0.0.1:${port}`, "-for", "4m"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise((resolve) => service?.stdout?.once("data", resolve));
  };

  beforeAll(async () => {
    programs = {
      leaky: await buildProgram("data/unbounded-map/leaky"),
      fixed: await buildProgram("data/unbounded-map/fixed"),
    };
    hook = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => {
        body += chunk;
      });
      request.on("end", () => {
        messages.push(JSON.parse(body) as Message);
        response.end("ok");
      });
    });
    await new Promise<void>((resolve) => hook.listen(0, "127.0.0.1", resolve));
    port = await findFreePort();
    writeFileSync(join(folder, "targets.json"), "[]");
    writeFileSync(
      config,
      `[store]
dir = "data"
[run]
allow_root = true
[precheck]
min_free_disk = 0.0001
[server]
enabled = false
[budget]
captures_per_hour = 1000
cpu_seconds_per_hour = 1000
[[discovery]]
kind = "file"
files = ["targets.json"]
refresh = "1s"
default_checks = false
checks = ["numbers", "deep"]
[[checks]]
name = "numbers"
kind = "runtime"
interval = "1s"
timeout = "900ms"
retries = 0
[[checks]]
name = "deep"
kind = "inspect"
interval = "15s"
timeout = "60s"
window = "8s"
every = "800ms"
[[receivers]]
name = "oncall"
kind = "webhook"
url = "http://127.0.0.1:${(hook.address() as { port: number }).port}/"
[[routes]]
match = ["kind=finding"]
receivers = ["oncall"]
group_wait = "1s"
group_interval = "1s"
repeat_interval = "1h"
`,
      { mode: 0o600 },
    );
    patrol = startPatrol(["-c", config]);
  }, 120_000);

  afterAll(async () => {
    patrol?.child.kill("SIGKILL");
    service?.kill("SIGKILL");
    hook?.closeAllConnections();
    hook?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("is found, stored, told once, resolved by its repair, and explained", async () => {
    await serve(programs.leaky);
    writeFileSync(
      join(folder, "targets.json"),
      JSON.stringify([{ targets: [`127.0.0.1:${port}`], labels: { service: "shop" } }]),
    );
    await patrol.says("a target became suspect");
    const firing = await until(() => messages.find(({ state }) => state === "firing"));
    const [alert] = firing.alerts;
    expect(alert).toMatchObject({ rule: "finding/data/unbounded-map", state: "firing" });
    expect(alert?.finding?.site).toContain("/internal/session/");

    await serve(programs.fixed);
    const resolved = await until(() => messages.find(({ state }) => state === "resolved"));
    expect(resolved.alerts.map(({ rule }) => rule)).toContain("finding/data/unbounded-map");
    // However often it was looked at meanwhile.
    const told = messages.flatMap(({ state, alerts }) => alerts.map(({ id }) => `${state} ${id}`));
    expect(told.filter((each) => each === `firing ${alert?.id}`)).toHaveLength(1);
    expect(told.filter((each) => each === `resolved ${alert?.id}`)).toHaveLength(1);

    const target = alert?.target ?? "";
    const why = await runGopatrol(["patrol", "why", target, "-c", config]);
    expect(why.stderr).toBe("");
    expect(why.stdout).toMatch(/unbounded-map/);
    expect(why.stdout).toMatch(/fired[\s\S]*oncall[\s\S]*resolved/i);
    const json = await runGopatrol(["patrol", "why", target, "-c", config, "--format", "json"]);
    expectDescribed(whySchema, JSON.parse(json.stdout));
    for (const message of messages) expectDescribed(notificationSchema, message);
    const chinese = await runGopatrol(["patrol", "why", target, "-c", config, "--lang", "zh"]);
    // What stands in brackets behind a place is its file.
    const own = alert?.finding?.site.split(/[ ()]+/).filter((name) => name.length > 1) ?? [];
    expect(chinese.stdout.split("\n").flatMap((line) => findEnglish(line, own))).toEqual([]);

    patrol.child.kill("SIGUSR1");
    await patrol.says("the patrol is paused");
    const [snapshot] = readdirSync(join(folder, "data", "snapshots"));
    expectDescribed(
      snapshotSchema,
      JSON.parse(readFileSync(join(folder, "data", "snapshots", snapshot!), "utf8")),
    );

    patrol.child.kill("SIGTERM");
    expect(await patrol.ended).toBe(0);
    const loaded = loadPatrolConfig("[store]\ndir = 'data'\n[[targets]]\naddress = 'x:1'", {
      baseDir: folder,
    });
    const store = await openStore(loaded.config!.store, { readOnly: true });
    const findings = await store.findings(target, "any");
    const leak = findings.find(({ pattern }) => pattern === "data/unbounded-map");
    expect(leak?.state).toBe("resolved");
    const history = await store.findingHistory(leak!.id);
    expect(history.map(({ state }) => state)).toEqual([...history.slice(1).map(() => "open"), "resolved"]);
    const events = await store.alertEvents(target, { fromMs: 0, toMs: Date.now() });
    expect(events.map(({ event }) => event)).toEqual(
      expect.arrayContaining(["fired", "notified", "resolved"]),
    );
    await store.close();
  }, 240_000);
});
