import * as fc from "fast-check";
import { createTar } from "nanotar";
import { describe, expect, test } from "vitest";
import { makeBundle } from "../../test/support/bundle-sample.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import { decodeBundleTar, encodeBundleTar } from "./bundle-tar.ts";
import { encodeManifest } from "./manifest-json.ts";
import { decodeTar } from "./tar-reader.ts";

const contents = {
  "0000/heap.pb.gz": "profile".repeat(100),
  "0000/empty": "",
  "0001/dump.txt": "goroutine 1",
};
const bundle = makeBundle(contents);
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function refusal(decode: () => unknown): DecodeError {
  try {
    decode();
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError);
    return error as DecodeError;
  }
  throw new Error("was not refused");
}

test("comes back as it was written, the same bytes each time", () => {
  const tar = encodeBundleTar(bundle);
  expect(decodeBundleTar(tar)).toEqual({ bundle, damage: [] });
  const shuffled = { manifest: bundle.manifest, files: new Map([...bundle.files].reverse()) };
  expect(encodeBundleTar(shuffled)).toEqual(tar);
  // The two zero blocks that other tools want at the end.
  expect(tar.subarray(-1024).every((byte) => byte === 0)).toBe(true);
});

test("may lie in one folder of the archive", () => {
  const files = Object.entries(contents).map(([name, data]) => ({ name: `./my-bundle/${name}`, data }));
  const manifest = { name: "./my-bundle/manifest.json", data: encodeManifest(bundle.manifest) };
  const tar = createTar([{ name: "./my-bundle/" }, ...files, manifest]);
  expect(decodeBundleTar(tar).damage).toEqual([]);
  expect(decodeBundleTar(tar).bundle.files.size).toBe(3);
});

test("captures that are missing or changed are damage", () => {
  const files = new Map(bundle.files);
  files.delete("0000/empty");
  files.set("0001/dump.txt", new TextEncoder().encode("goroutine 2"));
  files.set("0000/heap.pb.gz", new Uint8Array(3));
  const { damage } = decodeBundleTar(encodeBundleTar({ manifest: bundle.manifest, files }));
  expect(damage.map(({ what }) => what)).toEqual([
    "0000/heap.pb.gz has 3 bytes where 700 were captured; what is there was kept",
    "0000/empty is missing from the bundle",
    "0001/dump.txt is not what was captured (its SHA-256 differs); it was read all the same",
  ]);
});

test("cut off anywhere, it gives what was there and says what is not", () => {
  const tar = encodeBundleTar(bundle);
  const manifestEnd = 512 + Math.ceil(encodeManifest(bundle.manifest).length / 512) * 512;
  const lastByte = 10 + tar.findLastIndex((byte) => byte !== 0);
  for (let length = 0; length < lastByte; length += 7) {
    const prefix = tar.subarray(0, length);
    if (length < manifestEnd) {
      // Padding behind the manifest may be missing without harm, as long as its bytes are there.
      try {
        expect(decodeBundleTar(prefix).damage).not.toEqual([]);
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
      }
      continue;
    }
    const read = decodeBundleTar(prefix);
    const whole = [...read.bundle.files.values()].filter((bytes) => bytes.length > 0).length;
    expect(read.damage.length > 0 || whole === 2).toBe(true);
    for (const [path, bytes] of read.bundle.files) {
      expect(contents[path as keyof typeof contents].startsWith(text(bytes))).toBe(true);
    }
  }
});

test("changed anywhere, it is read or refused, and nothing else", () => {
  const tar = encodeBundleTar(bundle);
  const used = tar.findLastIndex((byte) => byte !== 0) + 1;
  const edit = fc.tuple(fc.nat(used - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      const changed = Uint8Array.from(tar);
      for (const [at, value] of edits) changed[at] = value;
      try {
        decodeBundleTar(changed);
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
      }
    }),
    { numRuns: 1000 },
  );
});

describe("an archive of another kind", () => {
  test.each(["../escape", "/etc/cron.d/x", "a/../../x", "..\\x"])("with the name %j is refused", (name) => {
    const error = refusal(() => decodeTar(createTar([{ name, data: "x" }])));
    expect(error.format).toBe("tar");
    expect(error.message).toContain("points outside");
  });

  test("without a manifest, or no archive at all, is refused", () => {
    expect(refusal(() => decodeBundleTar(createTar([{ name: "x", data: "x" }]))).message).toContain(
      "no manifest",
    );
    expect(refusal(() => decodeBundleTar(new TextEncoder().encode("hello"))).format).toBe("tar");
    expect(refusal(() => decodeBundleTar(new Uint8Array(4096))).message).toContain("no manifest");
    expect(refusal(() => decodeBundleTar(new Uint8Array(0))).message).toContain("no manifest");
  });

  test("links are passed over, sizes that are no numbers end the reading", () => {
    const tar = createTar([
      { name: "first", data: "1" },
      { name: "link", data: "2" },
      { name: "last", data: "3" },
    ]);
    const link = 1024;
    writeHeader(tar, link, 156, "2");
    expect(decodeTar(tar)).toMatchObject({
      files: [{ name: "first" }, { name: "last" }],
      damage: [{ offset: link, what: '"link" is a link or device, not a file, and was passed over' }],
    });
    writeHeader(tar, link, 124, "-0000000512");
    expect(decodeTar(tar)).toMatchObject({ files: [{ name: "first" }], damage: [{ offset: link }] });
  });

  test("of a foreign name as much is said as can be read", () => {
    const tar = createTar([
      { name: "././@LongLink", data: `${"d/".repeat(2000)}\x1b[31m\0` },
      { name: "link", data: "" },
    ]);
    writeHeader(tar, 0, 156, "L");
    writeHeader(tar, Math.ceil(4006 / 512) * 512 + 512, 156, "2");
    const [damage] = decodeTar(tar).damage;
    expect(damage?.what).toMatch(/^"(d\/)+" is a link or device/);
    expect(damage?.what.length).toBeLessThan(250);
  });

  test("long names of GNU tar and pax are followed", () => {
    const long = `${"d/".repeat(60)}file`;
    const pax = `${"path=".length + long.length + 5} path=${long}\n`;
    const tar = createTar([
      { name: "PaxHeader", data: pax },
      { name: "short", data: "x" },
      { name: "././@LongLink", data: `${long}\0` },
      { name: "short", data: "y" },
    ]);
    writeHeader(tar, 0, 156, "x");
    writeHeader(tar, 2048, 156, "L");
    expect(decodeTar(tar).files.map(({ name, bytes }) => [name, text(bytes)])).toEqual([
      [long, "x"],
      [long, "y"],
    ]);
  });
});

/** Changes a field of the header at `start` and makes its checksum right again. */
function writeHeader(tar: Uint8Array, start: number, field: number, value: string): void {
  const header = tar.subarray(start, start + 512);
  header.set(new TextEncoder().encode(value), field);
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.set(new TextEncoder().encode(sum.toString(8).padStart(6, "0")), 148);
}
