import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { PATROL_METRICS } from "../patrol/exporter/patrol-metrics.ts";
import type { PatrolView } from "../patrol/exporter/patrol-snapshot.ts";
import { CONTENT_TYPE, type MetricsFormat, renderMetrics } from "../patrol/exporter/render-metrics.ts";
import type { BloatIndex } from "../patrol/exporter/target-bloat.ts";
import type { Log } from "../patrol/log.ts";
import type { Redactor } from "../redact/redactor.ts";

export interface HttpListener {
  /** `http://host:port`, with the port that was given by the system if 0 was asked for. */
  readonly url: string;
  close(): Promise<void>;
}

export interface HttpListenerOptions {
  host: string;
  port: number;
  view: PatrolView;
  redactor: Redactor;
  log: Log;
}

/** Prometheus, a person and the kubelet; more at once is a mistake or an attack. */
const MAX_CONNECTIONS = 64;
const MAX_SCRAPES_AT_ONCE = 4;
/** A reader that takes nothing for so long is cut off, so that it cannot hold one of the scrapes. */
const IDLE_MS = 30_000;
/** Label values whose redacted form is remembered: target ids come in each family of each scrape. */
const MAX_REMEMBERED = 50_000;

const INDEX = `gopatrol
/metrics               Prometheus metrics
/debug/bloat?target=ID what grows in a target, as JSON
/healthz               is the patrol alive
/readyz                does it work
`;

/**
 * The patrol's own listener: /metrics, /debug/bloat, /healthz, /readyz. GET and HEAD only, nothing is changed by it,
 * all that is shown goes through the redactor. Rejects if the address cannot be bound.
 */
export async function startHttpListener(options: HttpListenerOptions): Promise<HttpListener> {
  const { host, port, view, log } = options;
  const redact = rememberRedacted(options.redactor);
  let scrapes = 0;

  const handle = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD");
      return send(response, 405, "only GET is answered\n");
    }
    const url = URL.parse(request.url ?? "/", "http://patrol");
    switch (url?.pathname) {
      case "/":
        return send(response, 200, INDEX);
      case "/metrics": {
        if (scrapes >= MAX_SCRAPES_AT_ONCE) {
          response.setHeader("retry-after", "5");
          return send(response, 503, "too many scrapes at once\n");
        }
        scrapes++;
        try {
          return await sendMetrics(request, response, view, redact);
        } finally {
          scrapes--;
        }
      }
      case "/debug/bloat":
        return sendBloat(response, url.searchParams.get("target"), view, options.redactor);
      case "/healthz":
        return sendHealth(response, view.health().notAlive);
      case "/readyz": {
        const { notAlive, notReady } = view.health();
        return sendHealth(response, [...notAlive, ...notReady]);
      }
      default:
        return send(response, 404, `not here; see\n${INDEX}`);
    }
  };

  const server = http.createServer(
    { maxHeaderSize: 8192, headersTimeout: 5000, requestTimeout: 10_000, keepAliveTimeout: 65_000 },
    (request, response) => {
      handle(request, response).catch((error: NodeJS.ErrnoException) => {
        // A reader that went away is no event.
        if (error.code !== "ERR_STREAM_PREMATURE_CLOSE" && error.code !== "ECONNRESET") {
          log.error("a request to the patrol's listener failed", { error });
        }
        if (response.headersSent) response.destroy();
        else send(response, 500, "the answer could not be made; see the patrol's log\n");
      });
    },
  );
  server.maxConnections = MAX_CONNECTIONS;
  server.setTimeout(IDLE_MS, (socket) => socket.destroy());
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen({ host, port }, resolve);
  await listening;
  server.off("error", reject);
  server.on("error", (error) => log.error("the patrol's listener failed", { error }));
  const address = server.address() as AddressInfo;
  const shownHost = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return {
    url: `http://${shownHost}:${address.port}`,
    async close() {
      const { promise: closed, resolve: done } = Promise.withResolvers<void>();
      server.close(() => done());
      server.closeAllConnections();
      await closed;
    },
  };
}

async function sendMetrics(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  view: PatrolView,
  redact: (text: string) => string,
): Promise<void> {
  const format: MetricsFormat = /\bapplication\/openmetrics-text\b/.test(request.headers.accept ?? "")
    ? "openmetrics"
    : "text";
  response.setHeader("content-type", CONTENT_TYPE[format]);
  response.setHeader("vary", "accept, accept-encoding");
  const chunks = Readable.from(renderMetrics(PATROL_METRICS, view.snapshot(), format, redact));
  if (!/\bgzip\b/.test(request.headers["accept-encoding"] ?? "")) return pipeline(chunks, response);
  response.setHeader("content-encoding", "gzip");
  // The fastest level: text of one form over and over shrinks to a twentieth by it already.
  return pipeline(chunks, createGzip({ level: 1 }), response);
}

function sendBloat(
  response: http.ServerResponse,
  target: string | null,
  view: PatrolView,
  redactor: Redactor,
): void {
  const json = (status: number, value: unknown): void => {
    response.setHeader("content-type", "application/json; charset=utf-8");
    send(response, status, `${JSON.stringify(redactor.value(value))}\n`);
  };
  if (target !== null) {
    const bloat = view.bloat(target);
    if (bloat !== null) json(200, bloat);
    else json(404, { error: "nothing is known of this target: no such id, or no profile of it yet" });
    return;
  }
  const targets: BloatIndex["targets"] = [];
  for (const { id } of view.snapshot().targets) {
    const bloat = view.bloat(id);
    if (bloat?.growthBytesPerSecond == null) continue;
    targets.push({
      target: id,
      growthBytesPerSecond: bloat.growthBytesPerSecond,
      sites: bloat.sites.length,
    });
  }
  targets.sort((a, b) => b.growthBytesPerSecond - a.growthBytesPerSecond);
  const index: BloatIndex = { schema: "gopatrol.bloat-index/v1", targets };
  json(200, index);
}

function sendHealth(response: http.ServerResponse, problems: readonly string[]): void {
  if (problems.length === 0) send(response, 200, "ok\n");
  else send(response, 503, problems.map((problem) => `${problem}\n`).join(""));
}

function send(response: http.ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  if (!response.hasHeader("content-type")) response.setHeader("content-type", "text/plain; charset=utf-8");
  response.setHeader("cache-control", "no-store");
  response.setHeader("x-content-type-options", "nosniff");
  response.end(text);
}

function rememberRedacted(redactor: Redactor): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    let redacted = known.get(text);
    if (redacted === undefined) {
      redacted = redactor.text(text);
      if (known.size >= MAX_REMEMBERED) known.clear();
      known.set(text, redacted);
    }
    return redacted;
  };
}
