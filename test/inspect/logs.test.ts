import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { readLooseFiles } from "../../src/capture/loose-files.ts";
import { decodeBundle } from "../../src/inspect/decode-bundle.ts";
import { inspectBundle } from "../../src/inspect/inspect-bundle.ts";

const fixtures = resolve(import.meta.dirname, "../fixtures");

async function inspectFiles(...names: string[]) {
  const bundle = await readLooseFiles({
    paths: names.map((name) => resolve(fixtures, name)),
    gopatrol: "0.0.0",
    timeOf: () => undefined,
  });
  const decoded = decodeBundle(bundle);
  return { decoded, inspection: inspectBundle(bundle, decoded), formats: [...decoded.formats.values()] };
}

test("a log alone gives the live heap after each collection", async () => {
  const { inspection, formats } = await inspectFiles("godebug/go1.26.8.log");
  expect(formats).toEqual(["godebug-log"]);
  expect(inspection.process.liveHeapSource).toBe("gctrace");
  expect(inspection.window.samples).toBe(67);
  const lines = readFileSync(resolve(fixtures, "godebug/go1.26.8.log"), "utf8").match(/->(\d+) MB, /g)!;
  expect(inspection.process.liveHeapBytes).toBe(Number(/\d+/.exec(lines.at(-1)!)![0]) * 2 ** 20);
});

test("logs of valgrind, the dynamic linker and cgo's checks are evidence", async () => {
  const { decoded, formats } = await inspectFiles(
    "native/memcheck-cgo.log",
    "native/ld-debug.log",
    "native/cgo-argument-go1.26.8.log",
    "native/cgo-store-go1.26.8.log",
  );
  expect(new Set(formats)).toEqual(new Set(["memcheck-log", "ld-debug-log", "goroutine-dump"]));
  const { nativeLeaks, libraryLoads, cgoFailures } = decoded.logs;
  expect(nativeLeaks).toMatchObject([{ command: "./thumbs", totals: { definitely: { bytes: 100_000 } } }]);
  expect(libraryLoads).toMatchObject([{ loadedAfterStart: 3 }]);
  expect(cgoFailures).toHaveLength(2);
  for (const { stack } of cgoFailures) {
    expect(
      stack.some((f) => f.file === "example.com/images/main.go" && f.function.startsWith("main.draw")),
    ).toBe(true);
  }
});
