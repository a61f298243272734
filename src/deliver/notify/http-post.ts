import { readFile } from "node:fs/promises";
import * as http from "node:http";
import * as https from "node:https";
import type { DeliveryResult } from "../../patrol/notification.ts";

export interface PostRequest {
  url: URL;
  method?: "POST" | "PUT";
  headers?: Readonly<Record<string, string>>;
  body: string;
  contentType?: string;
  tls?: { ca?: string; cert?: string; key?: string; insecure: boolean };
}

export interface PostAnswer {
  status: number;
  body: string;
  retryAfterMs: number | null;
}

/** A chat service that has not answered by then is down; the message is sent again. */
const TIMEOUT_MS = 10_000;
/** Answers are a code and a sentence. */
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * One request on a connection of its own. Redirects are not followed: a key would go where nobody meant it to.
 * Throws an error without secrets if there is no answer in time.
 */
export function post(request: PostRequest, signal: AbortSignal): Promise<PostAnswer> {
  const { url, method = "POST", headers = {}, body, contentType = "application/json", tls } = request;
  const { promise, resolve, reject } = Promise.withResolvers<PostAnswer>();
  const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const bytes = Buffer.from(body);
  const options: https.RequestOptions = {
    method,
    agent: false,
    signal: limit,
    headers: {
      "user-agent": "gopatrol",
      ...headers,
      "content-type": contentType,
      "content-length": bytes.length,
    },
    ...(tls === undefined
      ? {}
      : { ca: tls.ca, cert: tls.cert, key: tls.key, rejectUnauthorized: !tls.insecure }),
  };
  const fail = (error: Error): void => {
    const code = (error as NodeJS.ErrnoException).code;
    const why = limit.aborted
      ? signal.aborted
        ? "stopped"
        : `no answer within ${TIMEOUT_MS / 1000} s`
      : (code ?? error.message);
    // The message of the error itself may quote the URL, and with it the key.
    reject(new Error(`${url.origin}: ${why}`));
  };
  const sent = (url.protocol === "https:" ? https : http).request(url, options, (response) => {
    const chunks: Buffer[] = [];
    let length = 0;
    response.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MAX_ANSWER_BYTES) chunks.push(chunk);
      else response.destroy(new Error(`an answer of more than ${MAX_ANSWER_BYTES} bytes`));
    });
    response.on("error", fail);
    response.on("end", () => {
      const status = response.statusCode ?? 0;
      const retryAfterMs = readRetryAfter(response.headers["retry-after"]);
      resolve({ status, body: Buffer.concat(chunks).toString("utf8"), retryAfterMs });
    });
  });
  sent.on("error", fail);
  sent.end(bytes);
  return promise;
}

/** Seconds; the form with a date is not used by any of the services. */
function readRetryAfter(header: string | undefined): number | null {
  const seconds = Number(header);
  return header !== undefined && Number.isFinite(seconds) && seconds >= 0
    ? Math.min(seconds, 3600) * 1000
    : null;
}

/** What a status alone says; null for success, where the service's own code may say more. */
export function judgeStatus({ status, body, retryAfterMs }: PostAnswer): DeliveryResult | null {
  if (status >= 200 && status < 300) return null;
  const reason = `HTTP ${status}${body.trim() === "" ? "" : `: ${body.trim().slice(0, 200)}`}`;
  if (status === 429 || status === 408 || status >= 500)
    return { outcome: "retry", reason, afterMs: retryAfterMs };
  return { outcome: "rejected", reason };
}

/** `send` with a broken connection as a result rather than an error. */
export async function tryToSend(send: () => Promise<DeliveryResult>): Promise<DeliveryResult> {
  try {
    return await send();
  } catch (error) {
    return { outcome: "retry", reason: (error as Error).message, afterMs: null };
  }
}

/** The body's JSON object, or null if it is none. */
export function parseAnswer(body: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

export async function readPem(file: string | null): Promise<string | undefined> {
  return file === null ? undefined : await readFile(file, "utf8");
}
