import type { TimeZone } from "../go-format.ts";
import type { Re2 } from "../re2.ts";
import type { Report } from "../report.ts";
import { buildTop, type TopRow } from "./top.ts";
import { buildTree } from "./tree.ts";

/** `-format json`: whole values in the profile's unit, in place of rounded texts. */
export function* renderJson(
  report: Report,
  zone: TimeZone,
  view: "top" | "tree" | "peek",
  wanted: Re2 | undefined,
): Generator<string> {
  const { header, entries } = view === "top" ? topEntries(report, zone) : buildTree(report, zone, wanted);
  const head = {
    format: "gopatrol-pprof",
    version: 1,
    view,
    sampleType: report.typeName,
    unit: report.unit,
    total: report.total,
    header,
  };
  yield `${JSON.stringify({ ...head, entries }, null, 2)}\n`;
}

function topEntries(report: Report, zone: TimeZone): { header: string[]; entries: TopRow[] } {
  const { header, rows } = buildTop(report, zone);
  return { header, entries: rows };
}
