import type { Profile, ValueColumn, ValueType } from "../tables/profile.ts";
import { EMPTY_STRING, type StringIndex } from "../tables/string-table.ts";
import { ExtendedStringTable } from "./extended-strings.ts";
import { BASE_LABEL } from "./labels.ts";
import { isSameFamily, scaleMeasure } from "./measurement.ts";
import { type AddOptions, ProfileMerger } from "./merge.ts";
import { PprofError } from "./pprof-error.ts";
import { keepSamples } from "./rewrite-tables.ts";

/**
 * Gives a profile anew each time it is asked: combining may need to look twice, and holds one at a time. One that gives
 * none is left out.
 */
export type ProfileSource = () => Profile | undefined;

/**
 * Merges profiles as `go tool pprof` does with several sources (google/pprof, internal/driver/fetch.go,
 * combineProfiles): of the sample types those that all have, in the finest unit of each. One profile is given back as
 * it is.
 *
 * @throws PprofError if no sample type is common to all, or units do not go together.
 */
export function combineProfiles(sources: readonly ProfileSource[]): Profile {
  let only: Profile | undefined;
  let merging: Merging | undefined;
  for (const source of sources) {
    const profile = source();
    if (profile === undefined) continue;
    if (merging === undefined) {
      if (only === undefined) {
        only = profile;
        continue;
      }
      merging = beginMerging(only);
      only = undefined;
    }
    // Different ones are rare, so only then all are held at once.
    if (describeTypes(profile) !== merging.types) return mergeUnlike(sources.flatMap((each) => each() ?? []));
    merging.merger.add(profile);
  }
  if (merging !== undefined) return merging.merger.build();
  if (only === undefined) throw new PprofError("no profile source specified");
  return only;
}

interface Merging {
  merger: ProfileMerger;
  types: string;
}

function beginMerging(profile: Profile): Merging {
  const merger = new ProfileMerger(profile);
  merger.add(profile);
  return { merger, types: describeTypes(profile) };
}

/** How a base is taken from a profile. */
export interface BaseOptions {
  /** Marks the base's samples, so that percentages are of the base: -diff_base instead of -base. */
  isDiff: boolean;
  /** Scales the profile to the base's totals before. */
  normalize: boolean;
}

/** `profile` less `base` (fetch.go, fetchProfiles). */
export function subtractBase(profile: Profile, base: Profile, options: BaseOptions): Profile {
  return subtractSource(
    () => profile,
    () => base,
    options,
  );
}

/** The same of what sources give: unless they must be scaled to each other, one of both is in memory at a time. */
export function subtractSource(
  source: () => Profile,
  baseSource: () => Profile,
  { isDiff, normalize }: BaseOptions,
): Profile {
  const base = { negate: true, label: isDiff ? { key: BASE_LABEL, value: "true" } : undefined };
  if (!normalize) {
    const merging = beginMerging(source());
    if (addIfLike(merging, baseSource(), base)) return merging.merger.build();
  }
  let profile = source();
  let subtracted = baseSource();
  if (normalize) profile = normalizeTo(profile, subtracted);
  if (describeTypes(profile) !== describeTypes(subtracted)) {
    [profile, subtracted] = makeCompatible([profile, subtracted]) as [Profile, Profile];
  }
  const { merger } = beginMerging(profile);
  merger.add(subtracted, base);
  return merger.build();
}

function addIfLike({ merger, types }: Merging, profile: Profile, options: AddOptions): boolean {
  if (describeTypes(profile) !== types) return false;
  merger.add(profile, options);
  return true;
}

function mergeUnlike(profiles: Profile[]): Profile {
  const compatible = makeCompatible(profiles);
  const merger = new ProfileMerger(compatible[0]!);
  for (const profile of compatible) merger.add(profile);
  return merger.build();
}

function describeTypes({ strings, sampleTypes, periodType }: Profile): string {
  const types = [...sampleTypes, periodType ?? { type: EMPTY_STRING, unit: EMPTY_STRING }];
  return JSON.stringify(types.map(({ type, unit }) => [strings.get(type), strings.get(unit)]));
}

function makeCompatible(profiles: readonly Profile[]): Profile[] {
  return scaleToFinestUnits(keepCommonTypes(profiles));
}

/** profile/merge.go, CompatibilizeSampleTypes. */
function keepCommonTypes(profiles: readonly Profile[]): Profile[] {
  const seen = new Map<string, number>();
  for (const profile of profiles) {
    for (const name of typeNames(profile)) seen.set(name, (seen.get(name) ?? 0) + 1);
  }
  const common = typeNames(profiles[0]!).filter((name) => seen.get(name) === profiles.length);
  if (common.length === 0) throw new PprofError("profiles have empty common sample type list");
  return profiles.map((profile) => {
    const names = typeNames(profile);
    const columns = common.map((name) => names.indexOf(name));
    if (columns.length === names.length && columns.every((column, at) => column === at)) return profile;
    const defaultName = profile.strings.get(profile.defaultSampleType);
    const kept = columns.map((column) => profile.sampleTypes[column]!);
    return {
      ...profile,
      sampleTypes: kept,
      defaultSampleType: common.includes(defaultName) ? profile.defaultSampleType : kept[0]!.type,
      samples: { ...profile.samples, columns: columns.map((column) => profile.samples.columns[column]!) },
    };
  });
}

