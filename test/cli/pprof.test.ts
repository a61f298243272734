import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeProfile } from "../../src/formats/pprof/encode.ts";
import { CPP_FUNCTIONS, makeProfile } from "../support/pprof-conformance/made-profiles.ts";
import { runGopatrol } from "../support/run-gopatrol.ts";

const FIXTURES = join(import.meta.dirname, "../fixtures");
const HEAP = join(FIXTURES, "profiles/go1.26.8-heap.pb.gz");
const BUNDLE = join(FIXTURES, "bundles/data-unbounded-map-leaky-go1.26.8.tar.gz");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pprof-cli-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const show = (...words: string[]) =>
  runGopatrol(["pprof", ...words], { env: { TZ: "UTC", PPROF_TMPDIR: folder } });

test("flags have one dash or two, a value behind = or as the next word, before or behind the source", async () => {
  const outputs = await Promise.all([
    show("top", "-focus", "main", "-nodecount=3", HEAP),
    show("-top", "--focus=main", "--nodecount", "3", HEAP),
    show("text", HEAP, "-focus=main", "-nodecount", "3"),
  ]);
  for (const { code, stdout } of outputs) {
    expect(code).toBe(0);
    expect(stdout).toBe(outputs[0]!.stdout);
  }
  expect(outputs[0]!.stdout).toContain("Showing top 3 nodes out of");
});

test("JSON follows its schema", async () => {
  const schema = JSON.parse(readFileSync(join(FIXTURES, "../../docs/schema/pprof-v1.schema.json"), "utf8"));
  const validate = new Ajv2020({ strict: false }).compile(schema);
  for (const words of [["top"], ["tree"], ["peek", "main"]]) {
    const { stdout } = await show(...words, "-format", "json", HEAP);
    expect(validate(JSON.parse(stdout)), JSON.stringify(validate.errors)).toBe(true);
  }
});

test("a bundle is its last heap profile, or the one that is named behind a colon", async () => {
  const [last, first, goroutines] = await Promise.all([
    show("top", BUNDLE),
    show("top", `${BUNDLE}:heap@1`),
    show("top", `${BUNDLE}:goroutine`),
  ]);
  expect(last.stdout).toContain("Type: inuse_space");
  expect(first.stdout).not.toBe(last.stdout);
  expect(goroutines.stdout).toContain("Type: goroutine");
  const missing = await show("top", `${BUNDLE}:mutex`);
  expect(missing.code).toBe(3);
  expect(missing.stderr).toContain("it has ");
});

test("without a view commands are read from stdin, and end with it", async () => {
  const report = join(folder, "report.txt");
  const input = `top2\nnosuch\nfocus=main\ntop 1 >${report}\nraw >/no/such/folder/file\nproto\npeek main\\.allocate`;
  const run = await runGopatrol(["pprof", HEAP], { env: { TZ: "UTC" }, cwd: folder, input });
  expect(run.code).toBe(0);
  expect(run.stdout).toMatch(/^\(pprof\) Showing nodes accounting for .*\n(.*\n)*\(pprof\) (\(pprof\) ){4}/);
  expect(run.stdout).toMatch(/ \| main\.allocate\n(.*\n)+\(pprof\) $/);
  expect(run.stderr).toContain("Type: inuse_space\n");
  expect(run.stderr).toContain('unrecognized command: "nosuch"\n');
  expect(run.stderr).toContain(`Generating report in ${report}\n`);
  expect(run.stderr).toContain("ENOENT: no such file or directory");
  expect(run.stderr).toContain("Generating report in profile001.pb.gz\n");
  expect(readFileSync(report, "utf8")).toContain("Active filters:\n   focus=main\n");
  const again = await show("comments", join(folder, "profile001.pb.gz"));
  expect(again.code).toBe(0);
});

test("of several sources one that cannot be read is told and left out, but not the only one", async () => {
  const readme = join(FIXTURES, "profiles/README.md");
  const [alone, one, two, base] = await Promise.all([
    show("top", HEAP),
    show("top", HEAP, readme),
    show("top", "/no/such/file", HEAP, readme),
    show("top", `-diff_base=${readme}`, HEAP),
  ]);
  expect(one.stdout).toBe(alone.stdout);
  expect(one.stderr).toMatch(/README\.md: .*\nFetched 1 source profiles out of 2\n$/);
  expect(two.stdout).toBe(alone.stdout);
  expect(two.stderr).toMatch(/^there is no file .*\n.*README\.md: .*\nFetched 1 source profiles out of 3\n$/);
  expect([base.code, base.stdout]).toEqual([3, ""]);
});

