import { writeFile } from "node:fs/promises";
import type { CaptureKind } from "../bundle/manifest.ts";
import { writeBundle } from "../capture/bundle-file.ts";
import { CaptureError } from "../capture/capture-error.ts";
import { decodeBundle } from "../inspect/decode-bundle.ts";
import { inspectBundle } from "../inspect/inspect-bundle.ts";
import { LANGUAGES } from "../report/messages/language.ts";
import { EXIT } from "./exit-code.ts";
import { obtainBundle } from "./obtain-bundle.ts";
import { checkOutputPlaces } from "./output-place.ts";
import { ProgressLine } from "./progress-line.ts";
import type { RssFlags } from "./rss-command.ts";
import { describeTerminal } from "./terminal.ts";

/** What tells of memory classes; profiles are left alone, but for the text that MemStats come with. */
const KINDS: ReadonlySet<CaptureKind> = new Set(["index", "cmdline", "heap-text", "expvar", "metrics"]);

/** Explains a resident set and prints it; gives the exit code. */
export async function runRss(words: readonly string[], flags: RssFlags, version: string): Promise<number> {
  const language = LANGUAGES[flags.lang];
  const { progress: label } = language.labels;
  const progress = new ProgressLine(process.stderr, { quiet: flags.quiet === true, language });
  await checkOutputPlaces({ report: flags.out, bundle: flags.save });
  const { bundle, damage } = await obtainBundle(words, flags, {
    version,
    progress,
    outputDirectory: undefined,
    kinds: KINDS,
  });
  if (flags.save !== undefined) {
    await writeBundle(flags.save, bundle);
    progress.say(label.evidenceKept(flags.save));
  }
  const decoded = decodeBundle(bundle);
  for (const each of damage) decoded.damage.push({ ...each, path: "bundle" });
  const inspection = inspectBundle(bundle, decoded);
  progress.clear();
  if (inspection.kernel?.rss == null) {
    const refusal = bundle.manifest.failures.find(({ kind }) => kind.startsWith("proc-"));
    throw new CaptureError(
      "empty",
      `nothing tells of the resident set of ${inspection.target.name}`,
      refusal === undefined
        ? "give pid:N, or the address of a service on this machine: /proc is read where gopatrol runs"
        : refusal.reason.replace(/\.$/, ""),
    );
  }
  const text = await render();
  if (flags.out === undefined) process.stdout.write(text);
  else await writeFile(flags.out, text);
  return EXIT.nothingFound;

  async function render(): Promise<string> {
    const options = { gopatrolVersion: version, language };
    if (flags.format === "json") {
      const { renderRssJson } = await import("../report/rss/json.ts");
      return renderRssJson(inspection, options);
    }
    const [{ buildReportView }, { WHOLE_EXTENT }] = await Promise.all([
      import("../report/build-report-view.ts"),
      import("../report/kernel-section.ts"),
    ]);
    const view = buildReportView(inspection, { ...options, kernelExtent: WHOLE_EXTENT });
    if (flags.format === "markdown") {
      const { renderRssMarkdown } = await import("../report/rss/markdown.ts");
      return renderRssMarkdown(view);
    }
    const { renderRssText } = await import("../report/rss/text.ts");
    const terminal =
      flags.out === undefined ? describeTerminal(process.stdout, process.env) : { width: 100, color: false };
    return renderRssText(view, terminal);
  }
}
