import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Clock } from "../../src/lib/clock.ts";
import { AlertScene, MINUTE, receiver, route, SCENE_START } from "./alert-scene.ts";

const hour = 60 * MINUTE;

describe("grouping", () => {
  test("one message after group_wait, further ones at group_interval, reminders at repeat_interval", async () => {
    const scene = new AlertScene({ routes: [route({ groupBy: ["team"] })] });
    scene.observe("a", true, { labels: { team: "pay" } });
    await scene.pass(25_000);
    scene.observe("b", true, { labels: { team: "pay" } });
    scene.observe("c", true, { labels: { team: "web" } });
    expect(scene.takeSent()).toEqual([]);
    await scene.pass(30_000);
    expect(scene.takeSent()).toEqual(["ops: firing a b", "ops: firing c"]);
    scene.observe("d", true, { labels: { team: "pay" } });
    await scene.pass(4 * MINUTE);
    expect(scene.takeSent()).toEqual([]);
    await scene.pass(MINUTE);
    expect(scene.takeSent()).toEqual(["ops: firing d"]);
    await scene.pass(4 * hour - 6 * MINUTE);
    expect(scene.takeSent()).toEqual([]);
    await scene.pass(10 * MINUTE);
    expect(scene.takeSent()).toEqual(["ops: still firing a b", "ops: still firing c", "ops: still firing d"]);
    scene.observe("a", false);
    await scene.pass(10 * MINUTE);
    expect(scene.takeSent()).toEqual(["ops: resolved a"]);
  });

  test("something worse than all that was told does not wait for the interval", async () => {
    const scene = new AlertScene();
    scene.observe("a", true);
    await scene.pass(MINUTE);
    scene.observe("b", true, { tier: "P0" });
    await scene.pass(30_000);
    expect(scene.takeSent()).toEqual(["ops: firing a", "ops: firing b"]);
  });

  test("what rises in urgency is told again", async () => {
    const scene = new AlertScene();
    scene.observe("a", true);
    await scene.pass(MINUTE);
    scene.observe("a", true, { tier: "P1" });
    await scene.pass(MINUTE);
    expect(scene.takeSent()).toEqual(["ops: firing a", "ops: firing a"]);
  });

  test("what came and went within group_wait is not told", async () => {
    const scene = new AlertScene();
    scene.observe("a", true);
    await scene.pass(10_000);
    scene.observe("a", false);
    await scene.pass(hour);
    expect(scene.takeSent()).toEqual([]);
  });
});

describe("routing", () => {
  test("the first route that fits decides, unless it says continue; tiers choose too", async () => {
    const team = { label: "team", operator: "=", value: "pay" } as const;
    const scene = new AlertScene({
      receivers: [receiver("page"), receiver("pay"), receiver("ops")],
      routes: [
        route({ tiers: ["P0", "P1"], receivers: ["page"], continue: true }),
        route({ matchers: [team], receivers: ["pay"] }),
        route({ tiers: ["P0", "P1", "P2"] }),
      ],
    });
    scene.observe("a", true, { tier: "P1", labels: { team: "pay" } });
    scene.observe("b", true, { tier: "P1" });
    scene.observe("c", true, { tier: "P2", labels: { team: "pay" } });
    scene.observe("d", true, { tier: "P3" });
    await scene.pass(MINUTE);
    expect(scene.takeSent()).toEqual(["page: firing a b", "pay: firing a c", "ops: firing b"]);
    expect(scene.events.filter(({ event }) => event === "held")).toMatchObject([
      { target: "d", reason: "no route leads to a receiver" },
    ]);
  });
});

