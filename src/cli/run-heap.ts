import { stat, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { HeapAnswer } from "../heap/answers/answer-view.ts";
import type { DiffAge } from "../heap/answers/heap-diff.ts";
import type { HeapSnapshot } from "../heap/heap-snapshot.ts";
import { formatQuantity } from "../lib/format-quantity.ts";
import type { HeapPageOptions } from "../report/heap/page.ts";
import { loadProgressWords } from "../report/messages/progress-words.ts";
import { EXIT, UsageError } from "./exit-code.ts";
import type { HeapFlags, HeapView } from "./heap-command.ts";
import { openHeap, openTypedObjects } from "./open-heap.ts";
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

const MIN_PAGE_ROWS = 200;

const isProcess = (input: string) => input.startsWith("pid:");

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
  if (flags.by !== undefined && view !== "histogram") throw new UsageError("--by goes with histogram");
  const progress = new ProgressLine(process.stderr, {
    quiet: flags.quiet === true,
    language: await loadProgressWords(flags.lang),
  });
  await checkOutputPlaces({ report: flags.out });
  if (flags.format === "pprof") {
    if (flags.out === undefined || view !== "report")
      throw new UsageError("--format pprof is for the report alone, and wants --out kept.pb.gz");
    const { gzipSync } = await import("node:zlib");
    const { encodeProfile } = await import("../formats/pprof/encode.ts");
    const { buildRetainedProfile } = await import("../heap/answers/retained-profile.ts");
    await writeFile(flags.out, gzipSync(encodeProfile(buildRetainedProfile(await read(path, flags.exe)))));
    progress.clear();
    return EXIT.nothingFound;
  }
  if (flags.format === "html" && view !== "report" && view !== "diff")
    throw new UsageError("--format html is for the report, which has all views, and for diff");
  const text =
    flags.format === "html" && view === "report" ? await renderPage() : await render(await findAnswer());
  progress.clear();
  if (flags.out === undefined) process.stdout.write(text);
  else await writeFile(flags.out, text);
  return EXIT.nothingFound;

  async function findAnswer(): Promise<HeapAnswer> {
    if (view === "diff") {
      const { compareHeaps, keepEarlier } = await import("../heap/answers/heap-diff.ts");
      const from = await timeOf(path);
      // Of the first heap only what the comparison needs is kept while the second is read.
      const earlier = keepEarlier(await read(path, flags.exe));
      if (isProcess(what!) && flags.between !== undefined) await waitUntil(from + flags.between);
      const time = timeBetween(from, await timeOf(what!));
      const rowsOfDiff = flags.format === "html" ? Math.max(flags.top, MIN_PAGE_ROWS) : flags.top;
      const later = await read(what!, flags.exe2 ?? flags.exe);
      return { view, ...compareHeaps(earlier, later, { top: rowsOfDiff, time }) };
    }
    const { by = "type" } = flags;
    if (view === "histogram" && by !== "owner") {
      const { buildHistogram } = await import("../heap/answers/histogram.ts");
      const objects = await openTypedObjects(path, flags, progress);
      return { view, ...buildHistogram(objects, { by, top: flags.top }) };
    }
    const heap = await read(path, flags.exe);
    const { answerView } = await import("../heap/answers/answer-view.ts");
    try {
      return await answerView(heap, {
        view,
        by,
        what: what ?? "",
        top: view === "query" ? (flags.limit ?? flags.top) : flags.top,
        showValues: flags.showValues === true,
      });
    } catch (error) {
      if (error instanceof RangeError) throw new UsageError(error.message);
      throw error;
    }
  }

  /** A file of a core is written when the process stops; a copy of it may be younger, which is why that is told. */
  async function timeOf(input: string): Promise<number> {
    return isProcess(input) ? Date.now() : (await stat(input)).mtimeMs;
  }

  function timeBetween(from: number, to: number): Pick<DiffAge, "seconds" | "basis"> {
    const isMeasured = isProcess(path) && isProcess(what!);
    if (flags.between !== undefined && !isMeasured) return { seconds: flags.between / 1000, basis: "given" };
    const seconds = Math.round((to - from) / 1000);
    return seconds > 0
      ? { seconds, basis: isMeasured ? "measured" : "files" }
      : { seconds: null, basis: null };
  }

  /** Ctrl-C looks at once. */
  async function waitUntil(end: number): Promise<void> {
    const { withInterrupt } = await import("./interrupt.ts");
    await withInterrupt(progress, async (signal) => {
      while (!signal.aborted && Date.now() < end) {
        const left = formatQuantity(Math.ceil((end - Date.now()) / 1000), "seconds");
        progress.show(progress.labels.left(left));
        await setTimeout(Math.min(1000, end - Date.now()), undefined, { signal }).catch(() => {});
      }
    });
  }

  async function read(input: string, exe: string | undefined): Promise<HeapSnapshot> {
    const { heap } = await openHeap(input, { exe, maxPause: flags.maxPause }, progress);
    progress.showForeign(`reading ${input}: answers`);
    return heap;
  }

  /** The page has rows enough for filters to be worth while. */
  async function renderPage(): Promise<string> {
    const { buildHeapPage } = await import("../heap/answers/heap-page.ts");
    const { renderHeapPage } = await import("../report/heap/page.ts");
    const rows = Math.max(flags.top, MIN_PAGE_ROWS);
    const page = buildHeapPage(await read(path, flags.exe), { rows, showValues: flags.showValues === true });
    return renderHeapPage(page, await pageOptions(basename(path)));
  }

  async function pageOptions(name: string): Promise<HeapPageOptions> {
    const { heapPageScript } = await import("../web/heap/page-script.ts");
    const { LANGUAGES } = await import("../report/messages/language.ts");
    return {
      language: LANGUAGES[flags.lang],
      gopatrolVersion: version,
      name,
      showValues: flags.showValues === true,
      pageScript: heapPageScript(),
    };
  }

  async function render(found: HeapAnswer): Promise<string> {
    if (flags.format === "html" && found.view === "diff") {
      const { renderHeapDiffPage } = await import("../report/heap/page.ts");
      return renderHeapDiffPage(found, await pageOptions(`${basename(path)} → ${basename(what!)}`));
    }
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
