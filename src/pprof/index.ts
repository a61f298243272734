/**
 * What a program can do with pprof profiles, without any I/O: bytes in, tables and texts out. docs/pprof-api.md shows how.
 */
export { DecodeError } from "../bytes/decode-error.ts";
export { encodeProfile } from "../formats/pprof/encode.ts";
export type { Profile } from "../tables/profile.ts";
export type { StringIndex, StringTable } from "../tables/string-table.ts";
export {
  type BaseOptions,
  combineProfiles,
  findSampleIndex,
  type ProfileSource,
  subtractBase,
  subtractSource,
} from "./combine.ts";
export { countEdges, countNodes, type NodeValues, type SampleValues } from "./count-samples.ts";
export { countSides, type DiffSides, markBase } from "./diff-sides.ts";
export type { EdgeTable } from "./edge-table.ts";
export {
  buildFlameTree,
  DEFAULT_FLAME_OPTIONS,
  type FlameTotals,
  type FlameTree,
  type FlameTreeOptions,
  sumFlameSides,
} from "./flame-tree.ts";
export { type FrameNodeOptions, FrameNodes, type NodeInfo } from "./frame-nodes.ts";
export { type TimeZone, UTC, type ZoneAt } from "./go-format.ts";
export { describeGranularity, type FrameDetail } from "./granularity.ts";
export { formatMeasure, formatPercentage, scaleMeasure } from "./measurement.ts";
export { ProfileMerger } from "./merge.ts";
export { PprofError } from "./pprof-error.ts";
export { pruneUninteresting } from "./prune.ts";
export { compileRe2, type Re2 } from "./re2.ts";
export { type ReadOptions, type ReadProfile, readProfile } from "./read-profile.ts";
export { buildReport, type Report } from "./report.ts";
export { DEFAULT_REPORT_OPTIONS, type ReportOptions, type View } from "./report-options.ts";
export { type SiteSeries, SiteTimeline } from "./site-timeline.ts";
export { buildTrimmedGraph, type TrimmedGraph } from "./trimmed-graph.ts";
export { renderCallgrind } from "./views/callgrind.ts";
export { renderDot } from "./views/dot.ts";
export { renderJson } from "./views/json.ts";
export {
  buildList,
  type ListedFile,
  type ListedFunction,
  type ListedLine,
  type ReadSource,
  renderList,
} from "./views/list.ts";
export { renderRaw } from "./views/raw.ts";
export { renderTags } from "./views/tags.ts";
export { buildTop, renderTop, type Top, type TopRow } from "./views/top.ts";
export { buildTopProfile } from "./views/topproto.ts";
export { renderTraces } from "./views/traces.ts";
export { buildTree, renderTree, type Tree, type TreeCall, type TreeEntry } from "./views/tree.ts";
export { parseZoneFile } from "./zone-file.ts";
