import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { computeNextDueMs, countPlannedSamples } from "../../src/capture/sample-schedule.ts";

/** When samples begin if each takes `tookMs`. */
function play(windowMs: number, everyMs: number, tookMs: number): number[] {
  const begun: number[] = [];
  for (let dueMs: number | undefined = 0; dueMs !== undefined; ) {
    const startedMs = Math.max(dueMs, begun.length === 0 ? 0 : begun.at(-1)! + tookMs);
    begun.push(startedMs);
    const past = { taken: begun.length, dueMs, startedMs, endedMs: startedMs + tookMs };
    dueMs = computeNextDueMs({ windowMs, everyMs }, past);
  }
  return begun;
}

describe("samples of a quick target", () => {
  test.each([
    [30, 5, [0, 5, 10, 15, 20, 25, 30]],
    [30, 30, [0, 30]],
    [30, 7, [0, 7, 14, 21, 30]],
    [30, 20, [0, 20, 30]],
    [30, 4, [0, 4, 8, 12, 16, 20, 24, 28, 30]],
  ])("%d s, every %d s", (windowMs, everyMs, times) => {
    expect(play(windowMs, everyMs, 0)).toEqual(times);
    expect(countPlannedSamples({ windowMs, everyMs })).toBe(times.length);
  });
});

describe("a slow target", () => {
  test("gets as much time to itself as a sample takes; missed ticks are left out", () => {
    expect(play(30, 5, 2)).toEqual([0, 5, 10, 15, 20, 25, 30]);
    expect(play(30, 5, 4)).toEqual([0, 10, 20, 30]);
    expect(play(30, 5, 6)).toEqual([0, 15, 30]);
  });

  test("is sampled twice at least, behind the window's end if need be", () => {
    expect(play(30, 5, 20)).toEqual([0, 40]);
  });
});

test("never overlaps, never takes more than half of the time, ends", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.001, max: 1e6, noNaN: true }),
      fc.double({ min: 0.02, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 3, noNaN: true }),
      (windowMs, everyShare, tookShare) => {
        const tookMs = windowMs * tookShare;
        const begun = play(windowMs, windowMs * everyShare, tookMs);
        expect(begun.length).toBeGreaterThanOrEqual(2);
        expect(begun.length).toBeLessThanOrEqual(
          countPlannedSamples({ windowMs, everyMs: windowMs * everyShare }),
        );
        for (let k = 1; k < begun.length; k++) {
          expect(begun[k]! - begun[k - 1]!).toBeGreaterThanOrEqual(2 * tookMs * (1 - 1e-9));
        }
      },
    ),
  );
});
