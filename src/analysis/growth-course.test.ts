import { expect, test } from "vitest";
import { classifyCourse } from "./growth-course.ts";

test.each<[course: string, series: number[]]>([
  ["unknown", [1, 100]],
  ["monotone", [0, 50, 100]],
  ["monotone", [0, 50, 45, 100, 140]],
  ["levelled", [0, 80, 99, 100, 99, 100, 100]],
  ["wave", [10, 100, 20]],
  ["wave", [10, 100, 20, 110, 25, 120]],
  ["falling", [100, 60, 20]],
  ["level", [100, 103, 99, 101]],
])("%s: %j", (course, series) => {
  expect(classifyCourse(series, 5)).toBe(course);
});

test("a wave that ends high is still a wave: its net growth depends on when one looked", () => {
  expect(classifyCourse([0, 100, 0, 100], 5)).toBe("wave");
});

test("what was not measured is left out", () => {
  expect(classifyCourse([0, Number.NaN, 50, 100], 5)).toBe("monotone");
});
