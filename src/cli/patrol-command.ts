import { type Command, Option } from "commander";
import { findNearestName } from "../lib/nearest-name.ts";
import { addCheckConfigCommand } from "./check-config-command.ts";
import { UsageError } from "./exit-code.ts";
import { addWhyCommand } from "./why-command.ts";

export interface PatrolFlags {
  config?: string;
  init?: string;
  once?: true;
  dryRun?: true;
  shadow?: string;
  ignore?: string[];
  tolerance?: string[];
  out?: string;
  format: "text" | "json";
  logFormat?: "text" | "json";
  logLevel: "debug" | "info" | "warn" | "error";
  quiet?: true;
}

const EXAMPLES = `
A running patrol in two commands:
  gopatrol patrol --init localhost:6060 > gopatrol.toml
  gopatrol patrol -c gopatrol.toml

Examples:
  gopatrol patrol -c gopatrol.toml --dry-run            what would be asked of whom; nothing is
  gopatrol patrol -c gopatrol.toml --once -o run.jsonl  every check once, for timers and CronJobs
  gopatrol patrol -c new.toml --shadow run.jsonl        does the new configuration see what the old one saw?
  gopatrol patrol status -c gopatrol.toml               how the running patrol is
  gopatrol patrol check-config gopatrol.toml            what is wrong with the file

Signals: SIGUSR1 writes a snapshot and pauses, again resumes; SIGHUP, or a change of the file, reloads; SIGTERM ends.

Exit codes: 0 fine, 1 --once: something was found or failed, 2 wrong usage or configuration, 3 it cannot work now (the
            pre-check, the store, a secret, a port that is taken, another patrol in the store's folder), 4 no permission
            to run like this, 5 --shadow: it sees something else.`;

const list = (value: string, before: string[] = []) => [...before, value];

/** `gopatrol patrol`, the daemon's commands. */
export function addPatrolCommand(program: Command, version: string): void {
  const patrol = program
    .command("patrol")
    .description("inspect a fleet on a schedule, and tell the right people once")
    // -c and --format behind a subcommand's name are the subcommand's.
    .enablePositionalOptions()
    .option("-c, --config <file>", "the TOML file")
    .option("--init <address>", "print a configuration for one service to begin with")
    .option("--once", "run every check once and end")
    .option("--dry-run", "print the plan and every outgoing call; make none")
    .option(
      "--shadow <report>",
      "run once without telling anybody, and compare with the records of another --once",
    )
    .option(
      "--ignore <field>",
      "--shadow: leave fields out, e.g. '*/runtime/metrics.goroutines'; repeatable",
      list,
    )
    .option(
      "--tolerance <field=share>",
      "--shadow: how far a field may be off, e.g. '*/*/metrics.rss_bytes=40%'",
      list,
    )
    .option(
      "-o, --out <file>",
      "--once: the records, a JSON line each; --shadow: the report of the differences",
    )
    .addOption(
      new Option("--format <format>", "of what is printed").choices(["text", "json"]).default("text"),
    )
    .addOption(new Option("--log-format <format>", "of the log on stderr").choices(["text", "json"]))
    .addOption(
      new Option("--log-level <level>", "least level of the log")
        .choices(["debug", "info", "warn", "error"])
        .default("info"),
    )
    .option("-q, --quiet", "no progress")
    .addHelpText("after", EXAMPLES)
    // A word here is a subcommand that is misspelt, which deserves more than "too many arguments".
    .allowExcessArguments()
    .action(async (flags: PatrolFlags) => {
      const [word] = patrol.args;
      if (word !== undefined) throw unknownSubcommand(patrol, word);
      const { runPatrol } = await import("./run-patrol.ts");
      process.exitCode = await runPatrol(flags, version);
    });
  addCheckConfigCommand(patrol);
  addWhyCommand(patrol);
  patrol
    .command("status")
    .description("how the patrol of a configuration is")
    .requiredOption("-c, --config <file>", "the TOML file")
    .addOption(new Option("--format <format>", "of the answer").choices(["text", "json"]).default("text"))
    .addHelpText("after", "\nExit codes: 0 it runs, 1 it runs and has a problem, 3 it does not run.")
    .action(async ({ config, format }: { config: string; format: "text" | "json" }) => {
      const { runPatrolStatus } = await import("./run-patrol-status.ts");
      process.exitCode = await runPatrolStatus(config, format);
    });
}

function unknownSubcommand(patrol: Command, word: string): UsageError {
  const names = patrol.commands.map((command) => command.name());
  const nearest = findNearestName(word, names);
  const guess = nearest === null ? `; there are ${names.join(", ")}` : `; did you mean ${nearest}?`;
  return new UsageError(`patrol has no command '${word}'${guess}`);
}
