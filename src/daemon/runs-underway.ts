import { setMaxListeners } from "node:events";

/** What is under way, so that the end can wait for it and give it up. */
export class RunsUnderway {
  readonly #runs = new Map<Promise<unknown>, AbortController>();

  get size(): number {
    return this.#runs.size;
  }

  /** `work` ends soon after its signal. */
  begin<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const abandon = new AbortController();
    // One for each check and attempt of the run.
    setMaxListeners(0, abandon.signal);
    const running = work(abandon.signal).finally(() => this.#runs.delete(running));
    this.#runs.set(running, abandon);
    return running;
  }

  abandonAll(): void {
    for (const abandon of this.#runs.values()) abandon.abort();
  }

  /** Resolves once nothing is under way, also of what begins meanwhile. */
  async ended(): Promise<void> {
    while (this.#runs.size > 0) await Promise.allSettled(this.#runs.keys());
  }
}
