import { expect, test } from "vitest";
import { heapProfileFromText } from "../../../test/support/profile-from-text.ts";
import { subtractBase } from "../../pprof/combine.ts";
import { buildReport } from "../../pprof/report.ts";
import { DEFAULT_REPORT_OPTIONS, type ReportOptions } from "../../pprof/report-options.ts";
import type { Profile } from "../../tables/profile.ts";
import { buildFlameData, type FlameData } from "./flame-data.ts";

const HEAP = heapProfileFromText(`
  40 4000 20 2000 @ shop/cart.put:16 main.main:3
  10 1000 10 1000 @ github.com/a/b.F:1@/go/pkg/mod/github.com/a/b@v1.2.3/f.go main.main:4
  10 1000 10 1000 @ fmt.Sprint:2@/usr/local/go/src/fmt/print.go main.main:4`);

function dataOf(profile: Profile, options: Partial<ReportOptions>): FlameData {
  return buildFlameData(
    buildReport(profile, "flame", { ...DEFAULT_REPORT_OPTIONS, ...options }),
    profile,
    "x",
  );
}

const named = (data: FlameData, column: ArrayLike<number>) =>
  Object.fromEntries([...data.name].map((name, row) => [data.strings[name], column[row]]));

test("frames say whose code they are, and where", () => {
  const data = dataOf(HEAP, {});
  expect(named(data, data.origin)).toEqual({
    all: 0,
    "main.main": 0,
    "shop/cart.put": 0,
    "github.com/a/b.F": 1,
    "fmt.Sprint": 2,
  });
  expect(named(data, data.line)["shop/cart.put"]).toBe(16);
  expect(data.strings[named(data, data.file)["fmt.Sprint"]!]).toBe("/usr/local/go/src/fmt/print.go");
});

test("shares are of the whole profile, or of what filters left where that is asked for", () => {
  expect(dataOf(HEAP, { focus: "put" }).wholeTotal).toEqual([60, 6000, 40, 4000]);
  expect(dataOf(HEAP, { focus: "put", relativePercentages: true }).wholeTotal).toEqual([40, 4000, 20, 2000]);
});

test("values are divided as in other views; means, which do not add up, are left alone", () => {
  const data = dataOf(HEAP, { divideBy: 10, mean: true });
  expect(data.total[3]![0]).toBe(400);
  expect(data.wholeTotal[3]).toBe(400);
  expect(data.selected).toBe(3);
});

test("filters may leave a difference with one side", () => {
  const base = heapProfileFromText("1 100 1 100 @ old.gone:1 main.main:3");
  const diff = subtractBase(HEAP, base, { isDiff: true, normalize: false });
  const data = dataOf(diff, { ignore: "old" });
  expect(data.isDiff).toBe(true);
  expect([data.total[3]![0], data.base[3]![0], data.wholeBase[3]]).toEqual([4000, 0, 100]);
});
