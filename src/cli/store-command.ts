import { type Command, Option } from "commander";

export interface StoreFlags {
  config?: string;
  dir?: string;
  quiet?: boolean;
}

export interface StoreReportFlags extends StoreFlags {
  format: "text" | "json";
}

export interface StoreExportFlags extends StoreFlags {
  out?: string;
}

const PLACE = `
The store is that of a patrol's configuration (-c; gopatrol.toml of this folder if neither is given), or a folder (--dir)
that holds history.db and records.db.`;

const VERIFY_EXAMPLES = `${PLACE}
Looks into every page of the database, unfolds every packed row, and computes the audit log's chain again. Works beside
a patrol that runs.

Examples:
  gopatrol store verify -c gopatrol.toml
  gopatrol store verify --dir /var/lib/gopatrol --format json

Exit codes: 0 nothing is wrong, 1 something is damaged, 2 wrong usage, 3 the store cannot be opened.`;

const COMPACT_EXAMPLES = `${PLACE}
Packs complete hours, removes what is older than the configured retention, and gives the room back. The patrol does all of
this by itself; stop it before you do.

Examples:
  gopatrol store compact -c gopatrol.toml

Exit codes: 0 done, 2 wrong usage, 3 the store cannot be opened, for instance because a patrol writes to it.`;

const EXPORT_EXAMPLES = `${PLACE}
One JSON object a line. Tables: targets, metrics, profiles, findings, runs, alerts, events, captures, audit. Nothing is
redacted that was not when it was stored. Works beside a patrol that runs.

Examples:
  gopatrol store export findings | jq .headline
  gopatrol store export audit -c gopatrol.toml > audit.ndjson
  gopatrol store export --out backup/          every table, a file each

Exit codes: 0 done, 2 wrong usage, 3 the store cannot be read.`;

export function addStoreCommand(program: Command): void {
  const store = program
    .command("store")
    .description("look after a patrol's history: check it, compact it, get it out");
  addPlace(store.command("verify").description("say whether the store is whole").addOption(formatOption()))
    .addHelpText("after", VERIFY_EXAMPLES)
    .action(async (flags: StoreReportFlags) => {
      const { runStoreVerify } = await import("./run-store.ts");
      process.exitCode = await runStoreVerify(flags);
    });
  addPlace(
    store
      .command("compact")
      .description("pack complete hours and remove what is too old")
      .addOption(formatOption()),
  )
    .addHelpText("after", COMPACT_EXAMPLES)
    .action(async (flags: StoreReportFlags) => {
      const { runStoreCompact } = await import("./run-store.ts");
      process.exitCode = await runStoreCompact(flags);
    });
  addPlace(
    store
      .command("export")
      .description("print a table, or all into a folder, as JSON lines")
      .argument("[table]", "which table; with --out all of them if none is named")
      .option("-o, --out <dir>", "folder for one file <table>.ndjson each"),
  )
    .addHelpText("after", EXPORT_EXAMPLES)
    .action(async (table: string | undefined, flags: StoreExportFlags) => {
      const { runStoreExport } = await import("./run-store.ts");
      process.exitCode = await runStoreExport(table, flags);
    });
}

function addPlace(command: Command): Command {
  return command
    .option("-c, --config <file>", "the patrol's configuration")
    .option("--dir <dir>", "the folder of an SQLite store")
    .option("-q, --quiet", "no progress on stderr");
}

function formatOption(): Option {
  return new Option("--format <format>", "of the answer").choices(["text", "json"]).default("text");
}
