import fc from "fast-check";
import { expect, test } from "vitest";
import type { CheckConfig, Level, Schedule } from "../config/patrol-config.ts";
import { buildLanes, type Lane } from "./lane.ts";
import { type PlannedTarget, Scheduler, type SlotEvent } from "./scheduler.ts";

const T0 = Date.parse("2026-11-25T00:00:00Z");
const MINUTE = 60_000;

function fakeCheck(part: Partial<CheckConfig> & { schedule: Schedule }): CheckConfig {
  return {
    name: part.kind ?? "runtime",
    kind: "runtime",
    level: "L2" as Level,
    when: "always",
    matchers: [],
    timeoutMs: 1000,
    retries: 0,
    options: {},
    auth: null,
    rules: [],
    ...part,
  };
}

function lanesOf(...schedules: Schedule[]): Lane[] {
  return buildLanes(
    schedules.map((schedule) => fakeCheck({ schedule })),
    { isHeavy: () => false, baseProfileEveryMs: 3_600_000 },
  );
}

const minutely: Schedule = { kind: "interval", everyMs: MINUTE, jitterMs: MINUTE };

function targets(count: number, lanes: Lane[], sinceMs = T0): PlannedTarget[] {
  return Array.from({ length: count }, (_, i) => ({ id: `target-${i}`, lanes, sinceMs }));
}

/** Slots of each target and lane as the events tell them: started ones, and missed ones written out. */
function slotsTold(events: readonly SlotEvent[]): Map<string, number[]> {
  const told = new Map<string, number[]>();
  for (const event of events) {
    if (event.kind === "stepped-back") continue;
    const key = `${event.target} ${event.lane.name}`;
    const list = told.get(key) ?? [];
    told.set(key, list);
    if (event.kind === "start") list.push(event.slotMs);
    else {
      let count = 0;
      for (let slot = event.fromMs; slot <= event.toMs; slot = event.lane.slots.next(slot)) {
        list.push(slot);
        count++;
      }
      expect(count).toBe(event.count);
    }
  }
  return told;
}

test.each([
  ["a day of 600 targets every ten minutes", 600, 10 * MINUTE, 24 * 60 * MINUTE],
  ["ten minutes of ten thousand targets every minute", 10_000, MINUTE, 10 * MINUTE],
])("%s: every slot of each is started, none late, none twice", (_, count, everyMs, forMs) => {
  const lanes = lanesOf({ kind: "interval", everyMs, jitterMs: everyMs });
  const scheduler = new Scheduler(T0);
  scheduler.replace(targets(count, lanes), T0);
  let latestMs = 0;
  const ids = new Set<string>();
  const end = T0 + forMs;
  for (let now = T0; now < end; now = Math.max(now + 100, scheduler.nextWakeMs(now))) {
    for (const event of scheduler.advance(now)) {
      if (event.kind !== "start") throw new Error("nothing is missed");
      latestMs = Math.max(latestMs, now - event.dueMs);
      ids.add(event.runId);
      scheduler.finished(event.target, event.lane.name, event.slotMs, true);
    }
  }
  scheduler.advance(end - 1);
  expect(latestMs).toBeLessThan(100);
  // A target with an offset of zero has its last slot at the very end.
  expect(ids.size).toBeGreaterThan(((count * forMs) / everyMs) * 0.995);
  expect(ids.size).toBeLessThanOrEqual((count * forMs) / everyMs);
  expect(scheduler.overdue(end, 2)).toEqual([]);
});

test("each slot is told once, as started or as missed, whatever runs how long and however the clock is asked", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          stepMs: fc.oneof(fc.integer({ min: 1, max: 30_000 }), fc.integer({ min: 1, max: 3_600_000 })),
          runsMs: fc.integer({ min: 0, max: 200_000 }),
          act: fc.constantFrom("none", "none", "none", "pause", "resume", "reload", "trigger"),
        }),
        { minLength: 1, maxLength: 40 },
      ),
      (steps) => {
        const lanes = lanesOf(
          minutely,
          { kind: "interval", everyMs: 15_000, jitterMs: 5000 },
          { kind: "cron", expression: "*/20 * * * *", timeZone: "Europe/Berlin", splayMs: MINUTE },
        );
        const plan = targets(3, lanes);
        const scheduler = new Scheduler(T0);
        scheduler.replace(plan, T0);
        const events: SlotEvent[] = [];
        const running: { target: string; lane: string; slotMs: number; untilMs: number }[] = [];
        let now = T0;
        for (const { stepMs, runsMs, act } of steps) {
          now += stepMs;
          for (const run of running.filter((each) => each.untilMs <= now)) {
            running.splice(running.indexOf(run), 1);
            scheduler.finished(run.target, run.lane, run.slotMs, true);
          }
          if (act === "pause") scheduler.pause();
          if (act === "resume") scheduler.resume(now);
          if (act === "reload") scheduler.replace(plan, now);
          const triggered =
            act === "trigger" ? scheduler.trigger("target-1", lanes[0]!.name, now) : undefined;
          const given = scheduler.advance(now);
          events.push(...given);
          for (const event of [...(triggered === undefined ? [] : [triggered]), ...given]) {
            if (event.kind !== "start") continue;
            const same = running.filter(
              (each) => each.target === event.target && each.lane === event.lane.name,
            );
            expect(same).toEqual([]);
            running.push({
              target: event.target,
              lane: event.lane.name,
              slotMs: event.slotMs,
              untilMs: now + runsMs,
            });
          }
        }
        scheduler.resume(now);
        events.push(...scheduler.advance(now));
        for (const [key, slots] of slotsTold(events)) {
          const lane = lanes.find((each) => key.endsWith(` ${each.name}`))!;
          for (const [i, slot] of slots.entries()) {
            if (i > 0) expect(slot).toBe(lane.slots.next(slots[i - 1]!));
          }
        }
        const missing = [...slotsTold(events).values()].filter((slots) => slots.length === 0);
        expect(missing).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
});

