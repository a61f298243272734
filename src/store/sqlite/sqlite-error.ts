import { PackedError } from "../packing/packed-reader.ts";
import { StoreError, type StoreErrorCode } from "../store.ts";

/** Primary result codes: https://sqlite.org/rescode.html */
const CODES: Readonly<Record<number, [StoreErrorCode, hint: string]>> = {
  5: ["locked", "Wait for the other process, or stop it"],
  6: ["locked", "Wait for the other process, or stop it"],
  8: ["refused", "Let the patrol's user write to the folder and its files"],
  10: ["failed", "Look into the system's log for faults of the disk"],
  11: ["damaged", "Run `gopatrol store verify`, then restore the folder from a backup"],
  13: ["disk-full", "Make room on the disk, or shorten the retention; nothing that was acknowledged is lost"],
  14: ["refused", "Check that the folder is there and that the patrol's user may write to it"],
  23: ["refused", "Let the patrol's user write to the folder and its files"],
  26: ["damaged", "The file is no SQLite database: restore it from a backup, or use another folder"],
};

export function toStoreError(error: unknown, dir: string): StoreError {
  if (error instanceof StoreError) return error;
  const { message, errcode, code } = error as Error & { errcode?: number; code?: string };
  if (error instanceof PackedError) {
    return new StoreError("damaged", `a row of the store in ${dir} is damaged: ${message}`, CODES[11]![1], {
      cause: error,
    });
  }
  if (errcode !== undefined) {
    // Extended codes hold the primary one in their lowest byte.
    const [known, hint] = CODES[errcode & 0xff] ?? ["failed", "Report this with the line above"];
    return new StoreError(known, `the store in ${dir}: ${message}`, hint, { cause: error });
  }
  if (code === "ENOSPC")
    return new StoreError("disk-full", `${dir}: ${message}`, CODES[13]![1], { cause: error });
  if (code === "EACCES" || code === "EPERM" || code === "EROFS" || code === "ENOTDIR") {
    return new StoreError("refused", `${dir}: ${message}`, CODES[14]![1], { cause: error });
  }
  return new StoreError("failed", `the store in ${dir}: ${message}`, "Report this with the line above", {
    cause: error,
  });
}
