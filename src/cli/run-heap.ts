import { writeFile } from "node:fs/promises";
import { CaptureError } from "../capture/capture-error.ts";
import { FileSource } from "../capture/file-source.ts";
import { decodeCoreNotes } from "../formats/elf/core-notes.ts";
import { decodeElf, type ElfFile } from "../formats/elf/elf-file.ts";
import { readNotes } from "../formats/elf/elf-notes.ts";
import { buildHeapReport } from "../heap/answers/heap-report.ts";
import { readHeap } from "../heap/heap-snapshot.ts";
import { openCore } from "../heap/memory/process-image.ts";
import { LANGUAGES } from "../report/messages/language.ts";
import { EXIT } from "./exit-code.ts";
import type { HeapFlags } from "./heap-command.ts";
import { checkOutputPlaces } from "./output-place.ts";
import { ProgressLine } from "./progress-line.ts";
import { describeTerminal } from "./terminal.ts";

/** Reads the heap of a core and prints who holds it; gives the exit code. */
export async function runHeap(path: string, flags: HeapFlags, version: string): Promise<number> {
  const progress = new ProgressLine(process.stderr, { quiet: flags.quiet === true, language: LANGUAGES.en });
  await checkOutputPlaces({ report: flags.out });
  const core = decodeElf(new FileSource(path));
  const exe = decodeElf(new FileSource(flags.exe ?? executableOf(core)));
  const heap = await readHeap(openCore(core, exe), (stage) => progress.show(`reading ${path}: ${stage}`));
  progress.show(`reading ${path}: answers`);
  const report = buildHeapReport(heap, { top: flags.top });
  progress.clear();
  const text = await render();
  if (flags.out === undefined) process.stdout.write(text);
  else await writeFile(flags.out, text);
  return EXIT.nothingFound;

  async function render(): Promise<string> {
    if (flags.format === "json") {
      const head = { format: "gopatrol-heap", version: 1, gopatrol: version };
      return `${JSON.stringify({ ...head, ...report }, null, 2)}\n`;
    }
    const { renderHeapText } = await import("../report/heap/text.ts");
    const terminal =
      flags.out === undefined ? describeTerminal(process.stdout, process.env) : { width: 100, color: false };
    return renderHeapText(report, terminal);
  }
}

/** The first file that the core says was mapped: the kernel lists the executable first. */
function executableOf(core: ElfFile): string {
  const [first] = decodeCoreNotes(readNotes(core), core.machine).mappings;
  if (first === undefined) {
    throw new CaptureError(
      "no-such-file",
      "the core does not say which executable ran",
      "give the executable that ran with --exe",
    );
  }
  return first.path;
}
