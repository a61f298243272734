import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createNotifier } from "../../src/deliver/notify/create-notifier.ts";
import type { NotifierParts } from "../../src/deliver/notify/notifier-parts.ts";
import { writeWebhookBody } from "../../src/deliver/notify/webhook.ts";
import type { ReceiverConfig, SecretRef } from "../../src/patrol/config/patrol-config.ts";
import type { Notifier } from "../../src/patrol/notification.ts";
import { notificationSchema } from "../../src/patrol/published/notification-schema.ts";
import { expectDescribed } from "../support/expect-described.ts";
import {
  type FakeService,
  type FakeServiceAnswer,
  judgeAlertmanager,
  judgeDingtalk,
  judgeFeishu,
  judgeSlack,
  judgeWebhook,
  judgeWecom,
  type ReceivedRequest,
  startFakeService,
} from "./fake-service.ts";
import { type FakeSmtpServer, startFakeSmtpServer } from "./fake-smtp-server.ts";
import { HOSTILE, LONG, SAMPLES, sampleNotification } from "./sample-notifications.ts";

const SECRET = "SEC-correct-horse";
const KEY = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa";

interface Service {
  judge(request: ReceivedRequest): FakeServiceAnswer;
  /** Path and query of the URL; with a wrong key the service says no. */
  path: string;
  wrongPath: string | null;
  secret: boolean;
  /** How the service says that it is too much. */
  tooFast: FakeServiceAnswer;
  options: Record<string, unknown>;
}

const json = (value: unknown): FakeServiceAnswer => ({ status: 200, body: JSON.stringify(value) });
const http429: FakeServiceAnswer = { status: 429, body: "rate_limited", headers: { "retry-after": "30" } };

const SERVICES: Record<string, Service> = {
  wecom: {
    judge: judgeWecom(KEY),
    path: `/cgi-bin/webhook/send?key=${KEY}`,
    wrongPath: "/cgi-bin/webhook/send?key=no",
    secret: false,
    tooFast: json({ errcode: 45009, errmsg: "api freq out of limit" }),
    options: { mentions: ["zhangsan"] },
  },
  dingtalk: {
    judge: judgeDingtalk(KEY, SECRET),
    path: `/robot/send?access_token=${KEY}`,
    wrongPath: "/robot/send?access_token=no",
    secret: true,
    tooFast: json({ errcode: 130101, errmsg: "send too fast, exceed 20 times per minute" }),
    options: { mentions: ["13800138000", "manager4220"] },
  },
  feishu: {
    judge: judgeFeishu(`/open-apis/bot/v2/hook/${KEY}`, SECRET),
    path: `/open-apis/bot/v2/hook/${KEY}`,
    wrongPath: "/open-apis/bot/v2/hook/no",
    secret: true,
    tooFast: json({ code: 11232, msg: "frequency limited psm" }),
    options: { mentions: ["all"] },
  },
  slack: {
    judge: judgeSlack(`/services/T0/B0/${KEY}`),
    path: `/services/T0/B0/${KEY}`,
    wrongPath: "/services/T0/B0/no",
    secret: false,
    tooFast: http429,
    options: { mentions: ["U012"] },
  },
  webhook: {
    judge: judgeWebhook(SECRET),
    path: `/hook?key=${KEY}`,
    wrongPath: null,
    secret: true,
    tooFast: http429,
    options: { method: "POST", headers: {}, template: null, contentType: "application/json" },
  },
  alertmanager: {
    judge: judgeAlertmanager(),
    path: "",
    wrongPath: null,
    secret: false,
    tooFast: http429,
    options: { auth: null, generatorUrl: "https://patrol.example/" },
  },
};

const parts: NotifierParts = {
  secret: async (ref: SecretRef) => {
    if (ref.from !== "text") throw new Error("only text");
    return ref.text;
  },
  wallMs: () => Date.now(),
  timeZone: "Asia/Shanghai",
  log: () => {},
};

function receiverOf(kind: string, url: string, over: Partial<ReceiverConfig> = {}): ReceiverConfig {
  const service = SERVICES[kind]!;
  return {
    name: "ops",
    kind: kind as ReceiverConfig["kind"],
    url: { from: "text", text: url },
    secret: service.secret ? { from: "text", text: SECRET } : null,
    options: service.options,
    language: "zh",
    fallback: null,
    ...over,
  };
}

const never = new AbortController().signal;

