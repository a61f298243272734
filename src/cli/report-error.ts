import { DecodeError } from "../bytes/decode-error.ts";
import { CaptureError } from "../capture/capture-error.ts";
import { PprofError } from "../pprof/pprof-error.ts";
import { EXIT, UsageError } from "./exit-code.ts";

/** One sentence and what to do next; a stack only for our own bugs. */
export function reportError(error: unknown, translate = (text: string) => text): number {
  if (isCommanderError(error)) return error.exitCode === 0 ? EXIT.nothingFound : EXIT.usage;
  const say = (text: string) => process.stderr.write(`gopatrol: ${text}\n`);
  if (error instanceof UsageError) {
    say(error.message);
    return EXIT.usage;
  }
  if (error instanceof PprofError) {
    say(error.message);
    return EXIT.usage;
  }
  if (error instanceof CaptureError) {
    say(translate(`${error.message}: ${error.hint}.`));
    if (error.code === "bad-target" || error.code === "bad-option") return EXIT.usage;
    return EXIT.notInspected;
  }
  if (error instanceof DecodeError) {
    say(translate(`${error.message}. ${error.hint}`));
    return EXIT.notInspected;
  }
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  if (typeof code === "string" && /^E[A-Z]+$/.test(code)) {
    say(`${(error as Error).message}`);
    return EXIT.notInspected;
  }
  say("this is a bug in gopatrol, please report it with the lines below.");
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return EXIT.notInspected;
}

/** Not by its class: this module is loaded without commander too. It has printed what is wrong itself. */
function isCommanderError(error: unknown): error is Error & { exitCode: number } {
  return String((error as { code?: unknown } | undefined)?.code).startsWith("commander.");
}
