import * as http from "node:http";
import { type AddressInfo, isIP } from "node:net";
import { UsageError } from "../../exit-code.ts";

export interface Answer {
  status: number;
  type: string;
  body: string | Uint8Array;
  headers?: Readonly<Record<string, string>>;
}

export interface ListenPlace {
  host: string;
  port: number;
}

const MAX_CONNECTIONS = 64;
/** Filters come in the address; browsers and proxies take no longer ones either. */
const MAX_HEADER_BYTES = 32 * 1024;

/**
 * `host:port` as `go tool pprof -http` takes it: no host is this machine alone, no port is a free one.
 *
 * @throws UsageError
 */
export function parseListenPlace(text: string): ListenPlace {
  if (text === "") return { host: "127.0.0.1", port: 0 };
  const match = /^(\[[^\]]*\]|[^:]*):(\d{0,5})$/.exec(text);
  const port = match === null || match[2] === "" ? 0 : Number(match[2]);
  if (match === null || port > 65_535) {
    throw new UsageError(`-http wants host:port, as in -http localhost:8080 or -http :8080, not ${text}.`);
  }
  const host = match[1]!.replace(/^\[|\]$/g, "");
  return { host: host === "" ? "127.0.0.1" : host, port };
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\./.test(host);
}

export interface WebServer {
  url: string;
  close(): Promise<void>;
}

/**
 * Serves answers to GET and HEAD. A request whose Host is a name, other than that of this machine, is refused: a page of
 * somebody else's whose name was pointed here could otherwise read profiles and source (DNS rebinding).
 */
export async function startWebServer(
  place: ListenPlace,
  answer: (url: URL) => Promise<Answer>,
  warn: (message: string) => void,
): Promise<WebServer> {
  const server = http.createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, headersTimeout: 10_000, requestTimeout: 30_000 },
    (request, response) => {
      handle(request, place.host, answer)
        .catch((error: unknown): Answer => {
          warn(`gopatrol: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
          return text(500, "The page could not be made; the terminal says why.\n");
        })
        .then((made) => send(request, response, made));
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", (error: NodeJS.ErrnoException) => reject(explainListenError(error, place)));
  server.listen({ host: place.host, port: place.port }, resolve);
  await listening;
  const { address, family, port } = server.address() as AddressInfo;
  const shown = isLoopback(address) && isIP(place.host) === 0 ? place.host : address;
  return {
    url: `http://${family === "IPv6" && shown.includes(":") ? `[${shown}]` : shown}:${port}`,
    async close() {
      const { promise: closed, resolve: done } = Promise.withResolvers<void>();
      server.close(() => done());
      server.closeAllConnections();
      await closed;
    },
  };
}

function explainListenError(error: NodeJS.ErrnoException, { host, port }: ListenPlace): Error {
  const reason = {
    EADDRINUSE: "another program has it; take another port, or none for a free one: -http localhost:",
    EACCES: "ports below 1024 are the administrator's; take another one",
    EADDRNOTAVAIL: "no address of this machine",
    ENOTFOUND: "no such host",
  }[error.code ?? ""];
  return reason === undefined ? error : new UsageError(`cannot listen at ${host}:${port}: ${reason}.`);
}

async function handle(
  request: http.IncomingMessage,
  boundHost: string,
  answer: (url: URL) => Promise<Answer>,
): Promise<Answer> {
  if (request.method !== "GET" && request.method !== "HEAD") {
    return { ...text(405, "Only GET is answered.\n"), headers: { allow: "GET, HEAD" } };
  }
  if (!isOwnHost(request.headers.host ?? "", boundHost)) {
    return text(403, "This address is not of this machine; use localhost or the IP address.\n");
  }
  const url = URL.parse(request.url ?? "/", "http://localhost");
  return url === null ? text(400, "That is no address.\n") : answer(url);
}

/** Whether a Host header names this machine: by an IP address, which nobody can point elsewhere, or as it was bound. */
export function isOwnHost(header: string, boundHost: string): boolean {
  const host = header
    .replace(/:\d+$/, "")
    .replace(/^\[|\]$/g, "")
    .toLowerCase();
  return isIP(host) !== 0 || host === "localhost" || host === boundHost.toLowerCase();
}

export function text(status: number, body: string): Answer {
  return { status, type: "text/plain; charset=utf-8", body };
}

function send(request: http.IncomingMessage, response: http.ServerResponse, answer: Answer): void {
  const body = typeof answer.body === "string" ? Buffer.from(answer.body) : answer.body;
  response.writeHead(answer.status, {
    "content-type": answer.type,
    "content-length": body.length,
    "cache-control": "no-store",
    "content-security-policy": "frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    ...answer.headers,
  });
  response.end(request.method === "HEAD" ? undefined : body);
}
