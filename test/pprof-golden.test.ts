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
  runOwnSession,
  writeFiles,
  writeSources,
} from "./support/pprof-conformance/run-case.ts";
import { listSessionCases, nameSession, SESSIONS } from "./support/pprof-conformance/sessions.ts";

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

describe(`answers a session as go tool pprof of ${goVersion} does`, () => {
  test.each(listSessionCases().map((each) => [each.name, each] as const))("%s", async (name, each) => {
    const place = join(folder, name);
    writeFiles(each, place);
    const different: string[] = [];
    for (const session of SESSIONS) {
      const wanted = hashes[nameSession(each, session)];
      if (wanted === undefined) continue;
      const words = fillWords(["-symbolize=none", ...each.words], place, sourceFolder);
      const [input] = fillWords([`${session.lines.join("\n")}\n`], place, sourceFolder);
      const { stdout } = await runOwnSession(words, input!);
      if (hashOutput(stdout.replaceAll(sourceFolder, "{src}")) !== wanted) different.push(session.name);
    }
    expect(different).toEqual([]);
  });
});
