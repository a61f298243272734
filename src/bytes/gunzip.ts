import { crc32, type InflateRaw, inflateRawSync, constants as zlib } from "node:zlib";
import { MAX_GZIP_MEMBERS, MAX_INFLATED_BYTES } from "./byte-limits.ts";
import { type Damage, DecodeError } from "./decode-error.ts";

export interface Inflated {
  bytes: Uint8Array;
  damage: Damage[];
}

/** Whether bytes begin with gzip's magic number. */
export function sniffGzip(head: Uint8Array): boolean {
  return head.length >= 2 && head[0] === 0x1f && head[1] === 0x8b;
}

/**
 * Inflates gzip (RFC 1952) whose members, as in Go's reader, make one stream. Bytes without gzip's magic number are
 * handed back as they are, not copied.
 *
 * A stream that is cut off gives what inflated before the cut, and Damage; so does anything unreadable behind an
 * intact member. Never holds more than `limitBytes` of output, twice while it is joined.
 *
 * @throws DecodeError if the output exceeds `limitBytes`, or the first member is corrupt (bad header, bad deflate
 * data, wrong checksum): bytes that inflate wrongly would make wrong findings.
 */
export function inflateGzip(bytes: Uint8Array, options: { limitBytes?: number } = {}): Inflated {
  if (!sniffGzip(bytes)) return { bytes, damage: [] };
  const limitBytes = options.limitBytes ?? MAX_INFLATED_BYTES;
  const parts: Uint8Array[] = [];
  let total = 0;
  let at = 0;
  const done = (damage: Damage[]): Inflated => ({ bytes: join(parts, total), damage });
  for (let members = 0; at < bytes.length; members++) {
    const isFirst = members === 0;
    if (members === MAX_GZIP_MEMBERS) {
      return done([
        { format: "gzip", offset: at, what: `all after the first ${members} gzip members was passed over` },
      ]);
    }
    if (!isFirst && !sniffGzip(bytes.subarray(at))) {
      const what = `${bytes.length - at} bytes after the end of the gzip stream were passed over`;
      return done([{ format: "gzip", offset: at, what }]);
    }
    let member: Member;
    try {
      member = inflateMember(bytes, at, limitBytes - total, limitBytes);
    } catch (error) {
      if (isFirst || !(error instanceof DecodeError) || error instanceof InflatedTooLargeError) throw error;
      return done([{ format: "gzip", offset: at, what: `the rest was passed over, ${error.message}` }]);
    }
    parts.push(member.bytes);
    total += member.bytes.length;
    if (member.cut !== undefined) {
      const what = `the compressed data are cut off ${member.cut}; the ${total} bytes before that were kept`;
      return done([{ format: "gzip", offset: bytes.length, what }]);
    }
    at = member.end;
  }
  return done([]);
}

class InflatedTooLargeError extends DecodeError {}

interface Member {
  bytes: Uint8Array;
  /** Offset behind the member's trailer. */
  end: number;
  /** Where the input broke off, if it did. */
  cut?: string;
}

const TRAILER_BYTES = 8;
/**
 * Output is gathered in pieces. Node's default of 16 KiB makes thousands of them for a large dump, and a small profile
 * keeps the whole piece that it lies in alive.
 */
const LEAST_CHUNK_BYTES = 4 * 1024;
const MOST_CHUNK_BYTES = 256 * 1024;
const USUAL_RATIO = 8;
/** What the trailer says of the length is believed up to this ratio: then the output is one piece, never copied. */
const BELIEVED_RATIO = 32;

function inflateMember(bytes: Uint8Array, start: number, room: number, limitBytes: number): Member {
  const dataStart = findDeflateData(bytes, start);
  if (dataStart === undefined)
    return { bytes: new Uint8Array(0), end: bytes.length, cut: "in the gzip header" };
  const isFirst = start === 0;
  const { buffer, consumed } = inflateRaw(bytes.subarray(dataStart), dataStart, room, limitBytes, isFirst);
  const trailer = dataStart + consumed;
  const left = bytes.length - trailer;
  if (left < TRAILER_BYTES) {
    // With no byte left it may be cut inside the data or right behind: either way the checksum is missing.
    return { bytes: buffer, end: bytes.length, cut: left === 0 ? "before the end" : "in the gzip trailer" };
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + trailer, TRAILER_BYTES);
  if (view.getUint32(0, true) !== crc32(buffer) || view.getUint32(4, true) !== buffer.length) {
    throw new DecodeError("checksum or length do not match the inflated data", {
      format: "gzip",
      offset: trailer,
      hint: "The file was damaged on its way; fetch it again.",
    });
  }
  return { bytes: buffer, end: trailer + TRAILER_BYTES };
}

