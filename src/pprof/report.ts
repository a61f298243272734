import type { Profile } from "../tables/profile.ts";
import { findSampleIndex } from "./combine.ts";
import type { SampleValues } from "./count-samples.ts";
import { filterFrames, showFrom } from "./filter-frames.ts";
import { describeGranularity, type FrameDetail } from "./granularity.ts";
import { compileLabelTest } from "./label-test.ts";
import {
  BASE_LABEL,
  filterByLabels,
  filterLabels,
  findLabelled,
  findLabelUnits,
  type LabelUnits,
} from "./labels.ts";
import { formatMeasure, scaleMeasure } from "./measurement.ts";
import { PprofError } from "./pprof-error.ts";
import { pruneFrom } from "./prune.ts";
import { compileRe2, type Re2 } from "./re2.ts";
import { overrideForView, type ReportOptions, type View } from "./report-options.ts";
import { addTagFrames } from "./tag-frames.ts";

/** A profile made ready for one view: filtered, with its total, and the unit that values are printed in. */
export interface Report {
  view: View;
  profile: Profile;
  options: ReportOptions;
  detail: FrameDetail;
  values: SampleValues;
  /** Column of the profile that `values.value` is. */
  column: number;
  /** Sum of all magnitudes before filters, or of the base's in a diff. */
  total: number;
  /** Sample type as headers name it: "inuse_space", "mean_delay". */
  typeName: string;
  /** Unit of the values in the profile. */
  unit: string;
  labelUnits: LabelUnits;
  /** `name=value` of the filters that are on. */
  activeFilters: string[];
  /** Formats a value in `outputUnit`. */
  format: (value: number) => string;
  outputUnit: string;
}

/**
 * Applies the options to a profile (google/pprof, internal/driver/driver.go, generateRawReport). `warn` hears what
 * `go tool pprof` writes to stderr: filters that matched nothing, labels of several units.
 *
 * @throws PprofError for options that make no sense: a bad expression, no such sample type.
 */
export function buildReport(
  source: Profile,
  view: View,
  wanted: ReportOptions,
  warn: (message: string) => void = () => {},
): Report {
  const labelUnits = findLabelUnits(source);
  for (const [key, units] of labelUnits.ignored) {
    warn(`For tag ${key} used unit ${labelUnits.unitOf(key)}, also encountered unit(s) ${units.join(", ")}`);
  }
  const options = overrideForView(view, wanted);
  let profile = addTags(source, options, warn);
  if (options.relativePercentages) profile = applyFilters(profile, options, labelUnits, warn);
  if (profile.sampleTypes.length === 0) throw new PprofError("profile has no samples");
  const column = findSampleIndex(profile, options.sampleIndex);
  if (options.divideBy === 0) throw new PprofError("zero divisor specified");
  const total = computeTotal(profile, takeValues(profile, column, options.mean));
  if (!options.relativePercentages) profile = applyFilters(profile, options, labelUnits, warn);
  const type = profile.sampleTypes[column]!;
  const typeName = profile.strings.get(type.type);
  const report: Report = {
    view,
    profile,
    options,
    detail: describeGranularity(options.granularity, options),
    values: takeValues(profile, column, options.mean),
    column,
    total,
    typeName: options.mean ? `mean_${typeName}` : typeName,
    unit: profile.strings.get(type.unit),
    labelUnits,
    activeFilters: listFilters(options),
    format: (value) => formatMeasure(divideValue(value, options), report.unit, report.outputUnit),
    outputUnit: options.unit,
  };
  return report;
}

/** A value divided as `divideBy` says: multiplied by its inverse and cut, as upstream does. */
export function divideValue(value: number, { divideBy }: ReportOptions): number {
  const ratio = 1 / divideBy;
  return ratio > 0 && ratio !== 1 ? Math.trunc(value * ratio) : value;
}

function takeValues(profile: Profile, column: number, mean: boolean): SampleValues {
  const { columns } = profile.samples;
  return { value: columns[column]!.value, divisor: mean ? columns[0]!.value : undefined };
}

function addTags(profile: Profile, options: ReportOptions, warn: (message: string) => void): Profile {
  const keys = (list: string): string[] => list.split(",").filter((key) => key !== "");
  const added = addTagFrames(profile, keys(options.tagRoot), keys(options.tagLeaf), options.unit);
  if (options.tagRoot !== "" && !added.matched.root) warn("TagRoot expression matched no samples");
  if (options.tagLeaf !== "" && !added.matched.leaf) warn("TagLeaf expression matched no samples");
  return added.profile;
}

