import { type Command, Option } from "commander";

export interface CheckConfigFlags {
  format: "text" | "json";
}

const EXAMPLES = `
Everything that is wrong is told at once, with line, column and what to write instead. Nothing is asked of any target.

Examples:
  gopatrol patrol check-config gopatrol.toml
  gopatrol patrol check-config gopatrol.toml --format json   for editors and pipelines

Exit codes: 0 the file can be used (warnings may be left), 2 it cannot.`;

export function addCheckConfigCommand(patrol: Command): void {
  patrol
    .command("check-config")
    .description("say whether a patrol's configuration can be used, and what is wrong with it")
    .argument("<file>", "the TOML file")
    .addOption(new Option("--format <format>", "of the answer").choices(["text", "json"]).default("text"))
    .addHelpText("after", EXAMPLES)
    .action(async (file: string, flags: CheckConfigFlags) => {
      const { runCheckConfig } = await import("./run-check-config.ts");
      process.exitCode = await runCheckConfig(file, flags);
    });
}
