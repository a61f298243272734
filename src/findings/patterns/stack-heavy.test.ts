import { expect, test } from "vitest";
import { evidenceOfDumps, idsFrom, type Parked } from "../../../test/support/goroutine-scene.ts";
import type { MemoryClasses } from "../../tables/memory-classes.ts";
import type { Evidence } from "../evidence.ts";
import { stackHeavy } from "./stack-heavy.ts";

const MB = 2 ** 20;

const main: Parked = { state: "chan receive", stack: ["main.main:10"], ids: [1] };
const classes = (stacks: number, objects: number): MemoryClasses =>
  ({ heapStacks: stacks, heapObjects: objects, total: stacks + objects }) as MemoryClasses;

function judge(
  goroutines: Parked[] | ((k: number) => Parked[]),
  stacks: (k: number) => number,
  rest: Partial<Evidence> = {},
) {
  const at = typeof goroutines === "function" ? goroutines : () => goroutines;
  const samples = idsFrom(0, 7);
  const evidence = evidenceOfDumps(
    samples.map((k) => [main, ...at(k)]),
    {
      memoryClasses: samples.map((k) => ({ seconds: 5 * k, classes: classes(stacks(k), 8 * MB) })),
      ...rest,
    },
  );
  return stackHeavy.judge(evidence).map(({ finding }) => finding);
}

const deep: Parked = {
  state: "sleep",
  stack: [
    "tree.(*Node).Walk:8",
    ...Array.from({ length: 110 }, () => "tree.(*Node).Walk:12"),
    "main.serve:3",
  ],
  ids: idsFrom(10, 34),
};

test("recursion is named at the line that calls itself", () => {
  expect(judge([deep], () => 60 * MB)).toMatchObject([
    {
      state: "confirmed",
      severity: "warning",
      site: { function: "tree.(*Node).Walk", line: 12 },
      headline: { id: "headline-stack-deep" },
    },
  ]);
});

test("wide frames are named where the source shows an array, and only suspected without", () => {
  const wide: Parked = { state: "IO wait", stack: ["relay.pump:5"], ids: idsFrom(10, 210) };
  const text = "package relay\n\nfunc pump(c conn) {\n\tvar buf [256 << 10]byte\n\tc.read(buf[:])\n}\n";
  expect(judge([wide], () => 60 * MB, { source: new Map([["/src/relay/relay.go", text]]) })).toMatchObject([
    { state: "confirmed", severity: "warning", site: { function: "relay.pump", line: 4 } },
  ]);
  expect(judge([wide], () => 60 * MB)).toMatchObject([
    { state: "suspected", severity: "info", next: [{ id: "next-source" }] },
  ]);
});

test("very many goroutines", () => {
  const many: Parked = { state: "select", stack: ["feed.follow:7"], ids: idsFrom(10, 12_010) };
  expect(judge([many], () => 48 * MB)).toMatchObject([
    { headline: { id: "headline-stack-many" }, severity: "info" },
  ]);
  expect(judge([many], () => 48 * MB, { limitBytes: 100 * MB })).toMatchObject([{ severity: "warning" }]);
});

test("silent for small stacks, a small share, and where goroutines pile up", () => {
  expect(judge([deep], () => 6 * MB)).toEqual([]);
  const heavy = idsFrom(0, 7).map((k) => ({ seconds: 5 * k, classes: classes(30 * MB, 900 * MB) }));
  expect(judge([deep], () => 30 * MB, { memoryClasses: heavy })).toEqual([]);
  const pile = (k: number): Parked[] => [
    { state: "select", stack: ["feed.follow:7"], ids: idsFrom(10, 12_010 + 2000 * k) },
  ];
  expect(judge(pile, (k) => (40 + 4 * k) * MB)).toEqual([]);
});

test("against a limit", () => {
  const small = idsFrom(0, 7).map((k) => ({ seconds: 5 * k, classes: classes(20 * MB, 30 * MB) }));
  expect(judge([deep], () => 0, { memoryClasses: small, limitBytes: 64 * MB })).toMatchObject([
    { severity: "warning" },
  ]);
  expect(judge([deep], () => 60 * MB, { limitBytes: 64 * MB })).toMatchObject([{ severity: "critical" }]);
});
