import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { computeBundleDamage } from "../../src/bundle/bundle-damage.ts";
import type { Bundle } from "../../src/bundle/manifest.ts";
import { DecodeError } from "../../src/bytes/decode-error.ts";
import { readBundleDirectory } from "../../src/capture/bundle-directory.ts";
import { CaptureError } from "../../src/capture/capture-error.ts";
import type { CaptureProgress } from "../../src/capture/capture-progress.ts";
import { type CaptureControl, type CaptureOptions, captureTarget } from "../../src/capture/capture-window.ts";
import { parseUrlTarget } from "../../src/capture/target.ts";
import { createFakeClock } from "../support/fake-clock.ts";
import {
  type FakeOptions,
  type FakePprofServer,
  goIndexPage,
  startFakePprofServer,
} from "../support/fake-pprof-server.ts";
import { createTestAuthority } from "../support/test-certificate.ts";

const servers: FakePprofServer[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const server of servers) expect(server.mostAtOnce).toBeLessThanOrEqual(1);
  await Promise.all(servers.splice(0).map((server) => server.close()));
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

async function serve(options: FakeOptions = {}): Promise<FakePprofServer> {
  const server = await startFakePprofServer(options);
  servers.push(server);
  return server;
}

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "gopatrol-window-"));
  folders.push(folder);
  return folder;
}

/** Three samples, at 0, 5 and 10 s of a clock that only turns between them. */
function capture(
  address: string,
  options: Partial<CaptureOptions> = {},
  control: CaptureControl = {},
): Promise<Bundle> {
  return captureTarget(
    { target: parseUrlTarget(address), gopatrol: "0.0.0", windowMs: 10_000, everyMs: 5_000, ...options },
    { clock: createFakeClock(), ...control },
  );
}

async function failure(run: Promise<unknown>): Promise<CaptureError> {
  const error = await run.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(CaptureError);
  return error as CaptureError;
}

const urls = (server: FakePprofServer): string[] => server.requests.map(({ url }) => url);
const kindsOf = (bundle: Bundle, sample: number): string[] =>
  bundle.manifest.captures.filter((each) => each.sample === sample).map(({ kind }) => kind);
const failuresOf = (bundle: Bundle): string[] =>
  bundle.manifest.failures.map(({ sample, kind, code }) => `${sample} ${kind} ${code}`);

