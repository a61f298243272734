import { MAX_INFLATED_BYTES } from "../../bytes/byte-limits.ts";
import { type Damage, DecodeError } from "../../bytes/decode-error.ts";
import { ProtobufReader, WIRE_LENGTH_DELIMITED, WIRE_VARINT } from "../../bytes/protobuf-reader.ts";
import type { Profile, ValueType } from "../../tables/profile.ts";
import { EMPTY_STRING, type StringIndex } from "../../tables/string-table.ts";
import { decodeFunctions } from "./decode-functions.ts";
import { decodeLocations } from "./decode-locations.ts";
import { decodeMappings } from "./decode-mappings.ts";
import { decodeSamples } from "./decode-samples.ts";
import { IdIndex } from "./id-index.ts";
import { indexProfile, type ProfileIndex, refusedUpstream } from "./index-profile.ts";
import { PROFILE, VALUE_TYPE } from "./spec.ts";
import { decodeStrings, StringReader } from "./string-reader.ts";

/**
 * Decodes an inflated pprof profile (profile.proto) by the rules of google/pprof's profile package: the first walk
 * finds messages and counts rows, the second fills columns of exactly that size.
 *
 * A file that was cut off gives what it still has. Go writes the names last, so most cuts leave none.
 *
 * @throws DecodeError if upstream calls it malformed (ids 0 or given twice, a line without a function, negative
 * string indexes, a number of values unlike that of sample types), if it is two profiles in a row, if its tables
 * would take more than MAX_TABLE_BYTES, or if the cut left no samples or no names of sample types.
 */
export function decodeProfile(bytes: Uint8Array): { profile: Profile; damage: Damage[] } {
  if (bytes.length === 0) throw notAProfile("the file is empty", 0, "Fetch it again.");
  if (bytes.length > MAX_INFLATED_BYTES) {
    throw notAProfile(
      `${bytes.length} bytes are over the limit of ${MAX_INFLATED_BYTES}`,
      0,
      "No profile is so large.",
    );
  }
  const index = indexProfile(bytes);
  if (index.strings.length === 0) throw withoutStrings(index, bytes.length);
  const strings = decodeStrings(bytes, index.strings);
  const stringReader = new StringReader(strings.length);

  const header = decodeHeader(bytes, index.headers, stringReader);
  if (stringReader.lost > 0 && header.sampleTypes.some((type) => type.type === EMPTY_STRING)) {
    throw withoutStrings(index, bytes.length);
  }
  const mappings = decodeMappings(bytes, index.mappings, stringReader);
  const functions = decodeFunctions(bytes, index.functions, stringReader);
  const { table: locations, lostLines } = decodeLocations(
    bytes,
    index.locations,
    index.lineCount,
    buildIdIndex(mappings.id, index.mappings, "mapping"),
    buildIdIndex(functions.id, index.functions, "function"),
  );
  const locationIndex = buildIdIndex(locations.id, index.locations, "location");
  const {
    table: samples,
    lostSamples,
    lostLabels,
  } = decodeSamples(bytes, index, locationIndex, stringReader);
  const { cutAt } = index;
  if (samples.length === 0 && (lostSamples > 0 || cutAt >= 0)) {
    throw notAProfile("no whole sample is left", Math.max(cutAt, 0), CUT_HINT);
  }
  const lost = { samples: lostSamples, labels: lostLabels, lines: lostLines, strings: stringReader.lost };
  return {
    profile: { strings, ...header, samples, locations, functions, mappings },
    damage: describeDamage(bytes.length, cutAt, samples.length, lost),
  };
}

const CUT_HINT = "The file looks cut short; fetch it again.";

function notAProfile(what: string, offset: number, hint: string): DecodeError {
  return new DecodeError(what, { format: "pprof", offset, hint });
}

function withoutStrings({ cutAt }: ProfileIndex, length: number): DecodeError {
  if (cutAt < 0) return notAProfile("there is no string table", length, "This is not a whole pprof profile.");
  return notAProfile("the file ends before the names that Go writes last", cutAt, CUT_HINT);
}

function buildIdIndex(id: BigUint64Array, offsets: Uint32Array, name: string): IdIndex {
  return IdIndex.build(id, (row, what) => {
    throw refusedUpstream(`a ${name} ${what}`, offsets[row]!);
  });
}

