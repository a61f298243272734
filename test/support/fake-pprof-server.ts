import * as http from "node:http";
import * as https from "node:https";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";

/** What the fake does with a request. The first of the fields that is set decides how the answer ends. */
export interface FakeAnswer {
  status?: number;
  headers?: Record<string, string>;
  body?: Uint8Array | string;
  /** Wait before anything is sent. */
  delayMs?: number;
  /** Send so many bytes of the body, then close the connection. 0: headers only. */
  cutAfterBytes?: number;
  /** Send so many bytes of the body, then nothing more. */
  hangAfterBytes?: number;
  /** Accept the request and never answer. */
  hang?: boolean;
  /** Close the connection without an answer. */
  reset?: boolean;
  /** A body of so many zeros, sent as fast as it is taken. */
  zeros?: number;
}

export type FakeAnswers = Record<string, FakeAnswer | ((request: RecordedRequest) => FakeAnswer)>;

interface RecordedRequest {
  method: string;
  /** Path and query. */
  url: string;
  headers: http.IncomingHttpHeaders;
  body: string;
}

export interface FakePprofServer {
  /** `http(s)://127.0.0.1:port` */
  readonly url: string;
  readonly port: number;
  /** In the order of arrival. */
  readonly requests: RecordedRequest[];
  /** How many requests were ever under way at the same moment. */
  readonly mostAtOnce: number;
  /** Connections open now. */
  readonly openConnections: number;
  /** By "path?query" (of pprof's own parameters), else by path; anything else is 404 as Go's mux says it. May be changed at any time. */
  readonly answers: FakeAnswers;
  close(): Promise<void>;
}

export interface FakeOptions {
  /** Added to and winning over `goAnswers(prefix)`. */
  answers?: FakeAnswers;
  /** What is in front of /debug/pprof, as in "/svc". */
  prefix?: string;
  /** Serve TLS. `clientCa` makes a client certificate of that authority compulsory. */
  tls?: { cert: string; key: string; clientCa?: string };
  /** 0 or absent: any free one. */
  port?: number;
}

/** Enough of each of Go's answers for a capture; pass real bytes in `answers` where they are to be analysed. */
function goAnswers(prefix = ""): FakeAnswers {
  const text = (body: string, type = "text/plain; charset=utf-8"): FakeAnswer => ({
    headers: { "content-type": type },
    body,
  });
  const profile = (name: string): FakeAnswer => ({
    headers: { "content-type": "application/octet-stream" },
    body: gzipSync(`${name} profile`),
  });
  const pprof = `${prefix}/debug/pprof`;
  return {
    [`${pprof}/`]: text(goIndexPage(7), "text/html; charset=utf-8"),
    [`${pprof}/cmdline`]: text("/bin/service\0--port=80"),
    [`${pprof}/heap`]: profile("heap"),
    [`${pprof}/heap?debug=1`]: text(HEAP_TEXT),
    [`${pprof}/goroutine`]: profile("goroutine"),
    [`${pprof}/goroutine?debug=2`]: text("goroutine 1 [running]:\nmain.main()\n\t/src/main.go:9 +0x1d\n"),
    [`${pprof}/allocs`]: profile("allocs"),
    [`${pprof}/symbol`]: text("num_symbols: 1\n0x401000 runtime.mallocgc\n"),
    [`${prefix}/debug/vars`]: text(
      '{\n"cmdline": ["/bin/service"],\n"memstats": {"Alloc":1}\n}\n',
      "application/json",
    ),
    [`${prefix}/metrics`]: text("# TYPE go_goroutines gauge\ngo_goroutines 7\n"),
  };
}

const HEAP_TEXT = `heap profile: 1: 16 [2: 32] @ heap/1048576
1: 16 [2: 32] @ 0x401001 0x402001
#\t0x402000\tmain.main+0x20\t/src/main.go:9

# runtime.MemStats
# Alloc = 1024
`;

/** Go's index page for so many goroutines. */
export function goIndexPage(goroutines: number): string {
  return `<html>
<head>
<title>/debug/pprof/</title>
</head>
<body>
/debug/pprof/
<br>
<p>Set debug=1 as a query parameter to export in legacy text format</p>
<br>
Types of profiles available:
<table>
<thead><td>Count</td><td>Profile</td></thead>
<tr><td>3</td><td><a href='allocs?debug=1'>allocs</a></td></tr>
<tr><td>${goroutines}</td><td><a href='goroutine?debug=1'>goroutine</a></td></tr>
<tr><td>3</td><td><a href='heap?debug=1'>heap</a></td></tr>
</table>
<a href="goroutine?debug=2">full goroutine stack dump</a>
</body>
</html>
`;
}

