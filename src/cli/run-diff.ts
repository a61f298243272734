import { writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { readBundle } from "../capture/bundle-file.ts";
import { CaptureError } from "../capture/capture-error.ts";
import { resolveTarget } from "../capture/target.ts";
import { decodeBundle } from "../inspect/decode-bundle.ts";
import type { Diff } from "../inspect/diff.ts";
import { diffBundles } from "../inspect/diff-bundles.ts";
import { DiffError, type NamedBundle } from "../inspect/diff-checks.ts";
import { buildDiffView } from "../report/diff-view.ts";
import { LANGUAGES } from "../report/messages/language.ts";
import type { DiffFlags } from "./diff-command.ts";
import { parseDiffConditions } from "./diff-conditions.ts";
import { EXIT, UsageError } from "./exit-code.ts";
import { readFiles } from "./obtain-bundle.ts";
import { checkOutputPlaces } from "./output-place.ts";
import { ProgressLine } from "./progress-line.ts";
import { describeTerminal } from "./terminal.ts";

/** Reads, compares and prints; gives the exit code. */
export async function runDiff(words: readonly string[], flags: DiffFlags, version: string): Promise<number> {
  const language = LANGUAGES[flags.lang];
  const conditions = parseDiffConditions(flags.failOn);
  await checkOutputPlaces({ report: flags.out });
  const progress = new ProgressLine(process.stderr, { quiet: flags.quiet === true, language });
  const inputs: NamedBundle[] = [];
  for (const word of words) {
    progress.show(`${language.labels.progress.analysing} ${inputs.length + 1}/${words.length}: ${word}`);
    inputs.push(await readInput(word, version));
  }
  const [only] = inputs;
  if (only !== undefined && inputs.length === 1 && only.decoded.samples.length < 2) {
    throw new UsageError(`${only.name} is one moment: give a second capture to compare it with`);
  }
  nameShortly(inputs);
  const diff = compare(inputs, flags);
  progress.clear();
  const report = await render(diff, flags, version);
  if (flags.out === undefined) process.stdout.write(report);
  else {
    await writeFile(flags.out, report);
    progress.say(language.labels.progress.reportWritten(flags.out));
  }
  const held = conditions.map((condition) => condition(diff)).filter((what) => what !== undefined);
  for (const what of held) process.stderr.write(`gopatrol: ${what} (--fail-on ${flags.failOn})\n`);
  return held.length > 0 ? EXIT.findings : EXIT.nothingFound;
}

/** By the last part of the path, where that tells them apart. */
function nameShortly(inputs: NamedBundle[]): void {
  const short = inputs.map(({ name }) => basename(name));
  if (new Set(short).size < inputs.length) return;
  for (const [k, input] of inputs.entries()) input.name = short[k]!;
}

function compare(inputs: readonly NamedBundle[], flags: DiffFlags): Diff {
  try {
    return diffBundles(inputs, { per: flags.per });
  } catch (error) {
    if (!(error instanceof DiffError)) throw error;
    throw new CaptureError("unreadable", error.message, error.hint);
  }
}

async function readInput(word: string, version: string): Promise<NamedBundle> {
  const target = await resolveTarget([word]);
  if (target.kind === "bundle") {
    const { bundle, damage } = await readBundle(target.path);
    const decoded = decodeBundle(bundle);
    for (const d of damage) decoded.damage.push({ ...d, path: "bundle" });
    return { name: word, decoded };
  }
  if (target.kind === "files") return { name: word, decoded: decodeBundle(await readFiles([word], version)) };
  throw new UsageError(
    `${word} is a running service: capture it twice (gopatrol capture ${word} -o NAME), then compare the bundles`,
  );
}

async function render(diff: Diff, flags: DiffFlags, version: string): Promise<string> {
  if (flags.format === "json") {
    const { renderDiffJson } = await import("../report/diff-json.ts");
    return renderDiffJson(diff, version);
  }
  const view = buildDiffView(diff, { gopatrolVersion: version, language: LANGUAGES[flags.lang] });
  switch (flags.format) {
    case "html": {
      const [{ renderDiffHtml }, { pageScript }] = await Promise.all([
        import("../report/diff-html.ts"),
        import("../web/page-script.ts"),
      ]);
      return renderDiffHtml(view, pageScript());
    }
    case "markdown": {
      const { renderDiffMarkdown } = await import("../report/diff-markdown.ts");
      return renderDiffMarkdown(view, flags.top);
    }
    default: {
      const { renderDiffText } = await import("../report/diff-text.ts");
      const terminal = describeTerminal(process.stdout, process.env);
      const options = flags.out === undefined ? terminal : { width: 100, color: false };
      return renderDiffText(view, { ...options, top: flags.top });
    }
  }
}
