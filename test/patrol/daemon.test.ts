import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import { connect, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { PatrolStatus } from "../../src/patrol/patrol-status.ts";
import { planSchema } from "../../src/patrol/published/plan-schema.ts";
import { runSchema } from "../../src/patrol/published/run-schema.ts";
import { shadowSchema } from "../../src/patrol/published/shadow-schema.ts";
import {
  snapshotSchema,
  statusAnswerSchema,
  statusSchema,
} from "../../src/patrol/published/status-schema.ts";
import { expectDescribed } from "../support/expect-described.ts";
import { findFreePort, type PatrolProcess, startPatrol, until } from "../support/patrol-process.ts";
import { runGopatrol } from "../support/run-gopatrol.ts";

let folder: string;
let target: Server;
let targetPort: number;
let asked: string[];
let answerAfterMs: number;
const started: PatrolProcess[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "gopatrol-daemon-"));
  asked = [];
  answerAfterMs = 0;
  target = createServer((request, response) => {
    asked.push(request.url ?? "");
    setTimeout(() => response.end("fine\n"), answerAfterMs);
  });
  await new Promise<void>((resolve) => target.listen(0, "127.0.0.1", resolve));
  targetPort = (target.address() as { port: number }).port;
});

afterEach(async () => {
  for (const { child, ended } of started.splice(0)) {
    child.kill("SIGKILL");
    await ended;
  }
  target.closeAllConnections();
  target.close();
  rmSync(folder, { recursive: true, force: true });
});

/** One HTTP check a second; `more` goes to the end of the file. */
function writeConfig(more = "", checks = ""): string {
  const file = join(folder, "patrol.toml");
  writeFileSync(
    file,
    `[store]
dir = "data"
[run]
allow_root = true
stop_within = "10s"
[precheck]
min_free_disk = 0.0001
[server]
enabled = false
[[targets]]
id = "web"
address = "http://127.0.0.1:${targetPort}/health"
default_checks = false
checks = ["alive"]
[[checks]]
name = "alive"
kind = "http"
interval = "1s"
timeout = "900ms"
retries = 0
${checks}
${more}`,
    { mode: 0o600 },
  );
  return file;
}

function start(args: readonly string[], env: Record<string, string> = {}): PatrolProcess {
  const patrol = startPatrol(args, env);
  started.push(patrol);
  return patrol;
}

