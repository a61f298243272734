import type { RawCapture } from "../patrol/check.ts";
import type { Log } from "../patrol/log.ts";
import type { CaptureEntry, RawCaptures } from "../store/raw-captures.ts";

/** What checks fetch, and of it the newest heap profile of each target: the base of the next difference. */
export class BaseProfiles {
  readonly #captures: RawCaptures;
  readonly #log: Log;
  readonly #newest = new Map<string, { atMs: number; sha256: string }>();
  /** Of captures that no batch has taken along yet. */
  #rows: CaptureEntry[] = [];
  bytes = 0;

  constructor(captures: RawCaptures, log: Log) {
    this.#captures = captures;
    this.#log = log;
  }

  /** Finds what earlier processes kept. Meanwhile new ones are kept already. */
  async load(signal: AbortSignal): Promise<void> {
    try {
      for await (const entry of this.#captures.list()) {
        if (signal.aborted) return;
        this.bytes += entry.bytes;
        this.#note(entry);
      }
    } catch (error) {
      this.#log.error("the kept captures cannot be listed: differences begin anew", { error });
    }
  }

  async keep(target: string, captures: readonly RawCapture[]): Promise<string[]> {
    const names: string[] = [];
    for (const { kind, bytes, atMs } of captures) {
      const sha256 = await this.#captures.put(bytes, { target, kind, atMs });
      const entry = { target, kind, atMs, sha256, bytes: bytes.length };
      names.push(sha256);
      this.bytes += bytes.length;
      this.#rows.push(entry);
      this.#note(entry);
    }
    return names;
  }

  /** Never rejects: without a base there is no difference, but a new base. */
  async baseOf(target: string): Promise<{ atMs: number; bytes: Uint8Array } | null> {
    const newest = this.#newest.get(target);
    if (newest === undefined) return null;
    try {
      const bytes = await this.#captures.get(newest.sha256);
      return bytes === null ? null : { atMs: newest.atMs, bytes };
    } catch (error) {
      this.#log.warn("a base profile cannot be read: a new one takes its place", { target, error });
      this.#newest.delete(target);
      return null;
    }
  }

  takeRows(): CaptureEntry[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  retain(isWanted: (target: string) => boolean): void {
    for (const target of this.#newest.keys()) if (!isWanted(target)) this.#newest.delete(target);
  }

  #note({ target, kind, atMs, sha256 }: CaptureEntry): void {
    if (kind !== "heap") return;
    const known = this.#newest.get(target);
    if (known === undefined || known.atMs < atMs) this.#newest.set(target, { atMs, sha256 });
  }
}
