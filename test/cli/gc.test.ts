import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, onTestFinished, test } from "vitest";
import { runGopatrol } from "../support/run-gopatrol.ts";

const fixtures = resolve(import.meta.dirname, "../fixtures/godebug");
const log = (version: string) => join(fixtures, `${version}.log`);
const schema = JSON.parse(
  readFileSync(resolve(import.meta.dirname, "../../docs/schema/report-v1.schema.json"), "utf8"),
);

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "gopatrol-gc-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("text: 80 columns, the newest cycles, percentiles", async () => {
  const { code, stdout, stderr } = await runGopatrol([
    "gc",
    log("go1.27.2"),
    "--cycles",
    "3",
    "--fail-on",
    "never",
  ]);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  const lines = stdout.split("\n");
  const table = lines.slice(lines.indexOf("Collections"), lines.indexOf("How the verdict was reached"));
  expect(table.length).toBeGreaterThan(10);
  for (const line of table) expect(line.length).toBeLessThanOrEqual(80);
  expect(stdout).toMatch(/^ +53 .*→.*→/m);
  expect(stdout).not.toMatch(/^ +50 .*→.*→/m);
  expect(stdout).toMatch(/first stop \(sweep termination\)/);
});

test("--all prints a line for every cycle, also from standard input's gzip", async () => {
  const folder = makeFolder();
  const packed = join(folder, "app.log.gz");
  writeFileSync(packed, gzipSync(readFileSync(log("go1.22.12"))));
  const { stdout } = await runGopatrol(["gc", packed, "--all", "--cycles", "1"]);
  const rows = stdout
    .slice(0, stdout.indexOf("gopatrol "))
    .split("\n")
    .filter((line) => /^ +\d+ .*→/.test(line));
  expect(rows).toHaveLength(47);
});

test("JSON follows the published schema and has the cycles and figures", async () => {
  const { stdout } = await runGopatrol(["gc", log("go1.26.8"), "--format", "json", "--cycles", "100"]);
  const report = JSON.parse(stdout);
  const validate = new Ajv2020({ strict: false }).compile(schema);
  expect(validate(report), JSON.stringify(validate.errors)).toBe(true);
  expect(report.gc.recent).toHaveLength(67);
  expect(report.gc.summary.pauses.total.count).toBe(67);
});

test("HTML has a chart of each curve, Markdown and Chinese their tables", async () => {
  const [html, markdown, chinese] = await Promise.all([
    runGopatrol(["gc", log("go1.26.8"), "--format", "html"]),
    runGopatrol(["gc", log("go1.26.8"), "--format", "markdown"]),
    runGopatrol(["gc", log("go1.26.8"), "--lang", "zh"]),
  ]);
  expect(html.stdout.match(/<svg class="chart"/g)!.length).toBeGreaterThanOrEqual(7);
  expect(html.stdout).toContain('id="gc-cycles"');
  expect(markdown.stdout).toMatch(/\| gc \| at \| period \|/);
  expect(chinese.stdout).toContain("各次回收");
});

test("a log without gctrace says what to set, one of Go 1.4 that it is too old", async () => {
  const folder = makeFolder();
  const [plain, old] = [join(folder, "plain.log"), join(folder, "old.log")];
  writeFileSync(plain, "2026/11/25 15:45:11 served\n");
  writeFileSync(old, "gc187(8): 1000+0+29001+0 us, 191 -> 383 MB, 1000 (2000-1000) objects\n");
  const runs = await Promise.all([runGopatrol(["gc", plain]), runGopatrol(["gc", old])]);
  expect(runs.map(({ code }) => code)).toEqual([3, 3]);
  expect(runs[0]!.stderr).toContain("GODEBUG=gctrace=1");
  expect(runs[1]!.stderr).toContain("Go 1.4");
});

