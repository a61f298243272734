import fc from "fast-check";
import { expect, test } from "vitest";
import "../support/property-seed.ts";
import { isFiring } from "../../src/patrol/alerting/step-alert.ts";
import { AlertScene, MINUTE, receiver, route } from "./alert-scene.ts";

const TARGETS = ["a", "b", "c", "d", "e", "f"];
const REPEAT_MS = 30 * MINUTE;
const LIMIT = { messages: 4, perMs: MINUTE };

/** Something happens, then time passes. */
const turn = fc.record({
  what: fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant("look" as const),
        target: fc.constantFrom(...TARGETS),
        holds: fc.constantFrom(true, true, false, null),
        tier: fc.constantFrom("P0" as const, "P2" as const),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("restart" as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("kill" as const),
        receiver: fc.constantFrom("ops", "mail"),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("fail" as const),
        receiver: fc.constantFrom("ops", "mail"),
        how: fc.constantFrom("retry" as const, "rejected" as const, "heal" as const),
      }),
    },
  ),
  waitMs: fc.constantFrom(0, 1000, 20_000, 3 * MINUTE, 12 * MINUTE),
});

test("whatever happens: nothing twice within repeat_interval, no limit exceeded, nothing that fires untold", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(turn, { maxLength: 60 }),
      fc.constantFrom<string[]>([], ["target"], ["tier"]),
      async (turns, groupBy) => {
        const scene = new AlertScene({
          routes: [route({ groupBy, repeatIntervalMs: REPEAT_MS, groupIntervalMs: 2 * MINUTE })],
          receivers: [receiver("ops", { fallback: "mail" }), receiver("mail")],
          limits: LIMIT,
        });
        for (const { what, waitMs } of turns) {
          if (what.kind === "restart") scene.restart();
          else if (what.kind === "kill") scene.killsAfter = what.receiver;
          else if (what.kind === "look") scene.observe(what.target, what.holds, { tier: what.tier });
          else if (what.how === "heal") scene.failing.delete(what.receiver);
          else scene.failing.set(what.receiver, { outcome: what.how, reason: "down", afterMs: null });
          await scene.pass(waitMs, 20_000);
        }
        scene.failing.clear();
        scene.killsAfter = null;
        await scene.pass(25 * MINUTE, 20_000);

        checkLimits(scene);
        checkRepetitions(scene);
        checkEnds(scene);
        for (const state of scene.board.states) {
          const told = state.notified["ops"];
          if (isFiring(state)) expect(told).toMatchObject({ state: "firing" });
          else if (told !== undefined && told.atMs >= (state.firedMs ?? 0))
            expect(told.state).toBe("resolved");
        }
      },
    ),
    { numRuns: 300 },
  );
});

/** In every window as long as the limit's, over restarts too. */
function checkLimits({ attempts }: AlertScene): void {
  for (const name of ["ops", "mail"]) {
    const times = attempts.filter((each) => each.receiver === name).map(({ atMs }) => atMs);
    for (const [i, atMs] of times.entries()) {
      const later = times[i + LIMIT.messages];
      if (later !== undefined) expect(later - atMs).toBeGreaterThanOrEqual(LIMIT.perMs);
    }
  }
}

/** A message whose id the receiver has is the same, whatever the kill. */
function checkRepetitions({ sent }: AlertScene): void {
  const last = new Map<string, { atMs: number; tier: string }>();
  const taken = new Set<string>();
  for (const { id: message, receiver: to, alerts, atMs } of sent) {
    if (taken.has(message)) continue;
    taken.add(message);
    for (const { id, startedMs, state, tier } of alerts) {
      const key = JSON.stringify([to, id, startedMs, state]);
      const before = last.get(key);
      const isNews = before === undefined || tier < before.tier;
      if (!isNews)
        expect(atMs - before.atMs, `${to} was told of one alert twice`).toBeGreaterThanOrEqual(REPEAT_MS);
      last.set(key, { atMs, tier });
    }
  }
}

/** Whoever was told that it fires knows when it is over, also if nobody knew that he was. */
function checkEnds({ sent, board }: AlertScene): void {
  const heard = new Map<string, string>();
  for (const { receiver: to, alerts } of sent)
    for (const { id, state } of alerts) heard.set(`${to} ${id}`, state);
  for (const [key, state] of heard) {
    const alert = board.state(key.split(" ")[1]!);
    if (alert !== null && !isFiring(alert)) expect(state, key).toBe("resolved");
  }
}
