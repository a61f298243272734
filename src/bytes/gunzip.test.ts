import { deflateRawSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { DecodeError } from "./decode-error.ts";
import { type Inflated, inflateGzip, sniffGzip } from "./gunzip.ts";

const text = "goroutine profile: total 7\n".repeat(40);
const plain = new TextEncoder().encode(text);
const zipped = gzipSync(plain);

function decodeErrorOf(bytes: Uint8Array, limitBytes?: number): DecodeError {
  try {
    inflateGzip(bytes, limitBytes === undefined ? {} : { limitBytes });
  } catch (error) {
    if (error instanceof DecodeError) return error;
    throw error;
  }
  throw new Error("inflated without an error");
}

/** One gzip member with every optional header field that RFC 1952 knows. */
function memberWithAllHeaderFields(): Uint8Array {
  const header = [0x1f, 0x8b, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 255];
  const extra = [3, 0, 1, 2, 3];
  const name = [...new TextEncoder().encode("heap.pb"), 0];
  const comment = [...new TextEncoder().encode("a comment"), 0];
  const headerCrc = [0, 0];
  const trailer = zipped.subarray(zipped.length - 8);
  return Uint8Array.from([
    ...header,
    ...extra,
    ...name,
    ...comment,
    ...headerCrc,
    ...deflateRawSync(plain),
    ...trailer,
  ]);
}

test("whole streams inflate without damage", () => {
  expect(inflateGzip(zipped)).toEqual({ bytes: Uint8Array.from(plain), damage: [] });
  expect(inflateGzip(gzipSync(""))).toEqual({ bytes: new Uint8Array(0), damage: [] });
});

test("a small file keeps little more alive than itself, in an array whose slices are copies", () => {
  const { bytes } = inflateGzip(gzipSync("goroutine"));
  // Node's pool, which many small ones share.
  expect(bytes.buffer.byteLength).toBeLessThanOrEqual(64 * 1024);
  bytes.slice(0, 1).fill(0);
  expect(bytes[0]).toBe("g".charCodeAt(0));
});

test("bytes that are not gzip come back as they are", () => {
  expect(sniffGzip(plain)).toBe(false);
  expect(inflateGzip(plain).bytes).toBe(plain);
  expect(inflateGzip(Uint8Array.of(0x1f)).bytes).toEqual(Uint8Array.of(0x1f));
});

test("members in a row are one stream", () => {
  const { bytes, damage } = inflateGzip(Buffer.concat([zipped, gzipSync(""), zipped]));
  expect(new TextDecoder().decode(bytes)).toBe(text + text);
  expect(damage).toEqual([]);
});

test("optional header fields are skipped, also where the header is cut", () => {
  const member = memberWithAllHeaderFields();
  expect(new TextDecoder().decode(inflateGzip(member).bytes)).toBe(text);
  for (let length = 2; length < member.length; length++) {
    const { bytes, damage } = inflateGzip(member.subarray(0, length));
    expect(damage).toHaveLength(1);
    expect(text.startsWith(new TextDecoder().decode(bytes))).toBe(true);
  }
});

test("every prefix gives what inflated before the cut, and says so", () => {
  let longest = 0;
  for (let length = 2; length < zipped.length; length++) {
    const { bytes, damage } = inflateGzip(zipped.subarray(0, length));
    expect(damage).toHaveLength(1);
    expect(damage[0]).toMatchObject({ format: "gzip", offset: length });
    expect(text.startsWith(new TextDecoder().decode(bytes))).toBe(true);
    expect(bytes.length).toBeGreaterThanOrEqual(longest);
    longest = bytes.length;
  }
  expect(longest).toBe(plain.length);
});

test("every prefix of a second member keeps the first", () => {
  for (let length = 1; length < zipped.length; length++) {
    const { bytes, damage } = inflateGzip(Buffer.concat([zipped, zipped.subarray(0, length)]));
    expect(damage).toHaveLength(1);
    expect(new TextDecoder().decode(bytes).startsWith(text)).toBe(true);
  }
});

test("a second member that is corrupt is passed over", () => {
  const broken = Uint8Array.from(zipped);
  broken[2] = 7;
  const { bytes, damage } = inflateGzip(Buffer.concat([zipped, broken]));
  expect(new TextDecoder().decode(bytes)).toBe(text);
  expect(damage[0]!.what).toContain("compression method 7");
});

test("garbage behind the stream is passed over", () => {
  const { bytes, damage } = inflateGzip(Buffer.concat([zipped, Buffer.from("\n\n")]));
  expect(new TextDecoder().decode(bytes)).toBe(text);
  expect(damage).toEqual([
    {
      format: "gzip",
      offset: zipped.length,
      what: "2 bytes after the end of the gzip stream were passed over",
    },
  ]);
});

describe("refused", () => {
  test("a wrong checksum", () => {
    const broken = Uint8Array.from(zipped);
    broken[broken.length - 6]! ^= 1;
    expect(decodeErrorOf(broken)).toMatchObject({ format: "gzip", offset: zipped.length - 8 });
  });

  test("corrupt data, whichever bit it is", () => {
    for (let at = 0; at < (zipped.length - 10) * 8; at++) {
      const broken = Uint8Array.from(zipped);
      broken[10 + (at >> 3)]! ^= 1 << (at & 7);
      let inflated: Inflated;
      try {
        inflated = inflateGzip(broken);
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError);
        continue;
      }
      // A bit that nobody reads, or an end mark lost or made.
      if (inflated.damage.length === 0) expect(Buffer.from(inflated.bytes).equals(plain)).toBe(true);
    }
  });

  test("one byte more than the limit", () => {
    expect(inflateGzip(zipped, { limitBytes: plain.length }).damage).toEqual([]);
    expect(decodeErrorOf(zipped, plain.length - 1).message).toContain(
      `the limit of ${plain.length - 1} bytes`,
    );
    const twice = Buffer.concat([zipped, zipped]);
    expect(inflateGzip(twice, { limitBytes: 2 * plain.length }).damage).toEqual([]);
    expect(decodeErrorOf(twice, 2 * plain.length - 1).message).toContain("the limit");
    expect(decodeErrorOf(twice, plain.length).message).toContain("the limit");
  });

  test("a gigabyte of zeros in a megabyte", () => {
    // Members of zeros one after the other: 1 GiB when inflated, made without holding a gigabyte here.
    const member = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const bomb = Buffer.concat(new Array<Buffer>(16).fill(member));
    expect(bomb.length).toBeLessThan(1.1 * 1024 * 1024);
    expect(decodeErrorOf(bomb)).toMatchObject({ format: "gzip", hint: expect.stringContaining("bomb") });
  });
});

test("a file of very many empty members ends in bounded time", () => {
  const empty = gzipSync("");
  const { bytes, damage } = inflateGzip(Buffer.concat(new Array<Buffer>(20_001).fill(empty)));
  expect(bytes).toHaveLength(0);
  expect(damage[0]!.what).toContain("20000 gzip members");
});
