import { type Command, InvalidArgumentError, Option } from "commander";
import { parseDurationMs } from "../lib/parse-quantity.ts";
import { type LanguageFlag, languageOption } from "./language-option.ts";

export interface WhyFlags extends LanguageFlag {
  config: string;
  since: number;
  format: "text" | "json";
}

const DAY_MS = 24 * 3_600_000;

const EXAMPLES = `
Reads the history and the configuration; the patrol need not run, and no target is asked.

Examples:
  gopatrol patrol why checkout                             does it alert, who was told, and how it came to that
  gopatrol patrol why checkout -c prod.toml --since 7d     the story of a week
  gopatrol patrol why checkout --format json | jq .answer

Exit codes: 0 explained, 2 wrong usage or an unknown target, 3 the history cannot be read.`;

export function addWhyCommand(patrol: Command): void {
  patrol
    .command("why")
    .description("say why a target did or did not alert, in order, with the numbers")
    .argument("<target>", "a target's id")
    .option("-c, --config <file>", "the patrol's TOML file", "gopatrol.toml")
    .addOption(
      new Option("--since <time>", "how far back the story goes")
        .argParser(parseSince)
        .default(DAY_MS, "24h"),
    )
    .addOption(new Option("--format <format>", "of the answer").choices(["text", "json"]).default("text"))
    .addOption(languageOption("of the answer"))
    .addHelpText("after", EXAMPLES)
    .action(async (target: string, flags: WhyFlags) => {
      const { runWhy } = await import("./run-why.ts");
      process.exitCode = await runWhy(target, flags);
    });
}

function parseSince(text: string): number {
  const ms = parseDurationMs(text);
  if (ms === undefined || !(ms > 0)) throw new InvalidArgumentError("Give a time like 30m, 24h or 7d.");
  return ms;
}
