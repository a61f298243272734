import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readProfile } from "../../src/pprof/read-profile.ts";
import { runGopatrol } from "../support/run-gopatrol.ts";

const FIXTURES = join(import.meta.dirname, "../fixtures");
const HEAP = join(FIXTURES, "profiles/go1.26.8-heap.pb.gz");
const BUNDLE = join(FIXTURES, "bundles/data-unbounded-map-leaky-go1.26.8.tar.gz");
const PROGRAM = join(import.meta.dirname, "../../bin/gopatrol");

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gopatrol-pprof-web-"));
});
afterAll(() => {
  // Those of tests that failed before they stopped them.
  for (const child of children) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

const children: ChildProcess[] = [];

interface Served {
  child: ChildProcess;
  origin: string;
}

async function serve(words: readonly string[]): Promise<Served> {
  const child = spawn(process.execPath, [PROGRAM, "pprof", ...words], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, TZ: "UTC" },
  });
  children.push(child);
  const [line] = (await once(child.stdout!, "data")) as [Buffer];
  return { child, origin: /http:\/\/\S+/.exec(String(line))![0] };
}

async function stop({ child }: Served, signal: NodeJS.Signals): Promise<number | null> {
  child.kill(signal);
  const [code] = (await once(child, "exit")) as [number | null];
  return code;
}

