import { reportError } from "../report-error.ts";
import { runPprof } from "./run-pprof.ts";

/** `gopatrol pprof …`, apart from the other commands so that a small profile is shown before they would be loaded. */
export async function main(argv: readonly string[]): Promise<void> {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // A reader that closes early (head, less) is no error of ours.
    process.exit(error.code === "EPIPE" ? 0 : reportError(error));
  });
  process.on("uncaughtException", (error) => process.exit(reportError(error)));
  try {
    await runPprof(argv.slice(1));
  } catch (error) {
    process.exitCode = reportError(error);
  }
}
