import { WIRE_VARINT } from "../../bytes/protobuf-reader.ts";
import { ProtobufWriter } from "../../bytes/protobuf-writer.ts";
import { HIGH_WORD, LOW_WORD, viewWords } from "../../bytes/words.ts";
import {
  HAS_FILENAMES,
  HAS_FUNCTIONS,
  HAS_INLINE_FRAMES,
  HAS_LINE_NUMBERS,
  NONE,
  type Profile,
  type ValueType,
} from "../../tables/profile.ts";
import type { StringIndex } from "../../tables/string-table.ts";
import { FUNCTION, LABEL, LINE, LOCATION, MAPPING, PROFILE, SAMPLE, VALUE_TYPE } from "./spec.ts";
import { StringCollector, toBinaryString } from "./string-collector.ts";

/**
 * Encodes a profile as uncompressed profile.proto, byte for byte as google/pprof's profile package does: ids and
 * values as they are, strings in the order of their first use, the labels of a sample by kind and key.
 *
 * Lines without a function are left out, because every reader calls a file with one malformed.
 */
export function encodeProfile(profile: Profile): Uint8Array {
  const writer = new ProtobufWriter(64 * 1024);
  const strings = new StringCollector(profile.strings);
  for (const type of profile.sampleTypes) writeValueType(writer, PROFILE.sampleType, type, strings);
  writeSamples(writer, profile, strings);
  writeMappings(writer, profile, strings);
  writeLocations(writer, profile);
  writeFunctions(writer, profile, strings);

  const dropFrames = strings.add(profile.dropFrames);
  const keepFrames = strings.add(profile.keepFrames);
  const { periodType } = profile;
  const periodTypeType = strings.add(periodType?.type ?? 0);
  const periodTypeUnit = strings.add(periodType?.unit ?? 0);
  const comments = profile.comments.map((comment) => strings.add(comment));
  const defaultSampleType = strings.add(profile.defaultSampleType);
  const docUrl = strings.add(profile.docUrl);
  for (const bytes of strings.collected) writer.writeBytesField(PROFILE.stringTable, bytes);

  writer.writeOptionalInt64(PROFILE.dropFrames, dropFrames);
  writer.writeOptionalInt64(PROFILE.keepFrames, keepFrames);
  writer.writeOptionalBigint(PROFILE.timeNanos, profile.timeNanos);
  writer.writeOptionalBigint(PROFILE.durationNanos, profile.durationNanos);
  if (periodTypeType !== 0 || periodTypeUnit !== 0) {
    const begin = writer.beginField(PROFILE.periodType);
    writer.writeOptionalInt64(VALUE_TYPE.type, periodTypeType);
    writer.writeOptionalInt64(VALUE_TYPE.unit, periodTypeUnit);
    writer.endLengthDelimited(begin);
  }
  writer.writeOptionalBigint(PROFILE.period, profile.period);
  writeList(writer, PROFILE.comment, 0, comments.length, (at) => writer.writeVarint(comments[at]!));
  writer.writeUint64Field(PROFILE.defaultSampleType, defaultSampleType, 0);
  writer.writeOptionalInt64(PROFILE.docUrl, docUrl);
  return writer.finish();
}

function writeValueType(
  writer: ProtobufWriter,
  field: number,
  type: ValueType,
  strings: StringCollector,
): void {
  const begin = writer.beginField(field);
  writer.writeOptionalInt64(VALUE_TYPE.type, strings.add(type.type));
  writer.writeOptionalInt64(VALUE_TYPE.unit, strings.add(type.unit));
  writer.endLengthDelimited(begin);
}

/** Writes elements `from … to - 1` of a repeated integer: packed, but singly where there are at most two. */
function writeList(
  writer: ProtobufWriter,
  field: number,
  from: number,
  to: number,
  writeElement: (at: number) => void,
): void {
  if (to - from > 2) {
    const begin = writer.beginField(field);
    for (let at = from; at < to; at++) writeElement(at);
    writer.endLengthDelimited(begin);
    return;
  }
  for (let at = from; at < to; at++) {
    writer.writeTag(field, WIRE_VARINT);
    writeElement(at);
  }
}

function writeSamples(writer: ProtobufWriter, profile: Profile, strings: StringCollector): void {
  const { samples, locations } = profile;
  const { location, locationStart, columns, label } = samples;
  const locationIds = viewWords(locations.id);
  const numbers = viewWords(label.num);
  const exacts = columns.map(({ exact }) => (exact === undefined ? undefined : viewWords(exact)));
  const writeLocationId = (at: number): void => {
    const row = location[at]!;
    writer.writeVarint64(locationIds[2 * row + LOW_WORD]!, locationIds[2 * row + HIGH_WORD]!);
  };
  let sample = 0;
  const writeValue = (at: number): void => {
    const exact = exacts[at];
    if (exact === undefined) writer.writeInt64(columns[at]!.value[sample]!);
    else writer.writeVarint64(exact[2 * sample + LOW_WORD]!, exact[2 * sample + HIGH_WORD]!);
  };
  for (; sample < samples.length; sample++) {
    const begin = writer.beginField(PROFILE.sample);
    writeList(writer, SAMPLE.locationId, locationStart[sample]!, locationStart[sample + 1]!, writeLocationId);
    writeList(writer, SAMPLE.value, 0, columns.length, writeValue);
    for (const row of sortLabels(profile, label.start[sample]!, label.start[sample + 1]!)) {
      const beginLabel = writer.beginField(SAMPLE.label);
      writer.writeOptionalInt64(LABEL.key, strings.add(label.key[row]!));
      if (label.str[row] !== 0) {
        writer.writeOptionalInt64(LABEL.str, strings.addLabelText(label.str[row]!));
      } else {
        writer.writeOptionalWords(LABEL.num, numbers, row);
        writer.writeOptionalInt64(LABEL.numUnit, strings.addLabelText(label.numUnit[row]!));
      }
      writer.endLengthDelimited(beginLabel);
    }
    writer.endLengthDelimited(begin);
  }
}

