import { expect, test } from "vitest";
import { modelPauses } from "./pause-model.ts";
import { QuantileSketch } from "./quantile-sketch.ts";

const MIB = 2 ** 20;

function model(stopsMs: readonly number[], cyclesPerSecond: number, live: readonly number[] = []) {
  const stops = new QuantileSketch();
  for (const ms of stopsMs) stops.add(ms);
  const none = live.map(() => 0);
  return modelPauses(stops, {
    cyclesPerSecond,
    series: {
      cyclesPerPoint: 1,
      seconds: live.map((_, i) => i),
      liveBytes: [...live],
      peakBytes: none,
      goalBytes: none,
      stackBytes: none,
      sweepTerminationMs: live.map((_, i) => stopsMs[2 * i]!),
      markTerminationMs: live.map((_, i) => stopsMs[2 * i + 1]!),
      gcCpuShare: none,
      assistShare: none,
    },
  });
}

const often = (ms: number, count: number) => new Array<number>(count).fill(ms);

test("what an hour holds of the stops of one cycle a second", () => {
  const { stopsPerHour, stoppedMsPerHour, requestChance, stopsPerHourAtDoubleGogc } = model(
    often(0.5, 200),
    1,
  );
  expect(stopsPerHour).toBe(7200);
  expect(stoppedMsPerHour).toBeCloseTo(3600);
  // Two stops a second, and a request that is 100 ms long: every fifth meets one.
  expect(requestChance).toBeCloseTo(0.2, 2);
  expect(stopsPerHourAtDoubleGogc).toBe(3600);
});

test("twice the GOGC cannot undo the cycle that comes every two minutes", () => {
  const perHour = (cyclesPerSecond: number) => model(often(1, 10), cyclesPerSecond).stopsPerHourAtDoubleGogc;
  expect(perHour(1 / 120)).toBeCloseTo(60);
  expect(perHour(1 / 200)).toBeCloseTo(36);
});

test("rare long stops are told apart from the usual one", () => {
  const { usualMs, rareShare } = model([...often(0.1, 990), ...often(20, 10)], 1);
  expect(usualMs).toBeCloseTo(0.1, 2);
  expect(rareShare).toBeCloseTo(200 / 299, 1);
});

test("the longest of an hour is known only of a log that holds as many stops", () => {
  const stops = [...often(0.1, 9990), ...often(5, 10)];
  expect(model(stops, 1).worstInHourMs).toBeCloseTo(5, 0);
  expect(model(stops, 1).worstInDayMs).toBeNaN();
  expect(model(often(0.1, 100), 1).worstInHourMs).toBeNaN();
});

test("stops that are longer where the heap is larger are noticed, other ones not", () => {
  const live = Array.from({ length: 60 }, (_, i) => (100 + 10 * ((7 * i) % 60)) * MIB);
  const proportional = live.flatMap((bytes) => [bytes / MIB / 1000, 0.01]);
  expect(model(proportional, 1, live)).toMatchObject({ growsWithHeap: true });
  expect(model(proportional, 1, live).heapTau).toBeCloseTo(1);
  const unrelated = live.flatMap((_, i) => [0.1 + ((i * 37) % 60) / 100, 0.01]);
  expect(model(unrelated, 1, live).growsWithHeap).toBe(false);
  expect(model(proportional, 1, often(100 * MIB, 60)).heapTau).toBeNaN();
});
