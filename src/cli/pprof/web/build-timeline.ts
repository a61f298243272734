import { buildReport, type Report } from "../../../pprof/report.ts";
import type { ReportOptions } from "../../../pprof/report-options.ts";
import { SiteTimeline } from "../../../pprof/site-timeline.ts";
import { shortenSources } from "../../../report/pprof/profile-page.ts";
import type { TimelineView } from "../../../report/pprof/timeline-page.ts";
import type { ProfileSets } from "./profile-sets.ts";

const MOST_SITES = 60;

/** Sums every source by itself, in the order of their times where all have one, else as they were named. */
export function buildTimelineView(
  sets: ProfileSets,
  options: ReportOptions,
  parameters: URLSearchParams,
  warn: (message: string) => void,
): TimelineView {
  const timeline = new SiteTimeline(options.sort);
  const seconds: number[] = [];
  let last: Report | undefined;
  const sources: string[] = [];
  for (const { name, profile } of sets.each()) {
    sources.push(name);
    last = buildReport(profile, "flame", options, warn);
    timeline.add(last);
    seconds.push(Number(profile.timeNanos / 1_000_000n) / 1000);
  }
  const order = parameters.get("order") === "size" ? "size" : "growth";
  const isTimed = seconds.every((each, at) => each > 0 && (at === 0 || each > seconds[at - 1]!));
  const position = isTimed ? seconds.map((each) => each - seconds[0]!) : seconds.map((_, at) => at);
  const names = shortenSources(sources).map((name, at) =>
    isTimed ? `${name}, after ${Math.round(position[at]!)} s` : name,
  );
  return {
    series: timeline.build(order, MOST_SITES),
    sites: timeline.sites,
    unit: last?.unit ?? "",
    typeName: last?.typeName ?? "",
    position,
    names,
    by: options.sort,
    order,
  };
}
