import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { decodeMemcheckLog, sniffMemcheckLog } from "./decode.ts";

const read = (name: string) =>
  readFileSync(resolve(import.meta.dirname, "../../../test/fixtures/native", name));

test("a C program: each loss record with its bytes, blocks and stack, most bytes first", () => {
  const { reports, damage } = decodeMemcheckLog(read("memcheck.log"));
  expect(damage).toEqual([]);
  expect(reports).toHaveLength(1);
  const [report] = reports;
  expect(report).toMatchObject({
    command: "./leak",
    totals: {
      definitely: { bytes: 3016, blocks: 2 },
      indirectly: { bytes: 3084, blocks: 199 },
      possibly: { bytes: 4096, blocks: 1 },
      reachable: { bytes: 31, blocks: 2 },
    },
  });
  expect(
    report!.leaks.map(({ kind, bytes, directBytes, blocks }) => [kind, bytes, directBytes, blocks]),
  ).toEqual([
    ["possibly", 4096, 4096, 1],
    ["definitely", 3100, 16, 1],
    ["definitely", 3000, 3000, 1],
  ]);
  expect(report!.leaks[1]!.stack).toEqual([
    {
      function: "malloc",
      file: "",
      line: 0,
      object: "/usr/libexec/valgrind/vgpreload_memcheck-amd64-linux.so",
    },
    { function: "push", file: "leak.c", line: 7, object: "" },
    { function: "lose_list", file: "leak.c", line: 8, object: "" },
    { function: "main", file: "leak.c", line: 11, object: "" },
  ]);
});

test("a Go program: the C function that cgo called is a frame, frames without a name are kept", () => {
  const { reports } = decodeMemcheckLog(read("memcheck-cgo.log"));
  const [leak] = reports[0]!.leaks;
  expect(leak).toMatchObject({ kind: "definitely", bytes: 100_000, blocks: 100 });
  expect(leak!.stack[1]).toEqual({
    function: "_cgo_635eebf2f11f_Cfunc_render",
    file: "main.go",
    line: 6,
    object: "",
  });
  expect(leak!.stack.filter((frame) => frame.function === "")).toHaveLength(2);
});

test("with time stamps and all kinds of leaks", () => {
  const { reports } = decodeMemcheckLog(read("memcheck-all.log"));
  expect(reports[0]!.leaks.filter((leak) => leak.kind === "reachable").length).toBeGreaterThan(0);
});

test("without --leak-check=full there are sums and no records", () => {
  const { reports } = decodeMemcheckLog(read("memcheck-summary.log"));
  expect(reports[0]!.leaks).toEqual([]);
  expect(reports[0]!.totals?.definitely).toEqual({ bytes: 3016, blocks: 2 });
});

test("every truncation keeps the records before it, and says that the sums are missing", () => {
  const bytes = read("memcheck.log");
  expect(sniffMemcheckLog(bytes)).toBe(true);
  let seen = 0;
  for (let end = 0; end <= bytes.length; end++) {
    const { reports, damage } = decodeMemcheckLog(bytes.subarray(0, end));
    const count = reports[0]?.leaks.length ?? 0;
    expect(count).toBeGreaterThanOrEqual(seen);
    seen = count;
    expect(damage).toHaveLength(reports.filter((report) => report.totals === undefined).length);
  }
  expect(seen).toBe(3);
});
