import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findInContainers } from "../../src/capture/process/container-pid.ts";
import { findMemoryCgroup } from "../../src/capture/process/system-files.ts";
import { buildKnown } from "../support/known-heap.ts";
import { requiredTool } from "../support/required-tool.ts";

const UNSHARE = "/usr/bin/unshare";
const LONG_MS = 180_000;
const JSON_WORDS = ["--format", "json", "--top", "1000", "--max-pause", "60s"];
const PID_NAMESPACE = ["--user", "--map-root-user", "--pid", "--fork", "--mount-proc", "--kill-child"];
const gopatrol = resolve(import.meta.dirname, "../../bin/gopatrol");
const go = requiredTool("go");
const skipReason = !go.available ? go.skipReason : whyNoNamespaces();

/** Namespaces need root, or a kernel that lets everybody make them. */
function whyNoNamespaces(): string {
  if (process.platform !== "linux") return " (skipped: not Linux)";
  try {
    execFileSync(UNSHARE, [...PID_NAMESPACE, "true"], { stdio: "ignore" });
    return "";
  } catch {
    return " (skipped: no namespaces can be made here)";
  }
}

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** gopatrol behind another program's words: nsenter …, unshare …, sh -c …. */
async function runBehind(before: readonly string[], words: readonly string[]): Promise<Outcome> {
  const [program, ...rest] = [...before, process.execPath, gopatrol, ...words];
  try {
    const run = await promisify(execFile)(program!, rest, { maxBuffer: 64 * 1024 * 1024 });
    return { code: 0, ...run };
  } catch (error) {
    return error as Outcome;
  }
}

