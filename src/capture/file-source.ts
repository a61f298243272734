import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { ByteSource } from "../bytes/byte-source.ts";
import { CaptureError } from "./capture-error.ts";

/**
 * A file that is read where it is needed. Synchronous on purpose: whoever follows pointers through a core cannot wait
 * at each. Throws CaptureError "no-such-file", "not-a-file" or "unreadable" when opened; a read that fails later gives
 * fewer bytes, like the end of the file.
 */
export class FileSource implements ByteSource {
  readonly size: number;
  readonly #descriptor: number;

  constructor(path: string) {
    try {
      this.#descriptor = openSync(path, "r");
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code === "ENOENT")
        throw new CaptureError("no-such-file", `there is no file ${path}`, "check the path", cause);
      throw new CaptureError(
        "unreadable",
        `${path} cannot be read (${code})`,
        "check its permissions",
        cause,
      );
    }
    const stats = fstatSync(this.#descriptor);
    if (!stats.isFile()) {
      closeSync(this.#descriptor);
      throw new CaptureError("not-a-file", `${path} is not a file`, "give a core file or an executable");
    }
    this.size = stats.size;
  }

  read(offset: number, length: number): Uint8Array {
    const wanted = Math.max(0, Math.min(length, this.size - offset));
    // Not filled with zeros first.
    const bytes = new Uint8Array(Buffer.allocUnsafeSlow(wanted).buffer);
    let done = 0;
    while (done < bytes.length) {
      const count = readSync(this.#descriptor, bytes, done, bytes.length - done, offset + done);
      if (count === 0) break;
      done += count;
    }
    return done === bytes.length ? bytes : bytes.subarray(0, done);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
