import { MAX_TABLE_BYTES } from "../../bytes/byte-limits.ts";
import { DecodeError } from "../../bytes/decode-error.ts";
import { ProtobufReader, WIRE_LENGTH_DELIMITED } from "../../bytes/protobuf-reader.ts";
import { LOCATION, PROFILE, SAMPLE } from "./spec.ts";

/** How many rows a profile's tables need: with this known, columns are allocated once, in their final size. */
export interface ProfileCounts {
  sampleTypes: number;
  samples: number;
  locationIds: number;
  labels: number;
  mappings: number;
  locations: number;
  lines: number;
  functions: number;
  strings: number;
  comments: number;
  /** Where the field begins that the input breaks off in, or -1. */
  cutAt: number;
}

/**
 * Walks the whole profile once without keeping anything.
 *
 * @throws DecodeError if it is malformed, a sample has not one value a sample type, or the tables would take more
 * than MAX_TABLE_BYTES.
 */
export function countProfile(bytes: Uint8Array): ProfileCounts {
  const counts: ProfileCounts = {
    sampleTypes: 0,
    samples: 0,
    locationIds: 0,
    labels: 0,
    mappings: 0,
    locations: 0,
    lines: 0,
    functions: 0,
    strings: 0,
    comments: 0,
    cutAt: -1,
  };
  const reader = new ProtobufReader(bytes, "pprof");
  const inner = new ProtobufReader(bytes, "pprof");
  /** Sample types may follow the samples, so the first sample sets what the others must have. */
  let valuesPerSample = -1;
  let firstSampleAt = 0;
  while (reader.nextFieldOrCut()) {
    switch (reader.field) {
      case PROFILE.sampleType:
        counts.sampleTypes++;
        break;
      case PROFILE.sample: {
        reader.expectWireType(WIRE_LENGTH_DELIMITED);
        const values = countSample(reader, inner, counts);
        if (valuesPerSample < 0) {
          valuesPerSample = values;
          firstSampleAt = reader.fieldStart;
        }
        if (values !== valuesPerSample) {
          throw mismatch(
            `a sample has ${values} values where others have ${valuesPerSample}`,
            reader.fieldStart,
          );
        }
        break;
      }
      case PROFILE.mapping:
        counts.mappings++;
        break;
      case PROFILE.location:
        reader.expectWireType(WIRE_LENGTH_DELIMITED);
        counts.locations++;
        inner.enter(reader.start, reader.stop);
        while (inner.nextField()) if (inner.field === LOCATION.line) counts.lines++;
        break;
      case PROFILE.function:
        counts.functions++;
        break;
      case PROFILE.stringTable:
        counts.strings++;
        break;
      case PROFILE.comment:
        counts.comments += countVarints(reader);
        break;
    }
  }
  counts.cutAt = reader.cutAt;
  if (counts.samples > 0 && valuesPerSample !== counts.sampleTypes) {
    const what = `samples have ${valuesPerSample} values for ${counts.sampleTypes} sample types`;
    throw mismatch(what, firstSampleAt);
  }
  checkTableBytes(counts);
  return counts;
}

function mismatch(what: string, offset: number): DecodeError {
  return new DecodeError(what, { format: "pprof", offset, hint: "go tool pprof refuses this profile too." });
}

/** Returns the number of values. */
function countSample(reader: ProtobufReader, inner: ProtobufReader, counts: ProfileCounts): number {
  let values = 0;
  counts.samples++;
  inner.enter(reader.start, reader.stop);
  while (inner.nextField()) {
    if (inner.field === SAMPLE.locationId) counts.locationIds += countVarints(inner);
    else if (inner.field === SAMPLE.value) values += countVarints(inner);
    else if (inner.field === SAMPLE.label) counts.labels++;
  }
  return values;
}

/** Elements of a repeated integer field: one, or as many as a packed field has bytes that end a varint. */
function countVarints(reader: ProtobufReader): number {
  if (reader.wireType !== WIRE_LENGTH_DELIMITED) return 1;
  const { bytes, stop } = reader;
  let count = 0;
  for (let at = reader.start; at < stop; at++) count += (bytes[at]! >> 7) ^ 1;
  return count;
}

/** Estimates; objects on the JavaScript heap weigh far more than columns, because that heap is far smaller. */
function checkTableBytes(counts: ProfileCounts): void {
  const tableBytes =
    counts.sampleTypes * 2048 +
    counts.samples * (8 + 8 * counts.sampleTypes) +
    counts.locationIds * 4 +
    counts.labels * 20 +
    counts.mappings * 60 +
    counts.locations * 40 +
    counts.lines * 20 +
    counts.functions * 40 +
    counts.strings * 16 +
    counts.comments * 64;
  if (tableBytes <= MAX_TABLE_BYTES) return;
  throw new DecodeError(`its tables would take ${tableBytes} bytes, over the limit of ${MAX_TABLE_BYTES}`, {
    format: "pprof",
    offset: 0,
    hint: "No real profile has so many rows for its size; check where this file comes from.",
  });
}
