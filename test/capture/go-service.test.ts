import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Bundle } from "../../src/bundle/manifest.ts";
import { captureTarget } from "../../src/capture/capture-window.ts";
import { findGoroutineCount } from "../../src/capture/response-check.ts";
import { parseUrlTarget } from "../../src/capture/target.ts";
import { createFakeClock } from "../support/fake-clock.ts";
import { requiredTool } from "../support/required-tool.ts";

const SERVICE = `package main

import (
	_ "expvar"
	"fmt"
	"net"
	"net/http"
	_ "net/http/pprof"
	"runtime"
)

var kept = map[int][]byte{}

func main() {
	runtime.MemProfileRate = 1
	for i := 0; i < 5000; i++ {
		kept[i] = make([]byte, 64)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr())
	panic(http.Serve(listener, nil))
}
`;

const go = requiredTool("go");

describe.skipIf(!go.available)(`a Go service${go.skipReason}`, () => {
  let folder: string;
  let service: ChildProcess;
  let bundle: Bundle;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "gopatrol-go-"));
    await writeFile(join(folder, "go.mod"), "module example.test/service\n\ngo 1.23\n");
    await writeFile(join(folder, "main.go"), SERVICE);
    execFileSync(go.path, ["build", "-o", "service", "."], { cwd: folder });
    service = spawn(join(folder, "service"), { stdio: ["ignore", "pipe", "inherit"] });
    const address = await new Promise<string>((found) => {
      service.stdout!.once("data", (line: Buffer) => found(line.toString("utf8").trim()));
    });
    bundle = await captureTarget(
      {
        target: parseUrlTarget(address),
        gopatrol: "0.0.0",
        windowMs: 5_000,
        everyMs: 5_000,
        addressesToSymbolize: findHiddenAddresses,
      },
      { clock: createFakeClock() },
    );
  });
  afterAll(async () => {
    service?.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  });

  const text = (path: string): string => new TextDecoder().decode(bundle.files.get(path));

  test("gives all that was asked for but /metrics, which it does not have", () => {
    expect(bundle.manifest.failures.map(({ kind, code }) => [kind, code])).toEqual([["metrics", "http-404"]]);
    expect(bundle.manifest.captures.map(({ sample, kind }) => `${sample} ${kind}`)).toEqual([
      "0 index",
      "0 cmdline",
      "0 heap-text",
      "0 expvar",
      "0 heap",
      "0 goroutine",
      "0 goroutine-dump",
      "0 allocs",
      "1 heap-text",
      "1 expvar",
      "1 heap",
      "1 goroutine",
      "1 goroutine-dump",
      "1 allocs",
      "1 symbols",
    ]);
    expect(findGoroutineCount(bundle.files.get("0000/index.html")!)).toBeGreaterThan(0);
  });

  test("runs one forced collection for each sample, and MemStats are those behind it", () => {
    const forced = [0, 1].map((sample) =>
      Number(/NumForcedGC = (\d+)/.exec(text(`000${sample}/heap.txt`))?.[1]),
    );
    expect(forced).toEqual([1, 2]);
  });

  test("names the runtime functions that its heap text hides, the map's assignment among them", () => {
    const names = text("0001/symbols.txt");
    expect(names).toMatch(/^0x[0-9a-f]+ (internal\/runtime\/maps\.|runtime\.mapassign)/m);
    expect(text("0001/heap.txt")).not.toMatch(/^#.*mapassign/m);
  });
});

/** The call addresses of the stacks that no comment line under them names. */
function findHiddenAddresses(heapText: Uint8Array): bigint[] {
  const text = new TextDecoder().decode(heapText);
  const named = new Set(
    [...text.matchAll(/^#\t0x([0-9a-f]+)/gm)].map(([, address]) => BigInt(`0x${address}`)),
  );
  const called = [...text.matchAll(/^\d+: \d+ \[\d+: \d+\] @ (.*)$/gm)].flatMap(([, stack]) =>
    stack!.split(" "),
  );
  return [...new Set(called.map((address) => BigInt(address) - 1n))].filter((address) => !named.has(address));
}