function typeNames({ strings, sampleTypes }: Profile): string[] {
  return sampleTypes.map(({ type }) => strings.get(type));
}

interface NamedType {
  type: string;
  unit: string;
}

function nameType({ strings }: Profile, { type, unit }: ValueType): NamedType {
  return { type: strings.get(type), unit: strings.get(unit) };
}

/** internal/measurement/measurement.go, ScaleProfiles. */
function scaleToFinestUnits(profiles: readonly Profile[]): Profile[] {
  const period = findFinest(
    "period type",
    profiles.map((profile) =>
      nameType(profile, profile.periodType ?? { type: EMPTY_STRING, unit: EMPTY_STRING }),
    ),
  );
  const finest = profiles[0]!.sampleTypes.map((_, at) =>
    findFinest(
      "sample types",
      profiles.map((profile) => nameType(profile, profile.sampleTypes[at]!)),
    ),
  );
  return profiles.map((profile) => {
    const strings = new ExtendedStringTable(profile.strings);
    const { periodType } = profile;
    const periodUnit = periodType === undefined ? "" : profile.strings.get(periodType.unit);
    const ratios = profile.sampleTypes.map(
      (type, at) => scaleMeasure(1, profile.strings.get(type.unit), finest[at]!.unit).value,
    );
    return scaleValues(
      {
        ...profile,
        strings,
        period: BigInt(Math.trunc(scaleMeasure(Number(profile.period), periodUnit, period.unit).value)),
        periodType:
          periodType === undefined ? undefined : { type: periodType.type, unit: strings.add(period.unit) },
        sampleTypes: profile.sampleTypes.map(({ type }, at) => ({
          type,
          unit: strings.add(finest[at]!.unit),
        })),
      },
      ratios,
    );
  });
}

function findFinest(what: string, types: readonly NamedType[]): NamedType {
  let finest = types[0]!;
  for (const type of types.slice(1)) {
    const isSameType = finest.type.replace(/s$/, "") === type.type.replace(/s$/, "");
    if (!isSameType || (finest.unit !== type.unit && !isSameFamily(finest.unit, type.unit))) {
      const describe = ({ type: name, unit }: NamedType) => `{${name} ${unit}}`;
      throw new PprofError(`${what}: incompatible types: ${describe(finest)} ${describe(type)}`);
    }
    if (scaleMeasure(1, type.unit, finest.unit).value < 1) finest = type;
  }
  return finest;
}

/** Scales every column so that the profile's sums are those of the base (profile/merge.go, Normalize). */
function normalizeTo(profile: Profile, base: Profile): Profile {
  if (describeTypes(profile) !== describeTypes(base)) {
    throw new PprofError(`incompatible sample types ${describeTypes(profile)} and ${describeTypes(base)}`);
  }
  const sums = ({ samples }: Profile) =>
    samples.columns.map(({ value }) => value.reduce((sum, v) => sum + v, 0));
  const own = sums(profile);
  const wanted = sums(base);
  return scaleValues(
    profile,
    own.map((sum, at) => (sum === 0 ? 0 : wanted[at]! / sum)),
  );
}

/**
 * Multiplies columns. As upstream does (profile/profile.go, ScaleN), a sample is kept only if a column that was scaled
 * is not 0 in it, whatever the others hold; nothing happens if all ratios are 1.
 */
function scaleValues(profile: Profile, ratios: readonly number[]): Profile {
  if (ratios.every((ratio) => ratio === 1)) return profile;
  const columns = profile.samples.columns.map((column, at): ValueColumn => {
    const ratio = ratios[at]!;
    if (ratio === 1) return column;
    return { value: column.value.map((value) => roundHalfAway(value * ratio)) };
  });
  const scaled = columns.filter((_, at) => ratios[at] !== 1);
  const samples = keepSamples({ ...profile.samples, columns }, (row) =>
    scaled.some(({ value }) => value[row] !== 0),
  );
  return { ...profile, samples };
}

function roundHalfAway(value: number): number {
  return value < 0 ? 0 - Math.round(-value) : Math.round(value);
}

/** Index of the column that `name` asks for, by number or type (profile/index.go). @throws PprofError if there is none. */
export function findSampleIndex({ strings, sampleTypes, defaultSampleType }: Profile, name: string): number {
  const names = sampleTypes.map(({ type }) => strings.get(type));
  if (name === "") {
    const at = names.indexOf(strings.get(defaultSampleType as StringIndex));
    return defaultSampleType !== EMPTY_STRING && at >= 0 ? at : names.length - 1;
  }
  if (/^[+-]?\d+$/.test(name)) {
    const index = Number(name);
    if (index >= 0 && index < names.length) return index;
    throw new PprofError(`sample_index ${name} is outside the range [0..${names.length - 1}]`);
  }
  const withoutInuse = name.replace(/^inuse_/, "");
  const at = names.findIndex((type) => type === name || type === withoutInuse);
  if (at >= 0) return at;
  throw new PprofError(`sample_index ${JSON.stringify(name)} must be one of: [${names.join(" ")}]`);
}
