import { stat, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { answerView, type HeapAnswer } from "../heap/answers/answer-view.ts";
import { compareHeaps, type DiffAge, keepEarlier } from "../heap/answers/heap-diff.ts";
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
  query: `a filter: gopatrol heap core query 'type ~ "Session$" and retained > 1MB'`,
  diff: "a second core: gopatrol heap before.core diff after.core",
};

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
  const progress = new ProgressLine(process.stderr, {
    quiet: flags.quiet === true,
    language: LANGUAGES[flags.lang],
  });
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
    if (view === "diff") {
      // Of the first heap only what the comparison needs is kept while the second is read.
      const earlier = keepEarlier(await read(path, flags.exe));
      const later = await read(what!, flags.exe2 ?? flags.exe);
      return { view, ...compareHeaps(earlier, later, { top: flags.top, time: await timeBetween() }) };
    }
    const heap = await read(path, flags.exe);
    try {
      return answerView(heap, {
        view,
        what: what ?? "",
        top: view === "query" ? (flags.limit ?? flags.top) : flags.top,
        showValues: flags.showValues === true,
      });
    } catch (error) {
      if (error instanceof RangeError) throw new UsageError(error.message);
      throw error;
    }
  }

  /** A file of a core is written when the process stops; a copy of it may be younger, which is why its time is told as such. */
  async function timeBetween(): Promise<Pick<DiffAge, "seconds" | "basis">> {
    if (flags.between !== undefined) return { seconds: flags.between / 1000, basis: "given" };
    const [from, to] = await Promise.all(
      [path, what!].map((file) => (file.startsWith("pid:") ? Date.now() : stat(file).then((s) => s.mtimeMs))),
    );
    const seconds = Math.round((to! - from!) / 1000);
    return seconds > 0 ? { seconds, basis: "files" } : { seconds: null, basis: null };
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
    return renderHeapAnswer(found, { ...terminal, tag: flags.lang });
  }
}
