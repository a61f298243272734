import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { heapProfileFromText } from "../../../test/support/profile-from-text.ts";
import { buildReport } from "../../pprof/report.ts";
import { DEFAULT_REPORT_OPTIONS } from "../../pprof/report-options.ts";
import { buildFlameData } from "../../report/pprof/flame-data.ts";
import { packFlame } from "../../report/pprof/pack-flame.ts";
import { formatChange, formatValue } from "../format-value.ts";
import { profilePageScript } from "./profile-page-script.ts";
import { unpackFlame } from "./unpack-flame.ts";

describe("profilePageScript", () => {
  const script = profilePageScript();

  test("is one expression of plain JavaScript", () => {
    expect(() => new Function(script)).not.toThrow();
    expect(script).not.toMatch(/__vi|import\(|<\/script|<!--/);
  });

  test("holds every function of its files and every one they declare", () => {
    const folder = new URL("./", import.meta.url);
    for (const file of readdirSync(folder).filter((name) => /^[a-z-]+\.ts$/.test(name))) {
      if (file === "profile-page-script.ts") continue;
      const source = readFileSync(new URL(file, folder), "utf8");
      for (const [, name] of source.matchAll(/^(?:declare const|export (?:async )?function) (\w+)/gm)) {
        expect(script, `${file} has ${name}`).toMatch(new RegExp(`function ${name}\\(`));
      }
    }
  });
});

test("a packed tree comes back as it was", async () => {
  const profile = heapProfileFromText(
    "4 400 1 100 @ shop/cart.(*Ünï).put:16 main.main:3\n1 9 1 7 @ main.main:4",
  );
  const report = buildReport(profile, "flame", DEFAULT_REPORT_OPTIONS);
  const data = buildFlameData(report, profile, 'shop "inuse"');
  expect(await unpackFlame(packFlame(data))).toEqual(data);
});

test("values are written in their unit, changes against what was", () => {
  const shown = [
    [41.3 * 2 ** 20, "bytes"],
    [1_250_000_000, "nanoseconds"],
    [90_000, "milliseconds"],
    [12_345.4, "count"],
    [0, "nanoseconds"],
    [-3, "widgets"],
  ] as const;
  expect(shown.map(([value, unit]) => formatValue(value, unit))).toEqual([
    "41.3 MB",
    "1.25 s",
    "1.5 min",
    "12,345",
    "0 ns",
    "-3 widgets",
  ]);
  expect(formatValue(5, "count", true)).toBe("+5");
  const changes = [
    [0, 0],
    [0, 5],
    [5, 0],
    [4, 4],
    [4, 3],
    [100, 1358],
  ];
  expect(changes.map(([before, after]) => formatChange(before!, after!))).toEqual([
    "",
    "new",
    "gone",
    "same",
    "-25 %",
    "+1258 %",
  ]);
});
