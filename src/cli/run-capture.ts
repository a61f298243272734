import { isArchivePath, writeBundle } from "../capture/bundle-file.ts";
import { formatQuantity } from "../lib/format-quantity.ts";
import { LANGUAGES } from "../report/messages/language.ts";
import type { CaptureCommandFlags } from "./capture-command.ts";
import { EXIT } from "./exit-code.ts";
import { obtainBundle } from "./obtain-bundle.ts";
import { checkOutputPlaces } from "./output-place.ts";
import { ProgressLine } from "./progress-line.ts";

/** Captures without judging; gives the exit code. */
export async function runCapture(
  words: readonly string[],
  flags: CaptureCommandFlags,
  version: string,
): Promise<number> {
  const progress = new ProgressLine(process.stderr, { quiet: flags.quiet === true, language: LANGUAGES.en });
  await checkOutputPlaces({ bundle: flags.out });
  // A directory is written while captures arrive, so that a crash keeps them; an archive at the end.
  // Logs come at the end.
  const streamed = !isArchivePath(flags.out) && flags.gcLog === undefined;
  const { bundle, target } = await obtainBundle(words, flags, {
    version,
    progress,
    outputDirectory: streamed ? flags.out : undefined,
  });
  if (!streamed || target.kind === "bundle" || target.kind === "files") await writeBundle(flags.out, bundle);
  const { captures, failures, samples } = bundle.manifest;
  const bytes = captures.reduce((sum, capture) => sum + capture.bytes, 0);
  process.stdout.write(
    `${flags.out}: ${samples} samples, ${captures.length} captures, ${formatQuantity(bytes, "bytes")}` +
      `${failures.length === 0 ? "" : `, ${failures.length} not captured`}\n`,
  );
  return EXIT.nothingFound;
}