/** internal/driver/driver_focus.go, applyFocus. */
function applyFilters(
  source: Profile,
  options: ReportOptions,
  units: LabelUnits,
  warn: (message: string) => void,
): Profile {
  const expression = (name: string, text: string): Re2 | undefined =>
    text === "" ? undefined : compileRe2(text, `${name} regexp`);
  const labelTest = (name: string, text: string) =>
    text === "" ? undefined : compileLabelTest(name, text, units, warn);
  const warnUnless = (matched: boolean, isAsked: unknown, name: string): void => {
    if (isAsked !== undefined && !matched) warn(`${name} expression matched no samples`);
  };

  const focus = expression("focus", options.focus);
  const ignore = expression("ignore", options.ignore);
  const hide = expression("hide", options.hide);
  const show = expression("show", options.show);
  const from = expression("show_from", options.showFrom);
  const tagFocus = labelTest("tagfocus", options.tagFocus);
  const tagIgnore = labelTest("tagignore", options.tagIgnore);
  const prune = expression("prune_from", options.pruneFrom);
  const tagShow = expression("tagshow", options.tagShow);
  const tagHide = expression("taghide", options.tagHide);

  const framed = filterFrames(source, { focus, ignore, hide, show });
  let { profile } = framed;
  warnUnless(framed.matched.focus, focus, "Focus");
  warnUnless(framed.matched.ignore, ignore, "Ignore");
  warnUnless(framed.matched.hide, hide, "Hide");
  warnUnless(framed.matched.show, show, "Show");
  if (from !== undefined) {
    const shown = showFrom(profile, from);
    profile = shown.profile;
    warnUnless(shown.matched, from, "ShowFrom");
  }
  const labelled = filterByLabels(profile, tagFocus, tagIgnore);
  profile = labelled.profile;
  warnUnless(labelled.matched.focus, tagFocus, "TagFocus");
  warnUnless(labelled.matched.ignore, tagIgnore, "TagIgnore");
  if (tagShow !== undefined || tagHide !== undefined) {
    const kept = filterLabels(profile, tagShow, tagHide);
    profile = kept.profile;
    warnUnless(kept.matched.show, tagShow, "TagShow");
    warnUnless(kept.matched.hide, tagHide, "TagHide");
  }
  return prune === undefined ? profile : pruneFrom(profile, prune);
}

/** The sum of magnitudes; of the base's samples alone where there are any (internal/report/report.go, computeTotal). */
function computeTotal(profile: Profile, values: SampleValues): number {
  const sum = (rows: Iterable<number>): { total: number; divisor: number } => {
    let total = 0;
    let divisor = 0;
    for (const row of rows) {
      total += Math.abs(values.value[row]!);
      divisor += values.divisor?.[row] ?? 0;
    }
    return { total, divisor };
  };
  const base = sum(findLabelled(profile, BASE_LABEL, "true"));
  const { total, divisor } = base.total > 0 ? base : sum(profile.samples.columns[0]!.value.keys());
  return divisor === 0 ? total : Math.trunc(total / divisor);
}

function listFilters(options: ReportOptions): string[] {
  const filters: [name: string, text: string][] = [
    ["focus", options.focus],
    ["ignore", options.ignore],
    ["hide", options.hide],
    ["show", options.show],
    ["show_from", options.showFrom],
    ["tagfocus", options.tagFocus],
    ["tagignore", options.tagIgnore],
    ["tagshow", options.tagShow],
    ["taghide", options.tagHide],
  ];
  return filters.filter(([, text]) => text !== "").map(([name, text]) => `${name}=${text}`);
}

/** For "minimum": one unit in which the smallest of some values shows, and the total is readable (selectOutputUnit). */
export function chooseOutputUnit(report: Report, nodes: Iterable<{ flat: number; cum: number }>): void {
  if (report.outputUnit !== "minimum") return;
  let smallest = 0;
  let hasNodes = false;
  for (const { flat, cum } of nodes) {
    hasNodes = true;
    const own = Math.abs(flat) || Math.abs(cum);
    if (own > 0 && (smallest === 0 || own < smallest)) smallest = own;
  }
  if (!hasNodes) return;
  let largest = report.total;
  if (smallest === 0) smallest = largest;
  smallest = divideValue(smallest, report.options);
  largest = divideValue(largest, report.options);
  const unitOf = (value: number): string => scaleMeasure(value, report.unit, "minimum").unit;
  let unit = unitOf(smallest);
  const mayGrow = report.view !== "callgrind";
  if (unit !== unitOf(largest) && smallest * 100 < largest && mayGrow) unit = unitOf(100 * smallest);
  report.outputUnit = unit === "" ? report.unit : unit;
}