describe("what is asked of a target", () => {
  const each = [
    "/debug/pprof/heap?debug=1&gc=1",
    "/debug/vars",
    "/metrics",
    "/debug/pprof/heap",
    "/debug/pprof/goroutine",
    "/debug/pprof/goroutine?debug=2",
  ];

  test("one request at a time, in this order", async () => {
    const server = await serve();
    const bundle = await capture(server.url, { addressesToSymbolize: () => [0x401000n, 0x402000n] });
    expect(urls(server)).toEqual([
      "/debug/pprof/",
      "/debug/pprof/cmdline",
      ...each,
      "/debug/pprof/allocs",
      ...each,
      ...each,
      "/debug/pprof/allocs",
      "/debug/pprof/symbol?0x401000+0x402000+",
    ]);
    expect(server.requests.every(({ method }) => method === "GET")).toBe(true);
    expect(bundle.manifest).toMatchObject({
      target: { kind: "url", name: server.url },
      windowMs: 10_000,
      everyMs: 5_000,
      samples: 3,
      interrupted: false,
      load: null,
      failures: [],
    });
    expect(computeBundleDamage(bundle)).toEqual([]);
    expect(bundle.manifest.captures.filter(({ forcedGc }) => forcedGc).map(({ kind }) => kind)).toEqual([
      "heap-text",
      "heap-text",
      "heap-text",
    ]);
    expect(bundle.manifest.captures.map(({ time }) => time.monotonicMs)).toContain(10_000);
    expect(bundle.manifest.captures.at(-1)).toMatchObject({
      kind: "symbols",
      sample: 2,
      path: "0002/symbols.txt",
      origin: `${server.url}/debug/pprof/symbol`,
    });
  });

  test("one collection a sample, by the protobuf where the text is not to be had", async () => {
    const server = await serve();
    server.answers["/debug/pprof/heap?debug=1"] = { status: 404, body: "no text here\n" };
    const bundle = await capture(server.url);
    expect(urls(server).filter((url) => url.includes("gc=1"))).toEqual([
      "/debug/pprof/heap?debug=1&gc=1",
      "/debug/pprof/heap?gc=1",
      "/debug/pprof/heap?gc=1",
      "/debug/pprof/heap?gc=1",
    ]);
    expect(bundle.manifest.captures.filter(({ forcedGc }) => forcedGc).map(({ kind }) => kind)).toEqual([
      "heap",
      "heap",
      "heap",
    ]);
  });

  test("no forced collection if it is not wanted", async () => {
    const server = await serve();
    const bundle = await capture(server.url, { gc: "never" });
    expect(urls(server)).toContain("/debug/pprof/heap");
    expect(urls(server).join()).not.toContain("gc=1");
    expect(bundle.manifest.captures.some(({ forcedGc }) => forcedGc)).toBe(false);
  });

  test("below a prefix, and beside it as well as at the root", async () => {
    const server = await serve({ prefix: "/svc" });
    const bundle = await capture(`${server.url}/svc/debug/pprof/heap`);
    expect(failuresOf(bundle)).toEqual(["0 expvar http-404", "0 metrics http-404"]);
    expect(bundle.manifest.failures.map(({ origin }) => origin)).toEqual([
      `${server.url}/debug/vars`,
      `${server.url}/metrics`,
    ]);
    expect(kindsOf(bundle, 1)).toEqual([
      "heap-text",
      "expvar",
      "metrics",
      "heap",
      "goroutine",
      "goroutine-dump",
    ]);
  });

  test("credentials with every request, and in no word that is kept", async () => {
    const server = await serve({ answers: { "/metrics": { status: 500 } } });
    const address = `${server.url.replace("//", "//me:s3cret@")}/debug/pprof?token=s3cret`;
    const progress: CaptureProgress[] = [];
    const bundle = await capture(
      address,
      { addressesToSymbolize: () => [1n], load: "true --password s3cret http://me:s3cret@h/" },
      { onProgress: (each) => progress.push(each) },
    );
    const basic = `Basic ${Buffer.from("me:s3cret").toString("base64")}`;
    expect(server.requests.every(({ headers }) => headers["authorization"] === basic)).toBe(true);
    expect(server.requests.every(({ url }) => url.endsWith("token=s3cret"))).toBe(true);
    expect(server.requests.at(-1)?.url).toBe("/debug/pprof/symbol?0x1+&token=s3cret");
    expect(JSON.stringify([bundle.manifest, progress])).not.toMatch(/s3cret|me:/);
  });

  test("over TLS with a client certificate", async () => {
    const authority = createTestAuthority();
    const server = await serve({ tls: { ...authority.issue("localhost"), clientCa: authority.cert } });
    const access = { ca: authority.cert, ...authority.issue("gopatrol") };
    expect((await capture(server.url, { access })).manifest.failures).toEqual([]);
  });

  test("a dump of all goroutines up to a number only, counted by the profile or else by the index", async () => {
    const server = await serve({ answers: { "/debug/pprof/": { body: goIndexPage(500) } } });
    const byIndex = await capture(server.url, { goroutineDumpLimit: 499 });
    expect(failuresOf(byIndex)).toEqual([0, 1, 2].map((sample) => `${sample} goroutine-dump skipped`));
    expect(byIndex.manifest.failures[0]?.reason).toContain("500 goroutines are more than the 499");
    expect(urls(server)).not.toContain("/debug/pprof/goroutine?debug=2");
    const byProfile = await capture(server.url, { goroutineDumpLimit: 499, countGoroutines: () => 499 });
    expect(failuresOf(byProfile)).toEqual([]);
  });

  test("nothing heavy when the guard forbids it, and what is light first", async () => {
    const server = await serve();
    const bundle = await capture(server.url, {
      guard: (latest, sample) => {
        expect(latest.has("expvar") && latest.has("metrics")).toBe(true);
        return sample === 1 ? "memory is at 95 % of the limit" : undefined;
      },
    });
    expect(kindsOf(bundle, 1)).toEqual(["expvar", "metrics"]);
    expect(failuresOf(bundle)).toEqual([
      "1 heap-text skipped",
      "1 heap skipped",
      "1 goroutine skipped",
      "1 goroutine-dump skipped",
    ]);
    expect(kindsOf(bundle, 2)).toContain("heap");
  });

  test("addresses in parts that any proxy lets pass", async () => {
    const server = await serve();
    const addresses = Array.from({ length: 1000 }, (_, i) => 0x7fff_ffff_0000n + BigInt(i));
    const bundle = await capture(server.url, { addressesToSymbolize: () => addresses });
    const asked = urls(server).filter((url) => url.includes("symbol"));
    expect(asked.length).toBe(3);
    expect(Math.max(...asked.map((url) => url.length))).toBeLessThan(8000);
    expect(
      asked.flatMap((url) =>
        url
          .split("?")[1]!
          .split("+")
          .filter((word) => word !== ""),
      ),
    ).toEqual(addresses.map((address) => `0x${address.toString(16)}`));
    expect(bundle.manifest.captures.filter(({ kind }) => kind === "symbols").map(({ path }) => path)).toEqual(
      ["0002/symbols.txt", "0002/symbols-2.txt", "0002/symbols-3.txt"],
    );
  });
});

