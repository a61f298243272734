import { CutShortError } from "../../bytes/byte-reader.ts";
import { DecodeError } from "../../bytes/decode-error.ts";
import { ProtobufReader, WIRE_LENGTH_DELIMITED, WIRE_VARINT } from "../../bytes/protobuf-reader.ts";
import { type FieldKind, type MessageSpec, PROFILE, PROFILE_FIELDS } from "./spec.ts";

/** More fields of a message than this prove nothing more. */
const FIELDS_TO_TRY = 32;

const STRING_TABLE_TAG = (PROFILE.stringTable << 3) | WIRE_LENGTH_DELIMITED;
const PACKED_COMMENTS_TAG = (PROFILE.comment << 3) | WIRE_LENGTH_DELIMITED;

/**
 * Whether inflated bytes may be a pprof profile. Protobuf has no magic number, so every message begun in `head` must
 * start with a field that profile.proto gives it, and known fields must have their wire types and nesting; text fails
 * by its first few letters. `head` may end anywhere.
 */
export function sniffProfile(head: Uint8Array): boolean {
  if (head.length < 2) return false;
  // Two ways in which text passes for a long field: the first string must be empty, and no writer begins with comments.
  if (head[0] === STRING_TABLE_TAG && head[1] !== 0) return false;
  if (head[0] === PACKED_COMMENTS_TAG) return false;
  return isPlausible(head, 0, head.length, PROFILE_FIELDS, true);
}

/** Recurses into the spec, which is a finite tree, whatever the input nests. */
function isPlausible(
  bytes: Uint8Array,
  start: number,
  end: number,
  spec: MessageSpec,
  mayBeCut: boolean,
): boolean {
  const reader = new ProtobufReader(bytes, "pprof");
  reader.enter(start, end);
  for (let tried = 0; tried < FIELDS_TO_TRY; tried++) {
    reader.field = 0;
    let isCut = false;
    try {
      if (!reader.nextField()) return true;
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      if (!mayBeCut || !(error instanceof CutShortError)) return false;
      isCut = true;
      // Cut inside a tag: what came before decides.
      if (reader.field === 0) return tried > 0;
    }
    const kind = spec[reader.field];
    if (kind === undefined) {
      if (tried === 0) return false;
    } else if (!hasWireTypeOf(kind, reader.wireType)) {
      return false;
    } else if (typeof kind === "object") {
      const partStart = isCut ? reader.at : reader.start;
      const partEnd = isCut ? end : reader.stop;
      if (!isPlausible(bytes, partStart, partEnd, kind, isCut)) return false;
    }
    if (isCut) return true;
  }
  return true;
}

function hasWireTypeOf(kind: FieldKind, wireType: number): boolean {
  if (kind === "varint") return wireType === WIRE_VARINT;
  return wireType === WIRE_LENGTH_DELIMITED || (kind === "varints" && wireType === WIRE_VARINT);
}
