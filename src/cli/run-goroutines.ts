import { writeFile } from "node:fs/promises";
import type { Bundle, CaptureKind } from "../bundle/manifest.ts";
import { type Damage, DecodeError } from "../bytes/decode-error.ts";
import { readBundle } from "../capture/bundle-file.ts";
import { CaptureError } from "../capture/capture-error.ts";
import { captureTarget } from "../capture/capture-window.ts";
import { openPieces } from "../capture/read-pieces.ts";
import { resolveTarget, type Target } from "../capture/target.ts";
import { decodeCountedGoroutines } from "../inspect/capture-questions.ts";
import { decodeBundle } from "../inspect/decode-bundle.ts";
import { readGoroutineLooks } from "../inspect/goroutine-looks.ts";
import { type GoroutineLook, reportGoroutines } from "../inspect/goroutine-report.ts";
import { formatQuantity } from "../lib/format-quantity.ts";
import { LANGUAGES, type Language } from "../report/messages/language.ts";
import { readAccess } from "./capture-options.ts";
import { EXIT } from "./exit-code.ts";
import type { GoroutinesFlags } from "./goroutines-command.ts";
import { withInterrupt } from "./interrupt.ts";
import { checkOutputPlaces } from "./output-place.ts";
import { ProgressLine } from "./progress-line.ts";
import { describeTerminal } from "./terminal.ts";

interface Gathered {
  looks: GoroutineLook[];
  damage: (Damage & { path: string })[];
}

/** Groups goroutines and prints them; gives the exit code. */
export async function runGoroutines(
  words: readonly string[],
  flags: GoroutinesFlags,
  version: string,
): Promise<number> {
  const language = LANGUAGES[flags.lang];
  const progress = new ProgressLine(process.stderr, { quiet: flags.quiet === true, language });
  await checkOutputPlaces({ report: flags.out });
  const { looks, damage } = await gather(words, flags, version, progress);
  progress.clear();
  if (looks.length === 0) {
    throw new CaptureError(
      "empty",
      "no goroutines are in what was given",
      "give a goroutine?debug=2 dump, a goroutine profile, or a service",
    );
  }
  const report = reportGoroutines(looks, damage, {
    top: flags.top,
    state: flags.state,
    focus: flags.focus,
  });
  const text = await render();
  if (flags.out === undefined) process.stdout.write(text);
  else await writeFile(flags.out, text);
  return report.candidates.length > 0 ? EXIT.findings : EXIT.nothingFound;

  async function render(): Promise<string> {
    const options = { language, gopatrolVersion: version };
    if (flags.format === "json") {
      const { renderGoroutineJson } = await import("../report/goroutines/json.ts");
      return renderGoroutineJson(report, options);
    }
    const { buildGoroutineView } = await import("../report/goroutines/view.ts");
    const { view, labels } = buildGoroutineView(report, options);
    if (flags.format === "markdown") {
      const { renderGoroutineMarkdown } = await import("../report/goroutines/markdown.ts");
      return renderGoroutineMarkdown(view, labels);
    }
    const { renderGoroutineText } = await import("../report/goroutines/text.ts");
    const terminal =
      flags.out === undefined ? describeTerminal(process.stdout, process.env) : { width: 100, color: false };
    return renderGoroutineText(view, labels, terminal);
  }
}

async function gather(
  words: readonly string[],
  flags: GoroutinesFlags,
  version: string,
  progress: ProgressLine,
): Promise<Gathered> {
  const gathered: Gathered = { looks: [], damage: [] };
  if (words.length > 1 || words[0] === "-") {
    for (const path of words) await addFile(path, gathered, progress);
    return gathered;
  }
  const target = await resolveTarget(words);
  switch (target.kind) {
    case "files":
      await addFile(words[0]!, gathered, progress);
      break;
    case "bundle": {
      const { bundle, damage } = await readBundle(target.path);
      gathered.damage.push(...damage.map((d) => ({ ...d, path: target.path })));
      addBundle(bundle, gathered, LANGUAGES[flags.lang]);
      break;
    }
    case "process":
    case "url":
      addBundle(await captureLooks(target, flags, version, progress), gathered, LANGUAGES[flags.lang]);
      break;
  }
  return gathered;
}

/** What tells of goroutines; the heap is left alone. */
const KINDS: ReadonlySet<CaptureKind> = new Set(["index", "goroutine", "goroutine-dump", "goroutineleak"]);

async function captureLooks(
  target: Extract<Target, { kind: "url" | "process" }>,
  flags: GoroutinesFlags,
  version: string,
  progress: ProgressLine,
) {
  const access = await readAccess(flags, version);
  return withInterrupt(progress, (signal, hurrySignal) =>
    captureTarget(
      {
        target,
        gopatrol: version,
        access,
        windowMs: flags.for,
        everyMs: flags.for,
        kinds: KINDS,
        gc: flags.gc ? "each" : "never",
        goroutineDumpLimit: flags.maxGoroutines,
        countGoroutines: decodeCountedGoroutines,
      },
      { signal, hurrySignal, onProgress: (event) => progress.follow(event) },
    ),
  ).finally(() => progress.clear());
}

function addBundle(bundle: Bundle, gathered: Gathered, { labels }: Language): void {
  const decoded = decodeBundle(bundle);
  gathered.damage.push(...decoded.damage);
  for (const sample of decoded.samples) {
    const { goroutineProfile: profile, goroutineDump: dump, goroutineLeaks: leaks } = sample;
    if (profile === undefined && dump === undefined && leaks === undefined) continue;
    const number = sample.sample + 1;
    gathered.looks.push({ name: labels.capture.samples([[number, number]]), profile, dump, leaks });
  }
}

async function addFile(path: string, { looks, damage }: Gathered, progress: ProgressLine): Promise<void> {
  const name = path === "-" ? "stdin" : path;
  const pieces = await openPieces(path);
  if (pieces.head.length === 0) throw new CaptureError("empty", `${name} is empty`, "capture it again");
  try {
    const read = await readGoroutineLooks({
      name,
      head: pieces.head,
      pieces: pieces.all(),
      onProgress: (bytes) => progress.show(`${name}: ${formatQuantity(bytes, "bytes")}`),
    });
    looks.push(...read.looks);
    damage.push(...read.damage.map((d) => ({ ...d, path: name })));
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new CaptureError("unreadable", `${name}: ${error.message}`, trimPeriod(error.hint), error);
  }
  if (pieces.cut !== undefined) damage.push({ format: "gzip", offset: 0, what: pieces.cut, path: name });
}

/** The hint of a CaptureError goes on in a sentence that has its own. */
function trimPeriod(hint: string): string {
  return hint.replace(/\.$/, "");
}