describe("a target that gives nothing", () => {
  test("is down", async () => {
    const server = await serve();
    await server.close();
    const error = await failure(capture(server.url));
    expect(error.code).toBe("refused");
    expect(error.hint).toContain("check that the service runs");
  });

  test("wants credentials, and is not asked again and again", async () => {
    const server = await serve({ answers: { "/debug/pprof/": { status: 401 } } });
    const error = await failure(capture(server.url));
    expect(error).toMatchObject({ code: "http-401", hint: "give --bearer or --basic" });
    expect(server.requests.length).toBe(1);
  });

  test("has pprof somewhere else", async () => {
    const server = await serve({ prefix: "/elsewhere" });
    expect(await failure(capture(server.url))).toMatchObject({ code: "http-404" });
  });

  test("is no Go service: a page for every path", async () => {
    const server = await serve();
    const page = { body: "<!DOCTYPE html><title>Sign in</title>", headers: { "content-type": "text/html" } };
    for (const path of Object.keys(server.answers)) server.answers[path] = page;
    const error = await failure(capture(server.url));
    expect(error.code).toBe("not-go-pprof");
    expect(error.message).toContain("answered with an HTML page");
  });

  test("has a certificate that nobody knows", async () => {
    const server = await serve({ tls: createTestAuthority().issue("localhost") });
    expect(await failure(capture(server.url))).toMatchObject({ code: "tls" });
  });

  test("redirects to a log-in", async () => {
    const server = await serve();
    const answer = { status: 302, headers: { location: "https://sso.example/?rd=1" } };
    for (const path of Object.keys(server.answers)) server.answers[path] = answer;
    const error = await failure(capture(server.url));
    expect(error.code).toBe("redirect");
    expect(error.message).toContain("https://sso.example/");
  });

  test("hangs, and is left alone after two tries", async () => {
    const server = await serve();
    for (const path of Object.keys(server.answers)) server.answers[path] = { hang: true };
    expect(await failure(capture(server.url, { access: { timeoutMs: 50 } }))).toMatchObject({
      code: "timeout",
    });
    expect(server.requests.length).toBe(2);
  });
});

