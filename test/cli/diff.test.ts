import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeBundle } from "../../src/capture/bundle-file.ts";
import { recordedBundle, SERVICES } from "../support/recorded-service.ts";
import { runGopatrol } from "../support/run-gopatrol.ts";

const fixtures = resolve(import.meta.dirname, "../fixtures");
const bundle = (name: string) => join(fixtures, "bundles", `${name}-go1.26.8.tar.gz`);
const profile = (name: string) => join(fixtures, "profiles", `${name}.pb.gz`);
const MAP = bundle("data-unbounded-map-leaky");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gopatrol-diff-"));
  await writeBundle(join(folder, "routines.tar.gz"), recordedBundle(SERVICES.leakingGoroutines));
});
afterAll(() => rm(folder, { recursive: true }));

const diff = (...words: string[]) => runGopatrol(["diff", ...words], { cwd: folder });

interface JsonDiff {
  isSameProcess: boolean;
  seconds: number[] | null;
  load: { name: string; growth: number } | null;
  heap: {
    growthBytes: number;
    beforeBytes: number;
    afterBytes: number;
    growthPerUnit: number | null;
    sites: { site: { function: string }; change: string; course: string; survivors: number }[];
    modules: { name: string; afterBytes: number; beforeBytes: number }[];
    packages: { afterBytes: number; beforeBytes: number }[];
  };
  goroutines: { growth: number; groups: { site: { function: string }; growth: number; course: string }[] };
}
const readDiff = async (...words: string[]) => {
  const { stdout, stderr } = await diff(...words, "--format", "json");
  expect(stderr).toBe("");
  return JSON.parse(stdout) as JsonDiff;
};

describe.concurrent("gopatrol diff", () => {
  test("names the site that grew most, how it went and what survives, and keeps to its schema", async () => {
    const report = await readDiff(MAP);
    const [first] = report.heap.sites;
    expect(first).toMatchObject({ course: "monotone", change: "new" });
    expect(first!.site.function).toMatch(/session\.renderProfile$/);
    expect(first!.survivors).toBeGreaterThan(0.9);
    expect(report.load).toMatchObject({ name: "operations" });
    expect(report.heap.growthPerUnit).toBeCloseTo(report.heap.growthBytes / report.load!.growth, 6);
    const schema = JSON.parse(
      await readFile(resolve(import.meta.dirname, "../../docs/schema/diff-v1.schema.json"), "utf8"),
    ) as object;
    const validate = new Ajv2020({ strict: false }).compile(schema);
    expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
  });

  test("packages and modules add up to the growth", async () => {
    const { heap } = await readDiff(MAP);
    for (const parts of [heap.packages, heap.modules]) {
      const sum = parts.reduce((total, part) => total + part.afterBytes - part.beforeBytes, 0);
      expect(sum).toBeCloseTo(heap.growthBytes, 0);
    }
    expect(heap.modules[0]!.name).toBe("zoo.gopatrol.dev");
  });

  test("goroutine groups are compared too", async () => {
    const { goroutines } = await readDiff("routines.tar.gz");
    expect(goroutines.growth).toBeGreaterThanOrEqual(60);
    expect(goroutines.groups[0]).toMatchObject({ growth: goroutines.growth, course: "monotone" });
  });

  test("two processes are told from one, and rates are left out where times are not in order", async () => {
    const leaky = bundle("goroutine-blocked-send-leaky");
    const report = await readDiff(bundle("goroutine-blocked-send-fixed"), leaky);
    expect(report.isSameProcess).toBe(false);
    expect(report.heap.growthPerUnit).toBeNull();
    expect(report.seconds).toBeNull();
    expect((await readDiff(leaky)).isSameProcess).toBe(true);
  });

  test.each(["en", "zh"])("text fits 80 columns but for names: %s", async (lang) => {
    const { stdout, code } = await diff(MAP, "--lang", lang);
    expect(code).toBe(0);
    const long = stdout.split("\n").filter((line) => line.length > 80 && !/[\w-]+\.(go|gz|dev)/.test(line));
    expect(long).toEqual([]);
    expect(stdout).toMatch(lang === "en" ? /Memory in use grew by 28 MB/ : /在用内存增加了 28 MB/);
  });

  test("Markdown has tables; HTML has the flame graph and lets nothing be loaded", async () => {
    const markdown = await diff(MAP, "--format", "markdown", "--top", "2");
    expect(markdown.stdout).toMatch(/\| \+16 MB \|.*`[^`]*renderProfile`/);
    expect(markdown.stdout).toContain("… and 4 more");
    const html = await diff(MAP, "--format", "html");
    expect(html.stdout).toContain('id="flame-data"');
    expect(html.stdout).toContain("default-src 'none'");
  });

  test.each<[conditions: string, code: number]>([
    ["heap=1MiB", 1],
    ["heap=1GiB", 0],
    ["heap=50%", 1],
    ["site=10MiB", 1],
    ["site=1GiB,goroutines=5", 0],
    ["new", 1],
    ["never", 0],
    ["heap", 2],
    ["everything=1", 2],
  ])("--fail-on %s: %i", async (conditions, code) => {
    const run = await diff(MAP, "--fail-on", conditions, "-q");
    expect(run.code).toBe(code);
    expect(run.stderr === "").toBe(code === 0);
  });

  test.each<[why: string, words: string[], code: number, says: RegExp]>([
    [
      "different programs",
      [profile("go1.26.8-heap"), MAP],
      3,
      /different programs: .* only 0 are in both: compare captures of one program/,
    ],
    [
      "different types",
      [profile("go1.26.8-heap"), profile("go1.26.8-goroutine")],
      3,
      /not of one kind: go1.26.8-heap.pb.gz has only a heap, go1.26.8-goroutine.pb.gz only goroutines/,
    ],
    [
      "a CPU profile",
      [profile("go1.26.8-heap"), profile("go1.26.8-cpu")],
      3,
      /cpu.pb.gz holds neither a heap profile nor goroutines/,
    ],
    ["one moment", [profile("go1.26.8-heap")], 2, /one moment: give a second capture/],
    ["a live service", [MAP, "http://127.0.0.1:6060"], 2, /running service: capture it twice/],
    [
      "a counter that is not there",
      [MAP, "--per", "sales_total"],
      3,
      /no counter sales_total.*these grew: .*operations/,
    ],
    ["no file", [MAP, "nowhere.pb.gz"], 3, /there is no file/],
  ])("refuses %s and says what to do", async (_, words, code, says) => {
    const run = await diff(...words);
    expect(run.stdout).toBe("");
    expect(run.stderr).toMatch(says);
    expect(run.code).toBe(code);
  });
});