test("two logs are one when one process wrote both, and --process chooses among several", async () => {
  const folder = makeFolder();
  const [first, second] = [join(folder, "app.log.1"), join(folder, "app.log")];
  const bytes = readFileSync(log("go1.26.8"));
  const cut = bytes.indexOf("\ngc 30 ") + 1;
  writeFileSync(first, bytes.subarray(0, cut));
  writeFileSync(second, bytes.subarray(cut));
  const joined = await runGopatrol(["gc", first, second, "--format", "json"]);
  expect(JSON.parse(joined.stdout).gc.processes).toMatchObject([{ cycles: 67, lostCycles: 0 }]);
  const both = [log("go1.26.8"), log("go1.24.11"), "--format", "json"];
  const chosen = await runGopatrol(["gc", ...both, "--process", "1"]);
  expect(JSON.parse(chosen.stdout).gc.summary.cycles).toBe(67);
  const wrong = await runGopatrol(["gc", ...both, "--process", "3"]);
  expect(wrong.code).toBe(2);
});

test("--follow reads on over rotation and truncation, and Ctrl-C prints the summary", async () => {
  const folder = makeFolder();
  const path = join(folder, "app.log");
  const lines = readFileSync(log("go1.26.8"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("gc "));
  const part = (from: number, to: number) => `${lines.slice(from, to).join("\n")}\n`;
  writeFileSync(path, part(0, 10));
  let seen = "";
  let step = 0;
  const { code, stdout } = await runGopatrol(["gc", "--follow", path, "--fail-on", "never"], {
    onStart: (child) => {
      child.stdout!.on("data", (chunk: string) => {
        seen += chunk;
        const shows = (cycle: number) => new RegExp(`^ +${cycle} .*→`, "m").test(seen);
        if (step === 0 && shows(10)) {
          step = 1;
          appendFileSync(path, part(10, 20));
        } else if (step === 1 && shows(20)) {
          step = 2;
          renameSync(path, `${path}.1`);
          writeFileSync(path, part(20, 30));
        } else if (step === 2 && shows(30)) {
          step = 3;
          // Shorter than before: cut back in place.
          writeFileSync(path, part(30, 33));
        } else if (step === 3 && shows(33)) {
          step = 4;
          child.kill("SIGINT");
        }
      });
    },
  });
  expect(step).toBe(4);
  expect(code).toBe(0);
  expect(stdout).toMatch(/collections +33 in /);
});

test("stops as a program feels them, if the log is long enough to tell", async () => {
  const folder = makeFolder();
  const file = join(folder, "app.log");
  const write = (count: number) =>
    writeFileSync(
      file,
      Array.from(
        { length: count },
        (_, n) =>
          `gc ${n + 1} @${(n / 2).toFixed(3)}s 5%: ${n % 100 === 99 ? 12 : 0.1}+8+0.1 ms clock, 0.2+1/8/4+0.02 ms cpu, 90->104->${52 + (n % 30)} MB, 110 MB goal, 0 MB stacks, 0 MB globals, 2 P\n`,
      ).join(""),
    );
  const run = async () => (await runGopatrol(["gc", file, "--fail-on", "never"])).stdout;
  write(8000);
  const long = await run();
  expect(long).toMatch(/^ +stops +14,400 per hour$/m);
  expect(long).toMatch(/^ +longest in an hour +1[12](\.\d)? ms$/m);
  expect(long).toMatch(/^ +longest in a day +not known: 12 ms in /m);
  expect(long).toMatch(/^ +longer where the heap is larger +no \(rank correlation -?0\.0\d\)$/m);
  write(15);
  expect(await run()).not.toContain("per hour");
});

test("a log that rises is told to be looked into, not to be watched for longer", async () => {
  const folder = makeFolder();
  const file = join(folder, "app.log");
  writeFileSync(
    file,
    Array.from(
      { length: 60 },
      (_, n) =>
        `gc ${n + 1} @${n}.000s 5%: 0.1+8+0.1 ms clock, 0.2+1/8/4+0.02 ms cpu, ${90 + n}->${104 + n}->${52 + n} MB, ${110 + 2 * n} MB goal, 0 MB stacks, 0 MB globals, 2 P\n`,
    ).join(""),
  );
  const { stdout } = await runGopatrol(["gc", file, "--fail-on", "never"]);
  expect(stdout).toContain("A log does not tell what keeps it");
  expect(stdout).not.toContain("--for 5m");
});