/** An HTTP server on 127.0.0.1 that answers as Go's net/http/pprof does, or as badly as a test wants. */
export async function startFakePprofServer(options: FakeOptions = {}): Promise<FakePprofServer> {
  const answers: FakeAnswers = { ...goAnswers(options.prefix), ...options.answers };
  const requests: RecordedRequest[] = [];
  let atOnce = 0;
  let mostAtOnce = 0;
  let openConnections = 0;

  const onRequest = (request: http.IncomingMessage, response: http.ServerResponse): void => {
    atOnce++;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    response.on("close", () => atOnce--);
    response.on("error", () => {});
    const body: Buffer[] = [];
    request.on("data", (chunk: Buffer) => body.push(chunk));
    request.on("end", () => {
      const url = request.url ?? "";
      const recorded = {
        method: request.method ?? "",
        url,
        headers: request.headers,
        body: Buffer.concat(body).toString("utf8"),
      };
      requests.push(recorded);
      const found =
        answers[url] ??
        answers[withQueryOf(url, /^(gc|debug)=/)] ??
        answers[withQueryOf(url, /^debug=/)] ??
        answers[url.split("?", 1)[0] ?? ""];
      const answer = typeof found === "function" ? found(recorded) : found;
      send(response, answer ?? { status: 404, body: "404 page not found\n" });
    });
  };

  const { tls } = options;
  const server =
    tls === undefined
      ? http.createServer(onRequest)
      : https.createServer(
          {
            cert: tls.cert,
            key: tls.key,
            ...(tls.clientCa === undefined
              ? {}
              : { ca: tls.clientCa, requestCert: true, rejectUnauthorized: true }),
          },
          onRequest,
        );
  server.on("connection", (socket) => {
    openConnections++;
    socket.on("close", () => openConnections--);
    socket.on("error", () => {});
  });
  server.on("tlsClientError", () => {});
  // Go says this too, to what is not HTTP.
  server.on("clientError", (_error, socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n400 Bad Request"));
  await new Promise<void>((ready, fail) => {
    server.once("error", fail);
    server.listen(options.port ?? 0, "127.0.0.1", ready);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${port}`,
    port,
    requests,
    answers,
    get mostAtOnce() {
      return mostAtOnce;
    },
    get openConnections() {
      return openConnections;
    },
    close: () =>
      new Promise<void>((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** Serves for as long as `use` takes. */
export async function withFakePprofServer<T>(
  options: FakeOptions,
  use: (server: FakePprofServer) => Promise<T>,
): Promise<T> {
  const server = await startFakePprofServer(options);
  try {
    return await use(server);
  } finally {
    await server.close();
  }
}

/** A gateway's token in the query is nothing to Go, and a collection does not change the form of an answer. */
function withQueryOf(url: string, wanted: RegExp): string {
  const [path, query = ""] = url.split("?", 2);
  return `${path}?${query
    .split("&")
    .filter((part) => wanted.test(part))
    .join("&")}`;
}

function send(response: http.ServerResponse, answer: FakeAnswer): void {
  if (answer.hang === true) return;
  if (answer.delayMs !== undefined) {
    const { delayMs, ...rest } = answer;
    const timer = setTimeout(() => send(response, rest), delayMs);
    response.on("close", () => clearTimeout(timer));
    return;
  }
  if (answer.reset === true) {
    response.destroy();
    return;
  }
  const headers = answer.headers ?? {};
  if (answer.zeros !== undefined) {
    response.writeHead(answer.status ?? 200, headers);
    sendZeros(response, answer.zeros);
    return;
  }
  const body = Buffer.from(answer.body ?? "");
  response.writeHead(answer.status ?? 200, { "content-length": String(body.length), ...headers });
  if (answer.cutAfterBytes !== undefined) {
    response.flushHeaders();
    response.write(body.subarray(0, answer.cutAfterBytes), () => response.destroy());
  } else if (answer.hangAfterBytes !== undefined) {
    response.flushHeaders();
    response.write(body.subarray(0, answer.hangAfterBytes));
  } else {
    response.end(body);
  }
}

function sendZeros(response: http.ServerResponse, left: number): void {
  const chunk = new Uint8Array(64 * 1024);
  let rest = left;
  const more = (): void => {
    while (rest > 0) {
      rest -= chunk.length;
      if (!response.write(chunk)) {
        response.once("drain", more);
        return;
      }
    }
    response.end();
  };
  more();
}