describe("a target that gives a part", () => {
  test("an endpoint that is missing is noted once and not asked again", async () => {
    const server = await serve();
    delete server.answers["/metrics"];
    delete server.answers["/debug/pprof/goroutine?debug=2"];
    server.answers["/debug/pprof/goroutine"] = { status: 404, body: "Unknown profile\n" };
    const bundle = await capture(server.url);
    expect(failuresOf(bundle)).toEqual([
      "0 metrics http-404",
      "0 goroutine http-404",
      "0 goroutine-dump http-404",
    ]);
    expect(bundle.manifest.failures[1]).toMatchObject({ origin: `${server.url}/debug/pprof/goroutine` });
    expect(bundle.manifest.failures[1]?.reason).toMatch(/answered 404 "Unknown profile"; .*\.$/);
    expect(urls(server).filter((url) => url === "/metrics").length).toBe(1);
    expect(kindsOf(bundle, 2)).toEqual(["heap-text", "expvar", "heap", "allocs"]);
  });

  test("metrics alone are something", async () => {
    const server = await serve({ prefix: "/hidden" });
    server.answers["/metrics"] = { body: "go_goroutines 7\n" };
    const bundle = await capture(server.url);
    expect(bundle.manifest.captures.map(({ kind }) => kind)).toEqual(["metrics", "metrics", "metrics"]);
    expect(failuresOf(bundle)).toContain("0 heap http-404");
  });

  test("what fails for a moment is asked again", async () => {
    const server = await serve();
    let asked = 0;
    server.answers["/debug/vars"] = () => (asked++ === 0 ? { status: 503 } : { body: "{}" });
    const bundle = await capture(server.url);
    expect(failuresOf(bundle)).toEqual(["0 expvar http-503"]);
    expect(kindsOf(bundle, 1)).toContain("expvar");
  });

  test("what is not what it should be is not kept", async () => {
    const server = await serve();
    server.answers["/metrics"] = { body: "<html>single page app</html>" };
    server.answers["/debug/vars"] = { body: "" };
    server.answers["/debug/pprof/heap?debug=1"] = {
      body: gzipSync("a profile whatever the debug parameter says"),
    };
    const bundle = await capture(server.url, { windowMs: 5_000 });
    expect(failuresOf(bundle)).toEqual([
      "0 heap-text not-go-pprof",
      "0 expvar empty",
      "0 metrics not-go-pprof",
      "1 expvar empty",
    ]);
  });

  test("a body that breaks off is kept and marked", async () => {
    const body = gzipSync(Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251)));
    const server = await serve({
      answers: { "/debug/pprof/goroutine": { body, cutAfterBytes: body.length >> 1 } },
    });
    const bundle = await capture(server.url);
    const cut = bundle.manifest.captures.filter(({ cutOff }) => cutOff);
    expect(cut.map(({ kind, bytes }) => [kind, bytes])).toEqual(
      [0, 1, 2].map(() => ["goroutine", body.length >> 1]),
    );
    expect(bundle.manifest.failures).toEqual([]);
  });

  test("more than the bound on one answer is noted and not asked again", async () => {
    const server = await serve({ answers: { "/debug/pprof/goroutine?debug=2": { zeros: 1 << 30 } } });
    const bundle = await capture(server.url, { access: { maxBytes: 100_000 } });
    expect(failuresOf(bundle)).toEqual(["0 goroutine-dump too-large"]);
  });

  test("text that the caller cannot read costs the symbols only", async () => {
    const server = await serve();
    const refuse = (): never => {
      throw new DecodeError("is nonsense", { format: "heap-text", offset: 0, hint: "" });
    };
    const bundle = await capture(server.url, {
      addressesToSymbolize: refuse,
      countGoroutines: refuse,
      guard: refuse,
    });
    expect(bundle.manifest.failures).toEqual([]);
    expect(kindsOf(bundle, 0)).toContain("goroutine-dump");
  });
});