describe("what holds messages back", () => {
  test("a maintenance window holds, says so, and lets go", async () => {
    const window = { kind: "once", startMs: SCENE_START, endMs: SCENE_START + hour } as const;
    const matchers = [{ label: "target", operator: "=~", value: "db-.*" }] as const;
    const scene = new AlertScene({ maintenance: [{ name: "db-upgrade", matchers: [...matchers], window }] });
    scene.observe("db-1", true);
    scene.observe("db-2", true);
    scene.observe("web", true);
    await scene.pass(30 * MINUTE);
    scene.observe("db-2", false);
    expect(scene.takeSent()).toEqual(["ops: firing web"]);
    await scene.pass(31 * MINUTE);
    expect(scene.takeSent()).toEqual(["ops: firing db-1"]);
    expect(
      scene.events
        .filter(({ target }) => target === "db-1")
        .map(({ event, reason }) => `${event}: ${reason}`),
    ).toEqual([
      "fired: latency_ms = 400 > 300",
      "held: maintenance window db-upgrade, until 2026-11-25T04:00:00.000Z",
      "released: no longer held: maintenance window db-upgrade, until 2026-11-25T04:00:00.000Z",
      "notified: as firing",
    ]);
  });

  test("what was told before the window is told resolved after it", async () => {
    const window = { kind: "cron", expression: "10 3 * * *", timeZone: "UTC", durationMs: hour } as const;
    const scene = new AlertScene({ maintenance: [{ name: "nightly", matchers: [], window }] });
    scene.observe("a", true);
    await scene.pass(15 * MINUTE);
    scene.observe("a", false);
    await scene.pass(50 * MINUTE);
    expect(scene.takeSent()).toEqual(["ops: firing a"]);
    await scene.pass(10 * MINUTE);
    expect(scene.takeSent()).toEqual(["ops: resolved a"]);
  });

  test("500 targets behind one dead database give one message, whichever is looked at first", async () => {
    const targets = Array.from({ length: 500 }, (_, i) => `svc-${i}`);
    for (const parentFirst of [true, false]) {
      const scene = new AlertScene({ dependsOn: Object.fromEntries(targets.map((each) => [each, ["db"]])) });
      scene.down("db", false);
      await scene.pass(10_000);
      if (parentFirst) scene.down("db", true, { minSamples: 2 });
      await scene.pass(5000);
      for (const target of targets) scene.down(target, true);
      await scene.pass(40_000);
      scene.down("db", true, { minSamples: parentFirst ? 2 : 1 });
      await scene.pass(hour, MINUTE);
      expect(scene.takeSent()).toEqual(["ops: firing db"]);
      const held = scene.events.filter(
        ({ event, reason }) => event === "held" && reason.includes("db, which is down"),
      );
      expect(held).toHaveLength(500);
      scene.down("db", false);
      for (const target of targets) scene.down(target, target === "svc-7");
      await scene.pass(10 * MINUTE);
      expect(scene.takeSent().sort()).toEqual(["ops: firing db resolved svc-7"]);
    }
  });

  test("the root of a chain is named", async () => {
    const scene = new AlertScene({ dependsOn: { web: ["api"], api: ["db"], db: ["web"] } });
    for (const target of ["db", "api", "web"]) scene.down(target, true);
    await scene.pass(MINUTE);
    // A circle holds all of it back, which loading refuses; here only that it ends.
    expect(scene.takeSent()).toEqual([]);
    const chain = new AlertScene({ dependsOn: { web: ["api"], api: ["db"] } });
    for (const target of ["db", "api", "web"]) chain.down(target, true);
    await chain.pass(MINUTE);
    expect(chain.takeSent()).toEqual(["ops: firing db"]);
    expect(
      chain.board.state([...chain.stored.values()].find(({ target }) => target === "web")!.id)?.held,
    ).toBe("it depends on db, which is down");
  });
});

describe("limits", () => {
  test("a hundred groups at once become a few messages and one that tells of the rest", async () => {
    const scene = new AlertScene({ routes: [route({ groupBy: ["target"] })] });
    for (let i = 0; i < 100; i++) scene.observe(`svc-${i}`, true, { tier: i === 77 ? "P0" : "P2" });
    await scene.pass(35_000);
    expect(scene.sent).toHaveLength(6);
    expect(scene.sent[0]).toMatchObject({ tier: "P0", alerts: [{ target: "svc-77" }] });
    expect(scene.sent.at(-1)).toMatchObject({ groupLabels: {}, folded: 75 });
    await scene.pass(hour);
    expect(scene.sent).toHaveLength(6);
    const folded = scene.events.filter(({ event }) => event === "folded");
    expect(folded).toHaveLength(75);
    expect(folded[0]?.reason).toBe(
      "counted, not listed, as firing in a message of 95 alerts, 95 groups put together to keep the receiver's limit",
    );
  });

  test("a restart does not begin the service's minute anew", async () => {
    const scene = new AlertScene({
      routes: [route({ groupBy: ["target"], groupWaitMs: 0 })],
      limits: { messages: 2, perMs: MINUTE },
    });
    for (const target of ["a", "b", "c", "d"]) {
      scene.observe(target, true);
      await scene.pass(5000);
      scene.restart();
    }
    expect(scene.takeSent()).toEqual(["ops: firing a", "ops: firing b"]);
    await scene.pass(MINUTE);
    expect(scene.takeSent()).toEqual(["ops: firing c d"]);
  });
});