test("a run that is still under way is not overlapped, and the slot is told as missed", () => {
  const scheduler = new Scheduler(T0);
  scheduler.replace(targets(1, lanesOf({ kind: "interval", everyMs: MINUTE, jitterMs: 0 })), T0);
  const [first] = scheduler.advance(T0 + MINUTE);
  expect(first).toMatchObject({
    kind: "start",
    slotMs: T0 + MINUTE,
    runId: "target-0@2026-11-25T00:01:00.000Z/L2-1m",
  });
  expect(scheduler.advance(T0 + 2 * MINUTE)).toMatchObject([{ kind: "missed", reason: "running", count: 1 }]);
  scheduler.finished("target-0", "L2-1m", T0 + MINUTE, true);
  expect(scheduler.advance(T0 + 3 * MINUTE)).toMatchObject([{ kind: "start", slotMs: T0 + 3 * MINUTE }]);
});

test("after a sleep the newest slot is run, and all before it are one record", () => {
  const scheduler = new Scheduler(T0);
  scheduler.replace(targets(1, lanesOf({ kind: "interval", everyMs: MINUTE, jitterMs: 0 })), T0);
  expect(scheduler.advance(T0 + 60 * MINUTE + 500)).toMatchObject([
    { kind: "missed", reason: "late", count: 59, fromMs: T0 + MINUTE, toMs: T0 + 59 * MINUTE },
    { kind: "start", slotMs: T0 + 60 * MINUTE },
  ]);
});

test("what went by while no patrol was running is told as such; a new target owes nothing", () => {
  const lanes = lanesOf({ kind: "interval", everyMs: MINUTE, jitterMs: 0 });
  const scheduler = new Scheduler(T0 + 10 * MINUTE);
  scheduler.replace(
    [
      { id: "old", lanes, sinceMs: T0 + 4 * MINUTE },
      { id: "new", lanes, sinceMs: T0 + 10 * MINUTE },
    ],
    T0 + 10 * MINUTE,
  );
  expect(scheduler.advance(T0 + 10 * MINUTE)).toMatchObject([
    { kind: "missed", target: "old", reason: "down", count: 5 },
    { kind: "start", target: "old", slotMs: T0 + 10 * MINUTE },
  ]);
});

test("paused: nothing starts and nothing is overdue; resumed: what went by is told as paused", () => {
  const scheduler = new Scheduler(T0);
  scheduler.replace(targets(1, lanesOf({ kind: "interval", everyMs: MINUTE, jitterMs: 0 })), T0);
  scheduler.pause();
  expect(scheduler.advance(T0 + 5 * MINUTE)).toEqual([]);
  expect(scheduler.overdue(T0 + 5 * MINUTE, 2)).toEqual([]);
  scheduler.resume(T0 + 5 * MINUTE);
  expect(scheduler.advance(T0 + 5 * MINUTE)).toMatchObject([
    { kind: "missed", reason: "paused", count: 4 },
    { kind: "start" },
  ]);
});

test("a reload keeps what stays, drops what went, and begins what came", () => {
  const [minute] = lanesOf({ kind: "interval", everyMs: MINUTE, jitterMs: 0 });
  const [half] = lanesOf({ kind: "interval", everyMs: 30_000, jitterMs: 0 });
  const scheduler = new Scheduler(T0);
  scheduler.replace(targets(2, [minute!]), T0);
  expect(scheduler.advance(T0 + MINUTE)).toHaveLength(2);
  // target-0 still runs when it is planned anew.
  scheduler.finished("target-1", "L2-1m", T0 + MINUTE, true);
  scheduler.replace([{ id: "target-0", lanes: [minute!, half!], sinceMs: T0 + MINUTE }], T0 + MINUTE);
  expect(scheduler.size).toBe(2);
  expect(
    scheduler
      .advance(T0 + 2 * MINUTE)
      .map((event) => event.kind === "stepped-back" || [event.kind, event.target, event.lane.name]),
  ).toEqual(
    expect.arrayContaining([
      ["missed", "target-0", "L2-1m"],
      ["start", "target-0", "L2-30s"],
    ]),
  );
});

