import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { verifyAuditFile } from "../../src/daemon/audit-file.ts";
import { loadPatrolConfig } from "../../src/patrol/config/load-config.ts";
import type { Notification } from "../../src/patrol/notification.ts";
import { openStore } from "../../src/store/open-store.ts";
import { type PatrolProcess, startPatrol } from "./patrol-process.ts";
import { randomNumbers } from "./random-numbers.ts";

/** Each goes down seldom enough not to flap, which would keep its alert for minutes. */
const TARGETS = 40;
const SHORTEST_PERIOD_MS = 50_000;
const RECEIVERS = ["ops", "mail"];
/** A kill comes at most so long after a start; the first half second or so of it is the start itself. */
const LONGEST_LIFE_MS = 4000;
const SETTLE_WITHIN_MS = 60_000;
const ALWAYS = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };

export interface PatrolCrashTrial {
  kills: number;
  /** Messages as the receivers keep them: one for each id. */
  messages: number;
  /** Messages that came once more under an id that the receiver had: killed between its answer and the store's word. */
  sentAgain: number;
  /** Alerts that fired, of which somebody was told. */
  told: number;
  problems: string[];
}

interface Received extends Notification {
  key: string;
}

/**
 * Kills a whole patrol, `kills` times in moments that `seed` gives, while its targets go down and up and two receivers
 * are told; each time it is started again as a supervisor would. Looks after each kill whether what was told is in the
 * store and whether the store is whole, and in the end whether anything was told twice or never.
 */
export async function runPatrolCrashTrial(options: {
  dir: string;
  kills: number;
  seed: number;
  onKill?: (line: string) => void;
}): Promise<PatrolCrashTrial> {
  const { dir, kills } = options;
  const random = randomNumbers(options.seed);
  const received: Received[] = [];
  const periods = Array.from({ length: TARGETS }, () => ({
    lengthMs: SHORTEST_PERIOD_MS * (1 + random()),
    phaseMs: random() * SHORTEST_PERIOD_MS,
  }));
  let isQuiet = false;
  const services = await listen((path) => {
    const { lengthMs, phaseMs } = periods[Number(path.slice(1))]!;
    return !isQuiet && ((Date.now() + phaseMs) / lengthMs) % 1 < 0.3 ? 503 : 200;
  });
  const hook = await listen((path, body, key) => {
    received.push({ ...(JSON.parse(body) as Notification), receiver: path.slice(1), key });
    return 200;
  });
  const config = writeConfig(dir, portOf(services), portOf(hook));
  const trial: PatrolCrashTrial = { kills: 0, messages: 0, sentAgain: 0, told: 0, problems: [] };
  let patrol: PatrolProcess | undefined;
  try {
    for (let kill = 1; kill <= kills && trial.problems.length === 0; kill++) {
      const lifeMs = Math.floor(random() * LONGEST_LIFE_MS);
      patrol = startPatrol(["-c", config]);
      const ended = await Promise.race([patrol.ended.then(() => true), sleep(lifeMs).then(() => false)]);
      if (ended) trial.problems.push(`kill ${kill}: the patrol ended by itself:\n${patrol.log()}`);
      patrol.child.kill("SIGKILL");
      await patrol.ended;
      trial.problems.push(...(await checkStore(dir, received)).map((problem) => `kill ${kill}: ${problem}`));
      trial.kills = kill;
      options.onKill?.(
        `kill ${kill} after ${lifeMs} ms: ${received.length} messages, ${trial.problems.length} problems`,
      );
    }
    if (trial.problems.length > 0) return trial;
    isQuiet = true;
    patrol = startPatrol(["-c", config]);
    const untilMs = Date.now() + SETTLE_WITHIN_MS;
    while (findUnended(received).length > 0 && Date.now() < untilMs) await sleep(200);
    patrol.child.kill("SIGTERM");
    const code = await patrol.ended;
    if (code !== 0) trial.problems.push(`it ended with ${code}:\n${patrol.log()}`);
    trial.problems.push(...findUnended(received), ...findTwice(received));
    trial.problems.push(...(await checkStore(dir, received)));
    trial.problems.push(...(await verifyAuditFile(join(dir, "audit.ndjson"))).problems);
  } finally {
    patrol?.child.kill("SIGKILL");
    for (const server of [services, hook]) {
      server.closeAllConnections();
      server.close();
    }
  }
  trial.messages = new Set(received.map(({ key }) => key)).size;
  trial.sentAgain = received.length - trial.messages;
  trial.told = new Set(
    received.flatMap(({ alerts }) => alerts.map(({ id, startedMs }) => `${id} ${startedMs}`)),
  ).size;
  return trial;
}

