import { type Command, InvalidArgumentError, Option } from "commander";
import { parseDurationMs, parseSizeBytes } from "../lib/parse-quantity.ts";
import { type LanguageFlag, languageOption } from "./language-option.ts";

export interface GcFlags extends LanguageFlag {
  follow?: boolean;
  cycles: number;
  all?: boolean;
  process?: number;
  limit?: number;
  every: number;
  format: "text" | "json" | "html" | "markdown";
  out?: string;
  failOn: "info" | "warning" | "critical" | "never";
  quiet?: boolean;
}

const EXAMPLES = `
The log is what a Go process with GODEBUG=gctrace=1 in its environment writes to stderr, from Go 1.5 on, mixed with
anything else and behind any prefix (docker, Kubernetes, journald, compose); gzipped or not. scavtrace=1,
gcpacertrace=1, schedtrace=1000 and inittrace=1 are read too.

Examples:
  gopatrol gc app.log                          what the collector does, and whether it hurts
  gopatrol gc app.log.1.gz app.log             a rotated log, oldest first
  kubectl logs shop-7d9f | gopatrol gc -       a pod's log
  gopatrol gc --follow app.log                 live; Ctrl-C prints the summary of what was read
  gopatrol gc --all app.log                    every collection, a line each
  gopatrol gc app.log --format html --out gc.html

Exit codes: 0 nothing found, 1 findings at or above --fail-on, 2 wrong usage, 3 no line of the collector in the log.`;

export function addGcCommand(program: Command): void {
  program
    .command("gc")
    .description("decode GODEBUG=gctrace=1 logs: pauses, cost, live heap and what is wrong with them")
    .argument("<log...>", "log files, oldest first, or - for standard input")
    .option("-f, --follow", "keep reading as the log grows; for standard input, show what came so far")
    .addOption(
      new Option("--cycles <count>", "how many of the newest collections are listed")
        .argParser(parseCount)
        .default(20),
    )
    .option("--all", "list every collection")
    .option("--process <number>", "which process of the log to report on (default: the last)", parseCount)
    .option("--limit <size>", "memory limit of the process, e.g. 2GiB", parseSize)
    .addOption(
      new Option("--every <duration>", "how often --follow shows what is new")
        .argParser(parseDuration)
        .default(2000, "2s"),
    )
    .addOption(
      new Option("--format <format>", "of the report")
        .choices(["text", "json", "html", "markdown"])
        .default("text"),
    )
    .addOption(languageOption("of the report"))
    .option("-o, --out <file>", "write the report to a file")
    .addOption(
      new Option("--fail-on <severity>", "exit with 1 for findings of this severity or worse")
        .choices(["info", "warning", "critical", "never"])
        .default("warning"),
    )
    .option("-q, --quiet", "no progress on stderr")
    .addHelpText("after", EXAMPLES)
    .action(async (logs: string[], flags: GcFlags) => {
      const { runGc } = await import("./run-gc.ts");
      process.exitCode = await runGc(logs, flags);
    });
}

/** Rows are kept in memory: enough for any table that is read. */
const MOST_CYCLES = 1_000_000;

function parseCount(text: string): number {
  const count = Number(text);
  if (!/^\d+$/.test(text) || count < 1 || count > MOST_CYCLES) {
    throw new InvalidArgumentError(`Wanted a whole number from 1 to ${MOST_CYCLES}.`);
  }
  return count;
}

function parseSize(text: string): number {
  const bytes = parseSizeBytes(text);
  if (bytes === undefined || bytes <= 0)
    throw new InvalidArgumentError("Wanted a size such as 512MiB or 2GiB.");
  return bytes;
}

function parseDuration(text: string): number {
  const ms = parseDurationMs(text);
  if (ms === undefined || ms < 100 || ms > 3_600_000)
    throw new InvalidArgumentError("Wanted a duration from 100ms to 1h, such as 2s.");
  return ms;
}
