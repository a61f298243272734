import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toPlainProfile } from "../../../test/support/plain-profile.ts";
import {
  anyMutation,
  bytesOf,
  decodeOrRefuse,
  decodePrefixes,
  listCaptures,
  readCapture,
} from "../../../test/support/text-captures.ts";
import { checkProfile, type Profile } from "../../tables/profile.ts";
import { decodeCountText } from "./decode.ts";

const CAPTURES = ["goroutine.txt", "goroutineleak.txt", "threadcreate.txt", "custom.txt"].flatMap((name) =>
  listCaptures(`/${name}`),
);

describe.each(CAPTURES)("%s", (capture) => {
  const { profile, damage } = decodeCountText(readCapture(capture));

  test("is whole and sound", () => {
    checkProfile(profile);
    expect(damage).toEqual([]);
  });

  test("has a line for every frame that Go does not hide", () => {
    const text = new TextDecoder().decode(readCapture(capture));
    const printed = Array.from(
      text.matchAll(/^#\t0x\w+\t+(\S+)\+0x\w+\t+(\S+)$/gm),
      ([, name, at]) => `${name} ${at}`,
    );
    expect(stacks(profile).flatMap(({ frames }) => frames)).toEqual(printed);
  });
});

test("goroutines are counted by stack, with the labels of pprof.Do", () => {
  const { name, profile } = decodeCountText(readCapture("go1.27/goroutine.txt"));
  expect(name).toBe("goroutine");
  const all = stacks(profile);
  expect(all.reduce((sum, { count }) => sum + count, 0)).toBe(18);
  expect(all[0]).toEqual({
    count: 3,
    frames: ["main.park.func1 example.com/capture/main.go:96"],
    labels: [],
  });
  expect(all.filter(({ labels }) => labels.length > 0).map(({ labels }) => labels)).toEqual(
    expect.arrayContaining([
      ["pattern=GET /users/{id}", "tenant=acme"],
      ['odd]: "key=tab\tnewline\nbrace} é 世'],
    ]),
  );
  // The hidden leaves, runtime.gopark and the channel operation, are in the stack all the same.
  expect(toPlainProfile(profile).samples[0]!.locations.length).toBeGreaterThan(3);
});

test("128 frames since Go 1.23, 32 before", () => {
  const deepest = (capture: string) => {
    const { samples } = toPlainProfile(decodeCountText(readCapture(capture)).profile);
    return Math.max(...samples.map(({ locations }) => locations.length));
  };
  expect(deepest("go1.19/goroutine.txt")).toBe(32);
  expect(deepest("go1.27/goroutine.txt")).toBe(128);
});

test("threads without a stack count too", () => {
  for (const version of ["go1.19", "go1.27"]) {
    const { name, profile } = decodeCountText(readCapture(`${version}/threadcreate.txt`));
    expect(name).toBe("threadcreate");
    const all = toPlainProfile(profile).samples.map(({ values, locations }) => [
      Number(values[0]),
      locations.length,
    ]);
    expect(all[0]![0]).toBeGreaterThan(2);
    expect(all[0]![1]).toBe(0);
    expect(all[1]).toEqual([1, 5]);
  }
});

test("a custom profile keeps its name, even one with blanks", () => {
  expect(decodeCountText(readCapture("go1.27/custom.txt")).name).toBe("example.com/open.files");
  const { name, profile, damage } = decodeCountText(bytesOf("open files profile: total 2\n2 @ 0x1 0x2\n"));
  expect([name, damage]).toEqual(["open files", []]);
  expect(toPlainProfile(profile).sampleTypes).toEqual([["open files", "count"]]);
});

test("labels are read as Go quoted them, to the first fault", () => {
  const labels = (line: string) => {
    const { profile, damage } = decodeCountText(
      bytesOf(`goroutine profile: total 1\n1 @ 0x1\n# labels: ${line}\n`),
    );
    return { labels: stacks(profile)[0]!.labels, damage: damage.length };
  };
  expect(labels(String.raw`{"a":"\x41\u00e9\U0001f600\a", "b":"{\"}"}`)).toEqual({
    labels: ["a=Aé😀\x07", 'b={"}'],
    damage: 0,
  });
  expect(labels('{"a":"b", "c"')).toEqual({ labels: ["a=b"], damage: 1 });
  expect(labels("{}")).toEqual({ labels: [], damage: 0 });
  expect(labels("a=b")).toEqual({ labels: [], damage: 1 });
});

test("records that are none are left out, and the total shows it", () => {
  const { profile, damage } = decodeCountText(
    bytesOf('goroutine profile: total 9\n4 @ 0x1\n\nfour @ 0x1\n# labels: {"a":"b"}\n\n4 @ 0x1g\n\n1@ 0x1\n'),
  );
  expect(stacks(profile)).toEqual([{ count: 4, frames: [], labels: [] }]);
  expect(damage.map(({ what }) => what)).toEqual([
    ...Array(3).fill("a line that is no record was left out"),
    "the header promises a total of 9, the records that could be read come to 4",
  ]);
});

test("a text cut off anywhere gives the records before the cut, and says so", () => {
  const bytes = readCapture("go1.19/goroutine.txt");
  const whole = stacks(decodeCountText(bytes).profile).map(({ count }) => count);
  decodePrefixes(bytes, decodeCountText, ({ profile, damage }, length) => {
    const kept = stacks(profile).map(({ count }) => count);
    expect(kept).toEqual(whole.slice(0, kept.length));
    const isLastRecordWhole = kept.length === whole.length && bytes[length - 1] === 0x0a;
    expect(damage.length > 0).toBe(!isLastRecordWhole);
  });
});

test("changed at random it decodes to a sound profile or is refused", () => {
  const bytes = readCapture("go1.19/goroutine.txt");
  fc.assert(
    fc.property(anyMutation(bytes), (mutated) => {
      const decoded = decodeOrRefuse(mutated, decodeCountText);
      if (decoded !== undefined) checkProfile(decoded.profile);
    }),
    { numRuns: 500 },
  );
});

test("what is no count profile is refused", () => {
  for (const text of [
    "",
    "\n# comment\n",
    "goroutine profile: total\n",
    "goroutine profile: total x\n",
    "x",
  ]) {
    expect(() => decodeCountText(bytesOf(text))).toThrow(/count-text: the first line is not/);
  }
});

function stacks(profile: Profile): { count: number; frames: string[]; labels: string[] }[] {
  const plain = toPlainProfile(profile);
  return plain.samples.map(({ values, locations, labels }) => ({
    count: Number(values[0]),
    frames: locations.flatMap((location) =>
      plain.locations[location]!.lines.map(({ function: index, line }) => {
        const { name, filename } = plain.functions[index]!;
        return `${name} ${filename}:${line}`;
      }),
    ),
    labels: labels.map(({ key, str }) => `${key}=${str}`),
  }));
}
