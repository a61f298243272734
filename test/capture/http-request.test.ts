import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import type { CaptureError } from "../../src/capture/capture-error.ts";
import { type AccessOptions, checkAccess } from "../../src/capture/http-access.ts";
import { type HttpBody, sendRequest } from "../../src/capture/http-request.ts";
import { parseUrlTarget } from "../../src/capture/target.ts";
import {
  type FakeOptions,
  type FakePprofServer,
  startFakePprofServer,
} from "../support/fake-pprof-server.ts";
import { createTestAuthority } from "../support/test-certificate.ts";

const servers: FakePprofServer[] = [];
afterEach(async () => {
  // No request may leave a socket behind, however it ended.
  for (const server of servers) await expect.poll(() => server.openConnections).toBe(0);
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(options: FakeOptions): Promise<FakePprofServer> {
  const server = await startFakePprofServer(options);
  servers.push(server);
  return server;
}

function get(
  address: string,
  options: AccessOptions = {},
  signal = new AbortController().signal,
): Promise<HttpBody> {
  const access = checkAccess(options, parseUrlTarget(address));
  const url = new URL(address);
  return sendRequest({ url, where: "GET /x", accept: "*/*", acceptGzip: true }, access, signal);
}

/** The error's code, after making sure that it says what to do next. */
async function failure(request: Promise<HttpBody>): Promise<CaptureError> {
  const error = await request.then(
    () => undefined,
    (cause: unknown) => cause as CaptureError,
  );
  expect(error?.name).toBe("CaptureError");
  expect(error?.hint).not.toBe("");
  return error!;
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const authority = createTestAuthority();
const localhost = authority.issue("localhost");

describe("what comes back", () => {
  test("a body, in an array of its own", async () => {
    const server = await serve({ answers: { "/x": { body: "hello" } } });
    const { bytes, cutOff } = await get(`${server.url}/x`);
    expect(text(bytes)).toBe("hello");
    expect(bytes.buffer.byteLength).toBe(5);
    expect(cutOff).toBe(false);
  });

  test("gzip as a content encoding is undone", async () => {
    const body = gzipSync("go_goroutines 7\n");
    const server = await serve({ answers: { "/x": { body, headers: { "content-encoding": "gzip" } } } });
    expect(text((await get(`${server.url}/x`)).bytes)).toBe("go_goroutines 7\n");
    expect(server.requests[0]?.headers["accept-encoding"]).toBe("gzip");
  });

  test.each([0.4, 0.99])(
    "a body that breaks off at %d of its length is kept as far as it came",
    async (share) => {
      const body = "0123456789".repeat(1000);
      const cutAfterBytes = Math.floor(body.length * share);
      const server = await serve({ answers: { "/x": { body, cutAfterBytes } } });
      const { bytes, cutOff } = await get(`${server.url}/x`);
      expect(cutOff).toBe(true);
      expect(text(bytes)).toBe(body.slice(0, cutAfterBytes));
    },
  );

  test("a compressed body that breaks off is inflated as far as it came", async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `metric_${i} ${Math.sin(i)}\n`).join("");
    const body = gzipSync(lines);
    const answer = { body, cutAfterBytes: body.length >> 1, headers: { "content-encoding": "gzip" } };
    const server = await serve({ answers: { "/x": answer } });
    const { bytes, cutOff } = await get(`${server.url}/x`);
    expect(cutOff).toBe(true);
    expect(bytes.length).toBeGreaterThan(1000);
    expect(lines.startsWith(text(bytes))).toBe(true);
  });

  test("a body whose end never comes is kept as far as it came", async () => {
    const server = await serve({ answers: { "/x": { body: "0123456789", hangAfterBytes: 4 } } });
    expect(await get(`${server.url}/x`, { timeoutMs: 150 })).toMatchObject({ cutOff: true });
  });
});

describe("what goes wrong", () => {
  test("nobody listens", async () => {
    const server = await serve({});
    await server.close();
    const error = await failure(get(`${server.url}/x`));
    expect(error.code).toBe("refused");
    expect(error.message).toBe("GET /x: connection refused");
  });

  test("a name that is none", async () => {
    expect((await failure(get("http://no-such-host.invalid:1/x"))).code).toBe("dns");
  });

  test.each([
    [401, "http-401", "--bearer or --basic"],
    [403, "http-403", "credentials"],
    [404, "http-404", "/prefix/debug/pprof"],
    [503, "http-503", "later"],
    [500, "http-500", "log"],
    [204, "http-204", "address"],
  ])("status %d", async (status, code, hint) => {
    const server = await serve({
      answers: { "/x": { status, body: status === 204 ? "" : "the reason\nand more" } },
    });
    const error = await failure(get(`${server.url}/x`));
    expect(error.code).toBe(code);
    expect(error.hint).toContain(hint);
    if (status !== 204) expect(error.message).toBe(`GET /x: answered ${status} "the reason"`);
  });

  test("of an error page in HTML, or one without end, only the status is told", async () => {
    const server = await serve({
      answers: { "/x": { status: 500, body: "<html>oh</html>" }, "/y": { status: 502, zeros: 1 << 30 } },
    });
    expect((await failure(get(`${server.url}/x`))).message).toBe("GET /x: answered 500");
    expect((await failure(get(`${server.url}/y`))).code).toBe("http-502");
  });

  test("no answer in time", async () => {
    const server = await serve({ answers: { "/x": { hang: true } } });
    const error = await failure(get(`${server.url}/x`, { timeoutMs: 100 }));
    expect(error.code).toBe("timeout");
    expect(error.hint).toContain("--timeout");
  });

  test("the connection breaks before an answer, or before the first byte of the body", async () => {
    const server = await serve({
      answers: { "/x": { reset: true }, "/y": { body: "abc", cutAfterBytes: 0 } },
    });
    expect((await failure(get(`${server.url}/x`))).code).toBe("reset");
    expect((await failure(get(`${server.url}/y`))).code).toBe("reset");
  });

  test("what is not HTTP", async () => {
    const other = createServer((socket) => socket.end("220 mail.example ESMTP\r\n"));
    await new Promise<void>((ready) => other.listen(0, "127.0.0.1", ready));
    const { port } = other.address() as AddressInfo;
    expect((await failure(get(`http://127.0.0.1:${port}/x`))).code).toBe("bad-response");
    other.close();
  });

  test("a body larger than allowed, with or without a length, or once inflated", async () => {
    const bomb = gzipSync(new Uint8Array(1_000_000));
    const server = await serve({
      answers: {
        "/told": { body: "x".repeat(2000) },
        "/endless": { zeros: 1 << 30 },
        "/bomb": { body: bomb, headers: { "content-encoding": "gzip" } },
      },
    });
    expect((await failure(get(`${server.url}/told`, { maxBytes: 1000 }))).code).toBe("too-large");
    expect((await failure(get(`${server.url}/endless`, { maxBytes: 1_000_000 }))).code).toBe("too-large");
    const error = await failure(get(`${server.url}/bomb`, { maxBytes: 10_000 }));
    expect(error.message).toContain("10000 bytes");
  });

  test("an encoding that was not asked for", async () => {
    const server = await serve({ answers: { "/x": { body: "?", headers: { "content-encoding": "br" } } } });
    expect((await failure(get(`${server.url}/x`))).code).toBe("bad-response");
  });

  test("stopped by the caller, before and while it is under way", async () => {
    const server = await serve({ answers: { "/x": { hang: true } } });
    expect((await failure(get(`${server.url}/x`, {}, AbortSignal.abort()))).code).toBe("interrupted");
    expect(server.requests).toEqual([]);
    const controller = new AbortController();
    const request = failure(get(`${server.url}/x`, {}, controller.signal));
    await expect.poll(() => server.requests.length).toBe(1);
    controller.abort();
    expect((await request).code).toBe("interrupted");
  });
});

describe("redirects", () => {
  test("are refused, naming where to", async () => {
    const location = "http://user:pw@other.example/login?next=secret";
    const server = await serve({ answers: { "/x": { status: 302, headers: { location } } } });
    const error = await failure(get(`${server.url}/x`));
    expect(error.code).toBe("redirect");
    expect(error.message).toBe("GET /x: answered 302, a redirect to http://other.example/login?next=***");
    expect(error.hint).toContain("--follow-redirects");
  });

  test("are followed if asked, with credentials to the same origin only", async () => {
    const other = await serve({ answers: { "/there": { body: "elsewhere" } } });
    const server = await serve({
      answers: {
        "/x": { status: 301, headers: { location: "/y" } },
        "/y": { status: 307, headers: { location: `${other.url}/there` } },
      },
    });
    const options = {
      followRedirects: true,
      bearer: "s3cret",
      headers: [["X-Api-Key", "k"]],
    } satisfies AccessOptions;
    const { bytes } = await get(`${server.url}/x`, options);
    expect(text(bytes)).toBe("elsewhere");
    expect(server.requests[1]?.headers).toMatchObject({ authorization: "Bearer s3cret", "x-api-key": "k" });
    expect(other.requests[0]?.headers["authorization"]).toBeUndefined();
    expect(other.requests[0]?.headers["x-api-key"]).toBeUndefined();
  });

  test("end after a few", async () => {
    const server = await serve({ answers: { "/x": { status: 302, headers: { location: "/x" } } } });
    expect((await failure(get(`${server.url}/x`, { followRedirects: true }))).code).toBe("redirect");
    expect(server.requests.length).toBe(6);
  });
});

describe("credentials", () => {
  test("basic from the options or the address, bearer, and headers", async () => {
    const server = await serve({ answers: { "/x": { body: "ok" } } });
    const basic = `Basic ${Buffer.from("me:p:w").toString("base64")}`;
    await get(`${server.url}/x`, { basic: { user: "me", password: "p:w" } });
    await get(`${server.url.replace("//", "//me:p%3Aw@")}/x`);
    await get(`${server.url}/x`, { bearer: "t" });
    await get(`${server.url}/x`, { headers: [["Cookie", "a=b"]] });
    expect(server.requests.map(({ headers }) => headers["authorization"] ?? headers["cookie"])).toEqual([
      basic,
      basic,
      "Bearer t",
      "a=b",
    ]);
  });

  test.each([
    ["both kinds", { bearer: "s3cret", basic: { user: "me", password: "s3cret" } }],
    ["a header with a line break", { headers: [["X-Token", "s3cret\r\nHost: x"]] }],
    ["a key without its certificate", { key: localhost.key }],
    ["a key that is not the certificate's", { cert: localhost.cert, key: authority.key }],
    ["a CA that is none", { ca: "s3cret" }],
  ] satisfies [string, AccessOptions][])("nonsense is refused without repeating it: %s", (_name, options) => {
    const target = parseUrlTarget("http://h:1");
    let error: CaptureError | undefined;
    try {
      checkAccess(options, target);
    } catch (cause) {
      error = cause as CaptureError;
    }
    expect(error?.code).toBe("bad-option");
    expect(`${error?.message} ${error?.hint}`).not.toContain("s3cret");
  });
});

describe("TLS", () => {
  const answers = { "/x": { body: "ok" } };

  test("an unknown authority is refused; --ca or --insecure let it pass", async () => {
    const server = await serve({ tls: localhost, answers });
    const error = await failure(get(`${server.url}/x`));
    expect(error.code).toBe("tls");
    expect(error.hint).toContain("--ca FILE");
    expect(text((await get(`${server.url}/x`, { ca: authority.cert })).bytes)).toBe("ok");
    expect(text((await get(`${server.url}/x`, { insecure: true })).bytes)).toBe("ok");
  });

  test("a client certificate", async () => {
    const server = await serve({ tls: { ...localhost, clientCa: authority.cert }, answers });
    const error = await failure(get(`${server.url}/x`, { ca: authority.cert }));
    expect(error.code).toBe("tls");
    expect(error.hint).toContain("--cert");
    const client = authority.issue("gopatrol");
    expect(text((await get(`${server.url}/x`, { ca: authority.cert, ...client })).bytes)).toBe("ok");
  });

  test("the wrong scheme, in both directions", async () => {
    const plain = await serve({ answers });
    const wrong = await failure(get(plain.url.replace("http:", "https:")));
    expect(wrong).toMatchObject({ code: "tls", hint: "write http://" });
    const said = { status: 400, body: "Client sent an HTTP request to an HTTPS server.\n" };
    const go = await serve({ answers: { "/x": said } });
    expect(await failure(get(`${go.url}/x`))).toMatchObject({ code: "tls", hint: "write https://" });
  });

  test("a server that hangs up in the handshake", async () => {
    const rude = createServer((socket) => socket.on("error", () => {}).once("data", () => socket.end()));
    await new Promise<void>((ready) => rude.listen(0, "127.0.0.1", ready));
    const { port } = rude.address() as AddressInfo;
    const error = await failure(get(`https://127.0.0.1:${port}/x`));
    expect(error).toMatchObject({ code: "tls", hint: expect.stringContaining("http://") });
    rude.close();
  });

  test("a server that accepts and never shakes hands", async () => {
    const deaf = createServer((socket) => socket.on("error", () => {}));
    await new Promise<void>((ready) => deaf.listen(0, "127.0.0.1", ready));
    const { port } = deaf.address() as AddressInfo;
    const error = await failure(get(`https://127.0.0.1:${port}/x`, { connectTimeoutMs: 100 }));
    expect(error.code).toBe("connect-timeout");
    expect(error.hint).toContain("--connect-timeout");
    deaf.close();
  });
});
