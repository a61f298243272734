import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Bundle, CaptureKind } from "../../src/bundle/manifest.ts";
import { captureTarget } from "../../src/capture/capture-window.ts";
import { findListener } from "../../src/capture/process/find-process.ts";
import { parseUrlTarget, processTarget } from "../../src/capture/target.ts";
import { decodeProcFds } from "../../src/formats/proc-fds/decode.ts";
import { decodeBundle } from "../../src/inspect/decode-bundle.ts";
import { inspectBundle } from "../../src/inspect/inspect-bundle.ts";
import { FD_KINDS, type FdTable } from "../../src/tables/fd-table.ts";

const hasProc = existsSync("/proc/self/smaps");
const reason = hasProc ? "" : " (skipped: this system has no /proc with smaps)";

/** Listens on a free port, connects to itself, holds a file and a pipe, and prints the port. */
const SERVICE = `
const net = require("node:net");
const fs = require("node:fs");
fs.openSync(process.execPath);
const server = net.createServer(() => {});
server.listen(0, "127.0.0.1", () => {
  const { port } = server.address();
  net.connect(port, "127.0.0.1", () => console.log(port));
});
`;

describe.skipIf(!hasProc)(`a process of this machine${reason}`, () => {
  let service: ChildProcess;
  let port: number;

  beforeAll(async () => {
    service = spawn(process.execPath, ["-e", SERVICE], { stdio: ["ignore", "pipe", "inherit"] });
    for await (const line of createInterface({ input: service.stdout! })) {
      port = Number(line);
      break;
    }
  });
  afterAll(() => void service.kill("SIGKILL"));

  async function capture(): Promise<Bundle> {
    return captureTarget({
      target: processTarget(service.pid!),
      gopatrol: "0.0.0",
      windowMs: 300,
      everyMs: 150,
    });
  }

  test("is captured without pprof: mappings, status, descriptors, limits, cgroup", async () => {
    const bundle = await capture();
    expect(bundle.manifest.target).toEqual({ kind: "process", name: `pid:${service.pid}` });
    const kinds = new Set(bundle.manifest.captures.map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual<CaptureKind[]>([
      "proc-fds",
      "proc-limits",
      "proc-maps",
      "proc-stat",
      "proc-status",
      "proc-system",
    ]);
    expect(bundle.manifest.failures).toEqual([]);
    const inspection = inspectBundle(bundle);
    const rss = inspection.kernel!.rss!;
    expect(rss.terms.reduce((sum, { bytes }) => sum + bytes, 0) + rss.residualBytes).toBe(rss.bytes);
    expect(rss.terms.map(({ id }) => id)).toContain("exe-text");
    expect(decodeBundle(bundle).damage).toEqual([]);
  });

  test("has its sockets with state and addresses", async () => {
    const bundle = await capture();
    const { path } = bundle.manifest.captures.find(({ kind }) => kind === "proc-fds")!;
    const { fds } = decodeProcFds(bundle.files.get(path)!);
    const sockets = listSockets(fds);
    expect(sockets).toContainEqual({ state: "LISTEN", local: `127.0.0.1:${port}`, remote: "0.0.0.0:0" });
    expect(sockets).toContainEqual({
      state: "ESTABLISHED",
      local: expect.any(String) as string,
      remote: `127.0.0.1:${port}`,
    });
    const kinds = Array.from(fds.kind, (kind) => FD_KINDS[kind]);
    expect(kinds).toEqual(expect.arrayContaining(["file", "eventpoll", "pipe"]));
    expect(fds.total).toBe(fds.length);
  });

  test("is found by the port it listens on", async () => {
    expect(await findListener(port)).toEqual({ pid: service.pid });
    expect(await findListener(1)).toBe("none");
  });

  test("is not looked at behind a URL where another process answers", async () => {
    const { startFakePprofServer } = await import("../support/fake-pprof-server.ts");
    const server = await startFakePprofServer();
    try {
      const bundle = await captureTarget({
        target: parseUrlTarget(server.url),
        process: "find",
        gopatrol: "0.0.0",
        windowMs: 200,
        everyMs: 100,
      });
      // The fake's command line is that of a Go service; the process is this test's.
      expect(bundle.manifest.captures.some(({ kind }) => kind.startsWith("proc-"))).toBe(false);
      expect(bundle.manifest.failures.filter(({ kind }) => kind.startsWith("proc-"))).toEqual([]);
    } finally {
      await server.close();
    }
  });

  test("ends the window when it ends, and what was gathered is kept", async () => {
    const brief = spawn(process.execPath, ["-e", "setTimeout(() => {}, 400)"], { stdio: "ignore" });
    const bundle = await captureTarget({
      target: processTarget(brief.pid!),
      gopatrol: "0.0.0",
      windowMs: 20_000,
      everyMs: 200,
    });
    expect(bundle.manifest.captures.length).toBeGreaterThan(0);
    expect(bundle.manifest.failures.at(-1)?.code).toBe("no-such-process");
  });

  test("that is not there is told", async () => {
    await expect(
      captureTarget({ target: processTarget(4_194_304), gopatrol: "0.0.0" }),
    ).rejects.toMatchObject({ code: "no-such-process", message: "there is no process 4194304" });
  });
});

function listSockets(fds: FdTable): { state: string; local: string; remote: string }[] {
  const text = (column: Uint32Array, row: number) => fds.texts[column[row]!]!;
  return Array.from({ length: fds.length }, (_, row) => row)
    .filter((row) => FD_KINDS[fds.kind[row]!] === "tcp")
    .map((row) => ({
      state: text(fds.state, row),
      local: text(fds.local, row),
      remote: text(fds.remote, row),
    }));
}
