import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as flameGraph from "./flame-graph.ts";
import * as flameTooltip from "./flame-tooltip.ts";
import { formatBytes, formatShare } from "./format-value.ts";
import { pageScript } from "./page-script.ts";
import * as printDetails from "./print-details.ts";

describe("pageScript", () => {
  test("is one expression of plain JavaScript", () => {
    expect(() => new Function(pageScript())).not.toThrow();
    expect(pageScript()).not.toMatch(/__vi|import\(|<\/script|<!--/);
  });

  test("holds every function of the page's files and every one they declare", () => {
    const script = pageScript();
    for (const file of [flameGraph, flameTooltip, printDetails, { formatBytes, formatShare }]) {
      for (const name of Object.keys(file)) expect(script).toContain(`function ${name}(`);
    }
    const folder = new URL("./", import.meta.url);
    for (const file of readdirSync(folder).filter((name) => /^[a-z-]+\.ts$/.test(name))) {
      const source = readFileSync(new URL(file, folder), "utf8");
      for (const [, name] of source.matchAll(/^declare const (\w+)/gm)) {
        expect(script, `${file} declares it`).toContain(`function ${name}(`);
      }
    }
  });
});

test("formatBytes and formatShare write as the rest of the report does", () => {
  expect([0, 812, 43_306_189, -1024, 1010 * 1024].map((bytes) => formatBytes(bytes))).toEqual([
    "0 B",
    "812 B",
    "41.3 MB",
    "-1 kB",
    "0.986 MB",
  ]);
  expect(formatBytes(2048, true)).toBe("+2 kB");
  expect(
    [
      [1, 4],
      [1, 300],
      [1, 1e9],
      [0, 5],
      [3, 0],
    ].map(([part, whole]) => formatShare(part!, whole!)),
  ).toEqual(["25 %", "0.33 %", "<0.01 %", "0 %", "0 %"]);
});