const FLAG_HEADER_CRC = 2;
const FLAG_EXTRA = 4;
const FLAG_NAME = 8;
const FLAG_COMMENT = 16;

/** Offset of the deflate data behind the member header at `start`; undefined if the header is cut off. */
function findDeflateData(bytes: Uint8Array, start: number): number | undefined {
  if (bytes.length - start < 10) return undefined;
  if (bytes[start + 2] !== 8) {
    throw new DecodeError(`compression method ${bytes[start + 2]} is not deflate`, {
      format: "gzip",
      offset: start + 2,
      hint: "Only the first two bytes look like gzip; check what this file is.",
    });
  }
  const flags = bytes[start + 3]!;
  let at = start + 10;
  if (flags & FLAG_EXTRA) {
    if (bytes.length - at < 2) return undefined;
    at += 2 + (bytes[at]! | (bytes[at + 1]! << 8));
  }
  for (const flag of [FLAG_NAME, FLAG_COMMENT]) {
    if (!(flags & flag)) continue;
    const zero = bytes.indexOf(0, at);
    if (zero < 0) return undefined;
    at = zero + 1;
  }
  if (flags & FLAG_HEADER_CRC) at += 2;
  return at > bytes.length ? undefined : at;
}

/** Inflates until the deflate stream or the input ends; `consumed` is the number of input bytes that took. */
function inflateRaw(
  data: Uint8Array,
  offset: number,
  room: number,
  limitBytes: number,
  isFirst: boolean,
): { buffer: Uint8Array; consumed: number } {
  const usual = Math.max(LEAST_CHUNK_BYTES, Math.min(MOST_CHUNK_BYTES, USUAL_RATIO * data.length));
  const chunkSize = isFirst ? (believeLength(data, room) ?? usual) : usual;
  try {
    const { buffer, engine } = inflateRawSync(data, {
      // Makes zlib hand out what it has when the input ends, instead of failing.
      finishFlush: zlib.Z_SYNC_FLUSH,
      chunkSize,
      // Node wants at least 1.
      maxOutputLength: Math.max(1, room),
      info: true,
      // @types/node leaves out what `info` changes.
    }) as unknown as { buffer: Uint8Array; engine: InflateRaw };
    // Not the Buffer it is: its slice() shares memory where Uint8Array's copies.
    const plain = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
    const isPoorlyFilled = buffer.length * 2 < chunkSize && chunkSize > usual;
    return { buffer: isPoorlyFilled ? plain.slice() : plain, consumed: engine.bytesWritten };
  } catch (cause) {
    if (cause instanceof RangeError) {
      throw new InflatedTooLargeError(`inflates to more than the limit of ${limitBytes} bytes`, {
        format: "gzip",
        offset,
        hint: "No profile or dump is that large; this looks like a decompression bomb.",
        cause,
      });
    }
    throw new DecodeError("the compressed data are corrupt", {
      format: "gzip",
      offset,
      hint: "The file was damaged on its way; fetch it again.",
      cause,
    });
  }
}

/**
 * A size for all of the output, by what the last trailer says; undefined if that is small or hard to believe. Only for
 * the first member: a file may have thousands, of which each would get a piece of that size.
 */
function believeLength(data: Uint8Array, room: number): number | undefined {
  if (data.length < TRAILER_BYTES) return undefined;
  const told = new DataView(data.buffer, data.byteOffset + data.length - 4, 4).getUint32(0, true);
  if (told <= MOST_CHUNK_BYTES || told > Math.min(room, BELIEVED_RATIO * data.length)) return undefined;
  // zlib ends a piece that it has filled to the last byte with an empty one.
  return told + LEAST_CHUNK_BYTES;
}

function join(parts: Uint8Array[], total: number): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const joined = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
