import fc from "fast-check";
import { expect, test } from "vitest";
import { TimingWheel } from "./timing-wheel.ts";

test("gives out everything that is due, once, in the order of its time, whatever the steps", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 5_000_000 }), { minLength: 1, maxLength: 200 }),
      fc.array(fc.integer({ min: 0, max: 2_000_000 }), { minLength: 1, maxLength: 40 }),
      (dueMs, steps) => {
        const wheel = new TimingWheel(0);
        for (const [entry, due] of dueMs.entries()) wheel.put(entry, due);
        const seen = new Set<number>();
        let now = 0;
        for (const step of [...steps, 5_000_000]) {
          const next = wheel.nextDueMs(now + 700_000);
          const earliest = Math.min(now + 700_000, ...dueMs.filter((_, entry) => !seen.has(entry)));
          expect(next).toBe(Math.min(now + 700_000, Math.max(earliest, 0)));
          now += step;
          const given = wheel.advance(now);
          expect(given.map((entry) => dueMs[entry])).toEqual(
            dueMs.filter((due, entry) => due <= now && !seen.has(entry)).toSorted((a, b) => a - b),
          );
          for (const entry of given) seen.add(entry);
        }
        expect(seen.size).toBe(dueMs.length);
      },
    ),
    { numRuns: 60 },
  );
});

test("moves an entry that is put in again and forgets one that is taken out", () => {
  const wheel = new TimingWheel(1000);
  for (let entry = 0; entry < 3000; entry++) wheel.put(entry, 2000 + (entry % 7) * 100);
  for (let entry = 0; entry < 3000; entry += 2) wheel.remove(entry);
  for (let entry = 1; entry < 3000; entry += 4) wheel.put(entry, 9000);
  expect(wheel.advance(8999)).toHaveLength(750);
  expect(wheel.advance(9000)).toHaveLength(750);
  expect(wheel.nextDueMs(50_000)).toBe(50_000);
});
