import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { sniffGzip } from "../bytes/gunzip.ts";
import { CaptureError } from "./capture-error.ts";
import { errorOfFile } from "./read-file.ts";

const PIECE_BYTES = 1024 * 1024;

/** A file's bytes, or standard input's for "-", in pieces and inflated if they are gzip: for what may be of any size. */
export interface Pieces {
  /** The first bytes, up to the size of a piece, for telling what it is; empty if there are none. */
  head: Uint8Array;
  /** All pieces, the head's among them, once. Ends early where compressed data break off: see `cut`. */
  all(): AsyncGenerator<Uint8Array>;
  /** Why the input ended early, if it did. */
  cut: string | undefined;
}

/** @throws CaptureError "no-such-file", "not-a-file" or "unreadable". */
export async function openPieces(path: string): Promise<Pieces> {
  const raw: Readable = path === "-" ? process.stdin : createReadStream(path, { highWaterMark: PIECE_BYTES });
  const source = raw[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  const first = await nextOf(source, path);
  const pieces: Pieces = { head: new Uint8Array(0), all: () => inflated(), cut: undefined };
  const bytes = sniffGzip(first ?? pieces.head)
    ? inflate(first!, source, path, pieces)
    : chain(first, source, path);
  const head = await bytes.next();
  if (head.done !== true) pieces.head = head.value;
  return pieces;

  async function* inflated(): AsyncGenerator<Uint8Array> {
    if (pieces.head.length > 0) yield pieces.head;
    yield* bytes;
  }
}

async function nextOf(source: AsyncIterator<Uint8Array>, path: string): Promise<Uint8Array | undefined> {
  try {
    const next = await source.next();
    return next.done === true ? undefined : next.value;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EISDIR") {
      throw new CaptureError("not-a-file", `${path} is a directory`, "name the files in it", cause);
    }
    throw errorOfFile(path, cause);
  }
}

async function* chain(
  first: Uint8Array | undefined,
  source: AsyncIterator<Uint8Array>,
  path: string,
): AsyncGenerator<Uint8Array> {
  for (let piece = first; piece !== undefined; piece = await nextOf(source, path)) yield piece;
}

async function* inflate(
  first: Uint8Array,
  source: AsyncIterator<Uint8Array>,
  path: string,
  pieces: Pieces,
): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: PIECE_BYTES });
  const feed = async () => {
    for await (const piece of chain(first, source, path)) {
      if (!gunzip.write(piece)) await new Promise((resolve) => gunzip.once("drain", resolve));
    }
    gunzip.end();
  };
  feed().catch((error: Error) => gunzip.destroy(error));
  try {
    for await (const piece of gunzip) yield piece as Uint8Array;
  } catch (error) {
    if (error instanceof CaptureError) throw error;
    pieces.cut = `the compressed data are damaged or cut off (${(error as Error).message})`;
  }
}
