import { expect, test } from "vitest";
import { findRisingMetrics, Suspects } from "./suspects.ts";

const MiB = 1024 * 1024;

function column(value: (minute: number) => number, minutes = 60) {
  const atMs = Float64Array.from({ length: minutes }, (_, i) => 1_700_000_000_000 + i * 60_000);
  return { atMs, value: Float64Array.from({ length: minutes }, (_, i) => value(i)) };
}

test("a leak behind a saw-tooth rises; a level heap, a filled cache and a small drift do not", () => {
  const tooth = (i: number) => ((i * 7) % 10) * 2 * MiB;
  expect(
    findRisingMetrics(
      new Map([
        ["heap_live_bytes", column((i) => 100 * MiB + i * MiB + tooth(i))],
        ["rss_bytes", column((i) => 300 * MiB + tooth(i))],
        ["goroutines", column((i) => 50 + 400 * (1 - Math.exp(-i / 8)))],
        ["open_fds", column((i) => 30 + i / 20)],
      ]),
    ),
  ).toEqual(["heap_live_bytes"]);
});

test("a target becomes suspect with the first reason and is cleared with the last", () => {
  const suspects = new Suspects();
  expect(suspects.noteRule("a", "heap", "pending")).toBe(true);
  expect(suspects.noteTrend("a", ["goroutines"])).toBe(false);
  expect(suspects.noteRule("a", "heap", "inactive")).toBe(false);
  expect(suspects.reasonsOf("a")).toEqual([{ kind: "trend", name: "goroutines" }]);
  expect(suspects.size).toBe(1);
  suspects.noteTrend("a", []);
  expect(suspects.isSuspect("a")).toBe(false);
  expect(suspects.noteRule("b", "heap", "firing")).toBe(true);
  suspects.retain((target) => target !== "b");
  expect(suspects.size).toBe(0);
});
