import * as http from "node:http";
import * as https from "node:https";
import { performance } from "node:perf_hooks";
import type { TLSSocket } from "node:tls";
import type { TlsSettings } from "./credentials.ts";
import type { Deadline } from "./deadline.ts";
import { round } from "./define-check.ts";
import { connectionReset, failureOfCause, type NetworkPhase } from "./network-failure.ts";
import { ProbeFailure } from "./probe-failure.ts";

export interface HttpRequest {
  /** Without user and password. */
  url: URL;
  method?: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
  /** Of an https URL. */
  tls?: TlsSettings | undefined;
  /** Most bytes of the body. */
  maxBytes: number;
  /** Takes the body of a 200 answer as it comes, instead of its being kept. */
  onChunk?: (chunk: Uint8Array) => void;
}

/** How long each part took; absent where there was none. */
interface Phases {
  resolve_ms?: number;
  connect_ms?: number;
  tls_ms?: number;
  first_byte_ms: number;
  transfer_ms: number;
  latency_ms: number;
}

export interface HttpAnswer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Uint8Array;
  bodyBytes: number;
  phases: Phases;
  certificateDaysLeft: number | undefined;
}

const DAY_MS = 86_400_000;
/** An answer with more headers than this is none that a check wants to read. */
const MAX_HEADER_BYTES = 32 * 1024;

/**
 * One request and its answer, whatever the status. The connection is its own and is closed: kept alive, it would stand
 * among the goroutines that are counted. No socket or timer is left when the promise settles.
 *
 * @throws ProbeFailure for a broken connection, a failed handshake, too many bytes, or no time left.
 */
export function exchangeHttp(request: HttpRequest, deadline: Deadline): Promise<HttpAnswer> {
  const { url, method = "GET", maxBytes, onChunk } = request;
  const where = `${method} ${url.origin}${url.pathname}`;
  const isTls = url.protocol === "https:";
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  if (deadline.signal.aborted) return Promise.reject(deadline.failure(where, "connecting"));
  const beganMs = performance.now();
  let phase: NetworkPhase = "connecting";
  let resolvedMs: number | undefined;
  let connectedMs = beganMs;
  let readyMs = beganMs;
  let firstByteMs = beganMs;
  let certificateDaysLeft: number | undefined;
  let answer: http.IncomingMessage | undefined;
  const chunks: Uint8Array[] = [];
  let bodyBytes = 0;
  let isSettled = false;

  const client = (isTls ? https : http).request(url, {
    method,
    agent: false,
    maxHeaderSize: MAX_HEADER_BYTES,
    headers: {
      "user-agent": "gopatrol",
      accept: "*/*",
      "accept-encoding": "identity",
      ...request.headers,
      connection: "close",
    },
    ...(isTls && request.tls !== undefined ? pickTls(request.tls) : {}),
  });
  const finish = (): boolean => {
    if (isSettled) return false;
    isSettled = true;
    dropAbort();
    client.destroy();
    return true;
  };
  const fail = (failure: ProbeFailure): void => {
    if (finish()) reject(failure);
  };
  const dropAbort = deadline.onAbort(() => fail(deadline.failure(where, phase)));

  client.on("socket", (socket) => {
    socket.once("lookup", () => {
      resolvedMs ??= performance.now();
    });
    socket.once("connect", () => {
      connectedMs = performance.now();
      readyMs = connectedMs;
      if (!isTls) phase = "answering";
    });
    if (!isTls) return;
    socket.once("secureConnect", () => {
      readyMs = performance.now();
      phase = "answering";
      certificateDaysLeft = findDaysLeft(socket as TLSSocket);
    });
  });
  // Stays on after the promise has settled: destroying a socket may report one more error.
  client.on("error", (cause) => fail(failureOfCause(cause, where, phase)));
  client.on("close", () => {
    if (answer === undefined) fail(connectionReset(where, undefined));
  });
  client.on("response", (response) => {
    answer = response;
    firstByteMs = performance.now();
    const status = response.statusCode ?? 0;
    const isStreamed = onChunk !== undefined && status === 200;
    if (Number(response.headers["content-length"] ?? 0) > maxBytes && method !== "HEAD") {
      return fail(tooLarge(where, maxBytes));
    }
    response.on("data", (chunk: Buffer) => {
      bodyBytes += chunk.length;
      if (bodyBytes > maxBytes) return fail(tooLarge(where, maxBytes));
      if (isStreamed) onChunk(chunk);
      else chunks.push(chunk);
    });
    const onEnd = (): void => {
      if (isSettled) return;
      if (!response.complete) {
        fail(connectionReset(where, undefined));
        return;
      }
      if (!finish()) return;
      const endMs = performance.now();
      resolve({
        status,
        headers: response.headers,
        body: joinChunks(chunks, isStreamed ? 0 : bodyBytes),
        bodyBytes,
        certificateDaysLeft,
        phases: {
          ...(resolvedMs === undefined ? {} : { resolve_ms: round(resolvedMs - beganMs) }),
          connect_ms: round(connectedMs - (resolvedMs ?? beganMs)),
          ...(isTls ? { tls_ms: round(readyMs - connectedMs) } : {}),
          first_byte_ms: round(firstByteMs - readyMs),
          transfer_ms: round(endMs - firstByteMs),
          latency_ms: round(endMs - beganMs),
        },
      });
    };
    response.on("end", onEnd);
    response.on("error", onEnd);
    response.on("close", onEnd);
  });
  client.end(request.body);
  return promise;
}

function tooLarge(where: string, maxBytes: number): ProbeFailure {
  return new ProbeFailure(
    "too-large",
    `${where}: the answer is larger than ${maxBytes} bytes.`,
    "Raise max_body if the service may answer so much.",
  );
}

export function findDaysLeft(socket: TLSSocket): number | undefined {
  const { valid_to } = socket.getPeerCertificate();
  const endMs = Date.parse(valid_to ?? "");
  return Number.isNaN(endMs) ? undefined : Math.floor((100 * (endMs - Date.now())) / DAY_MS) / 100;
}

/** One array of its own, not a view into Node's shared pool. */
function joinChunks(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const joined = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    joined.set(chunk, at);
    at += chunk.length;
  }
  return joined;
}

function pickTls({ secureContext, rejectUnauthorized, servername }: TlsSettings) {
  return { secureContext, rejectUnauthorized, ...(servername === undefined ? {} : { servername }) };
}
