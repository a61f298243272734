import { expect, test } from "vitest";
import { HandClock, settle } from "../../../test/support/hand-clock.ts";
import { BatchWriter, type WriteBatch } from "./batch-writer.ts";

const row = (target: string) => ({ metrics: [{ target, atMs: 1, values: { up: 1 } }] });

test("what comes close together is written as one, and each caller waits for its own", async () => {
  const clock = new HandClock();
  const written: WriteBatch[] = [];
  const writer = new BatchWriter(async (batch) => void written.push(batch), clock);
  const first = writer.write(row("a"));
  const second = writer.write(row("b"));
  expect(written).toEqual([]);
  await clock.pass(200);
  await Promise.all([first, second]);
  expect(written.map(({ metrics }) => metrics?.map(({ target }) => target))).toEqual([["a", "b"]]);
  const third = writer.write(row("c"));
  await writer.close();
  await third;
  expect(written).toHaveLength(2);
});

test("a batch that is full is written without waiting", async () => {
  const clock = new HandClock();
  const written: WriteBatch[] = [];
  const writer = new BatchWriter(async (batch) => void written.push(batch), clock);
  for (let i = 0; i < 500; i++) void writer.write(row(`t${i}`));
  await settle();
  expect(written[0]?.metrics).toHaveLength(500);
});

test("a store that is away is tried again under the same id, and then the callers are told", async () => {
  const clock = new HandClock();
  const ids: string[] = [];
  let isAway = true;
  const writer = new BatchWriter(async ({ id }) => {
    ids.push(id);
    if (isAway) throw new Error("disk full");
  }, clock);
  const lost = writer.write(row("a"));
  const told = expect(lost).rejects.toThrow("disk full");
  await clock.pass(5000);
  await told;
  expect(ids).toHaveLength(4);
  expect(new Set(ids).size).toBe(1);
  expect([writer.problem, writer.failures]).toEqual(["disk full", 1]);
  isAway = false;
  const kept = writer.write(row("b"));
  await clock.pass(300);
  await kept;
  expect(writer.problem).toBeNull();
});
