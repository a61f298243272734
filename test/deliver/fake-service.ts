import { createHmac } from "node:crypto";
import * as http from "node:http";
import type { AddressInfo } from "node:net";

export interface ReceivedRequest {
  method: string;
  url: URL;
  headers: http.IncomingHttpHeaders;
  body: string;
}

export interface FakeServiceAnswer {
  status: number;
  body: string;
  headers?: Record<string, string>;
  /** Close the connection instead. */
  reset?: boolean;
}

/** A service that judges each request as the real one documents it. */
export interface FakeService extends AsyncDisposable {
  readonly url: string;
  readonly received: ReceivedRequest[];
  /** Answers instead of judging, once for each. */
  readonly next: FakeServiceAnswer[];
}

export async function startFakeService(
  judge: (request: ReceivedRequest) => FakeServiceAnswer,
): Promise<FakeService> {
  const received: ReceivedRequest[] = [];
  const next: FakeServiceAnswer[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const seen: ReceivedRequest = {
        method: request.method ?? "",
        url: new URL(request.url ?? "/", "http://127.0.0.1"),
        headers: request.headers,
        body: Buffer.concat(chunks).toString("utf8"),
      };
      received.push(seen);
      const { status, body, headers, reset } = next.shift() ?? judge(seen);
      if (reset === true) request.socket.destroy();
      else response.writeHead(status, headers).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    next,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const ok = (body: unknown): FakeServiceAnswer => ({
  status: 200,
  body: typeof body === "string" ? body : JSON.stringify(body),
});

function parse(body: string): Record<string, never> | null {
  try {
    return JSON.parse(body) as Record<string, never>;
  } catch {
    return null;
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.isWellFormed();
}

/** https://developer.work.weixin.qq.com/document/path/91770 */
export function judgeWecom(key: string) {
  return ({ method, url, headers, body }: ReceivedRequest): FakeServiceAnswer => {
    if (method !== "POST" || url.searchParams.get("key") !== key) {
      return ok({ errcode: 93000, errmsg: "invalid webhook url" });
    }
    const message = parse(body) as { msgtype?: string; markdown?: { content?: unknown } } | null;
    if (!/^application\/json/.test(headers["content-type"] ?? "") || message?.msgtype !== "markdown") {
      return ok({ errcode: 40008, errmsg: "invalid message type" });
    }
    const content = message.markdown?.content;
    if (!isText(content)) return ok({ errcode: 44004, errmsg: "empty content" });
    if (Buffer.byteLength(content) > 4096) {
      return ok({ errcode: 40058, errmsg: "markdown.content exceed max length 4096" });
    }
    for (const [, colour] of content.matchAll(/<font color="([^"]*)">/g)) {
      if (!["info", "comment", "warning"].includes(colour!)) return ok({ errcode: 40058, errmsg: "color" });
    }
    return ok({ errcode: 0, errmsg: "ok" });
  };
}

/** https://open.dingtalk.com/document/robots/custom-robot-access and its page on signing. */
export function judgeDingtalk(token: string, secret: string) {
  return ({ url, body }: ReceivedRequest): FakeServiceAnswer => {
    if (url.searchParams.get("access_token") !== token)
      return ok({ errcode: 300001, errmsg: "token is not exist" });
    const timestamp = url.searchParams.get("timestamp") ?? "";
    const age = Math.abs(Date.now() - Number(timestamp));
    const sign = createHmac("sha256", secret).update(`${timestamp}\n${secret}`).digest("base64");
    if (!/^\d{13}$/.test(timestamp) || age > 3_600_000 || url.searchParams.get("sign") !== sign) {
      return ok({ errcode: 310000, errmsg: "sign not match" });
    }
    const message = parse(body) as {
      msgtype?: string;
      markdown?: { title?: unknown; text?: unknown };
      at?: { atMobiles?: string[]; atUserIds?: string[] };
    } | null;
    if (
      message?.msgtype !== "markdown" ||
      !isText(message.markdown?.title) ||
      !isText(message.markdown.text)
    ) {
      return ok({ errcode: 40035, errmsg: "缺少参数 json" });
    }
    if (Buffer.byteLength(body) > 20_000) return ok({ errcode: 460101, errmsg: "message too long" });
    const text = message.markdown.text;
    const called = [...(message.at?.atMobiles ?? []), ...(message.at?.atUserIds ?? [])];
    if (called.some((id) => !text.includes(`@${id}`)))
      return ok({ errcode: 1, errmsg: "fake: not in the text" });
    return ok({ errcode: 0, errmsg: "ok" });
  };
}

/** https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot */
export function judgeFeishu(path: string, secret: string) {
  return ({ url, body }: ReceivedRequest): FakeServiceAnswer => {
    if (url.pathname !== path)
      return ok({ code: 19001, msg: "param invalid: incoming webhook access token invalid" });
    const message = parse(body) as {
      timestamp?: string;
      sign?: string;
      msg_type?: string;
      card?: {
        header?: { title?: { content?: unknown }; template?: string };
        elements?: { tag: string; text?: { content?: unknown } }[];
      };
    } | null;
    const timestamp = message?.timestamp ?? "";
    const age = Math.abs(Date.now() / 1000 - Number(timestamp));
    const sign = createHmac("sha256", `${timestamp}\n${secret}`).digest("base64");
    if (!/^\d{10}$/.test(timestamp) || age > 3600 || message?.sign !== sign) {
      return ok({
        code: 19021,
        msg: "sign match fail or timestamp is not within one hour from current time",
      });
    }
    if (Buffer.byteLength(body) > 20 * 1024) return ok({ code: 9499, msg: "Bad Request" });
    const card = message?.card;
    const hasText = isText(card?.header?.title?.content) && isText(card?.elements?.[0]?.text?.content);
    if (message?.msg_type !== "interactive" || !hasText) return ok({ code: 9499, msg: "Bad Request" });
    if (!["red", "orange", "blue", "green"].includes(card?.header?.template ?? "")) {
      return ok({ code: 11246, msg: "card template" });
    }
    return ok({ StatusCode: 0, StatusMessage: "success", code: 0, data: {}, msg: "success" });
  };
}

/** https://api.slack.com/messaging/webhooks: a word and a status of its own. */
export function judgeSlack(path: string) {
  return ({ url, body }: ReceivedRequest): FakeServiceAnswer => {
    if (url.pathname !== path) return { status: 404, body: "no_service" };
    const message = parse(body) as {
      text?: unknown;
      attachments?: { color?: string; blocks?: { text?: { text?: unknown } }[] }[];
    } | null;
    if (message === null) return { status: 400, body: "invalid_payload" };
    const text = message.attachments?.[0]?.blocks?.[0]?.text?.text;
    if (!isText(message.text) || !isText(text)) return { status: 400, body: "no_text" };
    if (text.length > 3000) return { status: 400, body: "invalid_blocks" };
    return ok("ok");
  };
}

/** Our own: signature over timestamp, dot, body. */
export function judgeWebhook(secret: string) {
  return ({ headers, body }: ReceivedRequest): FakeServiceAnswer => {
    const timestamp = String(headers["x-gopatrol-timestamp"]);
    const sign = `sha256=${createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex")}`;
    if (headers["x-gopatrol-signature"] !== sign) return { status: 401, body: "bad signature" };
    if (!/^[0-9a-f]{32}$/.test(String(headers["idempotency-key"]))) return { status: 400, body: "no key" };
    return parse(body) === null ? { status: 400, body: "no JSON" } : ok("");
  };
}

/** prometheus/alertmanager api/v2/openapi.yaml: postableAlerts; labels as its model validates them. */
export function judgeAlertmanager() {
  return ({ method, url, body }: ReceivedRequest): FakeServiceAnswer => {
    if (method !== "POST" || url.pathname !== "/api/v2/alerts") return { status: 404, body: "" };
    const alerts = parse(body) as unknown as
      | { labels: Record<string, string>; startsAt: string; endsAt: string }[]
      | null;
    if (!Array.isArray(alerts)) return { status: 400, body: "parsing alerts body" };
    for (const { labels, startsAt, endsAt } of alerts) {
      const names = Object.entries(labels);
      if (names.some(([name, value]) => !/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) || !value.isWellFormed())) {
        return { status: 400, body: "invalid label set" };
      }
      if (!(Date.parse(startsAt) <= Date.parse(endsAt)))
        return { status: 400, body: "start time must be before end time" };
    }
    return ok("");
  };
}
