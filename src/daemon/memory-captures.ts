import { createHash } from "node:crypto";
import type { CaptureAbout, CaptureEntry, RawCaptures } from "../store/raw-captures.ts";

const MOST_BYTES = 256 * 1024 * 1024;

/** Captures of a run that leaves nothing behind, and of the memory engine. The oldest go when there are too many. */
export class MemoryCaptures implements RawCaptures {
  readonly #kept = new Map<string, { bytes: Uint8Array; about: CaptureAbout }>();
  #total = 0;

  async put(bytes: Uint8Array, about: CaptureAbout): Promise<string> {
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    if (!this.#kept.has(sha256)) this.#total += bytes.length;
    this.#kept.set(sha256, { bytes, about });
    for (const oldest of this.#kept.keys()) {
      if (this.#total <= MOST_BYTES || oldest === sha256) break;
      await this.remove(oldest);
    }
    return sha256;
  }

  async get(sha256: string): Promise<Uint8Array | null> {
    return this.#kept.get(sha256)?.bytes ?? null;
  }

  async *list(): AsyncIterable<CaptureEntry & { pinned: boolean }> {
    for (const [sha256, { bytes, about }] of this.#kept) {
      yield { ...about, sha256, bytes: bytes.length, pinned: false };
    }
  }

  async remove(sha256: string): Promise<void> {
    const gone = this.#kept.get(sha256);
    if (gone === undefined) return;
    this.#kept.delete(sha256);
    this.#total -= gone.bytes.length;
  }

  async pin(): Promise<void> {}
}
