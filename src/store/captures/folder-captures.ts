import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CaptureAbout, CaptureEntry, RawCaptures } from "../raw-captures.ts";
import { StoreError } from "../store.ts";
import { checkCapture, isCaptureName, nameCapture } from "./capture-name.ts";

/** A file that was being written when the process ended is older than this at the next start. */
const LEFT_OVER_MS = 3600_000;

/**
 * Files `ab/abcd…` by their sha256, each with what is known about it in `abcd….json` beside it, and an empty `abcd….pin` if
 * it is pinned. A file appears whole: it is written under another name, synced, and renamed.
 */
export class FolderCaptures implements RawCaptures {
  readonly #dir: string;

  private constructor(dir: string) {
    this.#dir = dir;
  }

  static async open(dir: string): Promise<FolderCaptures> {
    const temporary = join(dir, TEMPORARY);
    await attempt(dir, async () => {
      await mkdir(temporary, { recursive: true, mode: 0o750 });
      for (const name of await readdir(temporary)) {
        const path = join(temporary, name);
        const { mtimeMs } = await stat(path);
        if (Date.now() - mtimeMs > LEFT_OVER_MS) await rm(path, { force: true });
      }
    });
    return new FolderCaptures(dir);
  }

  async put(bytes: Uint8Array, about: CaptureAbout): Promise<string> {
    const sha256 = nameCapture(bytes);
    const path = this.#path(sha256);
    await attempt(this.#dir, async () => {
      const isThere = await stat(path).then(
        (found) => found.size === bytes.length,
        () => false,
      );
      if (!isThere) await this.#writeWhole(path, bytes);
      const known = isThere ? await readAbout(path) : null;
      // The same bytes captured again are as young as the last time.
      if (known === null || known.atMs < about.atMs) {
        const { target, kind, atMs } = about;
        await this.#writeWhole(`${path}.json`, JSON.stringify({ target, kind, atMs }));
      }
    });
    return sha256;
  }

  async get(sha256: string): Promise<Uint8Array | null> {
    if (!isCaptureName(sha256)) return null;
    const bytes = await attempt(this.#dir, () => readFile(this.#path(sha256)).catch(nullIfMissing));
    return bytes === null ? null : checkCapture(new Uint8Array(bytes), sha256, this.#dir);
  }

  async *list(): AsyncGenerator<CaptureEntry & { pinned: boolean }> {
    for (const folder of await attempt(this.#dir, () => readdir(this.#dir))) {
      if (!/^[0-9a-f]{2}$/.test(folder)) continue;
      const names = await attempt(this.#dir, () => readdir(join(this.#dir, folder)));
      const all = new Set(names);
      for (const sha256 of names) {
        if (!isCaptureName(sha256)) continue;
        const path = this.#path(sha256);
        const found = await stat(path).catch(nullIfMissing);
        if (found === null) continue;
        const about = (await readAbout(path)) ?? { target: "", kind: "", atMs: Math.floor(found.mtimeMs) };
        yield { sha256, bytes: found.size, ...about, pinned: all.has(`${sha256}.pin`) };
      }
    }
  }

  async remove(sha256: string): Promise<void> {
    if (!isCaptureName(sha256)) return;
    const path = this.#path(sha256);
    // What is said about it goes last, so that what is left after a crash is still listed.
    await attempt(this.#dir, async () => {
      for (const each of [`${path}.pin`, path, `${path}.json`]) await rm(each, { force: true });
    });
  }

  async pin(sha256: string, pinned: boolean): Promise<void> {
    if (!isCaptureName(sha256)) return;
    const path = `${this.#path(sha256)}.pin`;
    await attempt(this.#dir, () =>
      pinned ? writeFile(path, "").catch(nullIfMissing) : rm(path, { force: true }),
    );
  }

  #path(sha256: string): string {
    return join(this.#dir, sha256.slice(0, 2), sha256);
  }

  async #writeWhole(path: string, content: Uint8Array | string): Promise<void> {
    const temporary = join(this.#dir, TEMPORARY, randomUUID());
    try {
      const file = await open(temporary, "wx", 0o640);
      try {
        await file.writeFile(content);
        await file.sync();
      } finally {
        await file.close();
      }
      await mkdir(dirname(path), { recursive: true, mode: 0o750 });
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    // The name is in the folder, which is a file too.
    const folder = await open(dirname(path), "r");
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  }
}

const TEMPORARY = "incoming";

async function readAbout(path: string): Promise<CaptureAbout | null> {
  const text = await readFile(`${path}.json`, "utf8").catch(nullIfMissing);
  if (text === null) return null;
  try {
    return JSON.parse(text) as CaptureAbout;
  } catch {
    return null;
  }
}

function nullIfMissing(error: NodeJS.ErrnoException): null {
  if (error.code === "ENOENT") return null;
  throw error;
}

async function attempt<T>(dir: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOSPC" || code === "EDQUOT") {
      throw new StoreError(
        "disk-full",
        `${dir}: ${message}`,
        "Make room, or lower store.retention.max_capture_bytes",
        {
          cause: error,
        },
      );
    }
    if (code === undefined) throw error;
    throw new StoreError("refused", `${dir}: ${message}`, "Let the patrol's user write to the folder", {
      cause: error,
    });
  }
}
