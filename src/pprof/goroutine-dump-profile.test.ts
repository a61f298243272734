import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { toPlainProfile } from "../../test/support/plain-profile.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import { checkProfile } from "../tables/profile.ts";
import { UTC } from "./go-format.ts";
import { readProfile } from "./read-profile.ts";
import { buildReport } from "./report.ts";
import { DEFAULT_REPORT_OPTIONS } from "./report-options.ts";
import { buildTop } from "./views/top.ts";

const read = (text: string) => readProfile(Buffer.from(text), { symbols: true });

const DUMP = `goroutine 1 [running]:
main.main()
	/src/main.go:9 +0x1d

goroutine 7 [chan send, 12 minutes, locked to thread]:
main.(*Queue).Put(0xc000012345, {0x1, 0x2})
	/src/queue.go:30 +0x44
main.worker.func1()
	/src/main.go:20 +0x25
created by main.worker in goroutine 1
	/src/main.go:19 +0x3f

goroutine 8 [chan send, 12 minutes, locked to thread]:
main.(*Queue).Put(0xc000099999, {0x1, 0x2})
	/src/queue.go:30 +0x44
main.worker.func1()
	/src/main.go:20 +0x25
created by main.worker in goroutine 1
	/src/main.go:19 +0x3f

goroutine 9 [select] {tenant: acme, "a b": "x, y: \\"z\\""}:
main.(*Queue).Put(0xc000099999, {0x1, 0x2})
	/src/queue.go:30 +0x44
main.worker.func1()
	/src/main.go:20 +0x25
created by main.worker in goroutine 1
	/src/main.go:19 +0x3f
`;

test("goroutines of one stack, state, wait, creator and labels are a sample", () => {
  const { profile, damage } = read(DUMP);
  checkProfile(profile);
  expect(damage).toEqual([]);
  const plain = toPlainProfile(profile);
  expect(plain.sampleTypes).toEqual([["goroutine", "count"]]);
  const samples = plain.samples.map(({ values, locations, labels }) => ({
    count: Number(values[0]),
    stack: locations.map((location) => {
      const { function: fn, line } = plain.locations[location]!.lines[0]!;
      return `${plain.functions[fn]!.name}:${line}`;
    }),
    labels: labels.map(({ key, str, num, numUnit }) => `${key}=${str ?? `${num}${numUnit}`}`),
  }));
  expect(samples).toEqual([
    { count: 1, stack: ["main.main:9"], labels: ["state=running"] },
    {
      count: 2,
      stack: ["main.(*Queue).Put:30", "main.worker.func1:20"],
      labels: ["state=chan send", "wait=720seconds", "created_by=main.worker", "locked_to_thread=true"],
    },
    {
      count: 1,
      stack: ["main.(*Queue).Put:30", "main.worker.func1:20"],
      labels: ["state=select", "created_by=main.worker", "tenant=acme", 'a b=x, y: "z"'],
    },
  ]);
});

test("filters and views take it as any profile", () => {
  const { profile } = read(DUMP);
  const count = (tagFocus: string): number => {
    const options = { ...DEFAULT_REPORT_OPTIONS, tagFocus };
    return buildTop(buildReport(profile, "top", options), UTC).rows.reduce((sum, { flat }) => sum + flat, 0);
  };
  expect(count("state=chan send")).toBe(2);
  expect(count("wait=600s:")).toBe(2);
  expect(count("wait=1000s:")).toBe(0);
  expect(count("tenant=acme")).toBe(1);
});

test("of the dumps in a log the last whole one is taken, and that is told", () => {
  const log = `starting\n${DUMP}\nlater\n${DUMP.replace("[select]", "[IO wait]")}\nend\n`;
  const { profile, damage } = read(log);
  expect(damage.map(({ what }) => what)).toEqual([
    expect.stringMatching(/^there are 2 dumps, of which this is the one at byte \d+$/),
  ]);
  expect(
    JSON.stringify(toPlainProfile(profile), (_, value) =>
      typeof value === "bigint" ? Number(value) : value,
    ),
  ).toContain("IO wait");
});

test("a thread's scheduler alone is no dump", () => {
  const text = DUMP.replaceAll("goroutine 1 [running]", "goroutine 0 [idle]").slice(0, DUMP.indexOf("\n\n"));
  expect(() => read(text)).toThrow(DecodeError);
});

test("dumps of Go 1.19 to 1.27 have as many goroutines as headers", () => {
  for (const version of ["1.19", "1.22", "1.24", "1.27"]) {
    const text = readFileSync(
      join(import.meta.dirname, `../../test/fixtures/text/go${version}/goroutine-dump.txt`),
      "utf8",
    );
    const { profile } = read(text);
    const count = profile.samples.columns[0]!.value.reduce((sum, value) => sum + value, 0);
    expect(count).toBe(text.match(/^goroutine \d+ .*:$/gm)!.length);
  }
});
