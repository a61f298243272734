import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { writeBundle } from "../../src/capture/bundle-file.ts";
import { makeBundle } from "../support/bundle-sample.ts";
import { withFakePprofServer } from "../support/fake-pprof-server.ts";
import { recordedAnswers, recordedBundle, recordedCapture, SERVICES } from "../support/recorded-service.ts";
import { type GopatrolRun, type RunOptions, runGopatrol, SHORT_WINDOW } from "../support/run-gopatrol.ts";

/** What comes out, from bundles: the same for everybody who inspects them. */

let folder: string;
const LEAKY = "leaky.tar.gz";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gopatrol-reports-"));
  await writeBundle(join(folder, LEAKY), recordedBundle(SERVICES.leakingHeap));
  await writeBundle(join(folder, "leaky"), recordedBundle(SERVICES.leakingHeap));
  await writeBundle(join(folder, "goroutines.tar.gz"), recordedBundle(SERVICES.leakingGoroutines));
  await writeBundle(join(folder, "healthy.tar.gz"), recordedBundle(SERVICES.healthy));
  await writeBundle(join(folder, "short.tar.gz"), recordedBundle(SERVICES.leakingHeap, 2));
  await writeBundle(join(folder, "nothing.tar.gz"), makeBundle({}));
});
afterAll(() => rm(folder, { recursive: true }));

function inspect(words: readonly string[], options: RunOptions = {}): Promise<GopatrolRun> {
  return runGopatrol(["inspect", ...words], { cwd: folder, ...options });
}

async function readReport(words: readonly string[]): Promise<Record<string, unknown>> {
  const { stdout } = await inspect([...words, "--format", "json"]);
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe.concurrent("exit codes", () => {
  test.each<[bundle: string, flags: string[], code: number]>([
    [LEAKY, [], 1],
    [LEAKY, ["--fail-on", "info"], 1],
    [LEAKY, ["--fail-on", "critical"], 0],
    [LEAKY, ["--fail-on", "critical", "--limit", "64MiB"], 1],
    [LEAKY, ["--fail-on", "never"], 0],
    ["short.tar.gz", [], 0],
    ["short.tar.gz", ["--fail-on", "info"], 1],
    ["healthy.tar.gz", [], 0],
    ["healthy.tar.gz", ["--fail-on", "info"], 0],
    ["nothing.tar.gz", [], 3],
  ])("%s %j: %i", async (bundle, flags, code) => {
    expect((await inspect([bundle, ...flags])).code).toBe(code);
  });
});

describe.concurrent("the same evidence gives the same report", () => {
  test("live, and from the bundle that was kept, byte for byte", async () => {
    const kept = join(folder, "kept.tar.gz");
    const answers = recordedAnswers(SERVICES.leakingHeap);
    const live = await withFakePprofServer({ answers }, ({ url }) =>
      inspect([url, ...SHORT_WINDOW, "--format", "json", "--save", kept, "--limit", "1GiB"]),
    );
    expect(live.code).toBe(1);
    const again = await inspect([kept, "--format", "json"]);
    expect(again.stdout).toBe(live.stdout);
    expect(again.code).toBe(1);
  });

  test("from a directory and from an archive", async () => {
    const reports = await Promise.all([inspect(["leaky"]), inspect([LEAKY])]);
    expect(reports[0]!.stdout).toBe(reports[1]!.stdout);
    expect(reports[0]!.stdout).toMatch(/^LEAK$/m);
  });

  // On a machine that is busy with the other tests a short window may hold too few samples for a verdict.
  test("captured, moved and inspected elsewhere", { retry: 2 }, async () => {
    const answers = recordedAnswers(SERVICES.leakingGoroutines);
    const moved = join(await mkdtemp(join(folder, "moved-")), "incident.tgz");
    const captured = await withFakePprofServer({ answers }, ({ url }) =>
      runGopatrol(["capture", url, ...SHORT_WINDOW, "-o", moved]),
    );
    expect(captured.code).toBe(0);
    expect(captured.stdout).toMatch(/incident\.tgz: \d+ samples, \d+ captures, [\d.]+ kB/);
    const run = await inspect([moved]);
    expect(run.code, run.stdout).toBe(1);
    expect(run.stdout).toContain("goroutine/blocked-send");
  });
});

describe.concurrent("text", () => {
  test.each([LEAKY, "goroutines.tar.gz", "healthy.tar.gz", "short.tar.gz"])(
    "%s keeps to 80 columns but for names and paths, which are never cut",
    async (bundle) => {
      for (const env of [{ COLUMNS: "80" }, {}]) {
        const { stdout } = await inspect([bundle], { env });
        const long = stdout.split("\n").filter((line) => line.length > 80);
        for (const line of long) expect(line).toMatch(/[\w.)]+\.\w+.*\.go:\d+/);
      }
    },
  );

  test("COLUMNS makes it wider", async () => {
    const narrow = await inspect([LEAKY], { env: { COLUMNS: "60" } });
    const wide = await inspect([LEAKY], { env: { COLUMNS: "110" } });
    expect(wide.stdout.split("\n").length).toBeLessThan(narrow.stdout.split("\n").length);
  });

  test("colour only on a terminal, or where it is forced; NO_COLOR wins", async () => {
    const plain = await inspect([LEAKY]);
    expect(plain.stdout).not.toContain("\x1b");
    const forced = await inspect([LEAKY], { env: { FORCE_COLOR: "1" } });
    expect(forced.stdout).toContain("\x1b[");
    const refused = await inspect([LEAKY], { env: { FORCE_COLOR: "1", NO_COLOR: "1" } });
    expect(refused.stdout).toBe(plain.stdout);
  });

  test("a reader that closes early (| head -1) is no error", async () => {
    const run = await inspect([LEAKY], { closeStdoutAfter: 1 });
    expect(run.stderr).toBe("");
    expect(run.code).toBe(1);
    const html = await inspect([LEAKY, "--format", "html"], { closeStdoutAfter: 1 });
    expect(html.stderr).toBe("");
    expect(html.code).toBe(1);
  });

  test("--limit tells when it will be reached", async () => {
    const { stdout } = await inspect([LEAKY, "--limit", "2GiB"]);
    expect(stdout).toMatch(/memory limit +2 GB|memory limit +2 GiB/);
    expect(stdout).toMatch(/limit .*(min|h)\b/s);
    expect((await inspect([LEAKY])).stdout).not.toContain("memory limit");
  });

  test("--quiet keeps stderr silent", async () => {
    const answers = recordedAnswers(SERVICES.healthy);
    const run = await withFakePprofServer({ answers }, ({ url }) =>
      inspect([url, ...SHORT_WINDOW, "--quiet", "--save", join(folder, "quiet")]),
    );
    expect(run).toMatchObject({ code: 0, stderr: "" });
  });
});