describe("a target that goes away", () => {
  test("and comes back: the sample in between is missing, with the reason", async () => {
    const first = await serve();
    const clock = createFakeClock(async (nth) => {
      if (nth === 0) await first.close();
      else await serve({ port: first.port });
    });
    const bundle = await capture(first.url, {}, { clock });
    expect(failuresOf(bundle)).toEqual(["1 heap-text refused"]);
    expect(kindsOf(bundle, 1)).toEqual([]);
    expect(kindsOf(bundle, 2)).toContain("heap");
    expect(bundle.manifest).toMatchObject({ samples: 3, interrupted: false });
  });

  test("for good: what was had before is kept", async () => {
    const server = await serve();
    const clock = createFakeClock(() => server.close());
    const bundle = await capture(server.url, { addressesToSymbolize: () => [1n] }, { clock });
    expect(failuresOf(bundle)).toEqual(["1 heap-text refused", "2 heap-text refused", "2 symbols refused"]);
    expect(kindsOf(bundle, 0)).toContain("heap");
  });

  test("in the midst of a sample", async () => {
    const server = await serve();
    server.answers["/debug/pprof/goroutine"] = () => {
      setImmediate(() => server.close());
      return { hang: true };
    };
    const bundle = await capture(server.url);
    expect(failuresOf(bundle).slice(0, 2)).toEqual(["0 goroutine reset", "0 goroutine-dump refused"]);
    expect(kindsOf(bundle, 0)).toEqual(["index", "cmdline", "heap-text", "expvar", "metrics", "heap"]);
  });
});

describe("Ctrl-C", () => {
  test("between samples: ends at once, asks for the symbols, keeps all", async () => {
    const server = await serve();
    const controller = new AbortController();
    const clock = createFakeClock(() => controller.abort());
    const control = { clock, signal: controller.signal };
    const bundle = await capture(server.url, { addressesToSymbolize: () => [1n] }, control);
    expect(bundle.manifest).toMatchObject({ samples: 1, interrupted: true });
    expect(kindsOf(bundle, 0).at(-1)).toBe("symbols");
  });

  test("within a sample: the request under way is dropped and noted", async () => {
    const server = await serve();
    const controller = new AbortController();
    server.answers["/debug/pprof/goroutine"] = () => {
      setImmediate(() => controller.abort());
      return { hang: true };
    };
    const bundle = await capture(server.url, {}, { signal: controller.signal });
    expect(failuresOf(bundle)).toEqual(["0 goroutine interrupted"]);
    expect(bundle.manifest).toMatchObject({ samples: 1, interrupted: true });
    await expect.poll(() => server.openConnections).toBe(0);
  });

  test("twice: no symbols either", async () => {
    const server = await serve();
    const controller = new AbortController();
    const clock = createFakeClock(() => controller.abort());
    const control = { clock, signal: controller.signal, hurrySignal: controller.signal };
    const bundle = await capture(server.url, { addressesToSymbolize: () => [1n] }, control);
    expect(kindsOf(bundle, 0)).not.toContain("symbols");
  });

  test("before anything was had", async () => {
    const server = await serve();
    const error = await failure(capture(server.url, {}, { signal: AbortSignal.abort() }));
    expect(error.code).toBe("interrupted");
    expect(server.requests).toEqual([]);
  });

  test("ends a real wait and leaves no timer", async () => {
    const server = await serve();
    const controller = new AbortController();
    const onProgress = ({ phase }: CaptureProgress): void => {
      if (phase === "wait") controller.abort();
    };
    const bundle = await captureTarget(
      { target: parseUrlTarget(server.url), gopatrol: "0", windowMs: 3_600_000, everyMs: 3_600_000 },
      { signal: controller.signal, onProgress },
    );
    expect(bundle.manifest.interrupted).toBe(true);
  });
});

