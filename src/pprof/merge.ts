import { HIGH_WORD, LOW_WORD, viewWords } from "../bytes/words.ts";
import { compareUtf8 } from "../lib/compare-utf8.ts";
import { Float64Rows, Int32Rows, Uint8Rows, Uint32Rows } from "../lib/growable-columns.ts";
import { SequenceInterner } from "../lib/sequence-interner.ts";
import { ByteStringInterner } from "../tables/byte-string-interner.ts";
import { NONE, type Profile, type ValueType } from "../tables/profile.ts";
import { EMPTY_STRING, type StringIndex } from "../tables/string-table.ts";
import { PprofError } from "./pprof-error.ts";
import { ValueSums } from "./value-sums.ts";

const TWO_32 = 0x1_0000_0000;
const PAGE_BYTES = 0x1000n;
/** Words before the locations in a sample's key: the set of its labels. */
const LABEL_SET_WORDS = 1;

export interface AddOptions {
  /** Counts every value negatively, as a base is. */
  negate?: boolean;
  /** A string label that every sample gets, in place of its own of this key. */
  label?: { key: string; value: string } | undefined;
}

/**
 * Merges profiles one after the other, so that only the result and one source are in memory (google/pprof,
 * profile/merge.go). Samples are the same if their stacks and labels are; locations if their offset in the same mapping
 * and their lines are. What no sample uses is left out, and ids are new, in the order of first use.
 */
export class ProfileMerger {
  readonly #strings = new ByteStringInterner();
  readonly #types: ValueType[];
  readonly #sums: ValueSums[];
  /** Set of labels, then the stack. */
  readonly #samples = new SequenceInterner();
  /** Words of each label of a set: 0, key, value of a string; 1, key, low, high, unit of a number. */
  readonly #labelSets = new SequenceInterner();
  /** Mapping + 1, offset low and high, folded, then function + 1, line low, line high of each line, last column. */
  readonly #locations = new SequenceInterner();
  readonly #locationMapping = new Int32Rows();
  readonly #locationAddress: bigint[] = [];
  readonly #locationColumn = new Float64Rows();
  readonly #locationColumnStart = new Uint32Rows();
  readonly #isFolded = new Uint8Rows();
  /** Name, system name, file, start line low and high. */
  readonly #functions = new SequenceInterner();
  /** Size low and high, offset low and high, build id or file. */
  readonly #mappings = new SequenceInterner();
  readonly #mappingRows: MappingRow[] = [];
  readonly #header: Header;
  readonly #comments = new Set<StringIndex>();
  #timeNanos = 0n;
  #durationNanos = 0n;
  #period = 0n;
  #defaultSampleType: StringIndex = EMPTY_STRING;
  #docUrl: StringIndex = EMPTY_STRING;
  #words = new Uint32Array(256);
  #locationWords = new Uint32Array(64);
  readonly #functionWords = new Uint32Array(5);

  /** `first` gives the sample types, the period type and the frames to drop. */
  constructor(first: Profile) {
    const { strings, sampleTypes, periodType, dropFrames, keepFrames } = first;
    this.#header = { strings, sampleTypes, periodType, dropFrames, keepFrames };
    this.#types = first.sampleTypes.map((type) => this.#valueType(first, type));
    this.#sums = this.#types.map(() => new ValueSums());
  }

