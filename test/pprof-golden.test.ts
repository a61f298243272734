import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listCases } from "./support/pprof-conformance/cases.ts";
import { COMBINATIONS } from "./support/pprof-conformance/combinations.ts";
import { hashOutput, readExpected } from "./support/pprof-conformance/expected.ts";
import {
  fillWords,
  normalizeOutput,
  runOwn,
  writeFiles,
  writeSources,
} from "./support/pprof-conformance/run-case.ts";

let folder: string;
let sourceFolder: string;
const { goVersion, hashes } = readExpected();

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pprof-golden-"));
  sourceFolder = join(folder, "source");
  writeSources(sourceFolder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe(`prints what go tool pprof of ${goVersion} prints`, () => {
  test.each(listCases().map((each) => [each.name, each] as const))("%s", async (name, each) => {
    const place = join(folder, name);
    writeFiles(each, place);
    const different: string[] = [];
    for (const combination of COMBINATIONS) {
      const wanted = hashes[`${name} ${combination.join(" ")}`];
      if (wanted === undefined) continue;
      const words = fillWords(["-symbolize=none", ...combination, ...each.words], place, sourceFolder);
      const output = normalizeOutput(combination, await runOwn(words), sourceFolder);
      if (hashOutput(output) !== wanted) different.push(combination.join(" "));
    }
    expect(different).toEqual([]);
  });
});
