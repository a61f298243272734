import * as http from "node:http";
import * as https from "node:https";
import type { SecureContext } from "node:tls";

/** What a sink presents to its service; asked for before each request, so that rotated secrets are taken up. */
export interface SinkCredentials {
  headers: Readonly<Record<string, string>>;
  secureContext: SecureContext | null;
  rejectUnauthorized: boolean;
}

export const noCredentials: SinkCredentials = { headers: {}, secureContext: null, rejectUnauthorized: true };

export interface PostRequest {
  url: URL;
  method: "POST" | "PUT";
  headers: Readonly<Record<string, string>>;
  body: Uint8Array;
  credentials: SinkCredentials;
  timeoutMs: number;
  signal: AbortSignal;
}

export type PostResult =
  | { kind: "answer"; status: number; body: string; retryAfterMs: number | null }
  | { kind: "failed"; error: string };

/** All that is read of an answer. */
const MAX_ANSWER_BYTES = 16 << 20;
const MAX_RETRY_AFTER_MS = 600_000;

/** One request, with a bound on time and on the answer's size; no redirect is followed, no error is thrown. */
export function post(request: PostRequest): Promise<PostResult> {
  const { url, credentials, timeoutMs, signal } = request;
  const { promise, resolve } = Promise.withResolvers<PostResult>();
  const isTls = url.protocol === "https:";
  const client = (isTls ? https : http).request(url, {
    method: request.method,
    agent: false,
    headers: { ...request.headers, ...credentials.headers, "content-length": request.body.length },
    ...(isTls ? { rejectUnauthorized: credentials.rejectUnauthorized } : {}),
    ...(isTls && credentials.secureContext !== null ? { secureContext: credentials.secureContext } : {}),
  });
  const finish = (result: PostResult): void => {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    resolve(result);
    client.destroy();
  };
  const onAbort = (): void => finish({ kind: "failed", error: "stopped" });
  const timer = setTimeout(
    () => finish({ kind: "failed", error: `no answer within ${timeoutMs} ms` }),
    timeoutMs,
  );
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  client.on("error", (error: NodeJS.ErrnoException) =>
    finish({ kind: "failed", error: error.code ?? error.message }),
  );
  client.on("response", (response) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > MAX_ANSWER_BYTES) finish({ kind: "failed", error: "the answer is too large" });
    });
    response.on("error", (error) => finish({ kind: "failed", error: error.message }));
    response.on("end", () =>
      finish({
        kind: "answer",
        status: response.statusCode ?? 0,
        body: Buffer.concat(chunks).toString("utf8"),
        retryAfterMs: retryAfter(response.headers["retry-after"]),
      }),
    );
    response.on("close", () => finish({ kind: "failed", error: "the connection broke within the answer" }));
  });
  client.end(request.body);
  return promise;
}

/** Seconds, as services that are overloaded send it; a date is left to the own back-off. */
function retryAfter(header: string | undefined): number | null {
  return header !== undefined && /^\d{1,6}$/.test(header)
    ? Math.min(Number(header) * 1000, MAX_RETRY_AFTER_MS)
    : null;
}
