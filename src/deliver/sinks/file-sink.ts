import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import type { Log } from "../../patrol/log.ts";
import type { Sink } from "../../patrol/sink.ts";

export interface FileSinkOptions {
  name: string;
  path: string;
  /** A file that would grow above it becomes `path.1`, that one `path.2`, and so on. */
  maxBytes: number;
  /** Rotated files that are kept. */
  keep: number;
  log: Log;
}

/** Run records as lines of JSON in a file that rotates by size. Throws what the file system throws if it cannot be opened. */
export function openFileSink({ name, path, maxBytes, keep, log }: FileSinkOptions): Sink {
  mkdirSync(dirname(path), { recursive: true });
  let file = openSync(path, "a", 0o640);
  let size = fstatSync(file).size;
  let closed = false;
  const counts = { delivered: 0, dropped: 0 };
  let lastError: string | null = null;

  const rotate = (): void => {
    closeSync(file);
    rmSync(`${path}.${keep}`, { force: true });
    for (let n = keep - 1; n >= 0; n--) {
      try {
        renameSync(n === 0 ? path : `${path}.${n}`, `${path}.${n + 1}`);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      }
    }
    file = openSync(path, "a", 0o640);
    size = 0;
  };

  return {
    name,
    plan: () => `append to ${path}`,
    write(record) {
      const line = Buffer.from(`${JSON.stringify(record)}\n`);
      try {
        if (closed) throw new Error("the sink is closed");
        if (size > 0 && size + line.length > maxBytes) rotate();
        try {
          let written = 0;
          while (written < line.length) written += writeSync(file, line, written);
        } catch (error) {
          // Half a line would spoil the next one.
          ftruncateSync(file, size);
          throw error;
        }
        size += line.length;
        counts.delivered++;
        return true;
      } catch (error) {
        counts.dropped++;
        lastError = error instanceof Error ? error.message : String(error);
        log.error("a run record was dropped by a sink", { sink: name, error });
        return false;
      }
    },
    get stats() {
      return { ...counts, pending: 0, spooledBytes: 0, rejected: 0, lastError };
    },
    async close() {
      if (!closed) closeSync(file);
      closed = true;
    },
  };
}
