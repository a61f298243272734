import { type Command, Option } from "commander";
import { addCaptureOptions, type CaptureFlags } from "./capture-options.ts";
import { parseMilliseconds } from "./heap-command.ts";
import { type LanguageFlag, languageOption } from "./language-option.ts";
import type { HeapLookFlags } from "./look-at-heap.ts";

export interface InspectFlags extends CaptureFlags, LanguageFlag, HeapLookFlags {
  format: "text" | "json" | "html" | "markdown";
  out?: string;
  save?: string;
  failOn: "info" | "warning" | "critical" | "never";
}

const EXAMPLES = `
Targets: http://host:6060, host:6060, :6060, http://host/prefix/debug/pprof, a bundle (directory or .tar.gz),
         or profiles, goroutine dumps and heap?debug=1 texts as files, recognised by content.

Examples:
  gopatrol inspect :6060                                   watch a local service for 30 s
  gopatrol inspect https://shop.example/ops/debug/pprof --bearer env:TOKEN --for 2m --every 10s --limit 2GiB
  gopatrol inspect :6060 --load 'hey -z 20s http://127.0.0.1:8080/' --format html --out report.html
  gopatrol inspect :6060 --save incident.tar.gz            keep the evidence for the ticket
  gopatrol inspect incident.tar.gz --format markdown       the same verdict again, elsewhere
  gopatrol inspect heap-1.pb.gz heap-2.pb.gz dump.txt app.log
  gopatrol inspect :6060 --gc-log app.log                  with what the collector wrote to stderr
  gopatrol inspect :6060 --deep                            with one look at the heap itself: who keeps the memory
  gopatrol inspect incident.tar.gz --core core.1234        the same from a core, with the profiles of its time
  gopatrol inspect --core core.1234 --exe ./shop           a core alone: who keeps the memory, not whether it grows

--deep and --core look into the memory of the process: --deep stops it (SIGSTOP) while its memory is copied, about 1 GB
per second, and prints for how long; it goes on in every case. Needs the process's own user or root. The report holds
sizes, owners and the forms of keys, no values; bundles (--save) hold nothing of it. \`gopatrol heap\` shows more.

Exit codes: 0 nothing found, 1 findings at or above --fail-on, 2 wrong usage, 3 the target could not be inspected.`;

export function addInspectCommand(program: Command, version: string): void {
  const command = program
    .command("inspect")
    .description("find out why a Go service's memory grows: one verdict with its evidence")
    .argument("[target...]", "service, bundle or files");
  addCaptureOptions(command)
    .addOption(
      new Option("--format <format>", "of the report")
        .choices(["text", "json", "html", "markdown"])
        .default("text"),
    )
    .addOption(languageOption("of the report"))
    .option("-o, --out <file>", "write the report to a file")
    .option("--save <bundle>", "keep the evidence: a directory, or a file ending in .tar.gz")
    .addOption(
      new Option("--fail-on <severity>", "exit with 1 for findings of this severity or worse")
        .choices(["info", "warning", "critical", "never"])
        .default("warning"),
    )
    .option(
      "--deep",
      "look into the heap of a process of this machine when the window is over; it stands still meanwhile",
    )
    .option("--core <file>", "look into this core file as well, or alone")
    .option("--exe <file>", "the executable that ran, for --core and --deep")
    .addOption(
      new Option("--max-pause <time>", "longest time for which the process may stand still for --deep")
        .argParser(parseMilliseconds)
        .default(2000, "2s"),
    )
    .addHelpText("after", EXAMPLES)
    .action(async (words: string[], flags: InspectFlags) => {
      // What --help and a wrong flag do not need is not loaded for them.
      const { runInspect } = await import("./run-inspect.ts");
      process.exitCode = await runInspect(words, flags, version);
    });
}
