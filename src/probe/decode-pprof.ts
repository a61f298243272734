import { DecodeError } from "../bytes/decode-error.ts";
import { inflateGzip, sniffGzip } from "../bytes/gunzip.ts";
import { decodeProfile } from "../formats/pprof/decode.ts";
import type { Profile } from "../tables/profile.ts";
import { ProbeFailure } from "./probe-failure.ts";

/** A profile of a few MiB compressed is ten times that; what grows further is no profile. */
const MAX_INFLATED_BYTES = 512 * 1024 * 1024;

/** Throws ProbeFailure "bad-profile". A profile that is cut off is refused: half a heap is no heap to compare. */
export function decodePprof(bytes: Uint8Array, what: string): Profile {
  try {
    const inflated = sniffGzip(bytes)
      ? inflateGzip(bytes, { limitBytes: MAX_INFLATED_BYTES })
      : { bytes, damage: [] };
    const { profile, damage } = decodeProfile(inflated.bytes);
    const [first] = [...inflated.damage, ...damage];
    if (first !== undefined) throw badProfile(what, first.what);
    return profile;
  } catch (error) {
    if (error instanceof DecodeError) throw badProfile(what, error.message);
    throw error;
  }
}

function badProfile(what: string, why: string): ProbeFailure {
  return new ProbeFailure(
    "bad-profile",
    `The ${what} cannot be decoded: ${why}.`,
    "Fetch it by hand, and look for a proxy that changes or cuts it.",
  );
}

/** Gzip, or the first field of the message where a proxy has undone it. */
export function looksLikePprof(bytes: Uint8Array): boolean {
  return sniffGzip(bytes) || (bytes[0] === 0x0a && bytes.length > 1 && bytes[1] !== 0x3c);
}
