import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { inflateGzip } from "../bytes/gunzip.ts";
import { decodeProfile } from "../formats/pprof/decode.ts";
import { hashStack } from "../patrol/stack-hash.ts";
import { findSampleType } from "../tables/profile.ts";
import { CUMULATIVE_HEAP_TYPES, sumStacks } from "./sum-stacks.ts";

function readProfile(name: string) {
  const bytes = readFileSync(new URL(`../../test/fixtures/profiles/${name}.pb.gz`, import.meta.url));
  return decodeProfile(inflateGzip(bytes).bytes).profile;
}

describe.each([
  ["go1.19.13-heap", "heap", "inuse_space"],
  ["go1.19.13-cpu", "profile", "cpu"],
  ["go1.19.13-goroutine", "goroutine", "goroutine"],
])("%s", (file, kind, type) => {
  const profile = readProfile(file);
  const sums = sumStacks(profile, { kind, atMs: 1000 });
  const one = sums.find((each) => each.type === `${kind}/${type}`)!;

  test("keeps the total and names each stack by the hash of its frames", () => {
    const samples = findSampleType(profile, type)!.value;
    expect(one.total).toBe(samples.reduce((sum, value) => sum + value, 0));
    expect(one.value.reduce((sum, value) => sum + value, 0)).toBe(one.total);
    expect(one.value.length).toBeGreaterThan(0);
    expect([...one.stackHash]).toEqual([...new Set(one.stackHash)].sort((a, b) => (a < b ? -1 : 1)));
    for (const hash of one.stackHash) expect(hashStack(one.frames.get(hash)!)).toBe(hash);
  });

  test("gives no text of stacks that are known", () => {
    const known = one.stackHash[0]!;
    const again = sumStacks(profile, { kind, atMs: 2000, isKnown: (hash) => hash === known });
    const same = again.find((each) => each.type === one.type)!;
    expect(same.stackHash).toEqual(one.stackHash);
    expect(same.frames.has(known)).toBe(false);
    expect(same.frames.size).toBe(one.frames.size - 1);
  });
});

test("leaves out what counts since the process began", () => {
  const profile = readProfile("go1.19.13-heap");
  const sums = sumStacks(profile, { kind: "heap", atMs: 0, without: CUMULATIVE_HEAP_TYPES });
  expect(sums.map((each) => each.type)).toEqual(["heap/inuse_objects", "heap/inuse_space"]);
});
