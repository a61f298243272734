import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { followLog, readLog } from "../capture/log-stream.ts";
import { GcLogReader, inspectGcLog } from "../inspect/inspect-gc-log.ts";
import type { Inspection } from "../inspect/inspection.ts";
import { formatQuantity } from "../lib/format-quantity.ts";
import { cycleColumns, listCycleCells } from "../report/gc-view.ts";
import { LANGUAGES, type Language } from "../report/messages/language.ts";
import { renderCells } from "../report/text-table.ts";
import { EXIT, UsageError } from "./exit-code.ts";
import type { GcFlags } from "./gc-command.ts";
import { withInterrupt } from "./interrupt.ts";
import { checkOutputPlaces } from "./output-place.ts";
import { ProgressLine } from "./progress-line.ts";
import { failsOn, renderReport, writeReport } from "./render-report.ts";
import { readVersion } from "./version.ts";

/** Reads logs to their end, or as they grow until Ctrl-C, and reports; gives the exit code. */
export async function runGc(logs: readonly string[], flags: GcFlags): Promise<number> {
  const language = LANGUAGES[flags.lang];
  const progress = new ProgressLine(process.stderr, { quiet: flags.quiet === true, language });
  await checkOutputPlaces({ report: flags.out });
  if (flags.follow === true && logs.length > 1) {
    throw new UsageError("--follow reads one log: name it alone, or - for standard input");
  }
  const reading = new Reading(logs, flags, language, await readVersion());
  await withInterrupt(progress, async (signal) => {
    if (flags.follow === true) await reading.follow(signal, progress);
    else for (const path of logs) await reading.read(path, signal, progress);
  });
  progress.clear();
  const inspection = reading.inspect();
  if (inspection === undefined) {
    process.stderr.write(`gopatrol: ${reading.explainNothing()}\n`);
    return EXIT.notInspected;
  }
  const report = await renderReport(inspection, flags, { gopatrolVersion: reading.version, language });
  if (!(await writeReport(report, flags, { progress, language }))) return EXIT.notInspected;
  return failsOn(inspection.findings, flags.failOn) ? EXIT.findings : EXIT.nothingFound;
}

const PROGRESS_EVERY_MS = 200;
/** Ten columns and a note within 80. */
const CYCLE_WIDTHS = [5, 7, 6, 5, 5, 5, 14, 5, 4, 4, 0];
const HEAD_EVERY_ROWS = 40;
/** Clears the screen and puts the cursor in its corner. */
const REDRAW = "\u001b[H\u001b[2J\u001b[3J";

class Reading {
  readonly version: string;
  readonly #logs: readonly string[];
  readonly #flags: GcFlags;
  readonly #language: Language;
  readonly #reader: GcLogReader;
  readonly #damage: Inspection["damage"] = [];
  #rows = 0;

  constructor(logs: readonly string[], flags: GcFlags, language: Language, version: string) {
    this.version = version;
    this.#logs = logs;
    this.#flags = flags;
    this.#language = language;
    const printsRows = flags.format === "text" && flags.out === undefined && this.#streamsRows();
    this.#reader = new GcLogReader({
      keep: flags.all === true && !printsRows ? MOST_ROWS : flags.cycles,
      onCycle: printsRows ? (row) => this.#printRow(listCycleCells(row, language.labels)) : undefined,
    });
  }

  /** Every cycle as it is read: asked for, or followed where nothing can be drawn over. */
  #streamsRows(): boolean {
    return this.#flags.all === true || (this.#flags.follow === true && process.stdout.isTTY !== true);
  }

  #printRow(cells: string[]): void {
    const columns = cycleColumns(this.#language.labels);
    if (this.#rows++ % HEAD_EVERY_ROWS === 0) {
      const heads = columns.map(({ head }) => head);
      process.stdout.write(`${renderCells(heads, columns, CYCLE_WIDTHS)}\n`);
    }
    process.stdout.write(`${renderCells(cells, columns, CYCLE_WIDTHS)}\n`);
  }

  async read(path: string, signal: AbortSignal, progress: ProgressLine): Promise<void> {
    if (path !== "-") await this.#setReference(path);
    else this.#reader.setReference(Date.now());
    const began = Date.now();
    let shown = began;
    for await (const { bytes, readBytes, sizeBytes } of readLog(path, signal)) {
      this.#reader.push(bytes);
      const now = Date.now();
      if (now - shown < PROGRESS_EVERY_MS) continue;
      shown = now;
      const rate = formatQuantity((1000 * readBytes) / (now - began), "bytes/s", { per: "second" });
      const share = sizeBytes > 0 ? Math.min(1, readBytes / sizeBytes) : Number.NaN;
      const { labels } = this.#language;
      const done = Number.isNaN(share)
        ? formatQuantity(readBytes, "bytes")
        : formatQuantity(share, "fraction");
      progress.show(labels.progress.readingLog(basename(path), done, rate, this.#reader.lines));
    }
    this.#finish(path);
  }

  async follow(signal: AbortSignal, progress: ProgressLine): Promise<void> {
    const [path] = this.#logs as [string];
    let shown = 0;
    const refresh = async () => {
      if (process.stdout.isTTY !== true || this.#flags.format !== "text" || this.#flags.out !== undefined)
        return;
      if (Date.now() - shown < this.#flags.every) return;
      shown = Date.now();
      const inspection = this.inspect();
      const text =
        inspection === undefined
          ? `${this.#language.labels.progress.waitingForGc}\n`
          : await renderReport(inspection, this.#flags, {
              gopatrolVersion: this.version,
              language: this.#language,
            });
      process.stdout.write(`${REDRAW}${text}`);
    };
    this.#reader.setReference(Date.now());
    if (path === "-") {
      for await (const { bytes } of readLog(path, signal)) {
        this.#reader.push(bytes);
        await refresh();
      }
    } else {
      progress.show(this.#language.labels.progress.waitingForGc);
      for await (const { bytes, isNewFile } of followLog(path, signal)) {
        if (isNewFile) this.#finish(path);
        if (bytes.length > 0) this.#reader.push(bytes);
        await refresh();
      }
    }
    this.#finish(path);
  }

  async #setReference(path: string): Promise<void> {
    const stats = await stat(path).catch(() => undefined);
    this.#reader.setReference(stats?.mtimeMs ?? Date.now());
  }

  #finish(path: string): void {
    for (const damage of this.#reader.finish()) this.#damage.push({ ...damage, path });
  }

  /** What was read so far; undefined if no cycle is in it. */
  inspect(): Inspection | undefined {
    const log = this.#reader.summary();
    if (log.processes.length === 0) return undefined;
    const { process: wanted, limit } = this.#flags;
    if (wanted !== undefined) {
      const index = wanted - 1 - log.olderProcesses;
      if (log.processes[index] === undefined) {
        throw new UsageError(
          `--process ${wanted}: the log has the processes ${log.olderProcesses + 1} to ${log.olderProcesses + log.processes.length}`,
        );
      }
      log.main = index;
    }
    return inspectGcLog(log, {
      name: this.#logs.map((path) => (path === "-" ? "stdin" : basename(path))).join(", "),
      gopatrol: this.version,
      limitBytes: limit,
      damage: this.#damage,
    });
  }

  /** Why there is no report, and what to do. */
  explainNothing(): string {
    const { progress: label } = this.#language.labels;
    return this.#reader.isAncient ? label.ancientGc : label.noGcLine(this.#logs.join(", "));
  }
}

/** JSON, HTML and Markdown are written at the end: more rows than these are no table any more. */
const MOST_ROWS = 100_000;
