import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { findPackagePath } from "../src/analysis/frame-origin.ts";
import { computeHeapGrowth } from "../src/analysis/heap-growth.ts";
import { computePackageGrowth } from "../src/analysis/package-growth.ts";
import { inflateGzip } from "../src/bytes/gunzip.ts";
import { decodeProfile } from "../src/formats/pprof/decode.ts";
import { requiredTool } from "./support/required-tool.ts";

const run = promisify(execFile);
const go = requiredTool("go");
const FIXTURES = join(import.meta.dirname, "fixtures/profiles");
const [BEFORE, AFTER] = ["go1.24.11-heap.pb.gz", "go1.26.8-heap.pb.gz"];

test.skipIf(!go.available)(
  `growth by package is what go tool pprof -diff_base says${go.skipReason}`,
  async () => {
    const { stdout } = await run(
      go.path,
      [
        "tool",
        "pprof",
        "-top",
        "-sample_index=inuse_space",
        "-unit=B",
        "-symbolize=none",
        "-nodecount=1000",
        "-nodefraction=0",
        "-edgefraction=0",
        `-diff_base=${join(FIXTURES, BEFORE)}`,
        join(FIXTURES, AFTER),
      ],
      { env: { ...process.env, GOTOOLCHAIN: "local", GOPROXY: "off" } },
    );
    const expected = new Map<string, number>();
    for (const [, flat, name] of stdout.matchAll(
      /^\s*(-?\d+)B?\s+\S+%\s+\S+%\s+\S+\s+\S+%\s+(.*?)(?: \(inline\))?$/gm,
    )) {
      const path = findPackagePath(name!);
      expected.set(path, (expected.get(path) ?? 0) + Number(flat));
    }
    const growth = computeHeapGrowth({
      snapshots: [BEFORE, AFTER].map((name, seconds) => ({
        seconds,
        profile: decodeProfile(inflateGzip(readFileSync(join(FIXTURES, name))).bytes).profile,
      })),
      layout: {},
    });
    const found = new Map(
      computePackageGrowth(growth).map((part) => [part.name, part.afterBytes - part.beforeBytes]),
    );
    expect(expected.size).toBeGreaterThan(2);
    const moved = (growthOf: Map<string, number>) =>
      new Map([...growthOf].filter(([, bytes]) => bytes !== 0).sort(([a], [b]) => a.localeCompare(b)));
    expect(moved(found)).toEqual(moved(expected));
  },
);
