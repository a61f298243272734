import { expect, test } from "vitest";
import { buildSlots, offsetOf } from "./slots.ts";

const at = (text: string) => Date.parse(text);
const iso = (ms: number) => new Date(ms).toISOString();

function listSlots(expression: string, timeZone: string, from: string, to: string): string[] {
  const slots = buildSlots({ kind: "cron", expression, timeZone, splayMs: 0 });
  const found: string[] = [];
  for (let slot = slots.next(at(from) - 1); slot <= at(to); slot = slots.next(slot)) found.push(iso(slot));
  return found;
}

test("intervals are multiples since 1970, the same for everybody", () => {
  const slots = buildSlots({ kind: "interval", everyMs: 60_000, jitterMs: 90_000 });
  expect(iso(slots.next(at("2026-11-25T10:00:00Z")))).toBe("2026-11-25T10:01:00.000Z");
  expect(iso(slots.latest(at("2026-11-25T10:00:00Z")))).toBe("2026-11-25T10:00:00.000Z");
  expect(slots.count(at("2026-11-25T10:00:00Z"), at("2026-11-25T11:00:00Z"))).toBe(60);
  expect(slots.spreadMs).toBe(60_000);
});

test("cron when summer time begins: a time that does not exist is run behind the jump, hours go on", () => {
  expect(listSlots("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", "2026-03-31T00:00:00Z")).toEqual([
    "2026-03-28T01:30:00.000Z",
    "2026-03-29T01:00:00.000Z",
    "2026-03-30T00:30:00.000Z",
  ]);
  expect(
    listSlots("0 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", "2026-03-29T03:00:00Z"),
  ).toHaveLength(4);
});

test("cron when summer time ends: a time that comes twice is run once, hours go on", () => {
  expect(listSlots("30 2 * * *", "Europe/Berlin", "2026-10-24T00:00:00Z", "2026-10-27T00:00:00Z")).toEqual([
    "2026-10-24T00:30:00.000Z",
    "2026-10-25T00:30:00.000Z",
    "2026-10-26T01:30:00.000Z",
  ]);
  expect(
    listSlots("*/15 * * * *", "Europe/Berlin", "2026-10-25T00:00:00Z", "2026-10-25T02:00:00Z"),
  ).toHaveLength(9);
});

test("cron: latest, next and count agree at, before and behind each moment", () => {
  const slots = buildSlots({
    kind: "cron",
    expression: "7 9,18 * * 1-5",
    timeZone: "Asia/Shanghai",
    splayMs: 60_000,
  });
  const moments = listSlots(
    "7 9,18 * * 1-5",
    "Asia/Shanghai",
    "2026-11-20T00:00:00Z",
    "2026-11-27T23:00:00Z",
  ).map(at);
  expect(moments).toHaveLength(12);
  for (const [i, moment] of moments.entries()) {
    expect(slots.latest(moment)).toBe(moment);
    if (i > 0) expect(slots.latest(moment - 1)).toBe(moments[i - 1]);
    expect(slots.next(moment - 1)).toBe(moment);
    expect(slots.count(moments[0]! - 1, moment)).toBe(i + 1);
  }
});

test("cron: an expression without a moment left gives none", () => {
  const slots = buildSlots({ kind: "cron", expression: "0 0 0 1 1 * 2025", timeZone: "UTC", splayMs: 0 });
  expect(slots.next(at("2026-01-02T00:00:00Z"))).toBe(Number.POSITIVE_INFINITY);
  expect(slots.count(at("2026-01-02T00:00:00Z"), at("2027-01-02T00:00:00Z"))).toBe(0);
});

test("offsets are fixed, within the spread, and spread evenly", () => {
  const perBucket = new Array(10).fill(0);
  for (let i = 0; i < 10_000; i++) {
    const offset = offsetOf(`10.${i >> 8}.${i & 255}.1:6060`, "L2-1m", 60_000);
    expect(offset).toBe(offsetOf(`10.${i >> 8}.${i & 255}.1:6060`, "L2-1m", 60_000));
    perBucket[Math.floor(offset / 6000)]++;
  }
  expect(Math.min(...perBucket)).toBeGreaterThan(900);
  expect(Math.max(...perBucket)).toBeLessThan(1100);
  expect(offsetOf("a", "L1-10s", 0)).toBe(0);
});