describe("failures", () => {
  test("after three the stand-in is told, and of the end too; the first hears of it once it is back", async () => {
    const scene = new AlertScene({ receivers: [receiver("ops", { fallback: "mail" }), receiver("mail")] });
    scene.failing.set("ops", { outcome: "retry", reason: "HTTP 503", afterMs: null });
    scene.observe("a", true);
    await scene.pass(3 * MINUTE);
    expect(scene.takeSent()).toEqual(["mail for ops: firing a"]);
    expect(scene.events.filter(({ event }) => event === "notify-failed").map(({ reason }) => reason)).toEqual(
      ["HTTP 503; tried again in 2 s", "HTTP 503; mail is told instead"],
    );
    scene.observe("a", false);
    await scene.pass(MINUTE);
    scene.failing.clear();
    await scene.pass(6 * MINUTE);
    expect(scene.takeSent().sort()).toEqual(["mail: resolved a", "ops: resolved a"]);
  });

  test("what cannot be helped by trying again goes to the stand-in at once", async () => {
    const scene = new AlertScene({ receivers: [receiver("ops", { fallback: "mail" }), receiver("mail")] });
    scene.failing.set("ops", { outcome: "rejected", reason: "errcode 93000: invalid webhook url" });
    scene.observe("a", true);
    await scene.pass(MINUTE);
    expect(scene.takeSent()).toEqual(["mail for ops: firing a"]);
    expect(scene.attempts.filter(({ receiver: name }) => name === "ops")).toHaveLength(1);
  });

  test("a store that takes nothing keeps no message back", async () => {
    const scene = new AlertScene();
    scene.storeFails = true;
    scene.observe("a", true);
    await scene.pass(MINUTE);
    expect(scene.takeSent()).toEqual(["ops: firing a"]);
    scene.storeFails = false;
    await scene.pass(MINUTE);
    expect(scene.takeSent()).toEqual([]);
    expect(scene.events.map(({ event }) => event)).toEqual(["fired", "notified"]);
  });

  test("killed before the store knew that it was taken: the same message again, or that it is over", async () => {
    const scene = new AlertScene({ routes: [route({ groupBy: ["target"] })] });
    scene.observe("a", true);
    scene.killsAfter = "ops";
    await scene.pass(30_000, 30_000);
    scene.observe("b", true);
    await scene.pass(MINUTE);
    const [first, again] = scene.sent.map(({ id }) => id);
    expect(again).toBe(first);
    expect(scene.takeSent()).toEqual(["ops: firing a", "ops: firing a", "ops: firing b"]);

    scene.observe("c", true);
    scene.killsAfter = "ops";
    await scene.pass(30_000, 30_000);
    scene.observe("c", false);
    await scene.pass(MINUTE);
    expect(scene.takeSent()).toEqual(["ops: firing c", "ops: resolved c"]);
  });

  test("kill -9 after a message repeats nothing", async () => {
    const scene = new AlertScene();
    scene.observe("a", true);
    await scene.pass(MINUTE);
    scene.restart();
    scene.observe("a", true);
    await scene.pass(3 * hour);
    scene.restart();
    scene.observe("a", false);
    await scene.pass(MINUTE);
    scene.restart();
    await scene.pass(3 * hour);
    expect(scene.takeSent()).toEqual(["ops: firing a", "ops: resolved a"]);
  });
});

test("a service that forgets is told everything again and again, without a trace in the history", async () => {
  const scene = new AlertScene({ refreshMs: { ops: MINUTE }, limits: { maxAlerts: 1000 } });
  scene.observe("a", true);
  scene.observe("b", true);
  await scene.pass(3 * MINUTE);
  expect(scene.takeSent()).toEqual([
    "ops: firing a b",
    "ops: still firing a b",
    "ops: still firing a b",
    "ops: still firing a b",
  ]);
  scene.observe("a", false);
  await scene.pass(10_000);
  expect(scene.takeSent()).toEqual(["ops: firing a resolved b"]);
  expect(scene.events.map(({ target, event }) => `${target} ${event}`)).toEqual([
    "a fired",
    "b fired",
    "a notified",
    "b notified",
    "a resolved",
    "a notified",
  ]);
});

test("at work it sleeps until something is due, wakes for news, and lets a message finish when it is stopped", async () => {
  const scene = new AlertScene({ routes: [route({ groupWaitMs: 0 })] });
  const slept: number[] = [];
  const stop = new AbortController();
  let answer: (() => void) | undefined;
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const clock: Clock = {
    wallMs: () => scene.nowMs,
    monotonicMs: () => scene.nowMs,
    sleep: (ms, signal) => {
      slept.push(ms);
      return new Promise((resolve) => {
        if (signal.aborted) resolve();
        else signal.addEventListener("abort", () => resolve(), { once: true });
      });
    },
  };
  const sender = scene.createSender({ clock, onDeliver: () => answered });
  const work = sender.run(stop.signal);
  await setImmediate();
  // Idle: one long sleep and no turn of the loop besides.
  expect(slept).toEqual([30_000]);
  scene.observe("a", true);
  sender.wake();
  await setImmediate();
  expect(scene.attempts).toHaveLength(1);
  stop.abort();
  await setImmediate();
  expect(scene.stored.size).toBe(1);
  expect([...scene.stored.values()][0]!.notified["ops"]).toMatchObject({ state: "owed" });
  answer?.();
  await work;
  expect([...scene.stored.values()][0]!.notified["ops"]).toMatchObject({ state: "firing" });
  expect(slept.length).toBeLessThan(6);
});
