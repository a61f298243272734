import { writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { answerView, type HeapAnswer } from "../heap/answers/answer-view.ts";
import { compareHeaps } from "../heap/answers/heap-diff.ts";
import { buildHeapReport } from "../heap/answers/heap-report.ts";
import type { HeapSnapshot } from "../heap/heap-snapshot.ts";
import { LANGUAGES } from "../report/messages/language.ts";
import { EXIT, UsageError } from "./exit-code.ts";
import type { HeapFlags, HeapView } from "./heap-command.ts";
import { openHeap } from "./open-heap.ts";
import { checkOutputPlaces } from "./output-place.ts";
import { ProgressLine } from "./progress-line.ts";
import { describeTerminal } from "./terminal.ts";

/** What a view is about, where it wants to be told. */
const WANTED: Partial<Record<HeapView, string>> = {
  path: "an address: gopatrol heap core path 0xc000123400",
  retained: "a variable as the report names it: gopatrol heap core retained main.cache",
  query: "terms: gopatrol heap core query 'type=Session$ retained>1MB'",
  diff: "a second core: gopatrol heap before.core diff after.core",
};
/** Rows of each side of a diff: what is smaller than these changes nothing that matters. */
const DIFF_ROWS = 5000;

/** Reads a heap and prints who holds it; gives the exit code. */
export async function runHeap(
  path: string,
  view: HeapView,
  what: string | undefined,
  flags: HeapFlags,
  version: string,
): Promise<number> {
  if (WANTED[view] !== undefined && what === undefined) throw new UsageError(`${view} wants ${WANTED[view]}`);
  if (WANTED[view] === undefined && what !== undefined)
    throw new UsageError(`${view} takes no further argument`);
  const progress = new ProgressLine(process.stderr, { quiet: flags.quiet === true, language: LANGUAGES.en });
  await checkOutputPlaces({ report: flags.out });
  if (flags.format === "pprof") {
    if (flags.out === undefined || view !== "report")
      throw new UsageError("--format pprof is for the report alone, and wants --out kept.pb.gz");
    const { encodeProfile } = await import("../formats/pprof/encode.ts");
    const { buildRetainedProfile } = await import("../heap/answers/retained-profile.ts");
    await writeFile(flags.out, gzipSync(encodeProfile(buildRetainedProfile(await read(path, flags.exe)))));
    progress.clear();
    return EXIT.nothingFound;
  }
  const answer = await findAnswer();
  progress.clear();
  const text = await render(answer);
  if (flags.out === undefined) process.stdout.write(text);
  else await writeFile(flags.out, text);
  return EXIT.nothingFound;

  async function findAnswer(): Promise<HeapAnswer> {
    const heap = await read(path, flags.exe);
    if (view === "diff") {
      const before = buildHeapReport(heap, { top: DIFF_ROWS });
      const after = buildHeapReport(await read(what!, flags.exe2 ?? flags.exe), { top: DIFF_ROWS });
      return { view, ...compareHeaps(before, after, flags.top) };
    }
    try {
      return answerView(heap, {
        view,
        what: what ?? "",
        top: flags.top,
        showValues: flags.showValues === true,
      });
    } catch (error) {
      if (error instanceof RangeError) throw new UsageError(error.message);
      throw error;
    }
  }

  async function read(input: string, exe: string | undefined): Promise<HeapSnapshot> {
    const { heap } = await openHeap(input, { exe, maxPause: flags.maxPause }, progress);
    progress.show(`reading ${input}: answers`);
    return heap;
  }

  async function render(found: HeapAnswer): Promise<string> {
    if (flags.format === "json") {
      const head = { format: "gopatrol-heap", version: 1, gopatrol: version };
      return `${JSON.stringify({ ...head, ...found }, null, 2)}\n`;
    }
    const { renderHeapAnswer } = await import("../report/heap/view-text.ts");
    const terminal =
      flags.out === undefined ? describeTerminal(process.stdout, process.env) : { width: 100, color: false };
    return renderHeapAnswer(found, terminal);
  }
}
