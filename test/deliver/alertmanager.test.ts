import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { createNotifier } from "../../src/deliver/notify/create-notifier.ts";
import type { ReceiverConfig } from "../../src/patrol/config/patrol-config.ts";
import { requiredTool } from "../support/required-tool.ts";
import { startFakeService } from "./fake-service.ts";
import { LEAK, sampleAlert, sampleNotification } from "./sample-notifications.ts";

const tool = requiredTool("prometheus-alertmanager");
const never = new AbortController().signal;
const PATIENCE_MS = 30_000;

interface Alertmanager extends AsyncDisposable {
  url: string;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Its own receiver is a webhook that we hold, so that what a person would be told is seen. */
async function startAlertmanager(webhook: string): Promise<Alertmanager> {
  const folder = await mkdtemp(join(tmpdir(), "gopatrol-alertmanager-"));
  const config = `route: {receiver: hook, group_by: [alertname], group_wait: 1s, group_interval: 1s, repeat_interval: 1h}
receivers: [{name: hook, webhook_configs: [{url: "${webhook}", send_resolved: true}]}]
`;
  await writeFile(join(folder, "alertmanager.yml"), config);
  const port = await freePort();
  const child = spawn(
    tool.path,
    [
      `--config.file=${join(folder, "alertmanager.yml")}`,
      `--storage.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--cluster.listen-address=",
    ],
    { stdio: "ignore" },
  );
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  const stop = async (): Promise<void> => {
    child.kill();
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await until(async () => (await fetch(`${url}/-/ready`)).ok);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, [Symbol.asyncDispose]: stop };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await holds().catch(() => false))) {
    if (performance.now() > deadline) throw new Error("it did not come to be");
    await setTimeout(100);
  }
}

describe.skipIf(!tool.available)(`the real Alertmanager${tool.skipReason}`, () => {
  test("alerts arrive once however often they are sent, and resolve", { timeout: 90_000 }, async () => {
    await using hook = await startFakeService(() => ({ status: 200, body: "" }));
    await using manager = await startAlertmanager(hook.url);
    const config: ReceiverConfig = {
      name: "am",
      kind: "alertmanager",
      url: { from: "text", text: manager.url },
      secret: null,
      options: { auth: null, generatorUrl: "http://patrol.example/alerts" },
      language: "en",
      fallback: null,
    };
    const notifier = createNotifier(config, {
      secret: async (ref) => (ref.from === "text" ? ref.text : ""),
      wallMs: () => Date.now(),
      timeZone: "UTC",
      log: () => {},
    });
    const known = async (): Promise<
      { labels: Record<string, string>; annotations: Record<string, string> }[]
    > => (await (await fetch(`${manager.url}/api/v2/alerts`)).json()) as never;
    const told = (): { status: string; alerts: { status: string; labels: Record<string, string> }[] }[] =>
      hook.received.map(({ body }) => JSON.parse(body) as never);

    const startedMs = Date.now() - 60_000;
    const slow = sampleAlert({
      startedMs,
      labels: { team: "payments", "app.kubernetes.io/name": "checkout", empty: "" },
    });
    const leak = { ...LEAK, startedMs };
    const other = {
      ...leak,
      id: "f".repeat(32),
      finding: { ...LEAK.finding!, site: "(*Log).Add (log.go:7)" },
    };
    const send = (alerts: (typeof slow)[], reminder = false) =>
      notifier.deliver(sampleNotification({ alerts, reminder, atMs: Date.now() }), never);

    expect(await send([slow, leak, other])).toEqual({ outcome: "delivered" });
    for (let i = 0; i < 3; i++)
      expect(await send([slow, leak, other], true)).toEqual({ outcome: "delivered" });
    await until(async () => (await known()).length === 3 && told().length === 2);
    const checkout = (await known()).find(({ labels }) => labels["target"] === "checkout");
    expect(checkout).toMatchObject({
      labels: {
        alertname: "http/slow",
        severity: "critical",
        tier: "P1",
        team: "payments",
        app_kubernetes_io_name: "checkout",
      },
      annotations: { summary: "Checkout is slow: latency_ms = 412 > 300" },
    });

    const endedMs = Date.now();
    expect(await send([{ ...slow, state: "resolved", endedMs }])).toEqual({ outcome: "delivered" });
    await until(async () => told().some(({ status }) => status === "resolved"));
    // Two groups when it began, one when one of them ended; nothing was told twice.
    expect(
      told()
        .map(({ status, alerts }) => `${status} ${alerts.length} ${alerts[0]!.labels["alertname"]}`)
        .sort(),
    ).toEqual(["firing 1 http/slow", "firing 2 finding/data/unbounded-map", "resolved 1 http/slow"]);
    expect((await known()).map(({ labels }) => labels["target"])).toEqual(["cart-7d9f", "cart-7d9f"]);
  });
});
