import type { Command } from "commander";
import { isArchivePath, writeBundle } from "../capture/bundle-file.ts";
import { formatQuantity } from "../lib/format-quantity.ts";
import { addCaptureOptions, type CaptureFlags } from "./capture-options.ts";
import { EXIT } from "./exit-code.ts";
import { obtainBundle } from "./obtain-bundle.ts";
import { checkOutputPlaces } from "./output-place.ts";
import { ProgressLine } from "./progress-line.ts";

interface CaptureCommandFlags extends CaptureFlags {
  out: string;
}

const EXAMPLES = `
Examples:
  gopatrol capture :6060 -o incident                       a directory; what arrives is on disk at once
  gopatrol capture https://shop.example --bearer @token --for 5m --every 30s -o incident.tar.gz
  gopatrol inspect incident                                the verdict, now or later, here or elsewhere`;

export function addCaptureCommand(program: Command, version: string): void {
  const command = program
    .command("capture")
    .description("gather evidence into a bundle, without analysing it")
    .argument("<target...>", "service, or files to bundle")
    .requiredOption("-o, --out <bundle>", "a directory, or a file ending in .tar.gz");
  addCaptureOptions(command)
    .addHelpText("after", EXAMPLES)
    .action(async (words: string[], flags: CaptureCommandFlags) => {
      process.exitCode = await runCapture(words, flags, version);
    });
}

async function runCapture(
  words: readonly string[],
  flags: CaptureCommandFlags,
  version: string,
): Promise<number> {
  const progress = new ProgressLine(process.stderr, flags.quiet === true);
  await checkOutputPlaces({ bundle: flags.out });
  // A directory is written while captures arrive, so that a crash keeps them; an archive at the end.
  const streamed = !isArchivePath(flags.out);
  const { bundle, target } = await obtainBundle(words, flags, {
    version,
    progress,
    outputDirectory: streamed ? flags.out : undefined,
  });
  if (!streamed || target.kind !== "url") await writeBundle(flags.out, bundle);
  const { captures, failures, samples } = bundle.manifest;
  const bytes = captures.reduce((sum, capture) => sum + capture.bytes, 0);
  process.stdout.write(
    `${flags.out}: ${samples} samples, ${captures.length} captures, ${formatQuantity(bytes, "bytes")}` +
      `${failures.length === 0 ? "" : `, ${failures.length} not captured`}\n`,
  );
  return EXIT.nothingFound;
}