  #valueType({ strings }: Header, { type, unit }: ValueType): ValueType {
    return {
      type: this.#strings.internText(strings.get(type)),
      unit: this.#strings.internText(strings.get(unit)),
    };
  }

  /** @throws PprofError if its sample types or period type are others. */
  add(profile: Profile, options: AddOptions = {}): void {
    checkCompatible(this.#header, profile);
    this.#addHeader(profile);
    const source = new SourceIndexes(profile, this.#strings);
    if (this.#mappings.length === 0 && profile.mappings.length > 0) this.#mapMapping(profile, source, 0);
    const extra = options.label;
    const extraLabel =
      extra === undefined
        ? undefined
        : { key: this.#strings.internText(extra.key), value: this.#strings.internText(extra.value) };
    const { samples } = profile;
    const { locationStart, location, columns } = samples;
    const sign = options.negate === true ? -1 : 1;
    for (let sample = 0; sample < samples.length; sample++) {
      if (isZero(profile, sample)) continue;
      const start = locationStart[sample]!;
      const depth = locationStart[sample + 1]! - start;
      this.#reserve(depth + LABEL_SET_WORDS);
      const labelSet = this.#mapLabels(profile, source, sample, extraLabel);
      const words = this.#words;
      for (let at = 0; at < depth; at++) {
        const row = location[start + at]!;
        let mapped = source.location[row]!;
        if (mapped < 0) mapped = this.#mapLocation(profile, source, row);
        words[at + LABEL_SET_WORDS] = mapped;
      }
      words[0] = labelSet;
      const merged = this.#samples.intern(words, depth + LABEL_SET_WORDS);
      for (let type = 0; type < columns.length; type++) {
        this.#sums[type]!.add(merged, columns[type]!, sample, sign);
      }
    }
  }

  #addHeader(profile: Profile): void {
    const { timeNanos, durationNanos, period } = profile;
    // Not the smallest but one: a profile without a time sets it back. Upstream's rule.
    if (this.#timeNanos === 0n || timeNanos < this.#timeNanos) this.#timeNanos = timeNanos;
    this.#durationNanos += durationNanos;
    if (this.#period === 0n || this.#period < period) this.#period = period;
    const text = (index: StringIndex) => this.#strings.internText(profile.strings.get(index));
    for (const comment of profile.comments) this.#comments.add(text(comment));
    if (this.#defaultSampleType === EMPTY_STRING) this.#defaultSampleType = text(profile.defaultSampleType);
    if (this.#docUrl === EMPTY_STRING) this.#docUrl = text(profile.docUrl);
  }

  #reserve(words: number): void {
    if (this.#words.length < words) this.#words = new Uint32Array(2 * words);
  }

  #mapLabels(
    { samples }: Profile,
    source: SourceIndexes,
    sample: number,
    extra: { key: StringIndex; value: StringIndex } | undefined,
  ): number {
    const { label } = samples;
    const start = label.start[sample]!;
    const end = label.start[sample + 1]!;
    const rows: number[] = [];
    for (let row = start; row < end; row++) {
      if (extra !== undefined && label.str[row] !== 0 && source.string(label.key[row]!) === extra.key)
        continue;
      rows.push(row);
    }
    if (rows.length > 1) rows.sort((a, b) => source.compareLabels(a, b));
    this.#reserve(5 * rows.length + 3);
    const words = this.#words;
    let used = 0;
    for (const row of rows) {
      if (label.str[row] !== 0) {
        words[used++] = 0;
        words[used++] = source.string(label.key[row]!);
        words[used++] = source.string(label.str[row]!);
        continue;
      }
      words[used++] = 1;
      words[used++] = source.string(label.key[row]!);
      words[used++] = source.labelNumbers[2 * row + LOW_WORD]!;
      words[used++] = source.labelNumbers[2 * row + HIGH_WORD]!;
      words[used++] = source.string(label.numUnit[row]!);
    }
    if (extra !== undefined) {
      words[used++] = 0;
      words[used++] = extra.key;
      words[used++] = extra.value;
    }
    return this.#labelSets.intern(words, used);
  }

  #mapLocation(profile: Profile, source: SourceIndexes, row: number): number {
    const { locations } = profile;
    const mappingRow = locations.mapping[row]!;
    const mapping = mappingRow === NONE ? NONE : this.#mapMapping(profile, source, mappingRow);
    // Address less start of the mapping, in words: there are millions of locations, and bigints are slow.
    const low = source.addresses[2 * row + LOW_WORD]!;
    const startLow = mappingRow === NONE ? 0 : source.mappingStarts[2 * mappingRow + LOW_WORD]!;
    const startHigh = mappingRow === NONE ? 0 : source.mappingStarts[2 * mappingRow + HIGH_WORD]!;
    const offsetLow = (low - startLow) >>> 0;
    const offsetHigh = (source.addresses[2 * row + HIGH_WORD]! - startHigh - (low < startLow ? 1 : 0)) >>> 0;
    const first = locations.lineStart[row]!;
    const end = locations.lineStart[row + 1]!;
    const most = 6 + 3 * (end - first);
    if (this.#locationWords.length < most) this.#locationWords = new Uint32Array(2 * most);
    const words = this.#locationWords;
    let used = 0;
    words[used++] = mapping + 1;
    words[used++] = offsetLow;
    words[used++] = offsetHigh;
    words[used++] = locations.isFolded[row]!;
    for (let line = first; line < end; line++) {
      words[used++] = this.#mapFunction(profile, source, locations.lineFunction[line]!) + 1;
      used = putNumber(words, used, locations.line[line]!);
    }
    // Columns of the other lines do not tell locations apart: upstream overwrites them in its key.
    if (end > first) used = putNumber(words, used, locations.column[end - 1]!);
    const known = this.#locations.length;
    const mapped = this.#locations.intern(words, used);
    if (mapped === known) {
      const base = mapping === NONE ? 0n : this.#memoryStart(mapping);
      const offset = (BigInt(offsetHigh) << 32n) | BigInt(offsetLow);
      this.#locationMapping.push(mapping);
      this.#locationAddress.push(BigInt.asUintN(64, offset + base));
      this.#isFolded.push(locations.isFolded[row]!);
      this.#locationColumnStart.push(this.#locationColumn.length);
      for (let line = first; line < end; line++) this.#locationColumn.push(locations.column[line]!);
    }
    source.location[row] = mapped;
    return mapped;
  }

  #mapFunction(profile: Profile, source: SourceIndexes, row: number): number {
    if (row === NONE) return NONE;
    const known = source.function[row]!;
    if (known >= 0) return known;
    const { functions } = profile;
    const words = this.#functionWords;
    words[0] = source.string(functions.name[row]!);
    words[1] = source.string(functions.systemName[row]!);
    words[2] = source.string(functions.filename[row]!);
    putNumber(words, 3, functions.startLine[row]!);
    const mapped = this.#functions.intern(words, words.length);
    source.function[row] = mapped;
    return mapped;
  }

  #memoryStart(mapping: number): bigint {
    return this.#mappingRows[mapping]!.memoryStart;
  }

  #mapMapping(profile: Profile, source: SourceIndexes, row: number): number {
    const known = source.mapping[row]!;
    if (known >= 0) return known;
    const { mappings } = profile;
    const filename = source.string(mappings.filename[row]!) as StringIndex;
    const buildId = source.string(mappings.buildId[row]!) as StringIndex;
    const exactSize = BigInt.asUintN(64, mappings.memoryLimit[row]! - mappings.memoryStart[row]!);
    // Rounded up to a page, so that minor discrepancies do not count; overflows as upstream's does.
    const padded = BigInt.asUintN(64, exactSize + PAGE_BYTES - 1n);
    const size = padded - (padded % PAGE_BYTES);
    const offset = mappings.fileOffset[row]!;
    const words = Uint32Array.of(
      Number(size & 0xffff_ffffn),
      Number(size >> 32n),
      Number(offset & 0xffff_ffffn),
      Number(offset >> 32n),
      buildId !== EMPTY_STRING ? buildId : filename,
    );
    const mapped = this.#mappings.intern(words, words.length);
    if (mapped === this.#mappingRows.length) {
      this.#mappingRows.push({
        memoryStart: mappings.memoryStart[row]!,
        memoryLimit: mappings.memoryLimit[row]!,
        fileOffset: offset,
        filename,
        buildId,
        has: mappings.has[row]!,
      });
    }
    source.mapping[row] = mapped;
    return mapped;
  }

  /** The merged profile; no more can be added. Samples that came to nothing are gone, with what only they used. */
  build(): Profile {
    const profile = this.#buildTables();
    for (let sample = 0; sample < profile.samples.length; sample++) {
      if (!isZero(profile, sample)) continue;
      const again = new ProfileMerger(profile);
      again.add(profile);
      return again.build();
    }
    return profile;
  }

  #buildTables(): Profile {
    const header = this.#header;
    const text = (index: StringIndex) => this.#strings.internText(header.strings.get(index));
    const dropFrames = text(header.dropFrames);
    const keepFrames = text(header.keepFrames);
    const periodType =
      header.periodType === undefined ? undefined : this.#valueType(header, header.periodType);
    return {
      sampleTypes: this.#types,
      samples: this.#buildSamples(),
      locations: this.#buildLocations(),
      functions: this.#buildFunctions(),
      mappings: this.#buildMappings(),
      dropFrames,
      keepFrames,
      timeNanos: this.#timeNanos,
      durationNanos: BigInt.asIntN(64, this.#durationNanos),
      periodType,
      period: this.#period,
      comments: [...this.#comments],
      defaultSampleType: this.#defaultSampleType,
      docUrl: this.#docUrl,
      strings: this.#strings.build(),
    };
  }

  #buildSamples(): Profile["samples"] {
    const { length } = this.#samples;
    const starts = this.#samples.start.toColumn();
    const words = this.#samples.words.toColumn();
    const labelStart = new Uint32Array(length + 1);
    const key = new Uint32Rows();
    const str = new Uint32Rows();
    const low = new Uint32Rows();
    const high = new Uint32Rows();
    const numUnit = new Uint32Rows();
    const locationStart = new Uint32Array(length + 1);
    let used = 0;
    for (let sample = 0; sample < length; sample++) {
      const start = starts[sample]!;
      const set = words[start]!;
      words.copyWithin(used, start + LABEL_SET_WORDS, starts[sample + 1]!);
      used += starts[sample + 1]! - start - LABEL_SET_WORDS;
      locationStart[sample + 1] = used;
      const setEnd = this.#labelSets.start.at(set + 1);
      for (let at = this.#labelSets.start.at(set); at < setEnd; ) {
        const word = (behind: number) => this.#labelSets.words.at(at + behind);
        const isNumber = word(0) === 1;
        key.push(word(1));
        str.push(isNumber ? 0 : word(2));
        low.push(isNumber ? word(2) : 0);
        high.push(isNumber ? word(3) : 0);
        numUnit.push(isNumber ? word(4) : 0);
        at += isNumber ? 5 : 3;
      }
      labelStart[sample + 1] = key.length;
    }
    const num = new BigInt64Array(key.length);
    const numWords = viewWords(num);
    for (let row = 0; row < key.length; row++) {
      numWords[2 * row + LOW_WORD] = low.at(row);
      numWords[2 * row + HIGH_WORD] = high.at(row);
    }
    return {
      length,
      locationStart,
      location: words.subarray(0, used),
      columns: this.#sums.map((sums) => sums.toColumn(length)),
      label: {
        start: labelStart,
        key: key.toColumn(),
        str: str.toColumn(),
        num,
        numUnit: numUnit.toColumn(),
      },
    };
  }

  #buildLocations(): Profile["locations"] {
    const { length, words, start } = this.#locations;
    const lineStart = new Uint32Array(length + 1);
    const lines = this.#locationColumn.length;
    const lineFunction = new Int32Array(lines);
    const line = new Float64Array(lines);
    for (let location = 0, row = 0; location < length; location++) {
      const columnEnd =
        location + 1 < length ? this.#locationColumnStart.at(location + 1) : this.#locationColumn.length;
      for (let at = start.at(location) + 4; row < columnEnd; row++, at += 3) {
        lineFunction[row] = words.at(at) - 1;
        line[row] = (words.at(at + 2) | 0) * TWO_32 + words.at(at + 1);
      }
      lineStart[location + 1] = row;
    }
    return {
      length,
      id: countingIds(length),
      mapping: this.#locationMapping.toColumn(),
      address: BigUint64Array.from(this.#locationAddress),
      isFolded: this.#isFolded.toColumn(),
      lineStart,
      lineFunction,
      line,
      column: this.#locationColumn.toColumn(),
    };
  }

  #buildFunctions(): Profile["functions"] {
    const { length, words } = this.#functions;
    const column = (at: number) => Uint32Array.from({ length }, (_, row) => words.at(5 * row + at));
    return {
      length,
      id: countingIds(length),
      name: column(0),
      systemName: column(1),
      filename: column(2),
      startLine: Float64Array.from(
        { length },
        (_, row) => (words.at(5 * row + 4) | 0) * TWO_32 + words.at(5 * row + 3),
      ),
    };
  }

  #buildMappings(): Profile["mappings"] {
    const rows = this.#mappingRows;
    return {
      length: rows.length,
      id: countingIds(rows.length),
      memoryStart: BigUint64Array.from(rows, (row) => row.memoryStart),
      memoryLimit: BigUint64Array.from(rows, (row) => row.memoryLimit),
      fileOffset: BigUint64Array.from(rows, (row) => row.fileOffset),
      filename: Uint32Array.from(rows, (row) => row.filename),
      buildId: Uint32Array.from(rows, (row) => row.buildId),
      has: Uint8Array.from(rows, (row) => row.has),
    };
  }
}

