import { type ChildProcess, execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, copyFile, cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const SETPRIV = "/usr/bin/setpriv";
const NOBODY = "65534";
const skipReason =
  process.getuid?.() !== 0
    ? " (skipped: only root can run a program as another user)"
    : existsSync(SETPRIV) && existsSync("/proc/self/smaps")
      ? ""
      : " (skipped: there is no setpriv or no /proc)";
const root = resolve(import.meta.dirname, "../..");

describe.skipIf(skipReason !== "")(`as another user than the process's${skipReason}`, () => {
  let folder: string;
  let service: ChildProcess;

  beforeAll(async () => {
    service = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    // The checkout may lie where nobody else can read it.
    folder = await mkdtemp(join(tmpdir(), "gopatrol-nobody-"));
    await chmod(folder, 0o755);
    for (const part of ["bin", "src", "package.json"]) {
      await cp(join(root, part), join(folder, part), { recursive: true });
    }
    for (const dependency of ["commander", "nanotar", "zod"]) {
      const place = join("node_modules", dependency);
      await cp(join(root, place), join(folder, place), { recursive: true, dereference: true });
    }
    await copyFile(process.execPath, join(folder, "node"));
    await promisify(execFile)("chmod", ["-R", "a+rX", folder]);
  });
  afterAll(async () => {
    service.kill("SIGKILL");
    await rm(folder, { recursive: true });
  });

  async function runAsNobody(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const words = [
      `--reuid=${NOBODY}`,
      `--regid=${NOBODY}`,
      "--clear-groups",
      join(folder, "node"),
      join(folder, "bin/gopatrol"),
      ...args,
    ];
    try {
      const { stdout, stderr } = await promisify(execFile)(SETPRIV, words, {
        cwd: folder,
        env: { PATH: process.env["PATH"], HOME: "/nonexistent" },
      });
      return { code: 0, stdout, stderr };
    } catch (error) {
      return error as { code: number; stdout: string; stderr: string };
    }
  }

  test("inspect --pid says what may not be read and what would help, and gives the rest", async () => {
    const pid = String(service.pid);
    const { code, stdout, stderr } = await runAsNobody(
      "inspect",
      "--pid",
      pid,
      "--for",
      "3s",
      "--every",
      "1s",
    );
    expect({ code, stderr }).toMatchObject({ code: 0 });
    for (const file of ["exe", "smaps", "fd"]) {
      expect(stdout.replace(/\s+/g, " ")).toContain(`/proc/${pid}/${file} may not be read by this user`);
    }
    expect(stdout).toContain("CAP_SYS_PTRACE");
    // Status, limits and threads are for everybody to read.
    expect(stdout).toMatch(/Resident set: \d/);
    expect(stdout).toMatch(/process \d+ \(.*\), \d+ threads/);
    expect(stdout).toContain("mapped files");
  });

  test("what cannot be looked into is told before the window, with what would help", async () => {
    const pid = String(service.pid);
    const heap = await runAsNobody("heap", `pid:${pid}`);
    expect(heap.code).toBe(3);
    expect(heap.stderr).toMatch(
      /the memory of process \d+ may not be read: run gopatrol as .*CAP_SYS_PTRACE/,
    );
    const window = ["--for", "1s", "--every", "500ms"];
    const { code, stderr } = await runAsNobody("inspect", "--pid", pid, "--deep", ...window);
    expect(code).toBe(0);
    const told = stderr.indexOf(`the memory of process ${pid} may not be read`);
    expect(told).toBeGreaterThanOrEqual(0);
    expect(told).toBeLessThan(stderr.indexOf("sample 1"));
  });

  test("rss explains what kinds of pages it is made of", async () => {
    const { code, stdout } = await runAsNobody(
      ...["rss", `pid:${service.pid}`, "--for", "1s", "--every", "1s", "--format", "json"],
    );
    expect(code).toBe(0);
    const { kernel, failures } = JSON.parse(stdout) as {
      kernel: { rss: { detail: string; bytes: number; residualBytes: number; terms: { bytes: number }[] } };
      failures: { code: string }[];
    };
    expect(kernel.rss.detail).toBe("totals");
    const sum = kernel.rss.terms.reduce((total, { bytes }) => total + bytes, 0);
    expect(sum + kernel.rss.residualBytes).toBe(kernel.rss.bytes);
    // Each is told once, not in every sample.
    expect(failures.map((failure) => failure.code)).toEqual(Array(3).fill("not-permitted"));
  });

  test("a process that is not there is told from one that is hidden", async () => {
    const { code, stderr } = await runAsNobody("inspect", "--pid", "4194304");
    expect(code).toBe(3);
    expect(stderr).toContain("there is no process 4194304");
  });
});
