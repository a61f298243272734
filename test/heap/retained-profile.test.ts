import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeProfile } from "../../src/formats/pprof/encode.ts";
import { buildHeapReport, type HeapReport } from "../../src/heap/answers/heap-report.ts";
import { buildRetainedProfile } from "../../src/heap/answers/retained-profile.ts";
import { readRecordedHeap } from "../support/known-heap.ts";
import { requiredTool } from "../support/required-tool.ts";

const go = requiredTool("go");

describe.skipIf(!go.available)(`a heap as a profile for go tool pprof${go.skipReason}`, () => {
  let folder: string;
  let report: HeapReport;
  let file: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "gopatrol-retained-"));
    file = join(folder, "kept.pb.gz");
    const heap = await readRecordedHeap("go1.26.8");
    report = buildHeapReport(heap, { top: 1000 });
    writeFileSync(file, gzipSync(encodeProfile(buildRetainedProfile(heap))));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("-top -cum tells what each variable keeps, to the byte", { timeout: 120_000 }, () => {
    const text = execFileSync(
      go.path,
      [
        "tool",
        "pprof",
        "-top",
        "-cum",
        "-unit=B",
        "-nodecount=100000",
        "-nodefraction=0",
        "-edgefraction=0",
        file,
      ],
      { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, PPROF_TMPDIR: folder } },
    );
    const cumulative = new Map<string, number>();
    for (const [, bytes, name] of text.matchAll(/^ +\S+ +\S+ +\S+ +(\d+)B? +\S+ +(.+)$/gm))
      cumulative.set(name!.trim(), Number(bytes));
    expect(text).toContain(` of ${report.reachableBytes}B total`);
    const globals = report.owners.filter((owner) => owner.kind === "global" && owner.retainedBytes > 0);
    expect(globals.length).toBeGreaterThan(5);
    for (const { name, retainedBytes } of globals) expect(cumulative.get(name), name).toBe(retainedBytes);
  });
});
