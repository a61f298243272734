import { compareUtf8 } from "../lib/compare-utf8.ts";
import { Uint32Rows } from "../lib/growable-columns.ts";
import type { LabelTable, Profile, SampleTable } from "../tables/profile.ts";
import type { StringIndex } from "../tables/string-table.ts";
import type { Re2 } from "./re2.ts";
import { keepLabels, keepSamples } from "./rewrite-tables.ts";

/** The label with which the samples of a `-diff_base` profile are marked. */
export const BASE_LABEL = "pprof::base";

/** Unit by key of numeric labels: the first that any sample names. */
export interface LabelUnits {
  unitOf(key: string): string;
  /** Units that were passed over, by key. */
  ignored: ReadonlyMap<string, readonly string[]>;
}

/** google/pprof, profile/profile.go, NumLabelUnits. */
export function findLabelUnits({ samples, strings }: Profile): LabelUnits {
  const { label } = samples;
  const units = new Map<number, number>();
  const ignored = new Map<string, Set<string>>();
  for (let row = 0; row < label.key.length; row++) {
    const unit = label.numUnit[row]!;
    if (unit === 0 || label.str[row] !== 0) continue;
    const key = label.key[row]!;
    const first = units.get(key);
    if (first === undefined) units.set(key, unit);
    else if (first !== unit) {
      const name = strings.get(key as StringIndex);
      const others = ignored.get(name) ?? new Set();
      ignored.set(name, others.add(strings.get(unit as StringIndex)));
    }
  }
  const named = new Map<string, string>();
  for (const [key, unit] of units) {
    const name = strings.get(key as StringIndex);
    if (!named.has(name)) named.set(name, strings.get(unit as StringIndex));
  }
  return {
    unitOf: (key) => named.get(key) || (key === "alignment" || key === "request" ? "bytes" : key),
    ignored: new Map([...ignored].map(([key, others]) => [key, [...others].sort(compareUtf8)])),
  };
}

/** One sample's labels by key, as Go's maps hold them. */
export interface SampleLabels {
  strings: Map<string, string[]>;
  numbers: Map<string, { values: bigint[]; units: string[] }>;
}

/** The labels of a sample. A number's units are all "" where no value of its key has one. */
export function readSampleLabels({ samples, strings }: Profile, sample: number): SampleLabels {
  const { label } = samples;
  const read: SampleLabels = { strings: new Map(), numbers: new Map() };
  for (let row = label.start[sample]!; row < label.start[sample + 1]!; row++) {
    const key = strings.get(label.key[row]! as StringIndex);
    if (label.str[row] !== 0) {
      const values = read.strings.get(key);
      const value = strings.get(label.str[row]! as StringIndex);
      if (values === undefined) read.strings.set(key, [value]);
      else values.push(value);
      continue;
    }
    let entry = read.numbers.get(key);
    if (entry === undefined) {
      entry = { values: [], units: [] };
      read.numbers.set(key, entry);
    }
    entry.values.push(label.num[row]!);
    entry.units.push(strings.get(label.numUnit[row]! as StringIndex));
  }
  return read;
}

export function hasLabels({ label }: SampleTable, sample: number): boolean {
  return label.start[sample] !== label.start[sample + 1];
}

/** Keeps the labels whose key is shown and not hidden (profile/filter.go, FilterTagsByName). */
export function filterLabels(
  profile: Profile,
  show: Re2 | undefined,
  hide: Re2 | undefined,
): { profile: Profile; matched: { show: boolean; hide: boolean } } {
  const matched = { show: false, hide: false };
  const { samples, strings } = profile;
  const { label } = samples;
  const known = new Map<number, boolean>();
  const isKept = (row: number): boolean => {
    const key = label.key[row]!;
    let kept = known.get(key);
    if (kept === undefined) {
      const name = strings.get(key as StringIndex);
      const isShown = show === undefined || show.test(name);
      const isHidden = hide?.test(name) === true;
      matched.show ||= isShown;
      matched.hide ||= isHidden;
      kept = isShown && !isHidden;
      known.set(key, kept);
    }
    return kept;
  };
  const rows = Uint32Array.from({ length: samples.length }, (_, row) => row);
  return {
    profile: { ...profile, samples: { ...samples, label: keepLabels(label, rows, isKept) } },
    matched,
  };
}

/** Decides a sample by its labels; asked for rows of one profile. */
export type LabelTest = (profile: Profile, sample: number) => boolean;

/** profile/filter.go, FilterSamplesByTag. */
export function filterByLabels(
  profile: Profile,
  focus: LabelTest | undefined,
  ignore: LabelTest | undefined,
): { profile: Profile; matched: { focus: boolean; ignore: boolean } } {
  if (focus === undefined && ignore === undefined)
    return { profile, matched: { focus: true, ignore: false } };
  const matched = { focus: false, ignore: false };
  const samples = keepSamples(profile.samples, (row) => {
    const isFocused = focus === undefined || focus(profile, row);
    const isIgnored = ignore?.(profile, row) === true;
    matched.focus ||= isFocused;
    matched.ignore ||= isIgnored;
    return isFocused && !isIgnored;
  });
  return { profile: { ...profile, samples }, matched };
}

/** Rows of samples that hold the string label `key: value`. */
export function findLabelled({ samples, strings }: Profile, key: string, value: string): Uint32Array {
  const found = new Uint32Rows();
  const { label } = samples;
  const keys = findStrings(label.key, key);
  const values = findStrings(label.str, value);
  if (keys.size === 0 || values.size === 0) return found.toColumn();
  for (let sample = 0; sample < samples.length; sample++) {
    for (let row = label.start[sample]!; row < label.start[sample + 1]!; row++) {
      if (!keys.has(label.key[row]!) || !values.has(label.str[row]!)) continue;
      found.push(sample);
      break;
    }
  }
  return found.toColumn();

  function findStrings(column: LabelTable["key"], text: string): Set<number> {
    const seen = new Set(column);
    return new Set([...seen].filter((index) => index !== 0 && strings.get(index as StringIndex) === text));
  }
}