function readStatus(): PatrolStatus | undefined {
  const file = join(folder, "data", "status.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as PatrolStatus) : undefined;
}

test("SIGUSR1 writes a snapshot and pauses, again resumes, and no inspector opens", async () => {
  const patrol = start(["-c", writeConfig()]);
  await until(() => (asked.length > 0 ? true : undefined));
  patrol.child.kill("SIGUSR1");
  await patrol.says("the patrol is paused");
  expect(patrol.log()).not.toContain("Debugger listening");
  await expect(canConnect(9229)).resolves.toBe(false);
  const [name] = readdirSync(join(folder, "data", "snapshots"));
  const snapshot = JSON.parse(readFileSync(join(folder, "data", "snapshots", name!), "utf8"));
  expect(snapshot).toMatchObject({ schema: "gopatrol.snapshot/v1", state: "paused", targets: 1 });
  expectDescribed(snapshotSchema, snapshot);
  await until(() => (readStatus()?.state === "paused" ? true : undefined));
  expectDescribed(statusSchema, readStatus());
  // What was under way may still ask.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const before = asked.length;
  await new Promise((resolve) => setTimeout(resolve, 2500));
  expect(asked.length).toBe(before);
  patrol.child.kill("SIGUSR1");
  await patrol.says("the patrol goes on");
  await until(() => (asked.length > before ? true : undefined));
  patrol.child.kill("SIGTERM");
  expect(await patrol.ended).toBe(0);
  expect(readStatus()).toMatchObject({ state: "stopped" });
  expect(readStatus()?.missedSlots.paused).toBeGreaterThan(0);
}, 60_000);

test("SIGTERM lets what is under way end, and the next process tells of the slots in between", async () => {
  const first = start(["-c", writeConfig()]);
  await until(() => (asked.length > 1 ? true : undefined));
  first.child.kill("SIGTERM");
  expect(await first.ended).toBe(0);
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const second = start(["-c", join(folder, "patrol.toml")]);
  await until(() => (readStatus()?.missedSlots.down ? true : undefined));
  second.child.kill("SIGTERM");
  expect(await second.ended).toBe(0);
}, 60_000);

test("only one patrol works in a folder; --once and the daemon count alike", async () => {
  const file = writeConfig();
  const first = start(["-c", file]);
  await until(() => (asked.length > 0 ? true : undefined));
  const once = await runGopatrol(["patrol", "-c", file, "--once"]);
  expect(once.code).toBe(3);
  expect(once.stderr).toContain(`pid ${first.child.pid}`);
  const status = await runGopatrol(["patrol", "status", "-c", file]);
  const answer = JSON.parse((await runGopatrol(["patrol", "status", "-c", file, "--format", "json"])).stdout);
  expect(answer).toMatchObject({ running: true, status: { targets: 1 } });
  expectDescribed(statusAnswerSchema, answer);
  expect(status.stdout).toMatch(/running.*1 target in/s);
  first.child.kill("SIGKILL");
  await first.ended;
  const again = await runGopatrol(["patrol", "-c", file, "--once"]);
  expect(again.stdout).toMatch(/^passed +web/);
  expect(again.code).toBe(0);
}, 60_000);

test("a changed file is taken up by SIGHUP; a wrong one keeps the old one and is told", async () => {
  const file = writeConfig();
  const patrol = start(["-c", file]);
  await until(() => (asked.length > 0 ? true : undefined));
  writeConfig('[[targets]]\nid = "second"\naddress = "http://127.0.0.1:1/"\nchecks = ["nonsense"]');
  patrol.child.kill("SIGHUP");
  await patrol.says("the new configuration is not used");
  const before = asked.length;
  await until(() => (asked.length > before ? true : undefined));
  writeConfig(`[[targets]]
id = "second"
address = "http://127.0.0.1:${targetPort}/second"
default_checks = false
checks = ["alive"]`);
  patrol.child.kill("SIGHUP");
  await patrol.says("the configuration was reloaded");
  await until(() => (asked.includes("/second") ? true : undefined));
}, 60_000);

test("--dry-run opens no socket to any target, source of targets, receiver or sink", async () => {
  let connections = 0;
  target.on("connection", () => connections++);
  const others = createTcpServer(() => connections++);
  await new Promise<void>((resolve) => others.listen(0, "127.0.0.1", resolve));
  const { port } = others.address() as { port: number };
  const found = join(folder, "fleet.json");
  writeFileSync(
    found,
    JSON.stringify([{ targets: [`http://127.0.0.1:${port}/found`, `http://127.0.0.1:${port}/too`] }]),
  );
  const file = writeConfig(`[[receivers]]
name = "oncall"
kind = "webhook"
url = "http://127.0.0.1:${port}/hook"
[[sinks]]
name = "elastic"
kind = "elasticsearch"
url = "http://127.0.0.1:${port}"
[[discovery]]
kind = "http"
url = "http://127.0.0.1:${port}/sd?key=s3cret"
auth = { bearer_env = "SD_TOKEN" }
checks = ["alive"]
[[discovery]]
kind = "file"
files = ["fleet.json", "gone.json"]
default_checks = false
checks = ["alive"]
[[discovery]]
kind = "dns"
names = ["pprof.nowhere.test", "other.nowhere.test"]
type = "A"
port = 6060
checks = ["alive"]
[[discovery]]
kind = "kubernetes"
api_server = "http://127.0.0.1:${port}"
auth = { bearer_env = "KUBE_TOKEN" }
namespaces = ["shop", "pay"]
selector = "app=go"
checks = ["alive"]`);
  // Sockets of every kind, also to DNS servers, that nothing here would see.
  const trace = join(folder, "sockets.txt");
  const watched = {
    NODE_OPTIONS: `--import=${writeSocketTrace(trace)}`,
    SD_TOKEN: "t0ken",
    KUBE_TOKEN: "t0ken",
  };
  const run = await runGopatrol(["patrol", "-c", file, "--dry-run"], { env: watched });
  const json = await runGopatrol(["patrol", "-c", file, "--dry-run", "--format", "json"], { env: watched });
  const plan = JSON.parse(json.stdout);
  expectDescribed(planSchema, plan);
  others.close();
  expect(run.stderr.replace(/^.*warning:[\s\S]*$/m, "")).toBe("");
  expect(run.code).toBe(0);
  expect(connections).toBe(0);
  // It tells of itself in every program that starts, and each run begins again with a patrol's own V8 flags.
  expect(new Set(readFileSync(trace, "utf8").trim().split("\n"))).toEqual(new Set(["started"]));
  expect(existsSync(join(folder, "data"))).toBe(false);
  for (const call of [
    `alive: GET http://127.0.0.1:${targetPort}/health`,
    `alive: GET http://127.0.0.1:${port}/found`,
    `http://127.0.0.1:${port}`,
    `POST http://127.0.0.1:${port}/_bulk`,
    `GET http://127.0.0.1:${port}/sd?… every 60 s (bearer token in $SD_TOKEN)`,
    "look up A pprof.nowhere.test every",
    `GET http://127.0.0.1:${port}/api/v1/namespaces/pay/pods?limit=500&labelSelector=app%3Dgo in pages, then watch it`,
    `! ${join(folder, "gone.json")}: it cannot be read (ENOENT)`,
  ]) {
    expect(run.stdout).toContain(call);
  }
  expect(run.stdout + json.stdout).not.toMatch(/s3cret|t0ken/);
  expect(plan.targets).toHaveLength(3);
  // The trace can tell.
  await runGopatrol(["patrol", "-c", writeConfig(), "--once"], { env: watched });
  expect(readFileSync(trace, "utf8")).toContain("connect\n");
  expect(plan.discovery.map(({ targets }: { targets: number | null }) => targets)).toEqual([
    null,
    2,
    null,
    null,
  ]);
}, 60_000);

/** A module that notes every socket and every question to a resolver in `trace`. */
function writeSocketTrace(trace: string): string {
  const path = join(folder, "trace-sockets.mjs");
  writeFileSync(
    path,
    `import { appendFileSync } from "node:fs";
import { Socket } from "node:net";
import { Socket as DatagramSocket } from "node:dgram";
import dns from "node:dns";
import { isMainThread } from "node:worker_threads";
const note = (what) => appendFileSync(${JSON.stringify(trace)}, what + "\\n");
if (isMainThread) note("started");
const wrap = (owner, name, what) => {
  const plain = owner[name];
  owner[name] = function (...args) {
    note(what);
    return plain.apply(this, args);
  };
};
wrap(Socket.prototype, "connect", "connect");
wrap(DatagramSocket.prototype, "send", "send");
for (const owner of [dns, dns.promises]) {
  for (const name of Object.keys(owner)) if (/^(lookup|resolve)/.test(name)) wrap(owner, name, name);
  for (const name of Object.getOwnPropertyNames(owner.Resolver.prototype)) {
    if (/^resolve/.test(name)) wrap(owner.Resolver.prototype, name, name);
  }
}
`,
  );
  return path;
}

test("--shadow finds that a new configuration sees something else, and keeps the differences", async () => {
  const file = writeConfig();
  const report = join(folder, "old.jsonl");
  const old = await runGopatrol(["patrol", "-c", file, "--once", "-o", report]);
  expect(old.code).toBe(0);
  const out = join(folder, "differences.json");
  const few = await runGopatrol(["patrol", "-c", file, "--shadow", report, "-o", out]);
  expect(few.stdout).toContain("too few fields");
  expect(few.code).toBe(5);
  // Many records of one target stand for a fleet.
  const record = JSON.parse(readFileSync(report, "utf8"));
  expectDescribed(runSchema, record);
  const fleet = Array.from({ length: 40 }, (_, i) => ({ ...record, target: `web-${i}` }));
  writeFileSync(report, fleet.map((each) => JSON.stringify(each)).join("\n"));
  const differs = await runGopatrol(["patrol", "-c", file, "--shadow", report, "-o", out]);
  expect(differs.stdout).toContain("sees something else");
  expect(differs.code).toBe(5);
  const differences = JSON.parse(readFileSync(out, "utf8"));
  expect(differences).toMatchObject({ schema: "gopatrol.shadow/v1", outcome: "differs" });
  expectDescribed(shadowSchema, differences);
  expect(readdirSync(join(folder)).sort()).toEqual(["data", "differences.json", "old.jsonl", "patrol.toml"]);
}, 60_000);

test("a target that does not answer is a finding of --once", async () => {
  const file = writeConfig();
  target.closeAllConnections();
  await new Promise((resolve) => target.close(resolve));
  const run = await runGopatrol(["patrol", "-c", file, "--once"]);
  expect(run.stdout).toContain("alive failed");
  expect(run.code).toBe(1);
  const wrong = await runGopatrol(["patrol", "-c", join(folder, "nowhere.toml"), "--once"]);
  expect(wrong.code).toBe(2);
  await new Promise<void>((resolve) => target.listen(targetPort, "127.0.0.1", resolve));
}, 60_000);

test("a disk that is too full refuses runs, and somebody is told once", async () => {
  const told: { alerts: { rule: string }[] }[] = [];
  const hook = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk;
    });
    request.on("end", () => {
      told.push(JSON.parse(body));
      response.end("ok");
    });
  });
  await new Promise<void>((resolve) => hook.listen(0, "127.0.0.1", resolve));
  const { port } = hook.address() as { port: number };
  const file = writeConfig(`[[receivers]]
name = "oncall"
kind = "webhook"
url = "http://127.0.0.1:${port}/"
[[routes]]
receivers = ["oncall"]
group_wait = "1s"`);
  writeFileSync(file, readFileSync(file, "utf8").replace("min_free_disk = 0.0001", "min_free_disk = 1"));
  const patrol = start(["-c", file]);
  await until(() => (told.length > 0 ? true : undefined));
  await until(() => ((readStatus()?.runs["refused"] ?? 0) > 2 ? true : undefined));
  expect(asked).toEqual([]);
  expect(told).toHaveLength(1);
  expect(JSON.stringify(told[0])).toContain("patrol/precheck-disk");
  patrol.child.kill("SIGTERM");
  expect(await patrol.ended).toBe(0);
  hook.closeAllConnections();
  hook.close();
}, 60_000);