type Header = Omit<Profile, "strings" | "samples" | "locations" | "functions" | "mappings">;

/** Everything that is neither a sample nor what samples refer to. */
function decodeHeader(bytes: Uint8Array, offsets: Uint32Array, strings: StringReader): Header {
  const reader = new ProtobufReader(bytes, "pprof");
  const header: Header = {
    sampleTypes: [],
    dropFrames: EMPTY_STRING,
    keepFrames: EMPTY_STRING,
    timeNanos: 0n,
    durationNanos: 0n,
    periodType: undefined,
    period: 0n,
    comments: [],
    defaultSampleType: EMPTY_STRING,
    docUrl: EMPTY_STRING,
  };
  for (const offset of offsets) {
    reader.enter(offset, bytes.length);
    reader.nextField();
    switch (reader.field) {
      case PROFILE.sampleType:
        header.sampleTypes.push(readValueType(reader, strings));
        break;
      case PROFILE.dropFrames:
        header.dropFrames = strings.readIndex(reader);
        break;
      case PROFILE.keepFrames:
        header.keepFrames = strings.readIndex(reader);
        break;
      case PROFILE.timeNanos:
        if (header.timeNanos !== 0n) {
          const hint = "Two profiles were written into one file; separate them.";
          throw notAProfile("concatenated profiles detected", reader.fieldStart, hint);
        }
        header.timeNanos = readInt64(reader);
        break;
      case PROFILE.durationNanos:
        header.durationNanos = readInt64(reader);
        break;
      case PROFILE.periodType:
        header.periodType = readValueType(reader, strings);
        break;
      case PROFILE.period:
        header.period = readInt64(reader);
        break;
      case PROFILE.comment:
        readComments(reader, strings, header.comments);
        break;
      case PROFILE.defaultSampleType:
        header.defaultSampleType = strings.readIndex(reader);
        break;
      case PROFILE.docUrl:
        header.docUrl = strings.readIndex(reader);
        break;
    }
  }
  const { periodType } = header;
  // Upstream makes no difference between none and one of two empty strings, and writes neither.
  if (periodType?.type === EMPTY_STRING && periodType.unit === EMPTY_STRING) header.periodType = undefined;
  return header;
}

function readInt64(field: ProtobufReader): bigint {
  field.expectWireType(WIRE_VARINT);
  return (BigInt(field.high | 0) << 32n) | BigInt(field.low);
}

function readValueType(field: ProtobufReader, strings: StringReader): ValueType {
  field.expectWireType(WIRE_LENGTH_DELIMITED);
  const message = new ProtobufReader(field.bytes, "pprof");
  message.enter(field.start, field.stop);
  const valueType = { type: EMPTY_STRING, unit: EMPTY_STRING };
  while (message.nextField()) {
    if (message.field === VALUE_TYPE.type) valueType.type = strings.readIndex(message);
    else if (message.field === VALUE_TYPE.unit) valueType.unit = strings.readIndex(message);
  }
  return valueType;
}

function readComments(field: ProtobufReader, strings: StringReader, comments: StringIndex[]): void {
  if (field.wireType !== WIRE_LENGTH_DELIMITED) {
    comments.push(strings.readIndex(field));
    return;
  }
  const packed = new ProtobufReader(field.bytes, "pprof");
  packed.enter(field.start, field.stop);
  while (packed.at < packed.end) {
    packed.readVarint();
    comments.push(strings.readIndex(packed));
  }
}

/** One sentence a kind of loss, in the order of their weight. */
function describeDamage(
  length: number,
  cutAt: number,
  keptSamples: number,
  lost: { samples: number; labels: number; lines: number; strings: number },
): Damage[] {
  const offset = cutAt >= 0 ? cutAt : length;
  const what: string[] = [];
  if (cutAt >= 0)
    what.push(`the file breaks off inside a field; the ${keptSamples} whole samples before it were kept`);
  if (lost.samples > 0)
    what.push(`${lost.samples} samples were dropped: locations they name are not in the file`);
  if (lost.lines > 0)
    what.push(`${lost.lines} source lines were dropped: functions they name are not in the file`);
  if (lost.labels > 0) what.push(`${lost.labels} labels were dropped: strings they name are not in the file`);
  if (lost.strings > 0) what.push(`${lost.strings} names read as empty: they are not in the file`);
  return what.map((sentence) => ({ format: "pprof", offset, what: sentence }));
}
