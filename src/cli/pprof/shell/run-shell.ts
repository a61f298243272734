import type { TimeZone } from "../../../pprof/go-format.ts";
import { PprofError } from "../../../pprof/pprof-error.ts";
import { buildReport } from "../../../pprof/report.ts";
import { DEFAULT_REPORT_OPTIONS } from "../../../pprof/report-options.ts";
import { profileHeader } from "../../../pprof/views/headers.ts";
import type { Profile } from "../../../tables/profile.ts";
import type { StringIndex } from "../../../tables/string-table.ts";
import { UsageError } from "../../exit-code.ts";
import type { PprofCommand } from "../flags.ts";
import { completeLine, type ShellWords } from "./complete-line.ts";
import { type LineReader, readPipedLines, readTerminalLines } from "./line-reader.ts";
import { ShellSession } from "./shell-session.ts";

const PROMPT = "(pprof) ";

/** A session about a profile, with this process's terminal or standard input to read lines from. */
export function openShell(
  profile: Profile,
  command: PprofCommand,
): { session: ShellSession; lines: LineReader } {
  const session = startSession(profile, command);
  const { stdin, stdout, stderr } = process;
  const isDumb = ["", "dumb"].includes((process.env["TERM"] ?? "").toLowerCase());
  const lines =
    stdin.isTTY && stderr.isTTY && !isDumb
      ? readTerminalLines(stdin, stderr, (line) => completeLine(line, listWords(profile, session)))
      : readPipedLines(stdin, (prompt) => void stdout.write(prompt));
  return { session, lines };
}

export function startSession(profile: Profile, { options, output, normalize }: PprofCommand): ShellSession {
  return new ShellSession(profile, { ...options, output, normalize, intelSyntax: false });
}

function listWords(profile: Profile, { sampleTypes, shortcuts }: ShellSession): ShellWords {
  const texts = (column: Uint32Array): string[] =>
    [...new Set(column)].map((index) => profile.strings.get(index as StringIndex));
  return {
    functions: () => texts(profile.functions.name),
    labelKeys: () => texts(profile.samples.label.key),
    sampleTypes,
    shortcuts,
  };
}

/** What a session has of the world. */
export interface ShellHost {
  zone: TimeZone;
  read: (prompt: string) => Promise<string | undefined>;
  /** Messages and answers that are no reports: they go to stderr. */
  say: (text: string) => void;
  /** Makes a report and prints it, or writes it to the command's file. */
  show: (command: PprofCommand) => Promise<void>;
}

/** Reads commands and answers them until there are no more. `command` is what the session was started with. */
export async function runShell(
  session: ShellSession,
  profile: Profile,
  command: PprofCommand,
  host: ShellHost,
): Promise<void> {
  greet(profile, command, host);
  for (;;) {
    const line = await host.read(PROMPT);
    if (line === undefined) return;
    for (const step of session.interpret(line)) {
      if (step.kind === "end") return;
      if (step.kind === "say") host.say(step.text);
      else await show({ ...command, ...step }, host);
    }
  }
}

async function show(command: PprofCommand, { show: print, say }: ShellHost): Promise<void> {
  try {
    await print(command);
  } catch (error) {
    if (!isAnswer(error)) throw error;
    say(error.message);
  }
}

/** A wish that makes no sense, or a file that cannot be written, ends the command and not the session. */
function isAnswer(error: unknown): error is Error {
  if (error instanceof PprofError || error instanceof UsageError) return true;
  return error instanceof Error && /^E[A-Z]+$/.test(String((error as NodeJS.ErrnoException).code));
}

function greet(profile: Profile, { options }: PprofCommand, { zone, say }: ShellHost): void {
  const { sampleIndex, mean, divideBy, unit } = options;
  try {
    const unfiltered = { ...DEFAULT_REPORT_OPTIONS, sampleIndex, mean, divideBy, unit };
    const report = buildReport(profile, "top", unfiltered, say);
    say(profileHeader(report, zone).join("\n"));
    if (report.total === 0 && profile.sampleTypes.length > 1) {
      say(
        "No samples were found with the default sample value type.\n" +
          'Try "sample_index" command to analyze different sample values.\n',
      );
    }
  } catch (error) {
    if (!(error instanceof PprofError)) throw error;
  }
  say('Entering interactive mode (type "help" for commands, "o" for options)');
}
