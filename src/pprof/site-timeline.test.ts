import { expect, test } from "vitest";
import { goroutineProfileFromText } from "../../test/support/profile-from-text.ts";
import { buildReport } from "./report.ts";
import { DEFAULT_REPORT_OPTIONS } from "./report-options.ts";
import { SiteTimeline } from "./site-timeline.ts";

function timelineOf(by: "flat" | "cum", texts: readonly string[]): SiteTimeline {
  const timeline = new SiteTimeline(by);
  for (const text of texts) {
    timeline.add(buildReport(goroutineProfileFromText(text), "flame", DEFAULT_REPORT_OPTIONS));
  }
  return timeline;
}

test("gives every site a value a profile, the one that grew most first", () => {
  const texts = [
    "9 @ a.x:1 a.main:1",
    "2 @ a.y:1 a.main:1\n8 @ a.x:1 a.main:1",
    "7 @ a.y:1 a.main:1\n9 @ a.x:1 a.main:1",
  ];
  const flat = timelineOf("flat", texts);
  expect(flat.sites).toBe(2);
  expect(flat.build("growth", 10)).toEqual([
    { name: "a.y", values: [0, 2, 7] },
    { name: "a.x", values: [9, 8, 9] },
  ]);
  expect(flat.build("size", 1)).toEqual([{ name: "a.x", values: [9, 8, 9] }]);
  expect(timelineOf("cum", texts).build("growth", 1)).toEqual([{ name: "a.main", values: [9, 10, 16] }]);
});

test("a site that is gone goes down to 0", () => {
  expect(timelineOf("flat", ["3 @ a.x:1", "1 @ a.y:1"]).build("growth", 9)).toEqual([
    { name: "a.y", values: [0, 1] },
    { name: "a.x", values: [3, 0] },
  ]);
});
