import { compareUtf8 } from "../../lib/compare-utf8.ts";
import {
  HAS_FILENAMES,
  HAS_FUNCTIONS,
  HAS_INLINE_FRAMES,
  HAS_LINE_NUMBERS,
  NONE,
  type Profile,
} from "../../tables/profile.ts";
import { EMPTY_STRING, type StringIndex } from "../../tables/string-table.ts";
import { formatDuration, formatFullTime, type TimeZone } from "../go-format.ts";
import { keepDetail } from "../keep-detail.ts";
import { hasLabels, readSampleLabels } from "../labels.ts";
import type { Report } from "../report.ts";

const LABEL_INDENT = " ".repeat(16);
const NEXT_LINE_INDENT = " ".repeat(13);
/** Upstream prints the duration with a precision, which cuts its text. */
const DURATION_LETTERS = 4;

/** `go tool pprof -raw`: the profile as text (google/pprof, profile/profile.go, String). */
export function* renderRaw(report: Report, zone: TimeZone): Generator<string> {
  const profile = keepDetail(report.profile, report.detail);
  const { strings, samples, sampleTypes, periodType } = profile;
  for (const comment of profile.comments) yield `Comment: ${strings.get(comment)}\n`;
  if (strings.get(profile.docUrl) !== "") yield `Doc: ${strings.get(profile.docUrl)}\n`;
  const { type, unit } = periodType ?? { type: EMPTY_STRING, unit: EMPTY_STRING };
  yield `PeriodType: ${strings.get(type)} ${strings.get(unit)}\nPeriod: ${profile.period}\n`;
  if (profile.timeNanos !== 0n) yield `Time: ${formatFullTime(profile.timeNanos, zone)}\n`;
  if (profile.durationNanos !== 0n) {
    yield `Duration: ${[...formatDuration(profile.durationNanos)].slice(0, DURATION_LETTERS).join("")}\n`;
  }
  const defaultType = strings.get(profile.defaultSampleType);
  const types = sampleTypes.map((each) => {
    const name = strings.get(each.type);
    return `${name}/${strings.get(each.unit)}${name === defaultType ? "[dflt]" : ""}`;
  });
  yield `Samples:\n${types.join(" ").trim()}\n`;
  for (let sample = 0; sample < samples.length; sample++) yield renderSample(profile, sample);
  yield "Locations\n";
  for (let location = 0; location < profile.locations.length; location++)
    yield renderLocation(profile, location);
  yield "Mappings\n";
  for (let mapping = 0; mapping < profile.mappings.length; mapping++) yield renderMapping(profile, mapping);
}

function renderSample(profile: Profile, sample: number): string {
  const { samples, locations } = profile;
  let text = "";
  for (const { value, exact } of samples.columns) {
    text += ` ${String(exact === undefined ? value[sample]! : exact[sample]!).padStart(10)}`;
  }
  text += ": ";
  for (let at = samples.locationStart[sample]!; at < samples.locationStart[sample + 1]!; at++) {
    text += `${locations.id[samples.location[at]!]!} `;
  }
  text += "\n";
  if (!hasLabels(samples, sample)) return text;
  const labels = readSampleLabels(profile, sample);
  const join = (parts: string[]): string => `${LABEL_INDENT}${parts.sort(compareUtf8).join(" ")}\n`;
  if (labels.strings.size > 0) {
    text += join([...labels.strings].map(([key, values]) => `${key}:[${values.join(" ")}]`));
  }
  if (labels.numbers.size === 0) return text;
  const numbers = [...labels.numbers].map(([key, { values, units }]) => {
    const hasUnits = units.some((unit) => unit !== "");
    return `${key}:[${values.map((value, at) => (hasUnits ? `${value} ${units[at]}` : value)).join(" ")}]`;
  });
  return text + join(numbers);
}

function renderLocation(profile: Profile, location: number): string {
  const { locations, functions, mappings, strings } = profile;
  const text = (index: number): string => strings.get(index as StringIndex);
  const mapping = locations.mapping[location]!;
  let start = `${String(locations.id[location]!).padStart(6)}: 0x${locations.address[location]!.toString(16)} `;
  if (mapping !== NONE) start += `M=${mappings.id[mapping]!} `;
  if (locations.isFolded[location] === 1) start += "[F] ";
  const first = locations.lineStart[location]!;
  const end = locations.lineStart[location + 1]!;
  if (first === end) return `${start}\n`;
  let rendered = "";
  for (let row = first; row < end; row++) {
    const fn = locations.lineFunction[row]!;
    let line = "??";
    if (fn !== NONE) {
      const name = text(functions.name[fn]!);
      const systemName = text(functions.systemName[fn]!);
      line = `${name} ${text(functions.filename[fn]!)}:${locations.line[row]}:${locations.column[row]} s=${functions.startLine[fn]}`;
      if (name !== systemName) line += `(${systemName})`;
    }
    rendered += `${row === first ? start : NEXT_LINE_INDENT}${line}\n`;
  }
  return rendered;
}

function renderMapping({ mappings, strings }: Profile, row: number): string {
  const hex = (value: bigint): string => `0x${value.toString(16)}`;
  const has = mappings.has[row]!;
  const bits = [
    [HAS_FUNCTIONS, "[FN]"],
    [HAS_FILENAMES, "[FL]"],
    [HAS_LINE_NUMBERS, "[LN]"],
    [HAS_INLINE_FRAMES, "[IN]"],
  ] as const;
  const range = [mappings.memoryStart, mappings.memoryLimit, mappings.fileOffset].map((column) =>
    hex(column[row]!),
  );
  const names = [mappings.filename, mappings.buildId].map((column) =>
    strings.get(column[row]! as StringIndex),
  );
  const flags = bits.map(([bit, text]) => ((has & bit) === 0 ? "" : text)).join("");
  return `${mappings.id[row]!}: ${range.join("/")} ${names.join(" ")} ${flags}\n`;
}
