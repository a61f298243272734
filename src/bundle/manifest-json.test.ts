import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeBundle } from "../../test/support/bundle-sample.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import { isBundlePath } from "./bundle-path.ts";
import type { Manifest } from "./manifest.ts";
import { decodeManifest, encodeManifest } from "./manifest-json.ts";

const { manifest } = makeBundle({ "0000/heap.pb.gz": "a", "0000/dump.txt": "b", "0001/heap.pb.gz": "c" });
const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

function refusal(bytes: Uint8Array): DecodeError {
  try {
    decodeManifest(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError);
    expect((error as DecodeError).format).toBe("manifest");
    expect((error as DecodeError).hint).not.toBe("");
    return error as DecodeError;
  }
  throw new Error("was not refused");
}

test("comes back as it was written, and is written the same whatever the order of its keys", () => {
  const bytes = encodeManifest(manifest);
  expect(decodeManifest(bytes)).toEqual(manifest);
  const reversed = Object.fromEntries(Object.entries(manifest).reverse()) as Manifest;
  expect(encodeManifest(reversed)).toEqual(bytes);
});

test("keys of later versions of the same format are passed over", () => {
  expect(decodeManifest(encode({ ...manifest, later: { more: 1 } }))).toEqual(manifest);
});

describe("refused, saying why", () => {
  test.each([
    ["something else", { format: "other" }, "not that of a gopatrol bundle"],
    ["nothing at all", null, "not that of a gopatrol bundle"],
    ["a later version", { ...manifest, version: 2 }, "has version 2, and this gopatrol reads version 1"],
    ["a missing key", { ...manifest, samples: undefined }, "wrong at samples"],
    [
      "a wrong type",
      { ...manifest, captures: [{ ...manifest.captures[0], bytes: "1" }] },
      "captures.0.bytes",
    ],
    ["a time that no clock shows", { ...manifest, begun: { wallMs: 1e21 } }, "wrong at begun.wallMs"],
    ["a path twice", { ...manifest, captures: [manifest.captures[0], manifest.captures[0]] }, "twice"],
  ])("%s", (_name, value, says) => {
    expect(refusal(encode(value)).message).toContain(says);
  });

  test.each(["../x", "/etc/passwd", "a/../../x", "a\\b", "a//b", "", ".", "C:x", "a/\0", "manifest.json"])(
    "the path %j",
    (path) => {
      expect(isBundlePath(path)).toBe(false);
      const captures = [{ ...manifest.captures[0], path }];
      expect(refusal(encode({ ...manifest, captures })).message).toContain("unsafe path");
    },
  );

  test("every prefix, with the place where it breaks off", () => {
    const bytes = encodeManifest(manifest);
    for (let length = 0; length < bytes.length - 1; length++) {
      const error = refusal(bytes.subarray(0, length));
      expect(error.message).toContain("not whole JSON");
      expect(error.offset).toBeLessThanOrEqual(length);
    }
  });

  test("any other change of its bytes, or nothing", () => {
    const bytes = encodeManifest(manifest);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const changed = Uint8Array.from(bytes);
        changed[at] = value;
        try {
          decodeManifest(changed);
        } catch (error) {
          expect(error).toBeInstanceOf(DecodeError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
