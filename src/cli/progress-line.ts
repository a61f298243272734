import type { CaptureProgress } from "../capture/capture-progress.ts";
import { formatQuantity } from "../lib/format-quantity.ts";

/** Shows what a long command is doing: one line rewritten on a terminal, one line a step elsewhere. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  readonly #quiet: boolean;
  /**
   * What failed in the first sample. If nothing in it succeeds the command ends with the most telling of these, and
   * the others would only bury it.
   */
  readonly #held: string[] = [];
  #shown = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(stream: NodeJS.WriteStream, quiet: boolean) {
    this.#stream = stream;
    this.#quiet = quiet;
  }

  /** A line that stays. */
  say(text: string): void {
    if (this.#quiet) return;
    this.clear();
    this.#stream.write(`${text}\n`);
  }

  #sayHeld(): void {
    for (const line of this.#held.splice(0)) this.say(line);
  }

  /** A line that the next one replaces; on a stream that is no terminal it is left out. */
  show(text: string): void {
    if (this.#quiet || this.#stream.isTTY !== true) return;
    const width = (this.#stream.columns ?? 80) - 1;
    const line = text.length > width ? `${text.slice(0, width - 1)}…` : text;
    this.#stream.write(`\r${line}${" ".repeat(Math.max(0, this.#shown - line.length))}`);
    this.#shown = line.length;
  }

  clear(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (this.#shown === 0) return;
    this.#stream.write(`\r${" ".repeat(this.#shown)}\r`);
    this.#shown = 0;
  }

  /** Follows a capture. While waiting the seconds left count down. */
  follow(progress: CaptureProgress): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    const place = `sample ${progress.sample + 1} of ${progress.samples}`;
    const left = `${formatQuantity(Math.max(0, Math.round(progress.msLeft / 1000)), "seconds")} left`;
    switch (progress.phase) {
      case "request":
        this.show(`${place}: fetching ${progress.kind}, ${left}`);
        break;
      case "received":
        if (progress.cutOff)
          this.say(`${place}: the body of ${progress.kind} was cut off; what arrived is kept`);
        break;
      case "failed":
        // Few services serve both expvar and Prometheus metrics; the report does without either.
        if (progress.code === "http-404" && (progress.kind === "expvar" || progress.kind === "metrics"))
          break;
        this.#held.push(`${place}: ${progress.kind} not captured: ${progress.reason}`);
        if (progress.sample > 0) this.#sayHeld();
        break;
      case "wait": {
        this.#sayHeld();
        if (this.#stream.isTTY !== true) this.say(`${place} taken, ${left}`);
        const end = Date.now() + progress.msLeft;
        const tick = () =>
          this.show(
            `${place} taken, ${formatQuantity(Math.max(0, Math.round((end - Date.now()) / 1000)), "seconds")} left (Ctrl-C ends early and keeps what there is)`,
          );
        tick();
        if (this.#stream.isTTY === true) this.#timer = setInterval(tick, 1000).unref();
        break;
      }
      case "load-started":
        this.say(`load started: ${progress.command}`);
        break;
      case "load-ended": {
        const how = progress.exitCode === null ? "stopped" : `ended with exit code ${progress.exitCode}`;
        const complaint =
          progress.exitCode === 0 || progress.stderrTail === "" ? "" : `: ${progress.stderrTail.trim()}`;
        this.say(`load ${how}${complaint}`);
        break;
      }
      case "done":
        this.#sayHeld();
        this.clear();
        break;
    }
  }
}
