import { expect, test } from "vitest";
import { mixColour, readableOn, strengthOfChange } from "./diff-colour.ts";

test("absolute colours go by the largest change, relative ones by the larger side", () => {
  expect(strengthOfChange(100, 200, "absolute", 100)).toBe(1);
  expect(strengthOfChange(5, 5, "absolute", 100)).toBe(0);
  expect(strengthOfChange(1000, 1001, "absolute", 100)).toBeCloseTo(0.235);
  expect(strengthOfChange(0, 1, "relative", 1e9)).toBe(1);
  expect(strengthOfChange(1, 0, "relative", 1e9)).toBe(-1);
  expect(strengthOfChange(200, 100, "relative", 1e9)).toBeCloseTo(-0.575);
  expect(strengthOfChange(3, 0, "absolute", 0)).toBe(0);
});

test("labels stand out from every mixed colour", () => {
  const luminance = (colour: string) => {
    const [red, green, blue] = (
      colour.startsWith("#") ? colour.slice(1).match(/../g)! : colour.match(/\d+/g)!
    ).map((text) => {
      const part = Number.parseInt(text, colour.startsWith("#") ? 16 : 10) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  };
  for (const [same, other] of [
    ["#d9dee4", "#e8590c"],
    ["#d9dee4", "#1971c2"],
    ["#39414a", "#ff7a2f"],
    ["#39414a", "#4a9be8"],
  ] as const) {
    for (let part = 0; part <= 1; part += 0.05) {
      const fill = mixColour(same, other, part);
      const levels = [luminance(fill), luminance(readableOn(fill))].sort((low, high) => low - high);
      expect((levels[1]! + 0.05) / (levels[0]! + 0.05)).toBeGreaterThanOrEqual(4.5);
    }
  }
});
