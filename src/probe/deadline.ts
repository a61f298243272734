import { answerTimeout, connectTimeout, type NetworkPhase } from "./network-failure.ts";
import { interrupted, type ProbeFailure } from "./probe-failure.ts";

/** The time that one look may take, and the patrol's own wish to stop, as one signal. Holds a timer until cleared. */
export class Deadline {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly #controller = new AbortController();
  readonly #parent: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  readonly #onParent: () => void;
  #isTimedOut = false;

  constructor(parent: AbortSignal, timeoutMs: number) {
    this.signal = this.#controller.signal;
    this.timeoutMs = timeoutMs;
    this.#parent = parent;
    this.#onParent = () => this.#controller.abort();
    this.#timer = setTimeout(() => {
      this.#isTimedOut = true;
      this.#controller.abort();
    }, timeoutMs);
    if (parent.aborted) this.#controller.abort();
    else parent.addEventListener("abort", this.#onParent, { once: true });
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#parent.removeEventListener("abort", this.#onParent);
  }

  /** What the abort means for whoever waited in `phase`. */
  failure(where: string, phase: NetworkPhase): ProbeFailure {
    if (!this.#isTimedOut) return interrupted(where);
    return phase === "connecting"
      ? connectTimeout(where, this.timeoutMs)
      : answerTimeout(where, this.timeoutMs);
  }

  /** Calls `stop` once when time is up or the patrol stops; at once if it has been. Returns how to take that back. */
  onAbort(stop: () => void): () => void {
    if (this.signal.aborted) {
      stop();
      return () => {};
    }
    this.signal.addEventListener("abort", stop, { once: true });
    return () => this.signal.removeEventListener("abort", stop);
  }
}
