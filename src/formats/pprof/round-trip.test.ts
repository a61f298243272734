import fc from "fast-check";
import { expect, test } from "vitest";
import { anyPlainProfile, fromPlainProfile, toPlainProfile } from "../../../test/support/plain-profile.ts";
import { DecodeError } from "../../bytes/decode-error.ts";
import { checkProfile } from "../../tables/profile.ts";
import { decodeProfile } from "./decode.ts";
import { encodeProfile } from "./encode.ts";
import { sniffProfile } from "./sniff.ts";

test("any profile survives encoding and decoding, to the last bit", () => {
  fc.assert(
    fc.property(anyPlainProfile, (plain) => {
      const bytes = encodeProfile(fromPlainProfile(plain));
      const { profile, damage } = decodeProfile(bytes);
      checkProfile(profile);
      expect(damage).toEqual([]);
      expect(toPlainProfile(profile)).toEqual(plain);
      expect(Buffer.from(encodeProfile(profile)).equals(bytes)).toBe(true);
      expect(sniffProfile(bytes)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("a profile cut anywhere is either refused or decoded with damage, or ends between two fields", () => {
  fc.assert(
    fc.property(anyPlainProfile, fc.double({ min: 0, max: 1, noNaN: true }), (plain, share) => {
      const bytes = encodeProfile(fromPlainProfile(plain));
      const prefix = bytes.subarray(0, Math.floor(bytes.length * share));
      expect(prefix.length < 2 || sniffProfile(prefix)).toBe(true);
      decodeOrRefuse(prefix);
    }),
    { numRuns: 500 },
  );
});

test("random changes to a profile are refused or decoded, never anything else", () => {
  const change = fc.record({ at: fc.nat(), byte: fc.nat(255) });
  fc.assert(
    fc.property(anyPlainProfile, fc.array(change, { minLength: 1, maxLength: 8 }), (plain, changes) => {
      const bytes = encodeProfile(fromPlainProfile(plain));
      for (const { at, byte } of changes) bytes[at % bytes.length] = byte;
      decodeOrRefuse(bytes);
      sniffProfile(bytes);
    }),
    { numRuns: 2000 },
  );
});

test("random bytes are refused or decoded, never anything else", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      decodeOrRefuse(bytes);
      sniffProfile(bytes);
    }),
    { numRuns: 2000 },
  );
});

/** What decodes is sound and encodes to something that decodes to the same. */
function decodeOrRefuse(bytes: Uint8Array): void {
  let decoded: ReturnType<typeof decodeProfile>;
  try {
    decoded = decodeProfile(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError);
    return;
  }
  checkProfile(decoded.profile);
  const again = decodeProfile(encodeProfile(decoded.profile));
  expect(again.damage).toEqual([]);
}
