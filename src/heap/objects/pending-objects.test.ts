import fc from "fast-check";
import { expect, test } from "vitest";
import { PendingObjects } from "./pending-objects.ts";
import type { SpanTable } from "./span-table.ts";

test("each object that was added is given out, those added meanwhile too, and span by span in order", () => {
  const counts = fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(counts, fc.array(fc.nat(400)), fc.array(fc.nat(400)), (slots, first, later) => {
      const firstObject = Uint32Array.from([0, ...slots].map((_, i) => sum(slots.slice(0, i))));
      const pending = new PendingObjects({ length: slots.length, firstObject } as SpanTable);
      const objects = firstObject[slots.length]!;
      const spanOf = (object: number) => firstObject.findLastIndex((start) => start <= object);
      const add = (object: number) => pending.add(object % objects, spanOf(object % objects));
      first.forEach(add);
      const found: number[] = [];
      const rest = [...later];
      pending.drain((object, span) => {
        expect(span).toBe(spanOf(object));
        found.push(object);
        const next = rest.pop();
        if (next !== undefined) add(next);
      });
      expect(pending.drain(() => found.push(-1))).toBe(false);
      const added = later.slice(rest.length);
      expect(new Set(found)).toEqual(new Set([...first, ...added].map((object) => object % objects)));
      if (added.length === 0) expect(found).toEqual([...found].sort((a, b) => a - b));
    }),
  );
});

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