describe.concurrent("--lang zh", () => {
  test("the report and what is said on the way are in Chinese", async () => {
    const run = await inspect([LEAKY, "--lang", "zh", "--out", "zh.txt"]);
    expect(run).toMatchObject({ code: 1, stdout: "" });
    expect(run.stderr).toContain("报告已写入 zh.txt");
    expect(await readFile(join(folder, "zh.txt"), "utf8")).toMatch(/^泄漏$/m);
  });

  test("what cannot be inspected is too", async () => {
    const run = await inspect(["absent.tar.gz", "--lang", "zh"]);
    expect(run).toMatchObject({ code: 3, stderr: "gopatrol: 文件 absent.tar.gz 不存在；请检查路径。\n" });
  });
});

describe.concurrent("JSON", () => {
  const schema = new URL("../../docs/schema/report-v1.schema.json", import.meta.url);

  test.each([LEAKY, "goroutines.tar.gz", "healthy.tar.gz", "short.tar.gz", "nothing.tar.gz"])(
    "%s follows the published schema",
    async (bundle) => {
      const ajv = new Ajv2020({ strict: false, allErrors: true });
      const validate = ajv.compile(JSON.parse(await readFile(schema, "utf8")) as object);
      const report = await readReport([bundle]);
      validate(report);
      expect(validate.errors).toBeNull();
    },
  );

  test("is the whole of stdout, also where nothing could be read", async () => {
    const run = await inspect(["nothing.tar.gz", "--format", "json"]);
    expect(run.code).toBe(3);
    expect(JSON.parse(run.stdout)).toMatchObject({ verdict: { outcome: "insufficient-data" } });
  });
});

test("Markdown and HTML carry the verdict; --out takes the report from stdout", async () => {
  const markdown = await inspect([LEAKY, "--format", "markdown"]);
  expect(markdown.stdout).toMatch(/^## gopatrol: memory leak in/);
  const out = join(folder, "report.html");
  const html = await inspect([LEAKY, "--format", "html", "--out", out]);
  expect(html).toMatchObject({ code: 1, stdout: "" });
  expect(html.stderr).toContain(`report written to ${out}`);
  expect(await readFile(out, "utf8")).toMatch(/^<!doctype html>.*<script>.+<\/script>/is);
});

describe.concurrent("loose files are recognised by what is in them", () => {
  test("whatever their names say", async () => {
    const moments = [0, 1, 2, 3, 4].map(SERVICES.leakingHeap);
    const names = ["a.png", "b", "c.txt", "d.json", "e.gz"];
    for (const [n, moment] of moments.entries()) {
      await writeFile(join(folder, names[n]!), recordedCapture("heap-text", moment));
    }
    await writeFile(join(folder, "dump.pb.gz"), recordedCapture("goroutine-dump", moments[4]!));
    const report = await readReport([...names, "dump.pb.gz"]);
    expect((report["captures"] as { format: string }[]).map(({ format }) => format)).toEqual([
      ...names.map(() => "heap-text"),
      "goroutine-dump",
    ]);
    expect(report).toMatchObject({
      window: { samples: 6 },
      target: { name: [...names, "dump.pb.gz"].join(", ") },
    });
  });

  test("an archive by any name is a bundle", async () => {
    await copyFile(join(folder, LEAKY), join(folder, "evidence.dat"));
    const renamed = await inspect(["evidence.dat"]);
    expect(renamed.stdout).toBe((await inspect([LEAKY])).stdout);
  });

  test("one that is damaged does not spoil the others", async () => {
    const heap = recordedCapture("heap", SERVICES.healthy(0));
    await writeFile(join(folder, "good.pb.gz"), heap);
    await writeFile(join(folder, "half.pb.gz"), heap.subarray(0, heap.length >> 1));
    await writeFile(join(folder, "nonsense"), "milk, bread");
    const run = await inspect(["good.pb.gz", "half.pb.gz", "nonsense"]);
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/half\.pb\.gz: .*cut off/s);
    expect(run.stdout).toMatch(/nonsense: .*milk, bread/s);
  });
});
