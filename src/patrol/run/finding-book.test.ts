import { expect, test } from "vitest";
import { loadRecordedInspection } from "../../../test/support/recorded-inspection.ts";
import { FindingBook } from "./finding-book.ts";

const leaky = loadRecordedInspection("data-unbounded-map-leaky-go1.26.8");
const fixed = loadRecordedInspection("data-unbounded-map-fixed-go1.26.8");

function diagnosis(inspection: typeof leaky, runId: string, kind: "inspect" | "goroutines" = "inspect") {
  return { target: "shop", kind, runId, atMs: Number(runId), inspection, captures: [`sha-${runId}`] };
}

test("a finding has one version until something about it changes, and one more when it is gone", () => {
  const book = new FindingBook([]);
  const [opened] = book.update(diagnosis(leaky, "1"));
  expect(opened).toMatchObject({ version: 1, state: "open", pattern: "data/unbounded-map", firstSeenMs: 1 });
  expect(book.update(diagnosis(leaky, "2"))).toEqual([]);
  const worse = structuredClone(leaky);
  worse.findings[0]!.severity = "critical";
  expect(book.update(diagnosis(worse, "3"))).toMatchObject([
    { id: opened?.id, version: 2, severity: "critical" },
  ]);
  // Who looks at goroutines alone does not see maps.
  expect(book.update(diagnosis(fixed, "4", "goroutines"))).toEqual([]);
  expect(book.update(diagnosis(fixed, "5"))).toMatchObject([
    { id: opened?.id, version: 3, state: "resolved", firstSeenMs: 1 },
  ]);
  expect([...book.allOpen()]).toEqual([]);
});

test("too little data resolves nothing; a restart knows what was open", () => {
  const book = new FindingBook([]);
  const opened = book.update(diagnosis(leaky, "1"));
  const again = new FindingBook(opened);
  const thin = structuredClone(fixed);
  thin.verdict.outcome = "insufficient-data";
  expect(again.update(diagnosis(thin, "2"))).toEqual([]);
  expect(again.update(diagnosis(leaky, "3"))).toEqual([]);
  expect(again.openOf("shop")).toHaveLength(opened.length);
});

test("the same leak seen from another line of its package stays one finding", () => {
  const book = new FindingBook([]);
  const [opened] = book.update(diagnosis(leaky, "1"));
  const elsewhere = structuredClone(leaky);
  elsewhere.findings[0]!.site = { ...elsewhere.findings[0]!.site!, line: 7 };
  expect(book.update(diagnosis(elsewhere, "2"))).toEqual([]);
  const other = structuredClone(leaky);
  other.findings[0]!.site = { function: "example.com/other.Put", file: "/src/other.go", line: 7 };
  expect(book.update(diagnosis(other, "3")).map(({ state, id }) => [state, id === opened?.id])).toEqual([
    ["open", false],
    ["resolved", true],
  ]);
});