describe.each(Object.entries(SERVICES))("%s", (kind, service) => {
  let fake: FakeService;
  let notifier: Notifier;

  beforeAll(async () => {
    fake = await startFakeService(service.judge);
    notifier = createNotifier(receiverOf(kind, fake.url + service.path), parts);
  });
  afterAll(() => fake[Symbol.asyncDispose]());

  test.each(Object.entries(SAMPLES))("takes %s", async (_, notification) => {
    for (const language of ["en", "zh"] as const) {
      const each = createNotifier(receiverOf(kind, fake.url + service.path, { language }), parts);
      expect(await each.deliver(notification, never)).toMatchObject({ outcome: "delivered" });
    }
  });

  test("takes text full of mark-up, and no mention comes of it", async () => {
    const quiet = { ...HOSTILE, tier: "P3" as const };
    expect(await notifier.deliver(quiet, never)).toMatchObject({ outcome: "delivered" });
    const { body } = fake.received.at(-1)!;
    if (kind === "wecom") expect(body).not.toContain("<@all>");
    if (kind === "feishu") expect(body).not.toContain("<at id=all>");
    if (kind === "slack") expect(body).not.toContain("<@all>");
    if (kind === "dingtalk")
      expect(JSON.parse(body).at).toEqual({ atMobiles: [], atUserIds: [], isAtAll: false });
  });

  test("takes far too much, by listing what there is room for and counting the rest", async () => {
    const result = await notifier.deliver({ ...LONG, folded: 7 }, never);
    expect(result.outcome).toBe("delivered");
    const body = fake.received.at(-1)!.body;
    expect(body.isWellFormed()).toBe(true);
    expect(body).not.toContain("\ufffd");
    if (kind === "alertmanager") expect(JSON.parse(body)).toHaveLength(60);
    const unlisted = result.outcome === "delivered" ? (result.folded ?? 0) : 0;
    if (["wecom", "dingtalk", "feishu", "slack"].includes(kind)) {
      expect(unlisted).toBeGreaterThan(10);
      expect(body).toContain(`另有 ${unlisted + 7} 条`);
    }
  });

  test("calls people for what must be acted on, and not that it is over", async () => {
    const called = (body: string): boolean =>
      /<@zhangsan>|"atMobiles":\["1380|<at id=all>|<@U012>/.test(body);
    await notifier.deliver(SAMPLES["one alert"]!, never);
    expect(called(fake.received.at(-1)!.body)).toBe(["wecom", "dingtalk", "feishu", "slack"].includes(kind));
    for (const quiet of [SAMPLES["resolved"]!, sampleNotification({ tier: "P2" })]) {
      await notifier.deliver(quiet, never);
      expect(called(fake.received.at(-1)!.body)).toBe(false);
    }
  });

  test("a wrong key is rejected, whatever the status says", async () => {
    if (service.wrongPath === null) return;
    const wrong = createNotifier(receiverOf(kind, fake.url + service.wrongPath), parts);
    expect(await wrong.deliver(SAMPLES["one alert"]!, never)).toMatchObject({ outcome: "rejected" });
  });

  test("a wrong secret is rejected", async () => {
    if (!service.secret) return;
    const config = receiverOf(kind, fake.url + service.path, { secret: { from: "text", text: "other" } });
    expect(await createNotifier(config, parts).deliver(SAMPLES["one alert"]!, never)).toMatchObject({
      outcome: "rejected",
    });
  });

  test("too fast, broken and down are tried again; nothing that is said holds the key or the secret", async () => {
    fake.next.push(service.tooFast, { status: 503, body: "busy" }, { status: 200, body: "", reset: true });
    for (let i = 0; i < 3; i++) {
      const result = await notifier.deliver(SAMPLES["one alert"]!, never);
      expect(result).toMatchObject({ outcome: "retry" });
      if (i === 0) expect(result).toMatchObject({ afterMs: expect.any(Number) });
      expect(JSON.stringify(result)).not.toContain(KEY);
    }
    const nowhere = createNotifier(receiverOf(kind, `http://127.0.0.1:1${service.path}`), parts);
    const result = await nowhere.deliver(SAMPLES["one alert"]!, never);
    expect(result).toMatchObject({ outcome: "retry", reason: expect.stringContaining("ECONNREFUSED") });
    expect(JSON.stringify([result, notifier.plan()])).not.toContain(KEY);
    expect(notifier.plan()).not.toContain(SECRET);
  });

  test("a page of some proxy with status 200 is no success, where the service says more than that", async () => {
    if (kind === "webhook" || kind === "alertmanager") return;
    fake.next.push({ status: 200, body: "<html>login</html>" });
    expect(await notifier.deliver(SAMPLES["one alert"]!, never)).toMatchObject({ outcome: "retry" });
  });
});

describe("e-mail", () => {
  const receiver = (port: number, over: Record<string, unknown> = {}): ReceiverConfig => ({
    name: "mail",
    kind: "email",
    url: null,
    secret: null,
    options: {
      host: "127.0.0.1",
      port,
      from: "patrol@example.com",
      to: ["ops@example.com", "dev@example.com"],
      tls: "none",
      caFile: null,
      user: { from: "text", text: "patrol" },
      password: { from: "text", text: SECRET },
      ...over,
    },
    language: "zh",
    fallback: null,
  });
  const use = async (
    options: Parameters<typeof startFakeSmtpServer>[0],
    run: (server: FakeSmtpServer) => Promise<void>,
  ): Promise<void> => {
    await using server = await startFakeSmtpServer(options);
    await run(server);
  };

  test("arrives with text and HTML, a stable id and a thread", () =>
    use({ user: "patrol", password: SECRET }, async ({ port, mails }) => {
      const notifier = createNotifier(receiver(port), parts);
      expect(await notifier.deliver(SAMPLES["several, one over"]!, never)).toEqual({
        outcome: "delivered",
        folded: 0,
      });
      const [mail] = mails;
      expect(mail).toMatchObject({
        from: "patrol@example.com",
        to: ["ops@example.com", "dev@example.com"],
        user: "patrol",
      });
      expect(mail!.data).toMatch(/^Message-ID: <5d41402abc4b2a76b9719d911017c592@gopatrol>$/im);
      expect(mail!.data).toMatch(/^Subject: =\?UTF-8\?/im);
      expect(mail!.data).toContain("multipart/alternative");
    }));

  test("a line break in a name begins no header", () =>
    use({}, async ({ port, mails }) => {
      const notifier = createNotifier(receiver(port, { user: null, password: null }), parts);
      const [alert] = SAMPLES["one alert"]!.alerts;
      await notifier.deliver(
        sampleNotification({ alerts: [{ ...alert!, target: "x\r\nBcc: evil@example.com" }] }),
        never,
      );
      expect(mails[0]!.to).toHaveLength(2);
      expect(mails[0]!.data).not.toMatch(/^Bcc:/im);
    }));

  test.each([
    ["a wrong password", { user: "patrol", password: "other" }, "rejected"],
    ["a sender refused for good", { user: "patrol", password: SECRET, refuse: "550 5.7.1 no" }, "rejected"],
    ["a server that is busy", { user: "patrol", password: SECRET, refuse: "451 4.3.0 later" }, "retry"],
  ] as const)("%s", (_, options, outcome) =>
    use(options, async ({ port }) => {
      const result = await createNotifier(receiver(port), parts).deliver(SAMPLES["one alert"]!, never);
      expect(result).toMatchObject({ outcome });
      expect(JSON.stringify(result)).not.toContain(SECRET);
    }),
  );

  test("no server", async () => {
    const result = await createNotifier(receiver(1), parts).deliver(SAMPLES["one alert"]!, never);
    expect(result).toMatchObject({ outcome: "retry" });
  });
});

test("the log gets the message and the ids", async () => {
  const lines: [string, Readonly<Record<string, unknown>>][] = [];
  const config: ReceiverConfig = {
    name: "l",
    kind: "log",
    url: null,
    secret: null,
    options: {},
    language: "en",
    fallback: null,
  };
  const notifier = createNotifier(config, { ...parts, log: (line, fields) => lines.push([line, fields]) });
  await notifier.deliver(SAMPLES["one alert"]!, never);
  expect(lines[0]![0]).toContain("Checkout is slow: latency_ms = 412 > 300");
  expect(lines[0]![1]).toMatchObject({ tier: "P1", alerts: ["0f4c1d2e3a5b69788796a5b4c3d2e1f0"] });
});

test.each(Object.entries(SAMPLES))("a webhook is sent what its schema says: %s", (_, notification) => {
  const body = JSON.parse(writeWebhookBody(notification, { language: "zh", options: {} }, "UTC"));
  expectDescribed(notificationSchema, body);
});

test("a webhook's template decides the body; values cannot break out of it", async () => {
  await using fake = await startFakeService(() => ({ status: 204, body: "" }));
  const template =
    '{"title":"{{title}}","who":[{{#each alerts}}{"t":"{{target}}","v":{{json values}}},{{/each}}null]{{#if reminder}},"again":true{{else}},"again":false{{/if}}}';
  const config = receiverOf("webhook", fake.url, {
    options: { method: "PUT", headers: { "x-team": "a" }, template, contentType: "application/json" },
  });
  expect(await createNotifier(config, parts).deliver(HOSTILE, never)).toEqual({ outcome: "delivered" });
  const [{ method, headers, body }] = fake.received as [ReceivedRequest];
  expect(method).toBe("PUT");
  expect(headers["x-team"]).toBe("a");
  expect(JSON.parse(body)).toMatchObject({
    who: [{ t: HOSTILE.alerts[0]!.target, v: { latency_ms: 412 } }, null],
    again: false,
  });
  const broken = receiverOf("webhook", fake.url, { options: { template: '{"a":{{title}}}' } });
  expect(await createNotifier(broken, parts).deliver(HOSTILE, never)).toMatchObject({
    outcome: "rejected",
    reason: expect.stringContaining("its template gives no JSON"),
  });
});
