import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readBundleDirectory } from "../../src/capture/bundle-directory.ts";
import { type FakeAnswers, withFakePprofServer } from "../support/fake-pprof-server.ts";
import { recordedAnswers, SERVICES } from "../support/recorded-service.ts";
import { type GopatrolRun, type RunOptions, runGopatrol } from "../support/run-gopatrol.ts";

/** Longer than any test: only an interruption ends it. */
const LONG_WINDOW = ["--for", "10m", "--every", "250ms", "--no-source"];

type Signals = readonly (readonly [says: string, signal: NodeJS.Signals])[];

/** Inspects, and sends the signals when stderr has the texts they are keyed by. */
function inspectUntil(answers: FakeAnswers, signals: Signals): Promise<GopatrolRun> {
  return interruptIn("inspect", answers, signals, []);
}

function interruptIn(
  command: string,
  answers: FakeAnswers,
  signals: Signals,
  flags: readonly string[],
): Promise<GopatrolRun> {
  let sent = 0;
  const onStderr: RunOptions["onStderr"] = (stderr, child) => {
    for (let next = signals[sent]; next !== undefined && stderr.includes(next[0]); next = signals[sent]) {
      child.kill(next[1]);
      sent++;
    }
  };
  return withFakePprofServer({ answers }, ({ url }) =>
    runGopatrol([command, url, ...LONG_WINDOW, ...flags], { onStderr }),
  );
}

describe.concurrent("Ctrl-C", () => {
  test("in mid-window: a verdict of what there is, which says that it ended early", async () => {
    const run = await inspectUntil(recordedAnswers(SERVICES.leakingHeap), [["sample 6 of", "SIGINT"]]);
    expect(run.stderr).toContain("ending early; what was gathered is kept (Ctrl-C again to hurry)");
    expect(run.stdout).toMatch(/window +\d+ samples over .*, ended early/);
    expect(run.stdout).toMatch(/^LEAK$/m);
    expect(run.code).toBe(1);
  });

  test("too early to judge: insufficient data, not a guess", async () => {
    const run = await inspectUntil(recordedAnswers(SERVICES.leakingHeap), [["sample 2 of", "SIGINT"]]);
    expect(run.stdout).toMatch(/^INSUFFICIENT DATA$/m);
    expect(run.stdout).toMatch(/ended early/);
    expect(run.code).toBe(0);
  });

  test("SIGTERM counts like it", async () => {
    const run = await inspectUntil(recordedAnswers(SERVICES.healthy), [["sample 4 of", "SIGTERM"]]);
    expect(run).toMatchObject({ code: 0, signal: null });
    expect(run.stdout).toMatch(/ended early/);
  });

  test("before the first sample has anything: said in one sentence, exit code 3", async () => {
    let child: Parameters<NonNullable<RunOptions["onStart"]>>[0] | undefined;
    const answers: FakeAnswers = {
      ...recordedAnswers(SERVICES.healthy),
      "/debug/pprof/heap?debug=1": () => {
        child?.kill("SIGINT");
        return { hang: true };
      },
    };
    const run = await withFakePprofServer({ answers }, ({ url }) =>
      runGopatrol(["inspect", url, ...LONG_WINDOW], { onStart: (started) => (child = started) }),
    );
    expect(run).toMatchObject({ code: 3, stdout: "" });
    expect(run.stderr).toContain("gopatrol: stopped before anything was captured: run it again.");
  });

  test("in the middle of the first sample: what had come is judged as far as it goes", async () => {
    let child: Parameters<NonNullable<RunOptions["onStart"]>>[0] | undefined;
    const answers: FakeAnswers = {
      ...recordedAnswers(SERVICES.healthy),
      "/debug/pprof/goroutine": () => {
        child?.kill("SIGINT");
        return { hang: true };
      },
    };
    const run = await withFakePprofServer({ answers }, ({ url }) =>
      runGopatrol(["inspect", url, ...LONG_WINDOW], { onStart: (started) => (child = started) }),
    );
    expect(run.stdout).toMatch(/^INSUFFICIENT DATA$/m);
    expect(run.stdout).toMatch(/1 sample over .*, ended early/);
    expect(run.stdout).toMatch(/goroutine .*stopped before the answer was complete/s);
    expect(run.code).toBe(0);
  });

  test("twice: the closing request for symbols is left out as well", async () => {
    // Hangs: without the second signal it would take the minute of --timeout.
    const answers = { ...recordedAnswers(SERVICES.leakingHeap), "/debug/pprof/symbol": { hang: true } };
    const run = await inspectUntil(answers, [
      ["sample 5 of", "SIGINT"],
      ["ending early", "SIGINT"],
    ]);
    expect(run.stdout).toMatch(/^LEAK$/m);
    expect(run.code).toBe(1);
  });

  test("of a capture: the bundle is whole, and says that it was cut short", async () => {
    const folder = await mkdtemp(join(tmpdir(), "gopatrol-cli-"));
    try {
      const bundle = join(folder, "bundle");
      const run = await interruptIn(
        "capture",
        recordedAnswers(SERVICES.healthy),
        [["sample 3 of", "SIGINT"]],
        ["-o", bundle],
      );
      expect(run.code).toBe(0);
      expect(await readdir(folder)).toEqual(["bundle"]);
      const { bundle: read, damage } = await readBundleDirectory(bundle);
      expect(read.manifest.interrupted).toBe(true);
      expect(damage).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

const program = fileURLToPath(new URL("../../bin/gopatrol", import.meta.url));

/** A Node on PATH that is too old to run gopatrol itself. */
function findOldNode(): string | undefined {
  for (const directory of (process.env["PATH"] ?? "").split(delimiter)) {
    const node = join(directory, "node");
    if (directory === "" || !existsSync(node)) continue;
    const version = execFileSync(node, ["--version"], { encoding: "utf8" });
    if (Number(/^v(\d+)/.exec(version)?.[1]) < 24) return node;
  }
  return undefined;
}

const oldNode = findOldNode();

test.skipIf(oldNode === undefined)(
  `with an old Node on PATH the pinned one ends as it decides${oldNode === undefined ? " (skipped: no old Node on PATH)" : ""}`,
  async () => {
    let child: ReturnType<typeof spawn> | undefined;
    const answers: FakeAnswers = {
      ...recordedAnswers(SERVICES.healthy),
      "/debug/pprof/heap?debug=1": () => {
        child?.kill("SIGTERM");
        return { hang: true };
      },
    };
    const code = await withFakePprofServer({ answers }, async ({ url }) => {
      const started = spawn(oldNode!, [program, "inspect", url, ...LONG_WINDOW], { stdio: "ignore" });
      child = started;
      return new Promise((done) => started.on("close", (status) => done(status)));
    });
    expect(code).toBe(3);
  },
);
