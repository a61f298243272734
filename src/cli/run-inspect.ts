import { writeBundle } from "../capture/bundle-file.ts";
import { addSourceFiles } from "../capture/source-files.ts";
import type { Target } from "../capture/target.ts";
import { decodeBundle } from "../inspect/decode-bundle.ts";
import { inspectBundle } from "../inspect/inspect-bundle.ts";
import { listOwnSourceFiles } from "../inspect/own-source-files.ts";
import { LANGUAGES } from "../report/messages/language.ts";
import { makePrintable } from "../report/printable-text.ts";
import { EXIT } from "./exit-code.ts";
import type { InspectFlags } from "./inspect-command.ts";
import { bundleOfCore, checkHeapLook, lookAtHeap, warnIfUnreadable } from "./look-at-heap.ts";
import { obtainBundle } from "./obtain-bundle.ts";
import { checkOutputPlaces } from "./output-place.ts";
import { ProgressLine } from "./progress-line.ts";
import { failsOn, renderReport, writeReport } from "./render-report.ts";

/** Captures or reads, judges and prints; gives the exit code. */
export async function runInspect(
  words: readonly string[],
  flags: InspectFlags,
  version: string,
): Promise<number> {
  const language = LANGUAGES[flags.lang];
  const { progress: label } = language.labels;
  const progress = new ProgressLine(process.stderr, { quiet: flags.quiet === true, language });
  await checkOutputPlaces({ report: flags.out, bundle: flags.save });
  const isCoreAlone = flags.core !== undefined && words.length === 0 && flags.pid === undefined;
  const obtained = isCoreAlone
    ? { bundle: await bundleOfCore(flags.core!, version), damage: [], target: undefined }
    : await obtainBundle(words, flags, {
        version,
        progress,
        outputDirectory: undefined,
        onTarget: async (target) => {
          checkHeapLook(flags, target.kind === "url" || target.kind === "process");
          if (flags.deep === true && target.kind === "process") await warnIfUnreadable(target.pid, progress);
        },
      });
  if (isCoreAlone) checkHeapLook(flags, false);
  const { bundle, target } = obtained;
  const look = await lookAtHeap(flags, bundle, progress);
  if (flags.limit !== undefined) bundle.manifest.limitBytes = flags.limit;
  progress.show(label.analysing);
  const decoded = decodeBundle(bundle);
  for (const damage of obtained.damage) decoded.damage.push({ ...damage, path: "bundle" });
  if (look !== undefined && "damage" in look) decoded.damage.push(look.damage);
  // A bundle may hold source already.
  if (flags.source === false) decoded.source.clear();
  if (target === undefined ? typeof flags.source === "string" : wantsSource(flags, target)) {
    const added = await addSourceFiles(bundle, {
      wanted: listOwnSourceFiles(decoded),
      directory: typeof flags.source === "string" ? flags.source : undefined,
    });
    for (const capture of bundle.manifest.captures) {
      if (capture.kind !== "source") continue;
      const bytes = bundle.files.get(capture.path);
      if (bytes !== undefined) decoded.source.set(capture.origin, new TextDecoder().decode(bytes));
    }
    if (added > 0) progress.say(label.sourceRead(added));
  }
  if (flags.save !== undefined) {
    await writeBundle(flags.save, bundle);
    progress.say(label.evidenceKept(flags.save));
  }
  const contents = look !== undefined && "contents" in look ? look.contents : undefined;
  const inspection = inspectBundle(bundle, decoded, contents);
  progress.clear();
  const report = await renderReport(inspection, flags, { gopatrolVersion: version, language });
  if (!(await writeReport(report, flags, { progress, language }))) return EXIT.notInspected;
  if (inspection.verdict.headline.id === "verdict-nothing-readable") {
    const [first] = inspection.damage;
    const what = first === undefined ? "" : `${first.path}: ${language.foreign(first.what)}`;
    process.stderr.write(`gopatrol: ${label.nothingReadable(makePrintable(what))}\n`);
    return EXIT.notInspected;
  }
  return failsOn(inspection.findings, flags.failOn) ? EXIT.findings : EXIT.nothingFound;
}

/** Printed paths mean something here only if the target runs here; --source says where they are instead. */
function wantsSource(flags: InspectFlags, target: Target): boolean {
  if (flags.source === false) return false;
  if (typeof flags.source === "string") return true;
  if (target.kind === "process") return true;
  return (
    target.kind === "url" && /\/\/(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:|\/|$)/.test(target.serverRoot)
  );
}
