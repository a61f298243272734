import type { CaptureKind } from "../bundle/manifest.ts";
import type { CaptureProgress } from "../capture/capture-progress.ts";
import { formatQuantity } from "../lib/format-quantity.ts";
import { columnsOf, cutToColumns } from "../lib/text-columns.ts";
import type { ProgressLabels } from "../report/messages/labels.ts";
import type { ProgressWords } from "../report/messages/progress-words.ts";

/** What a report does without. */
const OPTIONAL: ReadonlySet<CaptureKind> = new Set(["expvar", "metrics", "goroutineleak"]);

/** Shows what a long command is doing: one line rewritten on a terminal, one line a step elsewhere. */
export class ProgressLine {
  readonly #stream: NodeJS.WriteStream;
  readonly #quiet: boolean;
  readonly #language: ProgressWords;
  /**
   * What failed in the first sample. If nothing in it succeeds the command ends with the most telling of these, and
   * the others would only bury it.
   */
  readonly #held: string[] = [];
  #shown = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(stream: NodeJS.WriteStream, { quiet, language }: { quiet: boolean; language: ProgressWords }) {
    this.#stream = stream;
    this.#quiet = quiet;
    this.#language = language;
  }

  get labels(): ProgressLabels {
    return this.#language.labels.progress;
  }

  /** A line that stays. */
  say(text: string): void {
    if (this.#quiet) return;
    this.clear();
    this.#stream.write(`${text}\n`);
  }

  /** A line that stays, in the English of capture and decoders, told in the language of the report. */
  sayForeign(text: string): void {
    this.say(this.#language.foreign(text, text));
  }

  /** The same of a line that the next one replaces. */
  showForeign(text: string): void {
    this.show(this.#language.foreign(text, text));
  }

  #sayHeld(): void {
    for (const line of this.#held.splice(0)) this.say(line);
  }

  /** A line that the next one replaces; on a stream that is no terminal it is left out. */
  show(text: string): void {
    if (this.#quiet || this.#stream.isTTY !== true) return;
    const width = (this.#stream.columns ?? 80) - 1;
    const line = cutToColumns(text, width);
    const columns = columnsOf(line);
    this.#stream.write(`\r${line}${" ".repeat(Math.max(0, this.#shown - columns))}`);
    this.#shown = columns;
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
    const { labels, foreign } = this.#language;
    const { progress: label } = labels;
    const place = label.place(progress.sample + 1, progress.samples);
    const secondsLeft = (ms: number) =>
      label.left(formatQuantity(Math.max(0, Math.round(ms / 1000)), "seconds"));
    const left = secondsLeft(progress.msLeft);
    switch (progress.phase) {
      case "request":
        this.show(label.fetching(place, progress.kind, left));
        break;
      case "received":
        if (progress.cutOff) this.say(label.cutOff(place, progress.kind));
        break;
      case "failed":
        // Few services serve both expvar and Prometheus metrics, and only a new Go has the goroutineleak profile.
        if (progress.code === "http-404" && OPTIONAL.has(progress.kind)) break;
        this.#held.push(label.notCaptured(place, progress.kind, foreign(progress.reason)));
        if (progress.sample > 0) this.#sayHeld();
        break;
      case "wait": {
        this.#sayHeld();
        if (this.#stream.isTTY !== true) this.say(label.taken(place, left));
        const end = Date.now() + progress.msLeft;
        const tick = () => this.show(label.takenKeepable(place, secondsLeft(end - Date.now())));
        tick();
        if (this.#stream.isTTY === true) this.#timer = setInterval(tick, 1000).unref();
        break;
      }
      case "load-started":
        this.say(label.loadStarted(progress.command));
        break;
      case "load-ended": {
        const complaint = progress.exitCode === 0 ? "" : progress.stderrTail.trim();
        this.say(label.loadEnded(progress.exitCode, complaint));
        break;
      }
      case "done":
        this.#sayHeld();
        this.clear();
        break;
    }
  }
}
