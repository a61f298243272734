import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CaptureError } from "../../src/capture/capture-error.ts";
import { copyProcess } from "../../src/capture/live-memory/copy-process.ts";
import { reportSchema } from "../../src/report/report-schema.ts";
import { buildKnown, type KnownContents } from "../support/known-heap.ts";
import { requiredTool } from "../support/required-tool.ts";
import { runGopatrol } from "../support/run-gopatrol.ts";

const go = requiredTool("go");
const LONG_MS = 120_000;

describe.skipIf(!go.available || process.platform !== "linux")(`a running process${go.skipReason}`, () => {
  let folder: string;
  let service: ChildProcess;
  let expected: KnownContents;
  const target = () => `pid:${service.pid}`;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "gopatrol-live-"));
    const exe = buildKnown(folder, { isStripped: false });
    service = spawn(exe, ["0.2"], { stdio: ["ignore", "pipe", "ignore"] });
    let text = "";
    for await (const chunk of service.stdout!.setEncoding("utf8")) {
      text += chunk as string;
      if (text.endsWith("}\n")) break;
    }
    expected = JSON.parse(text) as KnownContents;
  }, LONG_MS);
  afterAll(async () => {
    service.kill("SIGKILL");
    await rm(folder, { recursive: true });
  });

  test("is read as it stands, and goes on", { timeout: LONG_MS }, async () => {
    const run = await runGopatrol([
      "heap",
      target(),
      "--format",
      "json",
      "--top",
      "50",
      "--max-pause",
      "60s",
    ]);
    expect(run.stderr).toMatch(/process \d+ stood still for \d+ ms while \d+ MB were copied/);
    expect(run.code).toBe(0);
    const report = JSON.parse(run.stdout) as {
      identity: string;
      objects: number;
      bytes: number;
      maps: { owner: string; entries: number; counted: number }[];
      checks: Record<string, number>;
    };
    expect(report.identity).toBe("same-build-id");
    expect(Math.abs(report.objects - expected.heapObjects)).toBeLessThan(0.001 * expected.heapObjects);
    expect(Math.abs(report.bytes - expected.heapAlloc)).toBeLessThan(0.01 * expected.heapAlloc);
    expect(report.checks).toMatchObject({ badPointers: 0, missingBytes: 0, incompleteStacks: 0 });
    const named = new Map(report.maps.map((map) => [map.owner, map]));
    for (const [map, entries] of Object.entries(expected.maps)) {
      if (map !== "shared") expect(named.get(`main.${map}`)).toMatchObject({ entries, counted: entries });
    }
    expect(stateOf(service.pid!)).not.toBe("T");
  });

  test("is looked at by an inspection, which tells for how long it stood still", {
    timeout: LONG_MS,
  }, async () => {
    const window = ["--for", "1s", "--every", "500ms", "--max-pause", "60s"];
    const run = await runGopatrol(["inspect", target(), "--deep", ...window, "--format", "json"]);
    expect(run.stderr).toMatch(/process \d+ stood still for \d+ ms/);
    expect(run.code).toBe(0);
    const { heapContents } = reportSchema.parse(JSON.parse(run.stdout));
    expect(heapContents).toMatchObject({ source: "process", goVersion: expected.version });
    expect(heapContents!.pauseMs).toBeGreaterThan(0);
    expect(heapContents!.containers.find(({ owner }) => owner === "main.Registry.sessions")).toMatchObject({
      entries: expected.maps["server.registry.sessions"],
    });
    expect(stateOf(service.pid!)).not.toBe("T");
  });

  test("stays stopped if it was stopped before", { timeout: LONG_MS }, async () => {
    service.kill("SIGSTOP");
    await until(() => stateOf(service.pid!) === "T");
    const run = await runGopatrol(["heap", target(), "--format", "json"]);
    expect(run.stderr).toContain("was stopped before and stays so");
    expect(run.code).toBe(0);
    expect(stateOf(service.pid!)).toBe("T");
    service.kill("SIGCONT");
    await until(() => stateOf(service.pid!) !== "T");
  });

  test("goes on when whoever reads it is killed", { timeout: LONG_MS }, async () => {
    // A pause of some milliseconds may be over before it is seen here.
    let killedInPause = 0;
    for (let round = 0; killedInPause < 2 && round < 20; round++) {
      await runGopatrol(["heap", target(), "--max-pause", "60s"], {
        onStart: (child) => {
          void until(() => stateOf(service.pid!) === "T" || child.exitCode !== null).then(() => {
            if (child.kill("SIGKILL")) killedInPause++;
          });
        },
      });
      await until(() => stateOf(service.pid!) !== "T");
    }
    expect(killedInPause).toBeGreaterThan(0);
  });

  test("is let go on, and not read, when it would have to stand still for too long", async () => {
    const options = {
      maxPauseMs: 1e-6,
      gcPhaseAddress: () => undefined,
      signal: new AbortController().signal,
    };
    await expect(copyProcess(service.pid!, options)).rejects.toMatchObject({ code: "timeout" });
    await until(() => stateOf(service.pid!) !== "T");
  });

  test("is let go on when reading is interrupted", async () => {
    const options = { maxPauseMs: 60_000, gcPhaseAddress: () => undefined, signal: AbortSignal.abort() };
    await expect(copyProcess(service.pid!, options)).rejects.toBeInstanceOf(CaptureError);
    await until(() => stateOf(service.pid!) !== "T");
  });
});

describe.skipIf(process.platform !== "linux")("what cannot be read", () => {
  test("a process that is no Go program is left alone", async () => {
    const run = await runGopatrol(["heap", `pid:${process.pid}`]);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain("is not a Go program");
  });

  test("a process that has ended", async () => {
    const child = spawn("true");
    const { pid } = child;
    await once(child, "exit");
    const run = await runGopatrol(["heap", `pid:${pid}`]);
    expect(run.code).toBe(3);
    expect(run.stderr).toContain(`there is no process ${pid} here`);
    const bare = await runGopatrol(["heap", `${pid}`]);
    expect(bare.stderr).toContain(`a running process is given as pid:${pid}`);
  });

  test.skipIf(process.getuid?.() !== 0)("a process of another user", async () => {
    const script = `import("${new URL("../../src/capture/live-memory/process-access.ts", import.meta.url).href}").then((m) => {
      process.setgid(65534); process.setuid(65534);
      try { new m.ProcessAccess(${process.pid}); } catch (error) { console.log(error.code, error.hint); }
    })`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    for await (const chunk of child.stdout.setEncoding("utf8")) text += chunk as string;
    expect(text).toMatch(/^not-permitted run gopatrol as/);
  });
});

function stateOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  return stat[stat.lastIndexOf(")") + 2]!;
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await sleep(2);
}
