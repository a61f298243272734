import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compileThreshold } from "../../src/patrol/threshold/threshold.ts";

const page = readFileSync(new URL("../../docs/alerting.md", import.meta.url), "utf8");
const METRICS = ["latency_ms", "error_rate", "memory_share", "errors", "requests"];

/** Rows of the table under a head, cells without their backquotes. */
function readTable(head: string): string[][] {
  const lines = page.slice(page.indexOf(head)).split("\n").slice(2);
  const end = lines.findIndex((line) => !line.startsWith("|"));
  return lines.slice(0, end).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll("`", "")),
  );
}

test.each(readTable("| written | answer |"))("%s", (source, answer) => {
  const result = compileThreshold(source!, METRICS);
  const [error] = result.ok ? [] : result.errors;
  expect([error?.message, error?.suggestion].filter((text) => text !== null).join("; ")).toBe(answer);
});

test.each(readTable("| expression | values | result |"))("%s with %s is %s", (source, values, answer) => {
  const result = compileThreshold(source!, METRICS);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  const pairs = values!.split(" ").filter((pair) => pair !== "");
  const { holds } = result.threshold.evaluate(
    Object.fromEntries(pairs.map((pair) => [pair.split("=")[0]!, Number(pair.split("=")[1])])),
  );
  expect(holds === null ? "unknown" : String(holds)).toBe(answer);
});
