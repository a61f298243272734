import { MAX_TABLE_BYTES } from "../../bytes/byte-limits.ts";
import { DecodeError } from "../../bytes/decode-error.ts";
import { ProtobufReader, WIRE_LENGTH_DELIMITED } from "../../bytes/protobuf-reader.ts";
import { OffsetList } from "./offset-list.ts";
import { LOCATION, PROFILE, SAMPLE } from "./spec.ts";

/**
 * Where a profile's messages are and how many rows their parts need: with this known, columns are allocated once and
 * in their final size, and no message is looked for twice. Offsets are those of the fields' tags.
 */
export interface ProfileIndex {
  samples: Uint32Array;
  mappings: Uint32Array;
  locations: Uint32Array;
  functions: Uint32Array;
  strings: Uint32Array;
  /** The sample types and everything that is there once. */
  headers: Uint32Array;
  sampleTypeCount: number;
  locationIdCount: number;
  labelCount: number;
  lineCount: number;
  /** Where the field begins that the input breaks off in, or -1. */
  cutAt: number;
}

/**
 * Walks the whole profile once.
 *
 * @throws DecodeError if it is malformed, a sample has not one value a sample type, or the tables would take more
 * than MAX_TABLE_BYTES.
 */
export function indexProfile(bytes: Uint8Array): ProfileIndex {
  const reader = new ProtobufReader(bytes, "pprof");
  const inner = new ProtobufReader(bytes, "pprof");
  const samples = new OffsetList();
  const mappings = new OffsetList();
  const locations = new OffsetList();
  const functions = new OffsetList();
  const strings = new OffsetList();
  const headers = new OffsetList();
  const parts = { locationIds: 0, values: 0, labels: 0 };
  let sampleTypeCount = 0;
  let lineCount = 0;
  let commentCount = 0;
  /** Sample types may follow the samples, so the first sample sets what the others must have. */
  let valuesPerSample = -1;
  while (reader.nextFieldOrCut()) {
    switch (reader.field) {
      case PROFILE.sample:
        reader.expectWireType(WIRE_LENGTH_DELIMITED);
        samples.add(reader.fieldStart);
        countSample(reader, inner, parts);
        if (valuesPerSample < 0) valuesPerSample = parts.values;
        else if (parts.values !== valuesPerSample) {
          const what = `a sample has ${parts.values} values where others have ${valuesPerSample}`;
          throw refusedUpstream(what, reader.fieldStart);
        }
        break;
      case PROFILE.location:
        reader.expectWireType(WIRE_LENGTH_DELIMITED);
        locations.add(reader.fieldStart);
        inner.enter(reader.start, reader.stop);
        while (inner.nextField()) if (inner.field === LOCATION.line) lineCount++;
        break;
      case PROFILE.mapping:
        reader.expectWireType(WIRE_LENGTH_DELIMITED);
        mappings.add(reader.fieldStart);
        break;
      case PROFILE.function:
        reader.expectWireType(WIRE_LENGTH_DELIMITED);
        functions.add(reader.fieldStart);
        break;
      case PROFILE.stringTable:
        reader.expectWireType(WIRE_LENGTH_DELIMITED);
        strings.add(reader.fieldStart);
        break;
      default:
        if (reader.field === PROFILE.sampleType) sampleTypeCount++;
        else if (reader.field === PROFILE.comment) commentCount += countVarints(reader);
        else if (reader.field === 0 || reader.field > PROFILE.docUrl) break;
        headers.add(reader.fieldStart);
    }
  }
  if (samples.length > 0 && valuesPerSample !== sampleTypeCount) {
    const what = `samples have ${valuesPerSample} values for ${sampleTypeCount} sample types`;
    throw refusedUpstream(what, samples.get(0));
  }
  // Objects on the JavaScript heap weigh far more than columns, because that heap is far smaller.
  checkTableBytes(
    sampleTypeCount * 2048 +
      headers.length * 16 +
      commentCount * 64 +
      samples.length * (12 + 8 * sampleTypeCount) +
      parts.locationIds * 4 +
      parts.labels * 20 +
      mappings.length * 64 +
      locations.length * 44 +
      lineCount * 20 +
      functions.length * 44 +
      strings.length * 20,
  );
  return {
    samples: samples.finish(),
    mappings: mappings.finish(),
    locations: locations.finish(),
    functions: functions.finish(),
    strings: strings.finish(),
    headers: headers.finish(),
    sampleTypeCount,
    locationIdCount: parts.locationIds,
    labelCount: parts.labels,
    lineCount,
    cutAt: reader.cutAt,
  };
}

/** The error for well-formed protobuf that breaks a rule of pprof. */
export function refusedUpstream(what: string, offset: number): DecodeError {
  return new DecodeError(what, { format: "pprof", offset, hint: "go tool pprof refuses this profile too." });
}

/** Adds to the counts of location ids and labels, and sets that of values. */
function countSample(
  reader: ProtobufReader,
  inner: ProtobufReader,
  parts: { locationIds: number; values: number; labels: number },
): void {
  let values = 0;
  inner.enter(reader.start, reader.stop);
  while (inner.nextField()) {
    if (inner.field === SAMPLE.locationId) parts.locationIds += countVarints(inner);
    else if (inner.field === SAMPLE.value) values += countVarints(inner);
    else if (inner.field === SAMPLE.label) parts.labels++;
  }
  parts.values = values;
}

/** Elements of a repeated integer field: one, or as many as a packed field has bytes that end a varint. */
function countVarints(reader: ProtobufReader): number {
  if (reader.wireType !== WIRE_LENGTH_DELIMITED) return 1;
  const { bytes, stop } = reader;
  let count = 0;
  for (let at = reader.start; at < stop; at++) count += (bytes[at]! >> 7) ^ 1;
  return count;
}

function checkTableBytes(tableBytes: number): void {
  if (tableBytes <= MAX_TABLE_BYTES) return;
  throw new DecodeError(`its tables would take ${tableBytes} bytes, over the limit of ${MAX_TABLE_BYTES}`, {
    format: "pprof",
    offset: 0,
    hint: "No real profile has so many rows for its size; check where this file comes from.",
  });
}
