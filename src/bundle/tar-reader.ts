import { type Damage, DecodeError } from "../bytes/decode-error.ts";

export interface TarFile {
  name: string;
  /** A view into the archive; shorter than the header said if the archive is cut off. */
  bytes: Uint8Array;
}

const BLOCK_BYTES = 512;
const decoder = new TextDecoder();

/**
 * The regular files of a tar archive (ustar, with the long names of GNU tar and pax), in order.
 *
 * nanotar writes our archives but does not read them: it throws a RangeError on an archive that is cut off, loops on
 * a negative size, and turns "../x" into "x" where such an archive must be refused.
 *
 * @throws DecodeError (format "tar") if the first block is no tar header, or a name points outside the archive.
 */
export function decodeTar(archive: Uint8Array): { files: TarFile[]; damage: Damage[] } {
  const files: TarFile[] = [];
  const damage: Damage[] = [];
  let longName: string | undefined;
  for (let offset = 0; offset < archive.length; ) {
    const header = archive.subarray(offset, offset + BLOCK_BYTES);
    if (header.every((byte) => byte === 0)) break;
    const size = header.length < BLOCK_BYTES ? undefined : readSize(header);
    if (size === undefined) {
      if (offset === 0)
        throw notTar(offset, "is no tar header", "Give an archive that gopatrol capture wrote.");
      const what = `the tar header of entry ${files.length + 1} is damaged; the entries before it were kept`;
      damage.push({ format: "tar", offset, what });
      break;
    }
    const start = offset + BLOCK_BYTES;
    // Never a Buffer, even if the archive is one: its slice() shares memory where Uint8Array's copies.
    const length = Math.max(0, Math.min(size, archive.length - start));
    const bytes = new Uint8Array(archive.buffer, archive.byteOffset + start, length);
    const type = header[156]!;
    if (type === GNU_LONG_NAME) longName = readText(bytes);
    else if (type === PAX_HEADER) longName = findPaxPath(bytes) ?? longName;
    else if (type !== PAX_GLOBAL_HEADER) {
      const name = checkName(longName ?? readName(header), offset);
      longName = undefined;
      if (type === 0 || type === REGULAR || type === CONTIGUOUS) files.push({ name, bytes });
      else if (type !== DIRECTORY) {
        damage.push({
          format: "tar",
          offset,
          what: `${quote(name)} is a link or device, not a file, and was passed over`,
        });
      }
    }
    if (bytes.length < size) {
      const what = `the archive ends inside an entry: ${bytes.length} of its ${size} bytes were kept`;
      damage.push({ format: "tar", offset: archive.length, what });
    }
    offset = start + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
  }
  return { files, damage };
}

const REGULAR = 0x30;
const DIRECTORY = 0x35;
const CONTIGUOUS = 0x37;
const GNU_LONG_NAME = 0x4c;
const PAX_HEADER = 0x78;
const PAX_GLOBAL_HEADER = 0x67;

/** The entry's size, or undefined if this block is not a header whose checksum holds. */
function readSize(header: Uint8Array): number | undefined {
  let sum = 0;
  // The checksum's own field counts as spaces.
  for (let i = 0; i < BLOCK_BYTES; i++) sum += i >= 148 && i < 156 ? 0x20 : header[i]!;
  if (readOctal(header.subarray(148, 156)) !== sum) return undefined;
  return readOctal(header.subarray(124, 136));
}

function readOctal(field: Uint8Array): number | undefined {
  const digits = /^ *([0-7]{1,12})[ \0]*$/.exec(decoder.decode(field))?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 8);
}

function readName(header: Uint8Array): string {
  const name = readText(header.subarray(0, 100));
  const isUstar = readText(header.subarray(257, 263)) === "ustar";
  const prefix = isUstar ? readText(header.subarray(345, 500)) : "";
  return prefix === "" ? name : `${prefix}/${name}`;
}

function readText(field: Uint8Array): string {
  const end = field.indexOf(0);
  return decoder.decode(end < 0 ? field : field.subarray(0, end));
}

/** pax records are "LENGTH key=value\n"; only the path matters here. */
function findPaxPath(records: Uint8Array): string | undefined {
  const line = decoder
    .decode(records)
    .split("\n")
    .find((record) => /^\d+ path=/.test(record));
  return line?.slice(line.indexOf("=") + 1);
}

function checkName(name: string, offset: number): string {
  const isOutside = name.startsWith("/") || name.includes("\\") || name.split("/").includes("..");
  if (isOutside) {
    throw notTar(
      offset,
      `holds ${quote(name)}, which points outside of it`,
      "Do not unpack this archive; ask where it is from.",
    );
  }
  return name.startsWith("./") ? name.slice(2) : name;
}

/** Names are foreign: as long as they like, with any character. */
function quote(name: string): string {
  return JSON.stringify(name.slice(0, 120));
}

function notTar(offset: number, what: string, hint: string): DecodeError {
  return new DecodeError(`the archive ${what}`, { format: "tar", offset, hint });
}
