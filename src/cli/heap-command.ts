import { type Command, InvalidArgumentError, Option } from "commander";

export interface HeapFlags {
  exe?: string;
  format: "text" | "json";
  top: number;
  quiet?: boolean;
  out?: string;
}

const EXAMPLES = `
Takes a core file (gcore PID, or kill -ABRT with GOTRACEBACK=crash) together with the executable that ran; without
--exe the file that the core names is used. Works on stripped binaries too, Go 1.19 to 1.27, amd64 and arm64. A core holds user data:
keys and strings are shown by their form only, and nothing leaves this machine.

Examples:
  gcore -o core 1234 && gopatrol heap core.1234 --exe /proc/1234/exe
  gopatrol heap core --exe ./shop                      who keeps the memory, maps, types, goroutines
  gopatrol heap core --exe ./shop --top 50 --format json | jq '.maps[0]'

Exit codes: 0 the heap was read, 2 wrong usage, 3 it could not be read.`;

export function addHeapCommand(program: Command, version: string): void {
  program
    .command("heap")
    .description("find out who keeps the memory of a process alive, from a core file")
    .argument("<core>", "a core file")
    .option("--exe <file>", "the executable that ran")
    .addOption(new Option("--format <format>", "of the report").choices(["text", "json"]).default("text"))
    .addOption(new Option("--top <count>", "most rows of each table").argParser(parseCount).default(12))
    .option("-o, --out <file>", "write the report to a file")
    .option("-q, --quiet", "no progress")
    .addHelpText("after", EXAMPLES)
    .action(async (core: string, flags: HeapFlags) => {
      const { runHeap } = await import("./run-heap.ts");
      process.exitCode = await runHeap(core, flags, version);
    });
}

function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) === 0)
    throw new InvalidArgumentError("Wanted a number from 1.");
  return Number(text);
}
