import fc from "fast-check";
import { expect, test } from "vitest";
import { toPlainProfile } from "../../test/support/plain-profile.ts";
import { makeProfile } from "../../test/support/pprof-conformance/made-profiles.ts";
import { checkProfile, type Profile } from "../tables/profile.ts";
import { combineProfiles, findSampleIndex, subtractBase, subtractSource } from "./combine.ts";
import { PprofError } from "./pprof-error.ts";

const seed = fc.integer({ min: 1, max: 1000 });

function totals({ samples }: Profile): number[] {
  return samples.columns.map(({ value }) => value.reduce((sum, v) => sum + v, 0));
}

test("merging adds up every column, whatever the order, and its result is sound", () => {
  fc.assert(
    fc.property(seed, seed, (first, second) => {
      const a = makeProfile({ seed: first, labels: "both" });
      const b = makeProfile({ seed: second, labels: "both" });
      const merged = combineProfiles([() => a, () => b]);
      checkProfile(merged);
      expect(totals(merged)).toEqual(totals(a).map((sum, at) => sum + totals(b)[at]!));
      expect(totals(combineProfiles([() => b, () => a]))).toEqual(totals(merged));
    }),
    { numRuns: 30 },
  );
});

test("a profile less itself is empty, and merged with itself has the samples once", () => {
  const profile = makeProfile({ labels: "both" });
  const nothing = subtractBase(profile, profile, { isDiff: false, normalize: false });
  expect(nothing.samples.length).toBe(0);
  const once = combineProfiles([() => profile, () => profile]);
  expect(once.samples.length).toBeLessThanOrEqual(profile.samples.length);
});

test("a source that gives none is left out, and all of them are a fault", () => {
  const profile = makeProfile({});
  expect(combineProfiles([() => undefined, () => profile, () => undefined])).toBe(profile);
  const merged = combineProfiles([() => profile, () => undefined, () => profile]);
  expect(totals(merged)).toEqual(totals(profile).map((sum) => 2 * sum));
  expect(() => combineProfiles([() => undefined])).toThrow(PprofError);
});

test("subtracting takes each source once, and again only where the two must be made alike", () => {
  const heap = makeProfile({});
  const space = makeProfile({ types: [["inuse_space", "bytes"]], seed: 2 });
  for (const { base, normalize, asked } of [
    { base: heap, normalize: false, asked: 1 },
    { base: heap, normalize: true, asked: 1 },
    { base: space, normalize: false, asked: 2 },
  ]) {
    let count = 0;
    const source = () => {
      count++;
      return heap;
    };
    const options = { isDiff: true, normalize };
    const difference = subtractSource(source, () => base, options);
    checkProfile(difference);
    expect(count).toBe(asked);
  }
});

test("samples of a diff's base are marked and negative", () => {
  const profile = makeProfile({ samples: 5 });
  const other = makeProfile({ samples: 5, seed: 9 });
  const plain = toPlainProfile(subtractBase(profile, other, { isDiff: true, normalize: false }));
  const base = plain.samples.filter(({ labels }) => labels.some(({ key }) => key === "pprof::base"));
  expect(base.length).toBeGreaterThan(0);
  for (const { values } of base) for (const value of values) expect(value <= 0n).toBe(true);
});

test("of different sample types those that all have are kept", () => {
  const heap = makeProfile({});
  const space = makeProfile({ types: [["inuse_space", "bytes"]] });
  const plain = toPlainProfile(combineProfiles([() => heap, () => space]));
  expect(plain.sampleTypes).toEqual([["inuse_space", "bytes"]]);
  const cpu = makeProfile({ types: [["cpu", "nanoseconds"]] });
  expect(() => combineProfiles([() => heap, () => cpu])).toThrow(PprofError);
});

test("a column is found by number, by name, and by its name without inuse_", () => {
  const heap = makeProfile({
    types: [
      ["objects", "count"],
      ["space", "bytes"],
    ],
  });
  expect(findSampleIndex(heap, "")).toBe(1);
  expect(findSampleIndex(heap, "0")).toBe(0);
  expect(findSampleIndex(heap, "inuse_objects")).toBe(0);
  for (const name of ["2", "-1", "delay"]) expect(() => findSampleIndex(heap, name)).toThrow(PprofError);
});