/** Who was told that it fires and never that it is over. */
function findUnended(received: readonly Received[]): string[] {
  const last = new Map<string, string>();
  for (const { receiver, alerts } of received)
    for (const { target, id, state } of alerts) last.set(`${receiver} of ${target} (${id})`, state);
  return [...last]
    .filter(([, state]) => state === "firing")
    .map(([key]) => `nobody told ${key} that it is over`);
}

/** One beginning or end of one alert, told to one receiver in two messages. */
function findTwice(received: readonly Received[]): string[] {
  const taken = new Map<string, string>();
  const problems: string[] = [];
  for (const { receiver, key, alerts } of received) {
    for (const { id, target, startedMs, state } of alerts) {
      const what = `${receiver}: ${target} ${state}, fired at ${startedMs} (${id})`;
      if ((taken.get(what) ?? key) !== key) problems.push(`told twice: ${what}`);
      taken.set(what, key);
    }
  }
  return problems;
}

/** As another process sees it while none works on it. */
async function checkStore(dir: string, received: readonly Received[]): Promise<string[]> {
  const loaded = loadPatrolConfig("[store]\ndir = 'data'\n[[targets]]\naddress = 'x:1'", { baseDir: dir });
  // A kill may come before the store was made.
  const store = await openStore(loaded.config!.store, { readOnly: true }).catch(() => null);
  if (store === null) return received.length === 0 ? [] : ["there is no store"];
  try {
    const { problems } = await store.verify();
    const fired = new Set(
      (await store.alertEvents(null, ALWAYS))
        .filter(({ event }) => event === "fired")
        .map(({ alert, atMs }) => `${alert} ${atMs}`),
    );
    for (const { alerts } of received) {
      for (const { id, target, startedMs } of alerts) {
        if (!fired.has(`${id} ${startedMs}`))
          problems.push(`${target} was told of, and the store does not know that it fired at ${startedMs}`);
      }
    }
    return problems;
  } finally {
    await store.close();
  }
}

function writeConfig(dir: string, servicePort: number, hookPort: number): string {
  mkdirSync(dir, { recursive: true });
  const file = join(dir, "patrol.toml");
  const targets = Array.from(
    { length: TARGETS },
    (_, i) => `[[targets]]
id = "web-${i}"
address = "http://127.0.0.1:${servicePort}/${i}"
default_checks = false
checks = ["answers"]
`,
  );
  const receivers = RECEIVERS.map(
    (name) => `[[receivers]]
name = "${name}"
kind = "webhook"
url = "http://127.0.0.1:${hookPort}/${name}"
`,
  );
  const text = `[store]
dir = "data"
[run]
allow_root = true
stop_within = "10s"
audit_file = "audit.ndjson"
[precheck]
min_free_disk = 0.0001
[server]
enabled = false
[[checks]]
name = "answers"
kind = "http"
interval = "1s"
timeout = "900ms"
retries = 0
expect_status = [200, 503]
alert_threshold = "status >= 500"
[[routes]]
receivers = ["ops", "mail"]
match = ["kind=threshold"]
group_by = ["target"]
group_wait = "0s"
group_interval = "1s"
repeat_interval = "1h"
${receivers.join("")}${targets.join("")}`;
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

async function listen(answer: (path: string, body: string, key: string) => number): Promise<Server> {
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("end", () => {
      response.statusCode = answer(request.url ?? "", body, String(request.headers["idempotency-key"]));
      response.end("ok");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

function portOf(server: Server): number {
  return (server.address() as { port: number }).port;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
