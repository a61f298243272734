import { type Command, InvalidArgumentError, Option } from "commander";
import { type LanguageFlag, languageOption } from "./language-option.ts";

export interface DiffFlags extends LanguageFlag {
  format: "text" | "json" | "html" | "markdown";
  out?: string;
  per?: string;
  top: number;
  failOn: string;
  quiet?: boolean;
}

const EXAMPLES = `
Inputs: bundles of gopatrol capture (directory or .tar.gz), heap profiles, heap?debug=1 texts, goroutine profiles and
        dumps, oldest first. Compared are the first sample of the first and the last of the last; what lies in between
        tells steady growth from what comes and goes. One bundle is compared with itself over its window.

Examples:
  gopatrol diff before.pb.gz after.pb.gz                   what grew, and what it was allocated for
  gopatrol diff monday tuesday wednesday                   bundles: is it steady, or only the evening?
  gopatrol diff v1.tar.gz v2.tar.gz --per http_requests_total
  gopatrol diff base.tar.gz now.tar.gz --fail-on heap=10%,site=5MiB,goroutines=100
  gopatrol diff before.pb.gz after.pb.gz --format html --out diff.html

--fail-on: heap=SIZE or PERCENT, site=SIZE (any one site), goroutines=COUNT or PERCENT, new (any new site), comma
           between them; exit code 1 where growth is at least that.
Exit codes: 0 compared, 1 --fail-on holds, 2 wrong usage, 3 the inputs could not be compared.`;

export function addDiffCommand(program: Command, version: string): void {
  program
    .command("diff")
    .description(
      "what grew between two or more captures of one program, by site, package and goroutine group",
    )
    .argument("<inputs...>", "bundles or files, oldest first")
    .addOption(
      new Option("--format <format>", "of the report")
        .choices(["text", "json", "html", "markdown"])
        .default("text"),
    )
    .addOption(languageOption("of the report"))
    .option("-o, --out <file>", "write the report to a file")
    .option("--per <counter>", "set growth against this counter, by its name in /metrics or /debug/vars")
    .addOption(new Option("--top <count>", "rows of each table").argParser(parseTop).default(10))
    .option("--fail-on <conditions>", "exit with 1 where they hold, see below", "never")
    .option("-q, --quiet", "no progress on stderr")
    .addHelpText("after", EXAMPLES)
    .action(async (words: string[], flags: DiffFlags) => {
      const { runDiff } = await import("./run-diff.ts");
      process.exitCode = await runDiff(words, flags, version);
    });
}

function parseTop(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError("Wanted a whole number, 1 or more.");
  return Number(text);
}