type Header = Pick<Profile, "strings" | "sampleTypes" | "periodType" | "dropFrames" | "keepFrames">;

interface MappingRow {
  memoryStart: bigint;
  memoryLimit: bigint;
  fileOffset: bigint;
  filename: StringIndex;
  buildId: StringIndex;
  has: number;
}

/** What the rows of one source are in the merged profile, as far as they have been asked for: -1 is not yet. */
class SourceIndexes {
  readonly location: Int32Array;
  readonly function: Int32Array;
  readonly mapping: Int32Array;
  /** Low and high words. */
  readonly labelNumbers: Uint32Array;
  readonly addresses: Uint32Array;
  readonly mappingStarts: Uint32Array;
  readonly #string: Int32Array;
  readonly #profile: Profile;
  readonly #merged: ByteStringInterner;

  constructor(profile: Profile, merged: ByteStringInterner) {
    this.location = new Int32Array(profile.locations.length).fill(-1);
    this.function = new Int32Array(profile.functions.length).fill(-1);
    this.mapping = new Int32Array(profile.mappings.length).fill(-1);
    this.labelNumbers = viewWords(profile.samples.label.num);
    this.addresses = viewWords(profile.locations.address);
    this.mappingStarts = viewWords(profile.mappings.memoryStart);
    this.#string = new Int32Array(profile.strings.length).fill(-1);
    this.#profile = profile;
    this.#merged = merged;
  }

