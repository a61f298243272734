import type { Command } from "commander";
import { addCaptureOptions, type CaptureFlags } from "./capture-options.ts";

export interface CaptureCommandFlags extends CaptureFlags {
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
    .argument("[target...]", "service, or files to bundle")
    .requiredOption("-o, --out <bundle>", "a directory, or a file ending in .tar.gz");
  addCaptureOptions(command)
    .addHelpText("after", EXAMPLES)
    .action(async (words: string[], flags: CaptureCommandFlags) => {
      const { runCapture } = await import("./run-capture.ts");
      process.exitCode = await runCapture(words, flags, version);
    });
}
