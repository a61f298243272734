import { expect, test } from "vitest";
import type { AlertState } from "../alert.ts";
import type { Observation } from "./observation.ts";
import { stepAlert } from "./step-alert.ts";

const MINUTE = 60_000;
const T0 = Date.UTC(2026, 10, 25);

type Options = Partial<Pick<Observation, "forMs" | "keepFiringForMs" | "minSamples" | "tier">>;

/** `looks`: minute → whether it holds, or [holds, clears]. Gives "minute event" of each event, and the last state. */
function live(
  looks: readonly (readonly [number, boolean | null, (boolean | null)?])[],
  options: Options = {},
  from: AlertState | null = null,
) {
  let state = from;
  const events: string[] = [];
  const reasons: string[] = [];
  for (const [minute, holds, clears] of looks) {
    const step = stepAlert(state, {
      kind: "threshold",
      target: "checkout",
      rule: "http/slow",
      tier: "P2",
      labels: { team: "pay" },
      identity: {},
      atMs: T0 + minute * MINUTE,
      holds,
      clears: clears === undefined ? (holds === null ? null : !holds) : clears,
      values: holds === null ? {} : { latency_ms: holds ? 400 : 100 },
      reason:
        holds === null
          ? "latency_ms is missing"
          : holds
            ? "latency_ms = 400 > 300"
            : "latency_ms = 100, not > 300",
      summary: null,
      finding: null,
      forMs: 0,
      keepFiringForMs: 0,
      minSamples: 1,
      ...options,
    });
    state = step.state;
    for (const { event, reason } of step.events) {
      events.push(`${minute} ${event}`);
      reasons.push(reason);
    }
  }
  return { state, events, reasons };
}

test("without for it fires at once and resolves at once", () => {
  const { state, events } = live([
    [0, false],
    [1, true],
    [2, true],
    [3, false],
  ]);
  expect(events).toEqual(["1 fired", "3 resolved"]);
  expect(state).toMatchObject({ phase: "inactive", firedMs: T0 + MINUTE, resolvedMs: T0 + 3 * MINUTE });
});

test("what never held needs no memory", () => {
  expect(
    live([
      [0, false],
      [1, false],
    ]).state,
  ).toBeNull();
});

test("for: it must hold that long, and a short excess is told as dropped", () => {
  const { events, reasons } = live(
    [
      [0, true],
      [3, true],
      [4, false],
      [6, true],
      [11, true],
    ],
    { forMs: 5 * MINUTE },
  );
  expect(events).toEqual(["0 pending", "4 dropped", "6 pending", "11 fired"]);
  expect(reasons).toEqual([
    "latency_ms = 400 > 300; it fires if it holds for 5 min",
    "latency_ms = 100, not > 300; it had held for 4 min and 2 samples",
    "latency_ms = 400 > 300; it fires if it holds for 5 min",
    "latency_ms = 400 > 300 for 5 min",
  ]);
});

test("min_samples: not on one look, however long ago", () => {
  const looks = [
    [0, true],
    [60, true],
    [120, true],
  ] as const;
  expect(live(looks, { minSamples: 3 }).events).toEqual(["0 pending", "120 fired"]);
});

test("a missing sample neither counts nor forgets what was seen to hold", () => {
  const { events } = live(
    [
      [0, true],
      [1, null],
      [2, true],
      [3, null],
      [5, true],
    ],
    { forMs: 5 * MINUTE, minSamples: 3 },
  );
  expect(events).toEqual(["0 pending", "1 unknown", "3 unknown", "5 fired"]);
});

test("what is not known does not resolve what fires", () => {
  const { state, events } = live([
    [0, true],
    [1, null],
    [100, null],
  ]);
  expect(events).toEqual(["0 fired", "1 unknown"]);
  expect(state).toMatchObject({ phase: "firing", unknownSinceMs: T0 + MINUTE });
});

test("never known is a phase of its own, never healthy", () => {
  expect(
    live([
      [0, null],
      [1, null],
    ]).events,
  ).toEqual(["0 unknown"]);
  expect(live([[0, null]]).state).toMatchObject({ phase: "unknown", firedMs: null });
});

test("keep_firing_for bridges a dip, and the dip is no second alert", () => {
  const options = { keepFiringForMs: 5 * MINUTE };
  const { state, events } = live(
    [
      [0, true],
      [1, false],
      [3, true],
      [4, false],
      [8, false],
      [9, false],
    ],
    options,
  );
  expect(events).toEqual(["0 fired", "1 kept", "4 kept", "9 resolved"]);
  expect(state?.firedMs).toBe(T0);
});

test("hysteresis: between the two thresholds nothing changes", () => {
  const { events } = live([
    [0, false, false],
    [1, true, false],
    [2, false, false],
    [3, false, true],
    [4, false, false],
  ]);
  expect(events).toEqual(["1 fired", "3 resolved"]);
});

test("what fires four times within the hour flaps: it is kept until it was quiet for 15 minutes", () => {
  const looks = Array.from({ length: 12 }, (_, i) => [i, i % 2 === 0] as const);
  const { state, events, reasons } = live([...looks, [20, false], [21, false], [22, false]]);
  expect(events).toEqual([
    "0 fired",
    "1 resolved",
    "2 fired",
    "3 resolved",
    "4 fired",
    "5 resolved",
    "6 fired",
    "7 kept",
    "9 kept",
    "11 kept",
  ]);
  expect(reasons.at(-1)).toBe(
    "latency_ms = 100, not > 300; kept for 15 min: it flaps, having fired 4 times within the hour",
  );
  expect(live([[26, false]], {}, state).events).toEqual(["26 resolved"]);
});

test("a tier that rises while it fires is told", () => {
  const { state } = live([[0, true]], { tier: "P2" });
  const { events, reasons } = live([[1, true]], { tier: "P1" }, state);
  expect(events).toEqual(["1 raised"]);
  expect(reasons).toEqual(["from P2 to P1: latency_ms = 400 > 300"]);
});

test("a clock set back gives no negative time", () => {
  const { events, reasons } = live(
    [
      [10, true],
      [5, true],
      [5, false],
    ],
    { forMs: MINUTE },
  );
  expect(events).toEqual(["10 pending", "5 dropped"]);
  expect(reasons[1]).toContain("held for 0 s");
});
