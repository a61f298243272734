import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  formatDuration,
  formatFullTime,
  formatTime,
  formatTwoDecimals,
  formatTwoSignificant,
  padStart,
  UTC,
} from "./go-format.ts";
import { parseZoneFile } from "./zone-file.ts";

test("two decimals take the even one of two that are as near", () => {
  for (const [value, text] of [
    [0.125, "0.12"],
    [0.375, "0.38"],
    [0.625, "0.62"],
    [1.125, "1.12"],
    [-0.625, "-0.62"],
    [2.675, "2.67"],
    [1e15 + 0.125, "1000000000000000.12"],
    [0, "0.00"],
    [1234.5, "1234.50"],
  ] as const) {
    expect(formatTwoDecimals(value)).toBe(text);
  }
});

test("two significant digits are Go's %.2g", () => {
  for (const [value, text] of [
    [0, "0"],
    [0.05, "0.05"],
    [0.999, "1"],
    [0.125, "0.12"],
    [0.0625, "0.062"],
    [0.00001234, "1.2e-05"],
    [0.0001, "0.0001"],
    [1e-7, "1e-07"],
  ] as const) {
    expect(formatTwoSignificant(value)).toBe(text);
  }
});

test("durations print as Go's", () => {
  for (const [nanos, text] of [
    [0n, "0s"],
    [1n, "1ns"],
    [1500n, "1.5µs"],
    [2_000_000n, "2ms"],
    [30_120_000_000n, "30.12s"],
    [3_723_000_000_000n, "1h2m3s"],
    [-60_000_000_000n, "-1m0s"],
  ] as const) {
    expect(formatDuration(nanos)).toBe(text);
  }
});

test("widths count code points", () => {
  expect(padStart("ünï", 5)).toBe("  ünï");
  expect(padStart("\u{1F600}", 3)).toBe("  \u{1F600}");
});

test("times are shown in the zone they are asked for", () => {
  const nanos = 1_700_000_000_123_400_000n;
  expect(formatTime(nanos, UTC)).toBe("2023-11-14 22:13:20 UTC");
  expect(formatFullTime(nanos, UTC)).toBe("2023-11-14 22:13:20.1234 +0000 UTC");
  const india = () => ({ offsetSeconds: 19_800, abbreviation: "IST" });
  expect(formatFullTime(nanos, india)).toBe("2023-11-15 03:43:20.1234 +0530 IST");
});

const BERLIN = "/usr/share/zoneinfo/Europe/Berlin";

test.skipIf(!existsSync(BERLIN))(
  "a file of the tz database says when summer time holds, also after its last change",
  () => {
    const zone = parseZoneFile(readFileSync(BERLIN))!;
    for (const [date, offsetSeconds, abbreviation] of [
      ["2023-01-15T12:00:00Z", 3600, "CET"],
      ["2023-03-26T00:59:59Z", 3600, "CET"],
      ["2023-03-26T01:00:00Z", 7200, "CEST"],
      ["2055-07-01T12:00:00Z", 7200, "CEST"],
      ["2055-10-31T00:59:59Z", 7200, "CEST"],
      ["2055-10-31T01:00:00Z", 3600, "CET"],
    ] as const) {
      expect(zone(Date.parse(date) / 1000)).toEqual({ offsetSeconds, abbreviation });
    }
  },
);

test("what is no file of the tz database is none", () => {
  expect(parseZoneFile(new Uint8Array(0))).toBeUndefined();
  expect(parseZoneFile(new TextEncoder().encode("TZif".padEnd(60, "x")).fill(0, 4, 5))).toBeUndefined();
});
