import { assert } from "../../lib/assert.ts";

export const HOUR_MS: number = 3600_000;

/** Numbers of targets and series stay below it. */
const KEYS = 2 ** 24;

export function hourOf(atMs: number): number {
  return Math.floor(atMs / HOUR_MS);
}

/** Of a row that holds an hour of one target or series; also below 2^53. */
export function hourKey(hour: number, number: number): number {
  assert(number < KEYS, "the store numbers at most 2^24 targets and series");
  return hour * KEYS + number;
}

export function splitHourKey(key: number): { hour: number; number: number } {
  return { hour: Math.floor(key / KEYS), number: key % KEYS };
}
