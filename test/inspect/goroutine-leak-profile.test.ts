import { resolve } from "node:path";
import { expect, test } from "vitest";
import { readLooseFiles } from "../../src/capture/loose-files.ts";
import { inspectBundle } from "../../src/inspect/inspect-bundle.ts";

const recorded = resolve(import.meta.dirname, "../fixtures/goroutine/leak-go1.27.3.pb.gz");

test("a goroutineleak profile alone is enough: the collector has already judged", async () => {
  const bundle = await readLooseFiles({ paths: [recorded], gopatrol: "0.0.0", timeOf: () => undefined });
  const { findings, verdict } = inspectBundle(bundle);
  expect(verdict.outcome).toBe("leak");
  expect(findings).toMatchObject([
    {
      pattern: "goroutine/blocked-send",
      state: "confirmed",
      severity: "warning",
      confidence: 0.9,
      site: { function: "main.fetch.func1", line: 15 },
    },
  ]);
  expect(findings[0]!.evidence.map((s) => s.id)).toContain("goroutines-leaked");
});