test("what a source has found stays known over a restart and a reload, and nobody is told twice", async () => {
  const told: string[] = [];
  const hook = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk;
    });
    request.on("end", () => {
      const { state, alerts } = JSON.parse(body) as { state: string; alerts: { target: string }[] };
      // Of the target that its source brings; the other one may be slow on a busy machine.
      told.push(...alerts.filter(({ target }) => target !== "web").map(({ target }) => `${state} ${target}`));
      response.end("ok");
    });
  });
  await new Promise<void>((resolve) => hook.listen(0, "127.0.0.1", resolve));
  const { port } = hook.address() as { port: number };
  const fleet = join(folder, "fleet.json");
  const nowhere = `http://127.0.0.1:${await findFreePort()}/health`;
  writeFileSync(fleet, JSON.stringify([{ targets: [nowhere] }]));
  const file = writeConfig(
    `[[discovery]]
kind = "file"
files = ["fleet.json", "never-there.json"]
refresh = "1s"
default_checks = false
checks = ["alive"]
[[receivers]]
name = "oncall"
kind = "webhook"
url = "http://127.0.0.1:${port}/"
[[routes]]
receivers = ["oncall"]
group_wait = "1s"
group_interval = "1s"`,
    `[[checks.rules]]
name = "down"
threshold = "up < 1"`,
  );
  const first = start(["-c", file]);
  await until(() => (told.length > 0 ? true : undefined));
  first.child.kill("SIGTERM");
  expect(await first.ended).toBe(0);
  const second = start(["-c", file]);
  await until(() => (readStatus()?.pid === second.child.pid ? true : undefined));
  // Its first look at what was found has come and gone.
  await until(() => (Object.keys(readStatus()?.runs ?? {}).length > 0 ? true : undefined));
  writeFileSync(file, readFileSync(file, "utf8").replace('refresh = "1s"', 'refresh = "2s"'));
  second.child.kill("SIGHUP");
  await second.says("the configuration was reloaded");
  await new Promise((resolve) => setTimeout(resolve, 3000));
  expect(told).toEqual([expect.stringMatching(/^firing http/)]);
  // A target that its source does not name any more is gone.
  writeFileSync(fleet, "[]");
  await until(() => (told.length > 1 ? true : undefined));
  expect(told[1]).toMatch(/^resolved http/);
  second.child.kill("SIGTERM");
  expect(await second.ended).toBe(0);
  hook.closeAllConnections();
  hook.close();
}, 90_000);

