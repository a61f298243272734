import { open, readlink } from "node:fs/promises";
import { CaptureError } from "../capture-error.ts";

export interface ProcBytes {
  bytes: Uint8Array;
  /** There was more than was wanted; the bytes end behind a whole line. */
  cutOff: boolean;
}

const FIRST_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/**
 * Reads a file of /proc, /sys or a cgroup to its end, or to the last line within `maxBytes`: the kernel writes these
 * while they are read, and their size is not known before.
 *
 * @throws CaptureError "not-permitted", "no-such-process" (gone, or never there), "no-such-file" or "unreadable".
 */
export async function readProcFile(path: string, maxBytes: number): Promise<ProcBytes> {
  try {
    const file = await open(path, "r");
    try {
      let buffer = new Uint8Array(Math.min(maxBytes, FIRST_BYTES) + 1);
      let length = 0;
      for (;;) {
        const { bytesRead } = await file.read(buffer, length, buffer.length - length, null);
        length += bytesRead;
        if (bytesRead === 0) return { bytes: buffer.slice(0, length), cutOff: false };
        if (length > maxBytes) {
          return { bytes: buffer.slice(0, buffer.lastIndexOf(NEWLINE, maxBytes - 1) + 1), cutOff: true };
        }
        if (length < buffer.length) continue;
        const larger = new Uint8Array(Math.min(maxBytes + 1, buffer.length * 2));
        larger.set(buffer);
        buffer = larger;
      }
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw errorOfProc(path, cause);
  }
}

/** Where a link of /proc leads. Throws as `readProcFile`. */
export async function readProcLink(path: string): Promise<string> {
  try {
    return await readlink(path);
  } catch (cause) {
    throw errorOfProc(path, cause);
  }
}

/** What keeps one from a process's files, and what would help (ptrace(2), "Ptrace access mode checking"). */
export function errorOfProc(path: string, cause: unknown): CaptureError {
  if (cause instanceof CaptureError) return cause;
  const code = (cause as NodeJS.ErrnoException).code ?? "unknown";
  switch (code) {
    case "EACCES":
    case "EPERM":
      return new CaptureError(
        "not-permitted",
        `${path} may not be read by this user`,
        "run gopatrol as the user of the process, as root, or with CAP_SYS_PTRACE",
        cause,
      );
    case "ENOENT":
    case "ESRCH":
      return /^.*\/proc\/\d+\/\w+$/.test(path)
        ? new CaptureError("no-such-process", `${path} is gone`, "the process has ended", cause)
        : new CaptureError("no-such-file", `there is no file ${path}`, "this kernel does not have it", cause);
    default:
      return new CaptureError("unreadable", `${path} cannot be read (${code})`, "try again", cause);
  }
}