describe("a load command", () => {
  test("runs from behind the first sample; its exit code is kept", async () => {
    const server = await serve();
    const ended = Promise.withResolvers<void>();
    const phases: string[] = [];
    const onProgress = (progress: CaptureProgress): void => {
      phases.push(progress.phase);
      if (progress.phase === "load-ended") {
        expect(progress.stderrTail).toBe("no such host\n");
        ended.resolve();
      }
    };
    const clock = createFakeClock(() => ended.promise);
    const load = "echo no such host >&2; exit 3";
    const bundle = await capture(server.url, { load }, { clock, onProgress });
    expect(bundle.manifest.load).toEqual({ command: load, exitCode: 3 });
    expect(phases.indexOf("load-started")).toBeGreaterThan(phases.indexOf("received"));
    expect(phases.indexOf("load-started")).toBeLessThan(phases.indexOf("wait"));
  });

  test("and all that it started is gone before the last sample", async () => {
    const server = await serve();
    const beats: number[] = [];
    server.answers["/beat"] = () => ({ body: String(beats.push(1)) });
    const beat = `while :; do ${process.execPath} -e 'fetch("${server.url}/beat")'; done`;
    const clock = createFakeClock(() =>
      expect.poll(() => beats.length, { timeout: 20_000 }).toBeGreaterThan(0),
    );
    const phases: string[] = [];
    const bundle = await captureTarget(
      {
        target: parseUrlTarget(server.url),
        gopatrol: "0",
        windowMs: 10,
        everyMs: 10,
        load: `(${beat}) & ${beat}`,
      },
      { clock, onProgress: ({ phase, sample }) => phases.push(`${sample} ${phase}`) },
    ).finally(() => {
      // The beats overlap with our requests, which is what this server must not hold against us.
      servers.splice(servers.indexOf(server), 1);
    });
    expect(bundle.manifest.load?.exitCode).toBe(null);
    expect(phases.indexOf("1 load-ended")).toBeLessThan(phases.indexOf("1 request"));
    await server.close();
  });

  test("is ended by Ctrl-C", async () => {
    const server = await serve();
    const controller = new AbortController();
    const clock = createFakeClock(() => controller.abort());
    const bundle = await capture(server.url, { load: "sleep 600" }, { clock, signal: controller.signal });
    expect(bundle.manifest).toMatchObject({ interrupted: true, load: { exitCode: null } });
  });

  test("that is never started because the target gives nothing", async () => {
    const server = await serve({ prefix: "/elsewhere" });
    const phases: string[] = [];
    await failure(
      capture(server.url, { load: "sleep 600" }, { onProgress: ({ phase }) => phases.push(phase) }),
    );
    expect(phases).not.toContain("load-started");
  });
});

describe("an output directory", () => {
  test("holds a readable, interrupted bundle at any moment, and the whole one in the end", async () => {
    const folder = await makeFolder();
    const server = await serve();
    const seen: number[] = [];
    const clock = createFakeClock(async () => {
      const [partial, ...others] = await readdir(folder);
      expect(others).toEqual([]);
      const { bundle, damage } = await readBundleDirectory(join(folder, partial!));
      expect(damage).toEqual([]);
      expect(bundle.manifest.interrupted).toBe(true);
      seen.push(bundle.manifest.captures.length);
    });
    const outputDirectory = join(folder, "out");
    const bundle = await capture(server.url, { outputDirectory }, { clock });
    expect(seen[1]).toBeGreaterThan(seen[0]!);
    expect(await readdir(folder)).toEqual(["out"]);
    expect(await readBundleDirectory(outputDirectory)).toEqual({ bundle, damage: [] });
  });

  test("is not left behind by a target that gives nothing", async () => {
    const folder = await makeFolder();
    const server = await serve({ prefix: "/elsewhere" });
    await failure(capture(server.url, { outputDirectory: join(folder, "out") }));
    expect(await readdir(folder)).toEqual([]);
  });

  test("that is somebody else's is refused before the target is asked", async () => {
    const folder = await makeFolder();
    const server = await serve();
    await makeFolderWith(join(folder, "mine"), "precious");
    const error = await failure(capture(server.url, { outputDirectory: join(folder, "mine") }));
    expect(error.code).toBe("exists");
    expect(server.requests).toEqual([]);
  });

  test("that vanishes in mid-window is an error that names it", async () => {
    const folder = await makeFolder();
    const server = await serve();
    const clock = createFakeClock(async () => {
      for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true });
      await makeFolderWith(folder, "x");
    });
    const outputDirectory = join(folder, "deep", "out");
    const error = await failure(capture(server.url, { outputDirectory }, { clock }));
    expect(error.code).toBe("write-failed");
    expect(error.message).toContain(outputDirectory);
    expect(error.hint).toContain(`captured until then is in ${outputDirectory}.partial-`);
  });
});

async function makeFolderWith(folder: string, name: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), "");
}
