import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { idsFrom, type Parked, renderDump } from "../support/goroutine-scene.ts";
import { runGopatrol } from "../support/run-gopatrol.ts";

const root = resolve(import.meta.dirname, "../..");
let folder: string;
const at = (name: string) => join(folder, name);

const scene = (sends: number): Parked[] => [
  { state: "running", stack: ["main.main:10"], ids: [1] },
  {
    state: "chan send, 7 minutes",
    stack: ["shop/cart.(*Store).Put:42", "shop/cart.Run.func1:9"],
    createdBy: "shop/cart.Run:8",
    ids: idsFrom(100, 100 + sends),
  },
  {
    state: "IO wait, 2 minutes, locked to thread",
    stack: ["net.(*conn).Read@/usr/local/go/src/net/net.go:196", "shop/api.serve:3"],
    ids: idsFrom(50, 60),
  },
];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gopatrol-goroutines-"));
  await writeFile(at("1.txt"), renderDump(scene(10)));
  await writeFile(at("2.txt"), renderDump(scene(80)));
  await writeFile(at("log.gz"), gzipSync(`INFO start\n${renderDump(scene(80))}\nINFO end\n`));
  await writeFile(at("heap.txt"), "heap profile: 0: 0 [0: 0] @ heap/1048576\n");
});
afterAll(() => rm(folder, { recursive: true }));

const run = (...args: string[]) => runGopatrol(["goroutines", ...args, "--quiet"]);

test("one dump: groups, states, waiting, and exit code 1 for a candidate", async () => {
  const { stdout, code } = await run(at("log.gz"));
  expect(code).toBe(1);
  expect(stdout).toContain("91 goroutines in 3 groups");
  expect(stdout).toMatch(/80\s+88 %\s+chan send/);
  expect(stdout).toContain("waiting 7 min");
  expect(stdout).toContain("10 locked to a thread");
  expect(stdout).toContain("created by shop/cart.Run /src/cart/cart.go:8");
  expect(stdout).toContain("80 of them have waited for 7 min and more");
});

test("two looks: growth and who stays, as JSON that its schema describes", async () => {
  const { stdout } = await run(at("1.txt"), at("2.txt"), "--format", "json");
  const report = JSON.parse(stdout);
  expect(report.looks.map((look: { goroutines: number }) => look.goroutines)).toEqual([21, 91]);
  expect(report.groups[0]).toMatchObject({
    reason: "chan send",
    counts: [10, 80],
    survival: 1,
    wait: { min: 7, median: 7, max: 7 },
    site: { function: "shop/cart.(*Store).Put", line: 42 },
  });
  expect(report.candidates).toMatchObject([
    { site: { line: 42 }, criteria: [{ id: "candidate-grew" }, { id: "candidate-waits" }] },
  ]);
  const schema = JSON.parse(await readFile(join(root, "docs/schema/goroutines-v1.schema.json"), "utf8"));
  const validate = new Ajv2020({ strict: false }).compile(schema);
  expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
});

test("a selection by state, text and number", async () => {
  const focused = await run(at("2.txt"), "--focus", "api\\.", "--format", "markdown");
  expect(focused.code).toBe(0);
  expect(focused.stdout).toContain("shop/api.serve");
  expect(focused.stdout).not.toContain("cart");
  const { stdout } = await run(at("2.txt"), "--state", "CHAN", "--top", "1");
  expect(stdout).not.toContain("shop/api.serve");
});

test("a leak profile of Go 1.27", async () => {
  const { stdout, code } = await run(join(root, "test/fixtures/goroutine/leak-go1.27.3.pb.gz"));
  expect(code).toBe(1);
  expect(stdout).toContain("The runtime marks");
  expect(stdout).toContain("main.fetch.func1");
});

test("a gzip that is cut off: what came before it, and that it is damaged", async () => {
  const whole = gzipSync(renderDump(scene(4000)), { level: 1 });
  await writeFile(at("cut.gz"), whole.subarray(0, whole.length >> 1));
  const { stdout } = await run(at("cut.gz"), "--format", "json");
  const { looks, damage } = JSON.parse(stdout);
  expect(looks[0].goroutines).toBeGreaterThan(100);
  expect(damage.at(-1)).toMatchObject({ format: "gzip", what: expect.stringContaining("cut off") });
});

test("a bundle: its samples are the looks", async () => {
  const bundle = "test/fixtures/bundles/goroutine-blocked-sleep-leaky-go1.26.8.tar.gz";
  const { stdout, code } = await run(join(root, bundle), "--format", "json");
  expect(code).toBe(1);
  const { looks, candidates } = JSON.parse(stdout);
  expect(looks.length).toBeGreaterThanOrEqual(4);
  expect(candidates[0]).toMatchObject({ state: "sleep", criteria: [{ id: "candidate-grew" }] });
});

test("in Chinese", async () => {
  const { stdout } = await run(at("2.txt"), "--lang", "zh");
  expect(stdout).toContain("泄漏嫌疑");
});

describe("what holds no goroutines", () => {
  test.each([
    ["heap.txt", /heap\.txt: .*goroutine/],
    ["missing.txt", /there is no file/],
  ])("%s", async (name, message) => {
    const { stderr, code } = await runGopatrol(["goroutines", at(name)]);
    expect(stderr).toMatch(message);
    expect(code).toBe(3);
  });
});
