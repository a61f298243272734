import { describe, expect, test } from "vitest";
import { describeNumberKeys, describeStringKeys } from "./key-distribution.ts";

describe("string keys", () => {
  test("what all begin with is told, what counts up is not part of it", () => {
    const keys = Array.from({ length: 300 }, (_, i) => `session:${String(i).padStart(8, "0")}`);
    const found = describeStringKeys(keys);
    expect(found).toMatchObject({
      sampled: 300,
      length: { min: 16, median: 16, max: 16 },
      commonPrefix: "session:",
    });
    expect(found.shapes).toEqual([{ shape: "session:N", share: 1 }]);
    expect(found.distinctAfterNormalising).toBe(1 / 300);
  });

  test.each([
    ["a UUID", ["u/6f9619ff-8b86-d011-b42d-00c04fc964ff", "u/7f9619ff-8b86-d011-b42d-00c04fc964fe"], "u/U"],
    ["a time", ["t 2026-11-25T10:00:00Z", "t 2025-01-02T11:22:33.5Z"], "t T"],
    ["hexadecimal digits", ["h=deadbeef01", "h=cafebabe99"], "h=H"],
  ])("%s is taken out", (_, keys, shape) => {
    expect(describeStringKeys(keys).shapes).toEqual([{ shape, share: 1 }]);
  });

  test("letters behind the common prefix are not shown", () => {
    const text = JSON.stringify(describeStringKeys(["user:alice@example.com", "user:bob@example.com"]));
    expect(text).not.toMatch(/alice|bob|example/);
  });

  test("entropy tells random keys from repeated ones", () => {
    expect(describeStringKeys(["aaaa", "baaa", "aaaa"]).entropyBitsPerByte).toBeLessThan(1);
    const random = Array.from({ length: 256 }, (_, i) => String.fromCharCode(32 + (i % 90)));
    expect(describeStringKeys(random).entropyBitsPerByte).toBeGreaterThan(6);
  });

  test("no keys, no numbers", () => {
    expect(describeStringKeys([])).toMatchObject({ sampled: 0, length: null, distinctAfterNormalising: 0 });
  });
});

test("numbers have a range", () => {
  expect(describeNumberKeys([5, -3, 12]).range).toEqual({ min: -3, max: 12 });
  expect(describeNumberKeys([]).range).toBeNull();
});