describe("gopatrol pprof web", () => {
  let served: Served;
  beforeAll(async () => {
    served = await serve(["web", `${BUNDLE}:heap@1`, `${BUNDLE}:heap@2`, BUNDLE]);
  });
  afterAll(async () => expect(await stop(served, "SIGINT")).toBe(0));

  const get = async (path: string): Promise<{ status: number; text: string }> => {
    const answer = await fetch(`${served.origin}${path}`);
    return { status: answer.status, text: await answer.text() };
  };

  test("serves this machine alone, at a free port", () => {
    expect(served.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  test("its root leads to the flame graph, with the query", async () => {
    const answer = await fetch(`${served.origin}/?f=x`, { redirect: "manual" });
    expect([answer.status, answer.headers.get("location")]).toEqual([302, "/ui/flamegraph?f=x"]);
    expect((await get("/ui/nothing")).status).toBe(404);
  });

  test("a foreign Host is refused", async () => {
    const status = await new Promise((done) => {
      request(`${served.origin}/ui/top`, { headers: { host: "evil.example" } }, (answer) => {
        answer.resume();
        done(answer.statusCode);
      }).end();
    });
    expect(status).toBe(403);
  });

  test("top shows what the command shows, of the profile that is chosen", async () => {
    const { stdout } = await runGopatrol(["pprof", "top", `${BUNDLE}:heap@2`], { env: { TZ: "UTC" } });
    const { text } = await get("/ui/top?p=2");
    const shown = /Showing nodes accounting for [^\n]+/.exec(stdout)![0];
    expect(text).toContain(shown);
    expect(text).toContain(">alloc_space</th>");
  });

  test("one of the profiles is the base of another, and every one has its point in the timeline", async () => {
    expect((await get("/ui/diff?p=3&b=1")).text).toMatch(/▲ \+[\d.]+MB/);
    expect((await get("/ui/diff")).text).toContain("There is no base to compare with");
    const timeline = await get("/ui/timeline?sort=cum");
    expect(timeline.text).toContain("inuse_space of 3 profiles");
    expect(
      /<svg[^>]*>.*?<\/svg>/s
        .exec(timeline.text.slice(timeline.text.indexOf("<figure")))![0]
        .match(/<circle/g),
    ).toHaveLength(3);
    expect((await get("/ui/top?p=9")).status).toBe(400);
  });

  test("the profile can be had, and the flame graph as a file of its own", async () => {
    const answer = await fetch(`${served.origin}/ui/download?p=1`);
    const { profile } = readProfile(new Uint8Array(await answer.arrayBuffer()), { symbols: true });
    expect(profile.sampleTypes).toHaveLength(4);
    const file = await fetch(`${served.origin}/ui/flamegraph.html?p=1`);
    expect(file.headers.get("content-disposition")).toBe('attachment; filename="flame.html"');
    const page = await file.text();
    expect(page).toContain("form-action 'none'");
    expect(page).not.toContain("<form");
  });

  test("what an address asks wrongly is told in its page", async () => {
    for (const [query, text] of [
      ["f=((", "parsing focus regexp"],
      ["si=nosuch", "must be one of: [alloc_objects alloc_space inuse_objects inuse_space]"],
      ["g=nosuch", "unexpected granularity"],
      ["n=x", "n wants a number"],
    ]) {
      const { status, text: page } = await get(`/ui/top?${query}`);
      expect(status).toBe(400);
      expect(page).toContain(text);
      expect(page).toContain('<form id="filters"');
    }
  });

  test("what came in an address is text in the page", async () => {
    const { text } = await get(`/ui/top?f=${encodeURIComponent('"><script>alert(1)</script>')}`);
    expect(text).not.toContain("<script>alert");
    expect(text).toContain("&lt;script&gt;alert");
  });

  test("source shows a value a line, or how to find the file", async () => {
    const { text } = await get("/ui/source?f=newSession");
    expect(text).toMatch(/could not find file .*session\.go.*source_path/);
    expect((await get("/ui/source")).text).toContain("Say which functions by Focus");
  });
});

test("of a bundle all samples are there, the last is shown, and the first can be taken from it", async () => {
  const served = await serve(["web", BUNDLE]);
  const get = async (path: string) => (await fetch(`${served.origin}/ui/${path}`)).text();
  const samples = (await get("timeline")).match(/of (\d+) profiles/)![1]!;
  expect(Number(samples)).toBeGreaterThan(3);
  const last = await runGopatrol(["pprof", "top", BUNDLE], { env: { TZ: "UTC" } });
  expect(await get("top")).toContain(/Showing nodes accounting for [^\n]+/.exec(last.stdout)![0]);
  expect(await get("diff?b=1")).toMatch(/▲ \+[\d.]+MB/);
  expect(await stop(served, "SIGINT")).toBe(0);
});

test("a source that is gone since is told in the page", async () => {
  const path = join(folder, "gone.pb.gz");
  copyFileSync(HEAP, path);
  const served = await serve(["web", path, HEAP]);
  rmSync(path);
  const answer = await fetch(`${served.origin}/ui/top?p=1`);
  expect(answer.status).toBe(500);
  expect(await answer.text()).toMatch(/role="alert">[^<]*no such file/);
  expect((await fetch(`${served.origin}/ui/download?p=1`)).status).toBe(500);
  expect((await fetch(`${served.origin}/ui/top?p=2`)).status).toBe(200);
  expect(await stop(served, "SIGINT")).toBe(0);
});

test("SIGTERM ends it as Ctrl-C does; -http takes pprof's words", async () => {
  const served = await serve(["-no_browser", "-http=localhost:", HEAP]);
  expect(served.origin).toMatch(/^http:\/\/localhost:\d+$/);
  expect((await fetch(`${served.origin}/ui/`)).status).toBe(200);
  expect(await stop(served, "SIGTERM")).toBe(0);
});

test("flame goes to a file, HTML or by its name SVG, and to a pipe", async () => {
  const html = join(folder, "x.html");
  const svg = join(folder, "x.svg");
  for (const output of [html, svg]) {
    expect((await runGopatrol(["pprof", "flame", "-output", output, HEAP])).code).toBe(0);
  }
  expect(readFileSync(html, "utf8")).toMatch(/^<!doctype html>/);
  expect(readFileSync(svg, "utf8")).toMatch(/^<svg xmlns/);
  const piped = await runGopatrol([
    "pprof",
    "flame",
    "-format",
    "svg",
    "-alloc_space",
    "-focus=nothing",
    HEAP,
  ]);
  expect(piped.stderr).toBe("Focus expression matched no samples\n");
  expect(piped.stdout).toContain("alloc_space: 0 B");
});

test("names of a profile do not get out of the file", async () => {
  const { encodeProfile } = await import("../../src/formats/pprof/encode.ts");
  const { heapProfileFromText } = await import("../support/profile-from-text.ts");
  const path = join(folder, "odd.pb");
  writeFileSync(path, encodeProfile(heapProfileFromText("1 8 1 8 @ main.</script><b>&\u0001:1 main.main:2")));
  const { stdout } = await runGopatrol(["pprof", "flame", path]);
  expect(stdout).not.toContain("<b>");
  const svg = await runGopatrol(["pprof", "flame", "-format=svg", path]);
  expect(svg.stdout).toContain("main.&lt;/script&gt;&lt;b&gt;&amp;\ufffd");
});

test("what makes no sense is refused with the next step", async () => {
  for (const [words, text] of [
    [["web"], "no profile source"],
    [["web", "-http", "8080", HEAP], "-http wants host:port"],
    [["top", "-http=:1", HEAP], "-http is of the web view"],
    [["flame", "-format=json", HEAP], "-format json is for top, tree and peek"],
  ] as const) {
    const run = await runGopatrol(["pprof", ...words]);
    expect([run.code, run.stdout]).toEqual([2, ""]);
    expect(run.stderr).toContain(text);
  }
});