test("a lane that went and came back while it runs does not run twice", () => {
  const lanes = lanesOf({ kind: "interval", everyMs: MINUTE, jitterMs: 0 });
  const scheduler = new Scheduler(T0);
  scheduler.replace(targets(1, lanes), T0);
  scheduler.advance(T0 + MINUTE);
  scheduler.replace([], T0 + MINUTE);
  scheduler.replace(targets(1, lanes, T0 + MINUTE), T0 + MINUTE);
  expect(scheduler.advance(T0 + 2 * MINUTE)).toMatchObject([{ kind: "missed", reason: "running" }]);
});

test("a target without results is overdue after so many slots, and no longer once it has one", () => {
  const scheduler = new Scheduler(T0);
  scheduler.replace(targets(1, lanesOf({ kind: "interval", everyMs: MINUTE, jitterMs: 0 })), T0);
  scheduler.advance(T0 + MINUTE);
  expect(scheduler.overdue(T0 + 2 * MINUTE, 3)).toEqual([]);
  scheduler.advance(T0 + 3 * MINUTE);
  expect(scheduler.overdue(T0 + 3 * MINUTE, 3)).toMatchObject([
    { target: "target-0", slots: 3, lastSlotMs: null },
  ]);
  scheduler.finished("target-0", "L2-1m", T0 + MINUTE, true);
  expect(scheduler.overdue(T0 + 3 * MINUTE, 3)).toEqual([]);
  expect(scheduler.overdue(T0 + 4 * MINUTE, 3)).toMatchObject([{ slots: 3, lastSlotMs: T0 + MINUTE }]);
});

test("a clock set back by little is waited for; by much, the schedule begins anew from it", () => {
  const scheduler = new Scheduler(T0 + 600 * MINUTE);
  scheduler.replace(
    targets(1, lanesOf({ kind: "interval", everyMs: MINUTE, jitterMs: 0 }), T0 + 600 * MINUTE),
    T0 + 600 * MINUTE,
  );
  expect(scheduler.advance(T0 + 601 * MINUTE)).toMatchObject([{ kind: "start" }]);
  scheduler.finished("target-0", "L2-1m", T0 + 601 * MINUTE, true);
  expect(scheduler.advance(T0 + 598 * MINUTE)).toEqual([]);
  expect(scheduler.advance(T0 + 2 * MINUTE)).toEqual([{ kind: "stepped-back", byMs: 599 * MINUTE }]);
  expect(scheduler.advance(T0 + 3 * MINUTE)).toMatchObject([{ kind: "start", slotMs: T0 + 3 * MINUTE }]);
});

test("heavy checks have a lane of their own, and a difference for suspects keeps a base of all", () => {
  const schedule: Schedule = { kind: "interval", everyMs: 6 * 3_600_000, jitterMs: 0 };
  const lanes = buildLanes(
    [
      fakeCheck({ kind: "promql", level: "L3", schedule }),
      fakeCheck({ kind: "heap-diff", level: "L3", when: "suspect", schedule }),
      fakeCheck({ kind: "inspect", level: "L3", when: "suspect", schedule }),
    ],
    { isHeavy: (kind) => kind === "heap-diff" || kind === "inspect", baseProfileEveryMs: 3_600_000 },
  );
  expect(
    lanes.map(({ name, checks, keepsBase }) => [
      name,
      checks.map(({ kind, when }) => `${kind} ${when}`),
      keepsBase,
    ]),
  ).toEqual([
    ["L3-6h", ["promql always"], false],
    ["L3-6h-heavy", ["heap-diff suspect", "inspect suspect"], false],
    ["L3-1h-base", ["heap-diff always"], true],
  ]);
});

test("a run out of turn gets its own slot, but for one that would take the place of a slot that is about to come", () => {
  const scheduler = new Scheduler(T0);
  const [lane] = lanesOf({ kind: "interval", everyMs: 60 * MINUTE, jitterMs: 0 });
  scheduler.replace(targets(1, [lane!]), T0);
  expect(scheduler.trigger("target-0", lane!.name, T0 + 59.5 * MINUTE)).toBeUndefined();
  expect(scheduler.trigger("target-0", "L9", T0)).toBeUndefined();
  expect(scheduler.trigger("target-0", lane!.name, T0 + 5 * MINUTE)).toMatchObject({
    slotMs: T0 + 5 * MINUTE,
  });
  expect(scheduler.trigger("target-0", lane!.name, T0 + 6 * MINUTE)).toBeUndefined();
  scheduler.finished("target-0", lane!.name, T0 + 5 * MINUTE, true);
  expect(scheduler.trigger("target-0", lane!.name, T0 + 59.5 * MINUTE, { evenIfSoon: true })).toMatchObject({
    slotMs: T0 + 59.5 * MINUTE,
  });
});
