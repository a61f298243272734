import { type Command, InvalidArgumentError, Option } from "commander";
import { addCaptureOptions, type CaptureFlags } from "./capture-options.ts";
import { type LanguageFlag, languageOption } from "./language-option.ts";

export interface GoroutinesFlags extends CaptureFlags, LanguageFlag {
  format: "text" | "json" | "markdown";
  top: number;
  state: string;
  focus?: RegExp;
  out?: string;
}

const EXAMPLES = `
Takes goroutine?debug=2 dumps, logs with a SIGQUIT's or a panic's stacks (of any size, also gzip), goroutine and
goroutineleak profiles, bundles, a service's address, or - for standard input. Several files are looks at one process in
the order given; a service is looked at twice, --for apart.

Examples:
  gopatrol goroutines dump.txt                             groups, states, leak candidates
  gopatrol goroutines dump-1.txt dump-2.txt                what grew in between, and who stayed
  kubectl logs shop-7d9 | gopatrol goroutines -            a dump in a log
  gopatrol goroutines :6060 --for 30s                      two looks at a service, half a minute apart
  gopatrol goroutines dump.txt --state 'chan send' --focus 'cart\\.' --top 5
  gopatrol goroutines dump.txt --format json | jq '.groups[0].stack'

Exit codes: 0 no leak candidate, 1 leak candidates, 2 wrong usage, 3 nothing could be read.`;

export function addGoroutinesCommand(program: Command, version: string): void {
  const command = program
    .command("goroutines")
    .description("group the goroutines of dumps and profiles, and find those that leak")
    .argument("<input...>", "dumps, logs, profiles, a bundle, or a service");
  addCaptureOptions(command)
    .addOption(
      new Option("--format <format>", "of the report").choices(["text", "json", "markdown"]).default("text"),
    )
    .addOption(languageOption("of the report"))
    .addOption(new Option("--top <count>", "most groups to list").argParser(parseCount).default(20))
    .option("--state <word>", "only states that contain this: 'chan send', select, lock, io …", "")
    .addOption(
      new Option(
        "--focus <regexp>",
        "only groups with a function, file:line or label that matches",
      ).argParser(parseRegExp),
    )
    .option("-o, --out <file>", "write the report to a file")
    .addHelpText("after", EXAMPLES)
    .action(async (words: string[], flags: GoroutinesFlags) => {
      const { runGoroutines } = await import("./run-goroutines.ts");
      process.exitCode = await runGoroutines(words, flags, version);
    });
}

function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) === 0)
    throw new InvalidArgumentError("Wanted a number from 1.");
  return Number(text);
}

function parseRegExp(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch {
    throw new InvalidArgumentError("Wanted a regular expression of JavaScript.");
  }
}
