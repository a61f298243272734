import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type FakeAnswer, withFakePprofServer } from "../../test/support/fake-pprof-server.ts";
import {
  ANY_TIMEOUT,
  basicAuth,
  contextOf,
  countResources,
  findExcess,
  PATIENCE,
  targetAt,
} from "../../test/support/probe-scene.ts";
import { createTestAuthority } from "../../test/support/test-certificate.ts";
import { httpCheck } from "./http-check.ts";
import { pprofCheck } from "./pprof-check.ts";
import { tcpCheck } from "./tcp-check.ts";

async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

describe("http", () => {
  const at = async (answer: FakeAnswer, options: Record<string, unknown> = {}, timeoutMs = 5000) =>
    withFakePprofServer({ answers: { "/page": answer } }, ({ url }) =>
      httpCheck.run(targetAt(url), { path: "/page", ...options }, contextOf({ timeoutMs })),
    );

  test("a page that answers gives its status, size and the time of each part", async () => {
    const result = await at({ body: "hello" }, { body_contains: "ell", body_matches: "^h.*o$" });
    expect(result).toMatchObject({
      outcome: "ok",
      problem: null,
      metrics: { up: 1, status: 200, body_bytes: 5, body_ok: 1, redirects: 0 },
    });
    const { connect_ms, first_byte_ms, transfer_ms, latency_ms } = result.metrics;
    expect(connect_ms! + first_byte_ms! + transfer_ms!).toBeCloseTo(latency_ms!, 1);
  });

  test.each<[string, FakeAnswer, Record<string, unknown>, string]>([
    ["a status that is not expected", { status: 500 }, {}, "bad-status"],
    ["the one that is not expected", { status: 200 }, { expect_status: [204, "3xx"] }, "bad-status"],
    ["no credentials", { status: 401 }, {}, "auth-required"],
    ["forbidden", { status: 403 }, {}, "not-permitted"],
    ["a redirect", { status: 302, headers: { location: "/other?token=s3cret" } }, {}, "redirected"],
    ["a text that is missing", { body: "hello" }, { body_contains: "bye" }, "bad-body"],
    ["a text that must not be", { body: "panic: s3cret" }, { body_not_contains: "panic" }, "bad-body"],
    ["too much", { zeros: 100_000 }, { max_body: "10KiB" }, "too-large"],
    ["a broken connection", { reset: true }, {}, "connection-reset"],
    ["half an answer", { body: "hello", cutAfterBytes: 2 }, {}, "connection-reset"],
    ["silence", { hang: true }, {}, "timeout"],
    ["half an answer and silence", { body: "hello", hangAfterBytes: 2 }, {}, "timeout"],
  ])("%s is a failure with a code", async (_, answer, options, code) => {
    const isSlow = code === "timeout";
    const expected = isSlow ? expect.stringMatching(ANY_TIMEOUT) : code;
    const result = await at(answer, options, isSlow ? 300 : 20_000);
    expect(result).toMatchObject({ outcome: "failed", problem: { code: expected }, metrics: { up: 0 } });
    expect(JSON.stringify(result)).not.toContain("s3cret");
  });

  test("expected statuses may be others than 2xx, and redirects may be followed", async () => {
    expect(await at({ status: 404 }, { expect_status: [404] })).toMatchObject({
      outcome: "ok",
      metrics: { status: 404 },
    });
    const followed = await at({ status: 302, headers: { location: "/metrics" } }, { follow_redirects: true });
    expect(followed).toMatchObject({ outcome: "ok", metrics: { status: 200, redirects: 1 } });
  });

  test("credentials go to the target and not to where it redirects", async () => {
    await withFakePprofServer({}, (other) =>
      withFakePprofServer(
        { answers: { "/page": { status: 307, headers: { location: `${other.url}/metrics` } } } },
        async (first) => {
          const target = targetAt(first.url, { auth: basicAuth("u", "p") });
          const result = await httpCheck.run(
            target,
            { path: "/page", follow_redirects: true, headers: { "x-token": "s3cret" } },
            contextOf(),
          );
          expect(result.outcome).toBe("ok");
          expect(first.requests[0]!.headers).toMatchObject({
            authorization: "Basic dTpw",
            "x-token": "s3cret",
          });
          expect(other.requests[0]!.headers.authorization).toBeUndefined();
          expect(other.requests[0]!.headers["x-token"]).toBeUndefined();
        },
      ),
    );
  });

  test("a port where nothing listens, and a name that is none", async () => {
    const refused = await httpCheck.run(targetAt(`127.0.0.1:${await closedPort()}`), {}, contextOf());
    expect(refused).toMatchObject({ outcome: "failed", problem: { code: "connect-refused" } });
    const unknown = await httpCheck.run(targetAt("http://no-such-host.invalid:80"), {}, contextOf());
    expect(unknown).toMatchObject({ outcome: "failed", problem: { code: "dns-failed" } });
  });

  test("addresses and options that do not fit are errors of ours", async () => {
    expect(await httpCheck.run(targetAt("pid:1"), {}, contextOf())).toMatchObject({
      outcome: "error",
      problem: { code: "bad-address" },
    });
    expect(await httpCheck.run(targetAt("http://x"), { body_matches: "(" }, contextOf())).toMatchObject({
      outcome: "error",
      problem: { code: "bad-options" },
    });
  });

  test("TLS: trusted by its authority, refused without it", async () => {
    const authority = createTestAuthority();
    const folder = await mkdtemp(join(tmpdir(), "gopatrol-tls-"));
    const ca_file = join(folder, "ca.pem");
    await writeFile(ca_file, authority.cert);
    try {
      await withFakePprofServer({ tls: authority.issue("server") }, async ({ url }) => {
        const run = (options: Record<string, unknown>) =>
          httpCheck.run(targetAt(`${url}/metrics`), options, contextOf());
        const trusted = await run({ ca_file });
        expect(trusted).toMatchObject({
          outcome: "ok",
          metrics: { certificate_days_left: expect.any(Number), tls_ms: expect.any(Number) },
        });
        expect(await run({})).toMatchObject({ outcome: "failed", problem: { code: "tls-failed" } });
        expect((await run({ insecure: true })).outcome).toBe("ok");
        expect(await run({ ca_file: "/nowhere" })).toMatchObject({
          outcome: "error",
          problem: { code: "bad-credentials" },
        });
        const { port } = new URL(url);
        const tcp = await tcpCheck.run(targetAt(`localhost:${port}`), { tls: true, ca_file }, contextOf());
        expect(tcp).toMatchObject({ outcome: "ok", metrics: { tls_ms: expect.any(Number) } });
      });
      await withFakePprofServer({}, async ({ url }) => {
        const wrong = await httpCheck.run(targetAt(url.replace("http:", "https:")), {}, contextOf());
        expect(wrong).toMatchObject({ problem: { code: "tls-failed" } });
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("tcp", () => {
  async function withGreeter(greeting: string, use: (port: number) => Promise<void>): Promise<void> {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.write(greeting);
      socket.on("data", (bytes) => socket.write(`echo ${bytes}`));
    });
    await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
    try {
      await use((server.address() as AddressInfo).port);
    } finally {
      server.close();
    }
  }

  test("connects, sends and finds what it expects", () =>
    withGreeter("SSH-2.0-x\r\n", async (port) => {
      const run = (options: Record<string, unknown>, timeoutMs = 5000) =>
        tcpCheck.run(targetAt(`127.0.0.1:${port}`), options, contextOf({ timeoutMs }));
      expect(await run({})).toMatchObject({
        outcome: "ok",
        metrics: { up: 1, connect_ms: expect.any(Number) },
      });
      expect((await run({ expect: "SSH-2" })).outcome).toBe("ok");
      expect((await run({ send: "hi", expect: "echo hi" })).outcome).toBe("ok");
      expect(await run({ expect: "SMTP" }, 200)).toMatchObject({
        outcome: "failed",
        problem: { code: expect.stringMatching(ANY_TIMEOUT) },
      });
    }));

  test("no port in the address takes the option's", async () => {
    const port = await closedPort();
    expect(await tcpCheck.run(targetAt("127.0.0.1"), { port }, contextOf())).toMatchObject({
      problem: { code: "connect-refused" },
    });
    expect(await tcpCheck.run(targetAt("127.0.0.1"), {}, contextOf())).toMatchObject({
      outcome: "error",
      problem: { code: "bad-address" },
    });
  });
});

describe("pprof", () => {
  test("an index that anybody can read is reachable, and told as open", () =>
    withFakePprofServer({}, async ({ url, requests }) => {
      const result = await pprofCheck.run(targetAt(url), {}, contextOf());
      expect(result).toMatchObject({
        outcome: "ok",
        problem: { code: "pprof-open" },
        metrics: { up: 1, pprof_reachable: 1, pprof_open: 1, profiles: 3, goroutines: 7 },
        facts: { profiles: "allocs goroutine heap" },
      });
      expect(requests).toHaveLength(1);
      const accepted = await pprofCheck.run(targetAt(url), { open: "accept" }, contextOf());
      expect(accepted).toMatchObject({ outcome: "ok", problem: null, metrics: { pprof_open: 1 } });
      const forbidden = await pprofCheck.run(targetAt(url), { expect: "forbidden" }, contextOf());
      expect(forbidden).toMatchObject({ outcome: "failed", problem: { code: "pprof-open" } });
    }));

  test("one behind a password is reachable with it and not open", () =>
    withFakePprofServer({}, async ({ url, answers, requests }) => {
      const page = answers["/debug/pprof/"] as FakeAnswer;
      answers["/debug/pprof/"] = ({ headers }) =>
        headers.authorization === "Basic dTpw" ? page : { status: 401 };
      const run = (auth: Parameters<typeof basicAuth> | undefined) =>
        pprofCheck.run(
          targetAt(url, auth === undefined ? {} : { auth: basicAuth(...auth) }),
          {},
          contextOf(),
        );
      expect(await run(["u", "p"])).toMatchObject({
        outcome: "ok",
        problem: null,
        metrics: { pprof_reachable: 1, pprof_open: 0 },
      });
      expect(requests[0]!.headers.authorization).toBeUndefined();
      expect(await run(["u", "wrong"])).toMatchObject({
        outcome: "failed",
        problem: { code: "wrong-password" },
      });
      expect(await run(undefined)).toMatchObject({ outcome: "failed", problem: { code: "auth-required" } });
    }));

  test("no pprof, and a page that is not Go's", () =>
    withFakePprofServer({ answers: { "/login/": { body: "<html>log in" } } }, async ({ url }) => {
      expect(await pprofCheck.run(targetAt(url), { path: "/nowhere" }, contextOf())).toMatchObject({
        outcome: "failed",
        problem: { code: "no-pprof" },
        metrics: { pprof_reachable: 0, pprof_open: 0 },
      });
      expect(await pprofCheck.run(targetAt(url), { path: "/login" }, contextOf())).toMatchObject({
        problem: { code: "not-a-go-service" },
      });
      expect(
        (await pprofCheck.run(targetAt(url), { path: "/nowhere", expect: "forbidden" }, contextOf())).outcome,
      ).toBe("ok");
    }));
});

describe("whatever happens", () => {
  test("neither sockets nor timers are left, and the target sees its connections closed", () =>
    withFakePprofServer({ answers: { "/hang": { hang: true }, "/slow": { zeros: 1e9 } } }, async (server) => {
      const before = countResources();
      const run = (path: string, more: Parameters<typeof contextOf>[0]) =>
        httpCheck.run(targetAt(server.url), { path, max_body: "100MiB" }, contextOf(more));
      const stop = new AbortController();
      const pending = [
        ...Array.from({ length: 10 }, () => run("/hang", { timeoutMs: 100 })),
        run("/slow", { timeoutMs: 100 }),
        run("/hang", { signal: stop.signal }),
        run("/metrics", { signal: AbortSignal.abort() }),
      ];
      setTimeout(() => stop.abort(), 20);
      const results = await Promise.all(pending);
      expect(results.map(({ problem }) => problem?.code)).toEqual([
        ...Array.from({ length: 11 }, () => expect.stringMatching(ANY_TIMEOUT)),
        "interrupted",
        "interrupted",
      ]);
      expect(results.at(-1)).toMatchObject({ outcome: "error" });
      await expect.poll(() => server.openConnections, PATIENCE).toBe(0);
      await expect.poll(() => findExcess(countResources(), before), PATIENCE).toEqual([]);
    }));
});
