import { globSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { expect, test } from "vitest";
import { isLoud, listAcceptedLines, listZooPrograms } from "../../scripts/zoo-programs.ts";
import { readBundle } from "../../src/capture/bundle-file.ts";
import { isLeak } from "../../src/findings/catalogue.ts";
import { inspectBundle } from "../../src/inspect/inspect-bundle.ts";

/** Bundles recorded from the zoo by several Go versions: the measure of `npm run zoo`, without a Go toolchain. */
const folder = resolve(import.meta.dirname, "../fixtures/bundles");
const recorded = globSync("*.tar.gz", { cwd: folder }).sort();
const programs = listZooPrograms();

test("bundles of at least three Go versions are recorded", () => {
  const versions = new Set(recorded.map((name) => /go1\.(\d+)/.exec(name)?.[1]));
  expect(versions.size).toBeGreaterThanOrEqual(3);
});

test.each(recorded)("%s", async (name) => {
  const program = programs.find(
    ({ program: folder, go }) =>
      basename(name).startsWith(`${folder.replaceAll("/", "-")}-go`) &&
      (go === undefined || name.includes(`-${go}.tar`)),
  );
  expect(program, `an expectations.json in the zoo knows ${name}`).toBeDefined();
  const { bundle, damage } = await readBundle(join(folder, name));
  expect(damage).toEqual([]);
  const inspection = inspectBundle(bundle);
  const loud = inspection.findings.filter((finding) => isLoud(finding, program!));
  const [main] = loud;
  if (main !== undefined && main.severity !== "info") {
    expect(inspection.verdict.outcome).toBe(isLeak(main.pattern) ? "leak" : "problem");
  }
  const { leaks } = program!;
  if (leaks.length === 0) {
    // A repaired twin has lost its pattern, also as a hint.
    expect(inspection.findings.map((finding) => finding.pattern)).not.toContain(program!.id);
  }
  expect(loud.map((finding) => finding.pattern).sort()).toEqual(leaks.map((leak) => leak.pattern).sort());
  for (const leak of leaks) {
    const accepted = listAcceptedLines(leak).map(({ file, line }) => `${file}:${line}`);
    if (accepted.length === 0) continue;
    const { site } = loud.find((finding) => finding.pattern === leak.pattern)!;
    const place = `${site!.file}:${site!.line}`;
    expect(
      accepted.filter((path) => place.endsWith(path)),
      `${site!.function} at ${place}, of ${accepted.join(" ")}`,
    ).toHaveLength(1);
    expect(site!.function).toMatch(new RegExp(leak.function!));
  }
});

test("an inspection of the same bundle is the same", async () => {
  const { bundle } = await readBundle(join(folder, recorded[0]!));
  expect(JSON.stringify(inspectBundle(bundle))).toBe(JSON.stringify(inspectBundle(bundle)));
});
