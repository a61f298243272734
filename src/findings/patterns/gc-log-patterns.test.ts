import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { NO_EVIDENCE } from "../../../test/support/no-evidence.ts";
import { GcLogDigest } from "../../analysis/gc-cycles/gc-log.ts";
import { GodebugLogDecoder } from "../../formats/godebug-log/decode.ts";
import type { Evidence } from "../evidence.ts";
import { longStw } from "./long-stw.ts";
import { markAssist } from "./mark-assist.ts";

/** Evidence of a log with nothing but these cycles, half a second apart. */
function evidenceOf(count: number, line: (n: number) => string, rest: Partial<Evidence> = {}): Evidence {
  const digest = new GcLogDigest(() => "");
  const decoder = new GodebugLogDecoder(digest);
  const text = Array.from(
    { length: count },
    (_, n) => `gc ${n + 1} @${(n / 2).toFixed(3)}s 5%: ${line(n)}\n`,
  );
  decoder.push(new TextEncoder().encode(text.join("")));
  return { ...NO_EVIDENCE, gcCycles: digest.summary().processes[0], ...rest };
}

const cycle = (stops: string, cpu: string, heap = "90->104->52 MB, 104 MB goal") =>
  `${stops} ms clock, ${cpu} ms cpu, ${heap}, 0 MB stacks, 0 MB globals, 2 P`;
const assisted = () => cycle("0.10+80+0.010", "0.20+30/40/10+0.020");

test("assists that take a good part of marking, and milliseconds of each collection", () => {
  const [candidate] = markAssist.judge(evidenceOf(30, assisted));
  expect(candidate?.finding).toMatchObject({
    pattern: "gc/mark-assist",
    severity: "warning",
    state: "confirmed",
  });
  const said = candidate!.finding.evidence.find(({ id }) => id === "assist-cost")!;
  expect((said.values as { share: { value: number } }).share.value).toBeCloseTo(30 / 70);
});

test.each([
  ["few assists", 30, () => cycle("0.10+80+0.010", "0.20+5/60/10+0.020")],
  [
    "a small heap, whose assists cost microseconds",
    30,
    () => cycle("0.1+1.0+0.010", "0.20+0.50/0.40/0+0.020", "4->4->1 MB, 4 MB goal"),
  ],
  ["too few collections to tell", 4, assisted],
  ["forced collections only", 30, () => `${assisted()} (forced)`],
])("no finding of assists: %s", (_, count, line) => {
  expect(markAssist.judge(evidenceOf(count, line))).toEqual([]);
});

const cpuClasses = (seconds: number, assist: number) => ({
  total: 2 * seconds,
  user: 0.5 * seconds,
  idle: seconds,
  gcTotal: 0.2 * seconds,
  gcMarkIdle: 0.05 * seconds,
  gcMarkAssist: assist,
  gcPause: 0,
  scavengeTotal: 0,
});

test("the CPU classes of /metrics tell of assists without a log", () => {
  const judge = (assist: number) =>
    markAssist.judge({
      ...NO_EVIDENCE,
      collector: {
        seconds: 30,
        automaticCycles: 40,
        forcedCycles: 6,
        allocatedBytes: 3e9,
        allocatedObjects: 1e6,
        pauseNs: 1e6,
        gcCpuFraction: 0.05,
        nextGcBytes: 1e8,
        lastHeapAllocBytes: 9e7,
        automaticCyclesEver: 100,
        cyclesPerSecond: undefined,
        outsideHeapBytes: 0,
        unusedHeapShare: 0,
      },
      runtimeMetrics: [
        { seconds: 0, metrics: { cpu: cpuClasses(100, 5) } },
        { seconds: 30, metrics: { cpu: cpuClasses(130, 5 + assist) } },
      ],
    });
  expect(judge(2)).toHaveLength(1);
  expect(judge(0.1)).toEqual([]);
});

const stops = (long: (n: number) => boolean, ms: number) => (n: number) =>
  cycle(`${long(n) ? ms : 0.1}+2.0+0.010`, "0.20+0/4.0/0+0.020");

test("long stops that come again and again", () => {
  const [candidate] = longStw.judge(
    evidenceOf(
      100,
      stops((n) => n % 10 === 0, 45),
    ),
  );
  expect(candidate?.finding).toMatchObject({ pattern: "gc/long-stw", severity: "warning" });
  expect(candidate!.finding.evidence.map(({ id }) => id)).not.toContain("stw-quota");
});

test("stops of a quota's period are told as that", () => {
  const [candidate] = longStw.judge(
    evidenceOf(
      100,
      stops((n) => n % 10 === 0, 99),
    ),
  );
  expect(candidate!.finding.evidence.map(({ id }) => id)).toContain("stw-quota");
});

test("on a machine with more to run than CPUs long stops are a hint only", () => {
  const process = { cpuPressure: 0.9 } as Evidence["process"];
  const [candidate] = longStw.judge(
    evidenceOf(
      100,
      stops((n) => n % 10 === 0, 45),
      { process },
    ),
  );
  expect(candidate?.finding).toMatchObject({ severity: "info", state: "suspected" });
});

test.each([
  ["a few accidents", stops((n) => n % 30 === 0, 45)],
  ["stops of some milliseconds", stops(() => true, 6)],
])("no finding of long stops: %s", (_, line) => {
  expect(longStw.judge(evidenceOf(100, line))).toEqual([]);
});

test("the histogram of /sched/pauses tells of long stops without a log", () => {
  const le = [0.001, 0.02, Number.POSITIVE_INFINITY];
  const judge = (count: number[]) =>
    longStw.judge({
      ...NO_EVIDENCE,
      runtimeMetrics: [
        { seconds: 0, metrics: { gcPauses: { le, count: [10, 10, 10] } } },
        { seconds: 30, metrics: { gcPauses: { le, count } } },
      ],
    });
  expect(judge([80, 90, 100])).toHaveLength(1);
  expect(judge([99, 99, 100])).toEqual([]);
});

test("the recorded logs of a healthy program give neither", () => {
  const folder = resolve(import.meta.dirname, "../../../test/fixtures/godebug");
  for (const version of ["go1.19.13", "go1.26.8"]) {
    const digest = new GcLogDigest(() => "");
    const decoder = new GodebugLogDecoder(digest);
    decoder.push(readFileSync(resolve(folder, `${version}.log`)));
    const evidence = { ...NO_EVIDENCE, gcCycles: digest.summary().processes[0] };
    expect([...markAssist.judge(evidence), ...longStw.judge(evidence)]).toEqual([]);
  }
});