/** Rows `from … to - 1`, string labels before numeric ones, each by key; several values of one key keep their order. */
function sortLabels(profile: Profile, from: number, to: number): number[] {
  const rows: number[] = [];
  for (let row = from; row < to; row++) rows.push(row);
  if (rows.length < 2) return rows;
  const { label } = profile.samples;
  const sortKeys = new Map<number, string>();
  for (const row of rows) {
    const key = toBinaryString(profile.strings.bytes(label.key[row]! as StringIndex));
    sortKeys.set(row, (label.str[row] === 0 ? "1" : "0") + key);
  }
  return rows.sort((a, b) => {
    const keyA = sortKeys.get(a)!;
    const keyB = sortKeys.get(b)!;
    if (keyA === keyB) return a - b;
    return keyA < keyB ? -1 : 1;
  });
}

function writeMappings(writer: ProtobufWriter, profile: Profile, strings: StringCollector): void {
  const { mappings } = profile;
  const ids = viewWords(mappings.id);
  const starts = viewWords(mappings.memoryStart);
  const limits = viewWords(mappings.memoryLimit);
  const offsets = viewWords(mappings.fileOffset);
  for (let row = 0; row < mappings.length; row++) {
    const has = mappings.has[row]!;
    const begin = writer.beginField(PROFILE.mapping);
    writer.writeOptionalWords(MAPPING.id, ids, row);
    writer.writeOptionalWords(MAPPING.memoryStart, starts, row);
    writer.writeOptionalWords(MAPPING.memoryLimit, limits, row);
    writer.writeOptionalWords(MAPPING.fileOffset, offsets, row);
    writer.writeOptionalInt64(MAPPING.filename, strings.add(mappings.filename[row]!));
    writer.writeOptionalInt64(MAPPING.buildId, strings.add(mappings.buildId[row]!));
    writer.writeOptionalInt64(MAPPING.hasFunctions, has & HAS_FUNCTIONS ? 1 : 0);
    writer.writeOptionalInt64(MAPPING.hasFilenames, has & HAS_FILENAMES ? 1 : 0);
    writer.writeOptionalInt64(MAPPING.hasLineNumbers, has & HAS_LINE_NUMBERS ? 1 : 0);
    writer.writeOptionalInt64(MAPPING.hasInlineFrames, has & HAS_INLINE_FRAMES ? 1 : 0);
    writer.endLengthDelimited(begin);
  }
}

function writeLocations(writer: ProtobufWriter, profile: Profile): void {
  const { locations, mappings, functions } = profile;
  const ids = viewWords(locations.id);
  const addresses = viewWords(locations.address);
  const mappingIds = viewWords(mappings.id);
  const functionIds = viewWords(functions.id);
  for (let row = 0; row < locations.length; row++) {
    const mapping = locations.mapping[row]!;
    const begin = writer.beginField(PROFILE.location);
    writer.writeOptionalWords(LOCATION.id, ids, row);
    if (mapping !== NONE) writer.writeOptionalWords(LOCATION.mappingId, mappingIds, mapping);
    writer.writeOptionalWords(LOCATION.address, addresses, row);
    for (let line = locations.lineStart[row]!; line < locations.lineStart[row + 1]!; line++) {
      const fn = locations.lineFunction[line]!;
      if (fn === NONE) continue;
      const beginLine = writer.beginField(LOCATION.line);
      writer.writeOptionalWords(LINE.functionId, functionIds, fn);
      writer.writeOptionalInt64(LINE.line, locations.line[line]!);
      writer.writeOptionalInt64(LINE.column, locations.column[line]!);
      writer.endLengthDelimited(beginLine);
    }
    writer.writeOptionalInt64(LOCATION.isFolded, locations.isFolded[row]!);
    writer.endLengthDelimited(begin);
  }
}

function writeFunctions(writer: ProtobufWriter, profile: Profile, strings: StringCollector): void {
  const { functions } = profile;
  const ids = viewWords(functions.id);
  for (let row = 0; row < functions.length; row++) {
    const begin = writer.beginField(PROFILE.function);
    writer.writeOptionalWords(FUNCTION.id, ids, row);
    writer.writeOptionalInt64(FUNCTION.name, strings.add(functions.name[row]!));
    writer.writeOptionalInt64(FUNCTION.systemName, strings.add(functions.systemName[row]!));
    writer.writeOptionalInt64(FUNCTION.filename, strings.add(functions.filename[row]!));
    writer.writeOptionalInt64(FUNCTION.startLine, functions.startLine[row]!);
    writer.endLengthDelimited(begin);
  }
}