  string(index: number): number {
    const known = this.#string[index]!;
    if (known >= 0) return known;
    const bytes = this.#profile.strings.bytes(index as StringIndex);
    const merged = this.#merged.intern(bytes, 0, bytes.length);
    this.#string[index] = merged;
    return merged;
  }

  /** String labels before numbers, each by key; values of one key as they come. */
  compareLabels(a: number, b: number): number {
    const { samples, strings } = this.#profile;
    const { key, str } = samples.label;
    const kind = Number(str[a] === 0) - Number(str[b] === 0);
    if (kind !== 0) return kind;
    return compareUtf8(strings.get(key[a]! as StringIndex), strings.get(key[b]! as StringIndex)) || a - b;
  }
}

/** Writes a whole double as the two words of an int64; returns the place behind them. */
function putNumber(words: Uint32Array, at: number, value: number): number {
  words[at] = value >>> 0;
  words[at + 1] = Math.floor(value / TWO_32);
  return at + 2;
}

function countingIds(length: number): BigUint64Array {
  return BigUint64Array.from({ length }, (_, row) => BigInt(row + 1));
}

function isZero({ samples }: Profile, sample: number): boolean {
  for (const { value } of samples.columns) if (value[sample] !== 0) return false;
  return true;
}

function checkCompatible(first: Header, other: Header): void {
  const describe = ({ strings }: Header, types: readonly (ValueType | undefined)[]): string =>
    types
      .map((type) => (type === undefined ? "/" : `${strings.get(type.type)}/${strings.get(type.unit)}`))
      .join(" ");
  const periods = [describe(first, [first.periodType]), describe(other, [other.periodType])];
  if (periods[0] !== periods[1]) {
    throw new PprofError(`incompatible period types ${periods[0]} and ${periods[1]}`);
  }
  const types = [describe(first, first.sampleTypes), describe(other, other.sampleTypes)];
  if (types[0] !== types[1]) throw new PprofError(`incompatible sample types ${types[0]} and ${types[1]}`);
}
