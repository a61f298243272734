import { expect, test } from "vitest";
import { HeavyCaptures, InFlight } from "./in-flight.ts";

const never = new AbortController().signal;
const settle = () => new Promise((resolve) => setImmediate(resolve));

test("so many at once, the others in their order; whoever gives up leaves the queue", async () => {
  const inFlight = new InFlight(2);
  const order: string[] = [];
  const enter = async (name: string, signal = never) => {
    const release = await inFlight.enter(signal);
    order.push(release === null ? `${name} gave up` : name);
    return release;
  };
  const a = await enter("a");
  await enter("b");
  const giveUp = new AbortController();
  void enter("c", giveUp.signal);
  void enter("d");
  giveUp.abort();
  await settle();
  a?.();
  a?.();
  await settle();
  expect(order).toEqual(["a", "b", "c gave up", "d"]);
  expect([inFlight.used, inFlight.waiting]).toEqual([2, 0]);
});

test("one heavy capture on a target at a time, and a busy target takes no place from others", async () => {
  const heavy = new HeavyCaptures(2);
  const first = await heavy.enter("a", never);
  const order: string[] = [];
  void heavy.enter("a", never).then(() => order.push("a again"));
  void heavy.enter("b", never).then(() => order.push("b"));
  await settle();
  expect(order).toEqual(["b"]);
  first?.();
  await settle();
  expect(order).toEqual(["b", "a again"]);
  expect(heavy.inFlight).toBe(2);
});
