import fc from "fast-check";
import { expect, test } from "vitest";
import { isRefusal, OverheadBudget } from "./overhead-budget.ts";

const HOUR = 3_600_000;

test("in no hour is more let through than the budget, and what is refused is possible again when it says so", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ stepMs: fc.integer({ min: 0, max: 900_000 }), cpu: fc.integer({ min: 0, max: 40 }) }),
        {
          maxLength: 120,
        },
      ),
      (requests) => {
        const budget = new OverheadBudget({ cpuSecondsPerHour: 100, capturesPerHour: 6 });
        const taken: { atMs: number; cpu: number }[] = [];
        let now = 1_700_000_000_000;
        for (const { stepMs, cpu } of requests) {
          now += stepMs;
          const answer = budget.reserve("a", { cpuSeconds: cpu, captures: 1 }, now);
          if (isRefusal(answer)) {
            expect(answer.againMs).toBeGreaterThan(now);
            expect(answer.againMs).toBeLessThanOrEqual(now + HOUR + 300_000);
          } else taken.push({ atMs: now, cpu });
          const within = taken.filter(({ atMs }) => atMs > now - HOUR);
          expect(within.length).toBeLessThanOrEqual(6);
          expect(within.reduce((sum, each) => sum + each.cpu, 0)).toBeLessThanOrEqual(100);
        }
      },
    ),
  );
});

test("what it really cost replaces the estimate", () => {
  const budget = new OverheadBudget({ cpuSecondsPerHour: 10, capturesPerHour: 100 });
  const now = 1_700_000_000_000;
  const reservation = budget.reserve("a", { cpuSeconds: 8, captures: 1 }, now);
  if (isRefusal(reservation)) throw new Error("there is room");
  expect(budget.reserve("a", { cpuSeconds: 3, captures: 1 }, now)).toMatchObject({ of: "cpu-seconds" });
  budget.settle(reservation, { cpuSeconds: 0.5, captures: 1 }, now + 1000);
  budget.spend("a", { cpuSeconds: 0.25, captures: 0 }, now + 1000);
  expect(budget.spent("a", now + 1000)).toEqual({ cpuSeconds: 0.75, captures: 1 });
  expect(budget.spent("a", now + HOUR + 400_000)).toEqual({ cpuSeconds: 0, captures: 0 });
  expect(budget.spent("b", now)).toEqual({ cpuSeconds: 0, captures: 0 });
});
