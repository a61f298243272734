import { expect, test } from "vitest";
import { compileRe2 } from "../../pprof/re2.ts";
import { DEFAULT_REPORT_OPTIONS } from "../../pprof/report-options.ts";
import { exactly, linkTo, readUrlOptions, URL_PARAMETERS } from "./url-parameters.ts";

const read = (query: string, defaults = DEFAULT_REPORT_OPTIONS) =>
  readUrlOptions(new URLSearchParams(query), defaults);

test("options go by the names of go tool pprof's addresses", () => {
  expect(
    read("f=a&i=b&h=c&s=d&sf=e&prunefrom=x&tf=k%3Dv&ti=1mb:&si=alloc_space&g=lines&n=7&nf=0.1&noinlines=t"),
  ).toEqual({
    ...DEFAULT_REPORT_OPTIONS,
    focus: "a",
    ignore: "b",
    hide: "c",
    show: "d",
    showFrom: "e",
    pruneFrom: "x",
    tagFocus: "k=v",
    tagIgnore: "1mb:",
    sampleIndex: "alloc_space",
    granularity: "lines",
    nodeCount: 7,
    nodeFraction: 0.1,
    noInlines: true,
  });
});

test("an address adds to the command line, and an empty text takes a filter of it off", () => {
  const defaults = { ...DEFAULT_REPORT_OPTIONS, focus: "main", unit: "MB", nodeCount: 9 };
  expect(read("i=x", defaults)).toMatchObject({ focus: "main", ignore: "x", unit: "MB" });
  expect(read("f=&n=&unit=", defaults)).toMatchObject({ focus: "", nodeCount: 9, unit: "minimum" });
});

test("what an option does not take is refused by name", () => {
  expect(() => read("n=many")).toThrow("n wants a number");
  expect(() => read("mean=perhaps")).toThrow("mean is true or false");
  expect(() => read(`f=${"a".repeat(5000)}`)).toThrow("longer than");
  expect(() => read("f=(a{9}b){99}")).toThrow("expression too large");
  expect(read("f=a{3}&i=struct%20\\{").focus).toBe("a{3}");
});

test("every option of an address is one of a report", () => {
  for (const { key } of URL_PARAMETERS) expect(DEFAULT_REPORT_OPTIONS).toHaveProperty(key);
});

test("links keep what they do not change, and names match themselves alone", () => {
  const parameters = new URLSearchParams("f=a%2Bb&si=x");
  expect(linkTo("top", parameters, { si: undefined, sort: "cum" })).toBe("top?f=a%2Bb&sort=cum");
  expect(linkTo("top", new URLSearchParams())).toBe("top");
  const name = "example.com/x.(*T[go.shape.int]).f{}^$|?";
  const expression = compileRe2(exactly(name), "test");
  expect(expression.test(name)).toBe(true);
  expect(expression.test(`${name}x`)).toBe(false);
});