describe.skipIf(skipReason !== "")(`a process in a container${skipReason}`, () => {
  let folder: string;
  let known: string;
  let busy: string;
  const started: ChildProcess[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "gopatrol-contained-"));
    for (const program of ["known", "busy"]) mkdirSync(join(folder, program));
    known = buildKnown(join(folder, "known"), { isStripped: false });
    busy = buildKnown(join(folder, "busy"), { isStripped: true, program: "busy" });
  }, LONG_MS);
  afterAll(async () => {
    for (const child of started) child.kill("SIGKILL");
    await rm(folder, { recursive: true });
  });

  /** Starts it and waits until it has filled its heap; the pid of the program itself, as it is seen here. */
  async function start(words: readonly string[], exe: string): Promise<number> {
    const child = spawn(words[0]!, words.slice(1), { stdio: ["ignore", "pipe", "ignore"] });
    started.push(child);
    let text = "";
    for await (const chunk of child.stdout.setEncoding("utf8")) {
      text += chunk as string;
      if (text.endsWith("}\n")) break;
    }
    const pid = [child.pid!, ...childrenOf(child.pid!)].find((one) => commandOf(one) === exe);
    expect(pid).toBeDefined();
    return pid!;
  }

  test("from outside is stopped, and its running goroutines have their stacks", {
    timeout: LONG_MS,
  }, async () => {
    const pid = await start([UNSHARE, ...PID_NAMESPACE, busy], busy);
    expect(findInContainers(1).map((found) => found.pid)).toContain(pid);
    const { code, stdout, stderr } = await runBehind([], ["heap", `pid:${pid}`, ...JSON_WORDS]);
    expect(stderr).toContain(`process ${pid} stood still`);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ checks: { incompleteStacks: 0, copiedOverMs: 0 } });
  });

  test("from inside, where it is the first, is copied as it runs, and that is told", {
    timeout: LONG_MS,
  }, async () => {
    const pid = await start([UNSHARE, ...PID_NAMESPACE, known, "0.1"], known);
    const enter = ["nsenter", "-t", String(pid), "-U", "-p", "-m", "--preserve-credentials"];
    const { code, stdout, stderr } = await runBehind(enter, ["heap", "pid:1", ...JSON_WORDS]);
    expect(stderr).toContain("process 1 is the first of its container and cannot be stopped from within");
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as {
      checks: { copiedOverMs: number; badPointers: number };
      maps: { owner: string; entries: number; counted: number }[];
    };
    expect(report.checks.copiedOverMs).toBeGreaterThan(0);
    expect(report.maps.find(({ owner }) => owner === "main.server.registry.sessions")).toMatchObject({
      entries: 1714,
      counted: 1714,
    });
    const text = await runBehind(enter, ["heap", "pid:1"]);
    expect(text.stdout.replace(/\s+/g, " ")).toContain("could not be stopped and was copied as it ran");
  });

  test("is not mistaken for another where /proc is that of another namespace", {
    timeout: LONG_MS,
  }, async () => {
    const pid = await start([known, "0.1"], known);
    const { code, stderr } = await runBehind(
      [UNSHARE, "--user", "--map-root-user", "--pid", "--fork"],
      ["heap", `pid:${pid}`],
    );
    expect(code).toBe(3);
    expect(stderr).toContain("/proc is that of another pid namespace");
  });

  test("whose executable was deleted is read all the same", { timeout: LONG_MS }, async () => {
    const exe = join(folder, "gone");
    copyFileSync(known, exe);
    const pid = await start([exe, "0.1"], exe);
    rmSync(exe);
    const { code, stdout } = await runBehind([], ["heap", `pid:${pid}`, ...JSON_WORDS]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ identity: "same-build-id", checks: { incompleteStacks: 0 } });
  });

  const isRoot = process.getuid?.() === 0;
  test.skipIf(!isRoot)(
    `in a root with nothing but its binary is read${isRoot ? "" : " (skipped: only root can chroot)"}`,
    {
      timeout: LONG_MS,
    },
    async () => {
      const root = join(folder, "root");
      mkdirSync(root);
      copyFileSync(known, join(root, "app"));
      chmodSync(join(root, "app"), 0o755);
      const pid = await start(["chroot", root, "/app", "0.1"], "/app");
      const { code, stdout } = await runBehind([], ["heap", `pid:${pid}`, ...JSON_WORDS]);
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        identity: "same-build-id",
        checks: { incompleteStacks: 0 },
      });
    },
  );

  const group = makeMemoryCgroup();
  test.skipIf(group === undefined)(
    `is left alone where gopatrol's own cgroup has no room${group === undefined ? " (skipped: no memory cgroup can be made)" : ""}`,
    { timeout: LONG_MS },
    async () => {
      const pid = await start([known, "0.1"], known);
      const enter = ["/bin/sh", "-c", `echo $$ > ${group}/cgroup.procs; exec "$@"`, "sh"];
      const { code, stderr } = await runBehind(enter, ["heap", `pid:${pid}`]);
      expect(stderr).toContain(`gopatrol's cgroup ${group} has`);
      expect(code).toBe(3);
      for (let tries = 0; tries < 50; tries++) {
        try {
          return rmdirSync(group!);
        } catch {
          await sleep(100);
        }
      }
    },
  );
});

/** Below our own, with a limit that Node fits into and a copy does not; undefined where that may not be made. */
function makeMemoryCgroup(): string | undefined {
  if (skipReason !== "") return undefined;
  const read = (path: string) => (existsSync(path) ? readFileSync(path, "latin1") : "");
  const own = findMemoryCgroup(read("/proc/self/cgroup"), read("/proc/self/mountinfo"));
  if (own === undefined) return undefined;
  const group = join(own.directories[0]!, `gopatrol-test-${process.pid}`);
  try {
    mkdirSync(group);
    writeFileSync(
      join(group, own.version === 2 ? "memory.max" : "memory.limit_in_bytes"),
      String(180 * 1024 * 1024),
    );
    return group;
  } catch {
    if (existsSync(group)) rmdirSync(group);
    return undefined;
  }
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, "latin1").split(" ").filter(Boolean).map(Number),
  );
}

function commandOf(pid: number): string {
  return readFileSync(`/proc/${pid}/cmdline`, "latin1").split("\0")[0]!;
}
