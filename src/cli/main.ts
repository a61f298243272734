import { Command } from "commander";
import { EXIT } from "./exit-code.ts";
import type { LanguageFlag } from "./language-option.ts";
import { reportError } from "./report-error.ts";
import { readVersion } from "./version.ts";

const EXAMPLES = `
Start here:
  gopatrol inspect :6060          why does this service's memory grow?
  gopatrol gc app.log             what do the gctrace lines of a log say?
  gopatrol diff old.pb.gz new.pb.gz   what grew between two captures?
  gopatrol pprof top heap.pb.gz   what go tool pprof says of a profile, without Go
  gopatrol explain                the ways in which memory grows that gopatrol knows`;

/** In the order of --help. */
const COMMANDS: readonly [name: string, add: (program: Command, version: string) => Promise<void>][] = [
  ["inspect", async (...to) => (await import("./inspect-command.ts")).addInspectCommand(...to)],
  ["capture", async (...to) => (await import("./capture-command.ts")).addCaptureCommand(...to)],
  ["gc", async (program) => (await import("./gc-command.ts")).addGcCommand(program)],
  ["goroutines", async (...to) => (await import("./goroutines-command.ts")).addGoroutinesCommand(...to)],
  ["heap", async (...to) => (await import("./heap-command.ts")).addHeapCommand(...to)],
  ["diff", async (...to) => (await import("./diff-command.ts")).addDiffCommand(...to)],
  ["pprof", async (program) => (await import("./pprof/pprof-command.ts")).addPprofCommand(program)],
  ["rss", async (...to) => (await import("./rss-command.ts")).addRssCommand(...to)],
  ["patrol", async (...to) => (await import("./patrol-command.ts")).addPatrolCommand(...to)],
  ["store", async (program) => (await import("./store-command.ts")).addStoreCommand(program)],
  ["explain", async (program) => (await import("./explain-command.ts")).addExplainCommand(program)],
];

/** The command line. Sets the exit code; throws nothing. */
export async function main(argv: readonly string[]): Promise<void> {
  const version = await readVersion();
  const program = new Command("gopatrol")
    .description("Finds out why a Go service's memory grows, proves it, and names the line to change.")
    .version(version, "-V, --version", "print the version")
    .showHelpAfterError("(gopatrol --help shows how)")
    .addHelpText("after", EXAMPLES)
    // Else the options of `patrol` would be taken from behind the names of its subcommands.
    .enablePositionalOptions()
    .exitOverride();
  // Who asks for one command does not wait for the others; all are there for help and for what is misspelt.
  const asked = COMMANDS.find(([name]) => name === argv[0]);
  for (const [, add] of asked === undefined ? COMMANDS : [asked]) await add(program, version);
  for (const command of program.commands) pointToHelp(command, `gopatrol ${command.name()}`);
  // A reader that closes early (head, less) is no error of ours.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(process.exitCode ?? EXIT.nothingFound);
    process.stderr.write(`gopatrol: the output cannot be written (${error.code}).\n`);
    process.exit(EXIT.notInspected);
  });
  // Node's own exit code for these is 1, which here means that something was found.
  process.on("uncaughtException", (error) => process.exit(reportError(error)));
  try {
    await program.parseAsync(argv, { from: "user" });
  } catch (error) {
    process.exitCode = reportError(error, await loadTranslation(program));
  }
}

/** Errors of usage name the help of the command that they are about, also of a subcommand. */
function pointToHelp(command: Command, words: string): void {
  command.exitOverride().showHelpAfterError(`(${words} --help shows how)`);
  for (const each of command.commands) pointToHelp(each, `${words} ${each.name()}`);
}

/** What turns a failure into the language asked for, where the arguments were understood that far. */
async function loadTranslation(program: Command): Promise<(text: string) => string> {
  const tags = program.commands.map((command) => command.opts<Partial<LanguageFlag>>().lang);
  const tag = tags.find((each) => each !== undefined && each !== "en");
  if (tag === undefined) return (text) => text;
  const { LANGUAGES } = await import("../report/messages/language.ts");
  return (text) => LANGUAGES[tag].foreign(text, text);
}
