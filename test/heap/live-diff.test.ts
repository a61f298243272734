import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HeapDiff } from "../../src/heap/answers/heap-diff.ts";
import { requiredTool } from "../support/required-tool.ts";
import { runGopatrol } from "../support/run-gopatrol.ts";

const go = requiredTool("go");
const LONG_MS = 120_000;

const PROGRAM = `package main

import (
	"fmt"
	"time"
)

type order struct {
	id    string
	lines [12]int
}

var archive = map[int]*order{}
var open = map[string]*order{}

func main() {
	for i := 0; i < 4000; i++ {
		archive[i] = &order{id: fmt.Sprint("archived ", i)}
		open[fmt.Sprint("order ", i)] = &order{}
	}
	fmt.Println("ready")
	for i := 4000; ; i++ {
		open[fmt.Sprint("order ", i)] = &order{}
		time.Sleep(2 * time.Millisecond)
	}
}
`;

describe.skipIf(!go.available || process.platform !== "linux")(
  `two looks at a service${go.skipReason}`,
  () => {
    let folder: string;
    const services: ChildProcess[] = [];

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "gopatrol-live-diff-"));
      await writeFile(join(folder, "go.mod"), "module orders\n\ngo 1.21\n");
      await writeFile(join(folder, "main.go"), PROGRAM);
      execFileSync(go.path, ["build", "-o", "orders", "."], { cwd: folder, stdio: "ignore" });
      for (let i = 0; i < 2; i++) {
        const service = spawn(join(folder, "orders"), { stdio: ["ignore", "pipe", "ignore"] });
        services.push(service);
        await once(service.stdout!, "data");
      }
    }, LONG_MS);
    afterAll(async () => {
      for (const service of services) service.kill("SIGKILL");
      await rm(folder, { recursive: true });
    });

    async function compare(from: number, to: number, between: string): Promise<HeapDiff> {
      const pids = [from, to].map((i) => `pid:${services[i]!.pid}`);
      const flags = ["--between", between, "--format", "json", "--max-pause", "60s"];
      const run = await runGopatrol(["heap", pids[0]!, "diff", pids[1]!, ...flags]);
      expect(run.code, run.stderr).toBe(0);
      return JSON.parse(run.stdout) as HeapDiff;
    }

    test("what grew is told, with how much of it was there before", { timeout: LONG_MS }, async () => {
      const diff = await compare(0, 0, "1s");
      expect(diff.age).toMatchObject({ sameProcess: "yes", basis: "measured" });
      expect(diff.age.seconds).toBeGreaterThanOrEqual(1);
      const grown = diff.maps.find((row) => row.name === "main.open map[string]*main.order")!;
      expect(grown.afterCount).toBeGreaterThan(grown.beforeCount);
      // 4,000 orders of 112 bytes were there; a map that grew anew has new groups.
      expect(grown.olderBytes).toBeGreaterThan(4000 * 112);
      expect(grown.olderBytes).toBeLessThan(grown.afterBytes);
      expect(diff.owners.map((row) => row.name)).not.toContain("main.archive");
    });

    test("of another process of the same program nothing is older", { timeout: LONG_MS }, async () => {
      const diff = await compare(0, 1, "1ms");
      expect(diff.age).toMatchObject({ sameProcess: "no", objects: 0 });
      expect(diff.types.every((row) => row.olderBytes === null)).toBe(true);
    });
  },
);
