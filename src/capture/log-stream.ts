import { createReadStream } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { createGunzip } from "node:zlib";
import { sniffGzip } from "../bytes/gunzip.ts";
import { CaptureError } from "./capture-error.ts";
import { errorOfFile } from "./read-file.ts";

const CHUNK_BYTES = 1024 * 1024;
/** How often a followed file is looked at: watching by the kernel misses network file systems. */
const POLL_MS = 300;

export interface LogChunk {
  bytes: Uint8Array;
  /** Bytes of the file read so far, and its size; 0 where that is not known (a pipe). */
  readBytes: number;
  sizeBytes: number;
}

/**
 * The bytes of a log in pieces: a file, gzipped or not, or standard input for "-". Ends early, without an error, when
 * `signal` is aborted. Throws CaptureError "no-such-file", "not-a-file" or "unreadable".
 */
export async function* readLog(path: string, signal: AbortSignal): AsyncGenerator<LogChunk> {
  try {
    let sizeBytes = 0;
    if (path !== "-") {
      const stats = await stat(path);
      if (stats.isDirectory()) {
        throw new CaptureError("not-a-file", `${path} is a directory`, "name the files in it");
      }
      sizeBytes = stats.size;
    }
    const input = path === "-" ? process.stdin : createReadStream(path, { highWaterMark: CHUNK_BYTES });
    const stop = () => input.destroy();
    signal.addEventListener("abort", stop, { once: true });
    let readBytes = 0;
    const counted = (async function* () {
      for await (const chunk of input as AsyncIterable<Uint8Array>) {
        readBytes += chunk.length;
        yield chunk;
      }
    })();
    try {
      for await (const bytes of inflateIfGzip(counted)) yield { bytes, readBytes, sizeBytes };
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  } catch (cause) {
    throw errorOfFile(path === "-" ? "standard input" : path, cause);
  }
}

async function* inflateIfGzip(chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const first = await chunks.next();
  if (first.done === true) return;
  async function* all() {
    yield first.value as Uint8Array;
    yield* chunks;
  }
  if (!sniffGzip(first.value)) {
    yield* all();
    return;
  }
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  const feeding = (async () => {
    for await (const chunk of all()) {
      if (!gunzip.write(chunk)) await new Promise((done) => gunzip.once("drain", done));
    }
    gunzip.end();
  })();
  feeding.catch((error: Error) => gunzip.destroy(error));
  yield* gunzip as AsyncIterable<Uint8Array>;
}

export interface FollowedChunk {
  bytes: Uint8Array;
  /** The file was replaced or cut back before these bytes: they begin a new one. */
  isNewFile: boolean;
}

/**
 * A log as it grows, from its begin until `signal` is aborted: also beyond a rotation (another file under the name) and
 * a truncation. A chunk without bytes says that nothing came for a while.
 */
export async function* followLog(path: string, signal: AbortSignal): AsyncGenerator<FollowedChunk> {
  let file: FileHandle | undefined;
  let inode = -1;
  let offset = 0;
  const buffer = new Uint8Array(CHUNK_BYTES);
  try {
    file = await open(path, "r");
    inode = (await file.stat()).ino;
    let isNewFile = false;
    while (!signal.aborted) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
      if (bytesRead > 0) {
        offset += bytesRead;
        yield { bytes: buffer.subarray(0, bytesRead), isNewFile };
        isNewFile = false;
        continue;
      }
      yield { bytes: buffer.subarray(0, 0), isNewFile: false };
      const now = await stat(path).catch(() => undefined);
      if (now !== undefined && now.ino !== inode) {
        await file.close();
        file = await open(path, "r");
        inode = now.ino;
        offset = 0;
        isNewFile = true;
        continue;
      }
      if (now !== undefined && now.size < offset) {
        offset = 0;
        isNewFile = true;
        continue;
      }
      await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  } catch (cause) {
    throw errorOfFile(path, cause);
  } finally {
    await file?.close();
  }
}
