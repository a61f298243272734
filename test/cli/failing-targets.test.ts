import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { type FakeAnswer, type FakeAnswers, withFakePprofServer } from "../support/fake-pprof-server.ts";
import { recordedAnswers, recordedCapture, SERVICES } from "../support/recorded-service.ts";
import { type GopatrolRun, runGopatrol, SHORT_WINDOW, unwrap } from "../support/run-gopatrol.ts";
import { createTestAuthority } from "../support/test-certificate.ts";

/** What happens to services at three in the morning: a clear message or a partial verdict, and the documented code. */

function inspect(answers: FakeAnswers, flags: readonly string[] = []): Promise<GopatrolRun> {
  return withFakePprofServer({ answers }, ({ url }) =>
    runGopatrol(["inspect", url, ...SHORT_WINDOW, ...flags]),
  );
}

/** The zeros of a thousand megabytes, in one. */
const bomb = gzipSync(new Uint8Array(1000 * 2 ** 20), { level: 9 });
/** Below what the zeros would take, and above what Node takes of itself. */
const MOST_BYTES = 900 * 2 ** 20;

const leaking = (): FakeAnswers => recordedAnswers(SERVICES.leakingHeap);
const notFound = { status: 404, body: "404 page not found\n" };

/** Every endpoint answers this, but for those in `rest`. */
function everywhere(answer: FakeAnswers[string], rest: FakeAnswers = {}): FakeAnswers {
  const paths = Object.keys(leaking());
  return { ...Object.fromEntries(paths.map((path) => [path, answer])), ...rest };
}

function call(answer: FakeAnswers[string]): FakeAnswer {
  return typeof answer === "function" ? answer({ method: "GET", url: "", headers: {}, body: "" }) : answer;
}

/** One sentence, without a stack trace and without a report. */
function expectRefusal(run: GopatrolRun, says: string | RegExp): void {
  expect(run).toMatchObject({ code: 3, stdout: "" });
  expect(run.stderr).toMatch(says);
  expect(run.stderr.trim().split("\n")).toHaveLength(1);
}

