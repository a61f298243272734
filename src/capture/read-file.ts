import { open, stat } from "node:fs/promises";
import { CaptureError } from "./capture-error.ts";

export interface FileBytes {
  bytes: Uint8Array;
  /** Milliseconds since 1970. */
  modifiedMs: number;
}

const CHUNK_BYTES = 1024 * 1024;

/**
 * Reads a file or pipe whole, but never more than `maxBytes`.
 * Throws CaptureError "no-such-file", "not-a-file", "unreadable", "too-large".
 */
export async function readBoundedFile(path: string, maxBytes: number): Promise<FileBytes> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) {
      throw new CaptureError("not-a-file", `${path} is a directory`, "name the files in it");
    }
    if (!stats.isFile() && !stats.isFIFO()) {
      throw new CaptureError("not-a-file", `${path} is neither a file nor a pipe`, "name a file");
    }
    if (stats.size > maxBytes) throw tooLarge(path, maxBytes);
    const file = await open(path, "r");
    try {
      const bytes = await readToEnd(file, stats.size, maxBytes);
      if (bytes === undefined) throw tooLarge(path, maxBytes);
      return { bytes, modifiedMs: stats.mtimeMs };
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw errorOfFile(path, cause);
  }
}

/** The size that stat gave is a start only: a pipe has none, and a log may grow while it is read. */
async function readToEnd(
  file: Awaited<ReturnType<typeof open>>,
  sizeBytes: number,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  let buffer = new Uint8Array(Math.min(maxBytes, sizeBytes === 0 ? CHUNK_BYTES : sizeBytes) + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, null);
    length += bytesRead;
    if (length > maxBytes) return undefined;
    if (bytesRead === 0) return length === buffer.length ? buffer : buffer.slice(0, length);
    if (length === buffer.length) {
      const larger = new Uint8Array(Math.min(maxBytes + 1, buffer.length * 2));
      larger.set(buffer);
      buffer = larger;
    }
  }
}

function tooLarge(path: string, maxBytes: number): CaptureError {
  return new CaptureError(
    "too-large",
    `${path} is larger than ${maxBytes} bytes`,
    "no profile or dump is that large: check what this file is",
  );
}

export function errorOfFile(path: string, cause: unknown): CaptureError {
  if (cause instanceof CaptureError) return cause;
  const code = (cause as NodeJS.ErrnoException).code ?? "unknown";
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new CaptureError("no-such-file", `there is no file ${path}`, "check the path", cause);
  }
  return new CaptureError("unreadable", `${path} cannot be read (${code})`, "check its permissions", cause);
}