test("-symbolize says how much stays of C++ names, -all_frames keeps what the profile would drop", async () => {
  const names = async (...words: string[]) =>
    [
      ...(await show("top", "-nodefraction=0", ...words)).stdout.matchAll(
        /^.*% {2}(\S.*?)(?: \((?:partial-)?inline\))?$/gm,
      ),
    ].map(([, name]) => name!);
  const cpp = join(folder, "cpp.pb.gz");
  const profile = makeProfile({ functions: CPP_FUNCTIONS, dropFrames: "clone" });
  await writeFile(cpp, gzipSync(encodeProfile(profile)));
  const push = "std::vector<int, std::allocator<int> >::push_back(int const&)";
  expect(await names("-symbolize=none", cpp)).toContain(push);
  expect(await names("-symbolize=demangle=full", cpp)).toContain(push);
  expect(await names("-symbolize=demangle=none", cpp)).toContain(push);
  expect(await names("-symbolize=force:demangle=templates", cpp)).toContain(
    "std::vector<int, std::allocator<int> >::push_back",
  );
  expect(await names("-symbolize=local", cpp)).toContain("std::vector::push_back");
  const frames = (stdout: string): number => stdout.match(/^ {6,}/gm)!.length;
  const [dropped, whole] = await Promise.all([show("traces", cpp), show("traces", "-all_frames", cpp)]);
  expect(frames(whole.stdout)).toBeGreaterThan(frames(dropped.stdout));
});

test("weblist is list as a page that loads nothing", async () => {
  const source = join(folder, "src/example.com/shop");
  await mkdir(source, { recursive: true });
  await writeFile(join(source, "main.go"), "x := <b>\n".repeat(400));
  const { code, stdout } = await show("weblist", "openSession$", `-source_path=${folder}/src`, HEAP);
  expect(code).toBe(0);
  expect(stdout).toContain("<title>Source: shop inuse_space</title>");
  expect(stdout).toContain("x := &lt;b&gt;");
  expect(stdout).not.toMatch(/(?:src|href)="https?:/);
  const session = await runGopatrol(["pprof", HEAP], {
    cwd: folder,
    input: "weblist openSession$\nweblist zzzz\n",
  });
  expect(session.stderr).toMatch(
    /Generating report in profile\d+\.html\nno matches found for regexp: zzzz\n$/,
  );
});

test("a goroutine dump is shown as any profile", async () => {
  const dump = join(FIXTURES, "text/go1.27/goroutine-dump-waited.txt");
  const { code, stdout } = await show("top", "-tagfocus", "state=chan send", "-tagroot", "state", dump);
  expect(code).toBe(0);
  expect(stdout).toMatch(/ 3 .* main\.park\.func1\n/);
  expect(stdout).toMatch(/ 3 .* chan send\n/);
});

test("a graph is laid out without Graphviz being installed", async () => {
  const { code, stdout } = await runGopatrol(["pprof", "svg", HEAP], { env: { PATH: "/nonexistent" } });
  expect(code).toBe(0);
  expect(stdout).toContain("<svg");
});

test("what makes no sense is refused with the next step", async () => {
  for (const [words, code, text] of [
    [["top"], 2, "no profile source"],
    [["topp", HEAP], 2, "topp is neither a view"],
    [["-format", "json", HEAP], 2, "name one of them"],
    [["top", "-symbolize=magic", HEAP], 2, "-symbolize is [local|"],
    [["top", "-nosuchflag=1", HEAP], 2, "-nosuchflag is no option"],
    [["peek", "zzz", HEAP], 2, "no matches found for regexp: zzz"],
    [["top", "-focus=(?=x)", HEAP], 2, "parsing focus regexp"],
    [["top", "-base=a", "-diff_base=b", HEAP], 2, "cannot both"],
    [["top", "/no/such/file"], 3, "there is no file /no/such/file"],
    [["top", join(FIXTURES, "profiles/README.md")], 3, "no profile that pprof reads"],
  ] as const) {
    const run = await show(...words);
    expect([run.code, run.stdout]).toEqual([code, ""]);
    expect(run.stderr).toContain(text);
  }
});

test("text profiles have their names, unless -symbolize=none asks for what pprof reads", async () => {
  const text = join(FIXTURES, "text/go1.27/goroutine.txt");
  const [named, bare] = await Promise.all([show("top", text), show("top", "-symbolize=none", text)]);
  expect(named.stdout).toMatch(/ {2}time\.Sleep\n/);
  expect(named.stdout).not.toContain("<unknown>");
  expect(bare.stdout).toContain("<unknown>");
});

test("a URL is fetched, its query kept, and what came saved", async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end(readFileSync(HEAP));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const { code, stdout, stderr } = await show("top", "-seconds=1", `127.0.0.1:${port}`);
  server.close();
  expect(code).toBe(0);
  expect(asked).toEqual(["/debug/pprof/profile?seconds=1"]);
  expect(stdout).toContain("Type: inuse_space");
  expect(stderr).toContain("Saved profile in ");
  expect((await readdir(folder)).some((name) => name.endsWith(".pb.gz"))).toBe(true);
});
