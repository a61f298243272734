import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { UTC } from "../../../pprof/go-format.ts";
import { URL_PARAMETERS } from "../../../report/pprof/url-parameters.ts";
import { parsePprofArguments } from "../flags.ts";
import { openSources } from "../sources.ts";
import { answerPage, type WebView } from "./answer-page.ts";
import { ProfileSets } from "./profile-sets.ts";

const FIXTURES = join(import.meta.dirname, "../../../../test/fixtures/profiles");
let view: WebView;
beforeAll(async () => {
  const command = parsePprofArguments([
    "web",
    join(FIXTURES, "go1.26.8-heap.pb.gz"),
    join(FIXTURES, "go1.24.11-heap.pb.gz"),
  ]);
  const sets = new ProfileSets(await openSources(command, () => {}), command);
  const warn = () => {};
  view = { sets, options: command.options, zone: UTC, gopatrolVersion: "0", script: "", warn };
});

const NAMES = [...URL_PARAMETERS.map(({ name }) => name), "p", "b", "order", "x"];
const VALUES = [
  "",
  "main",
  "(",
  "1",
  "2",
  "-1",
  "1e999",
  "all",
  "t",
  "1mb:",
  "bytes=:1kb",
  "k=v,w",
  "=",
  "[\\]",
  "(?i)ALLOC",
  "inuse_objects",
  "packages",
  "modules",
  "addresses",
  "lines",
  "cum",
  "relative",
  "\u0000",
  "<b>'\"&",
  "9007199254740993",
];

test("whatever an address asks is a page, or told in one", async () => {
  const pages = ["flamegraph", "top", "peek", "source", "diff", "timeline", "download", "flamegraph.html"];
  const query = fc.array(
    fc.tuple(fc.constantFrom(...NAMES), fc.oneof(fc.constantFrom(...VALUES), fc.string({ maxLength: 8 }))),
    { maxLength: 4 },
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...pages), query, async (page, parameters) => {
      const url = new URL(`http://x/ui/${page}?${new URLSearchParams(parameters)}`);
      const { status, type, body } = await answerPage(view, url);
      expect([200, 400]).toContain(status);
      if (!type.startsWith("text/html")) return;
      expect(body).toMatch(/^<!doctype html>/);
      expect(body).not.toContain("<b>'");
      expect(body).not.toMatch(/\bundefined\b|\bNaN\b|\[object /);
    }),
    { numRuns: 150 },
  );
});