describe.concurrent("inspecting a live service", () => {
  test("a leaking service: the line, the rate, exit code 1", async () => {
    const run = await inspect(leaking());
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/^LEAK$/m);
    expect(run.stdout).toContain("example.com/shop/main.go:53");
    expect(run.stdout).toMatch(/MB\/s/);
    expect(run.stderr).toContain("sample 1 of 11 taken");
  });

  test("a healthy one: exit code 0", async () => {
    const run = await inspect(recordedAnswers(SERVICES.healthy));
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/^HEALTHY$/m);
  });

  test("nothing listens there", async () => {
    const port = await withFakePprofServer({}, async (server) => server.port);
    const run = await runGopatrol(["inspect", `127.0.0.1:${port}`, ...SHORT_WINDOW]);
    expectRefusal(run, /connection refused: check that the service runs/);
  });

  test("401 names the flags that carry credentials", async () => {
    const answers = everywhere({ status: 401, body: "who are you?" });
    await withFakePprofServer({ answers }, async ({ url, requests }) => {
      const run = await runGopatrol(["inspect", url, ...SHORT_WINDOW]);
      expectRefusal(run, /answered 401 "who are you\?": give --bearer or --basic/);
      expect(requests).toHaveLength(1);
    });
  });

  test("404 everywhere says where else pprof may be", async () => {
    expectRefusal(await inspect(everywhere(notFound)), /answered 404 .*: if the service has pprof elsewhere/);
  });

  test("404 on some endpoints: a verdict of the rest, saying what is missing", async () => {
    const run = await inspect({
      ...leaking(),
      "/debug/pprof/heap?debug=1": notFound,
      "/debug/pprof/goroutine?debug=2": notFound,
    });
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/^LEAK$/m);
    const missing = run.stdout.slice(run.stdout.indexOf("Missing or damaged"));
    expect(missing).toMatch(/heap-text/);
    expect(missing).toMatch(/goroutine-dump/);
    expect(run.stderr).toContain("sample 1 of 11: heap-text not captured");
  });

  test("a certificate that cannot be trusted, and the flags that let it be", async () => {
    const tls = createTestAuthority().issue("localhost");
    await withFakePprofServer({ tls, answers: recordedAnswers(SERVICES.healthy) }, async ({ url }) => {
      expectRefusal(
        await runGopatrol(["inspect", url, ...SHORT_WINDOW]),
        /certificate cannot be trusted .*: give --ca FILE .*, or --insecure/,
      );
      expect((await runGopatrol(["inspect", url, ...SHORT_WINDOW, "--insecure"])).code).toBe(0);
    });
  });

  test("https:// where plain HTTP is spoken", async () => {
    const run = await withFakePprofServer({ answers: leaking() }, ({ port }) =>
      runGopatrol(["inspect", `https://127.0.0.1:${port}`, ...SHORT_WINDOW]),
    );
    expectRefusal(run, /does not speak TLS here: write http:\/\//);
  });

  test("a body that is cut off is used as far as it goes, and said so", async () => {
    const body = recordedCapture("heap-text", SERVICES.healthy(0));
    const run = await inspect({ ...leaking(), "/debug/pprof/heap?debug=1": { body, cutAfterBytes: 5000 } });
    expect(run.code).toBe(1);
    expect(run.stderr).toContain("the body of heap-text was cut off; what arrived is kept");
    const missing = run.stdout.slice(run.stdout.indexOf("Missing or damaged"));
    expect(missing).toMatch(/heap\.txt.*MemStats is missing/s);
  });

  test("a web page in place of pprof", async () => {
    const run = await inspect(everywhere({ body: "<!doctype html><title>Log in</title>" }));
    expectRefusal(run, /an HTML page where Go's index was expected: check port and path/);
  });

  test("profiles of something else than memory", async () => {
    const body = readFileSync(new URL("../fixtures/profiles/go1.27.0-cpu.pb.gz", import.meta.url));
    const run = await inspect(everywhere(notFound, { "/debug/pprof/heap": { body } }));
    expect(run.code).toBe(3);
    expect(run.stdout).toMatch(/^INSUFFICIENT DATA$/m);
    expect(run.stderr).toMatch(/nothing that was captured tells of memory .*a profile of samples and cpu/);
  });

  test("a process that is restarted in mid-window is judged from its start", async () => {
    const run = await inspect(
      recordedAnswers((sample) => SERVICES.leakingHeap(sample < 2 ? sample + 10 : sample - 2)),
      ["--for", "6s"],
    );
    expect(run.stdout).toMatch(/restarted/);
    expect(run.stdout).toMatch(/window +\d+ samples/);
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/^LEAK$/m);
  });

  test("a process that was restarted too late to judge says so", async () => {
    const run = await inspect(
      recordedAnswers((sample) => SERVICES.leakingHeap(sample < 5 ? sample + 20 : sample - 5)),
      ["--for", "4s", "--every", "1s"],
    );
    expect(run.stdout).toMatch(/^INSUFFICIENT DATA$/m);
    expect(run.stdout).toMatch(/restarted/);
    expect(run.code).toBe(0);
  });

  test("a service that dies in mid-window: a verdict of what there was", async () => {
    // By the samples that were taken, however late they come on a busy machine.
    let samples = 0;
    const answers = Object.fromEntries(
      Object.entries(recordedAnswers(SERVICES.leakingHeap)).map(([path, answer]) => [
        path,
        () => {
          if (path === "/debug/pprof/heap?debug=1") samples++;
          return samples > 5 ? { reset: true } : call(answer);
        },
      ]),
    );
    const run = await inspect(answers);
    expect(run.stdout).toMatch(/^LEAK$/m);
    expect(run.stdout).toMatch(/Missing or damaged.*connection broke/s);
    expect(run.code).toBe(1);
  });

  test("a decompression bomb as heap profile is refused, and the rest judged", async () => {
    const answers = recordedAnswers(SERVICES.leakingGoroutines);
    const heap = answers["/debug/pprof/heap"]!;
    const run = await inspect({ ...answers, "/debug/pprof/heap": () => ({ ...call(heap), body: bomb }) });
    expect(unwrap(run.stdout)).toContain("this looks like a decompression bomb");
    expect(run.stdout).toMatch(/goroutine\/blocked-send/);
    expect(run.code).toBe(1);
    expect(run.peakRssBytes).toBeLessThan(MOST_BYTES);
  });

  test("a decompression bomb as the encoding of a text is refused", async () => {
    const encoded = { body: bomb, headers: { "content-encoding": "gzip" } };
    const run = await inspect(everywhere(encoded));
    expectRefusal(run, /the compressed answer cannot be read .*more than the limit/);
    expect(run.peakRssBytes).toBeLessThan(MOST_BYTES);
  });

  test("a body without end is refused at the limit that was set", async () => {
    const run = await inspect(everywhere({ zeros: 64 * 2 ** 20 }), ["--max-body", "1MiB"]);
    expectRefusal(run, /larger than 1048576 bytes: raise --max-body/);
  });
});