test("what keeps it from starting is told with what to do, and is no bug of ours", async () => {
  const file = writeConfig();
  const text = readFileSync(file, "utf8");
  const taken = text.replace("[server]\nenabled = false", `[server]\nport = ${targetPort}`);
  writeFileSync(file, taken);
  const port = await runGopatrol(["patrol", "-c", file]);
  expect(port.stderr).toContain(`127.0.0.1:${targetPort} is in use by another program`);
  writeFileSync(file, `${text}\n[redaction]\nsalt_env = "GOPATROL_TEST_NOT_SET"\n`);
  const secret = await runGopatrol(["patrol", "-c", file, "--once"]);
  expect(secret.stderr).toContain('hint="set GOPATROL_TEST_NOT_SET"');
  for (const { code, stderr } of [port, secret]) {
    expect(code).toBe(3);
    expect(stderr).not.toContain("bug");
  }
  // Nothing of it is left behind.
  writeFileSync(file, text);
  expect((await runGopatrol(["patrol", "-c", file, "--once"])).code).toBe(0);
}, 60_000);

test("systemd is told that it is ready, alive and stopping", async () => {
  // Stands for systemd's own command: what it is told goes to a file.
  const told = join(folder, "told.txt");
  writeFileSync(join(folder, "systemd-notify"), `#!/bin/sh\nprintf '%s\\n' "$@" >> ${told}\n`);
  chmodSync(join(folder, "systemd-notify"), 0o755);
  const patrol = start(["-c", writeConfig()], {
    NOTIFY_SOCKET: join(folder, "notify"),
    WATCHDOG_USEC: "2000000",
    PATH: `${folder}${delimiter}${process.env["PATH"]}`,
  });
  const says = (text: string) =>
    until(() => (existsSync(told) && readFileSync(told, "utf8").includes(text) ? true : undefined));
  await says("READY=1");
  await says("WATCHDOG=1");
  patrol.child.kill("SIGTERM");
  await says("STOPPING=1");
  expect(await patrol.ended).toBe(0);
}, 60_000);

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}

test("without our handler the same signal opens the inspector: the test can tell", async () => {
  const port = await findFreePort();
  const plain = spawn(
    process.execPath,
    [`--inspect-port=${port}`, "-e", "console.log('up'); setInterval(() => {}, 1000)"],
    {
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  await new Promise((resolve) => plain.stdout.once("data", resolve));
  plain.kill("SIGUSR1");
  await until(async () => ((await canConnect(port)) ? true : undefined));
  plain.kill("SIGKILL");
}, 30_000);
