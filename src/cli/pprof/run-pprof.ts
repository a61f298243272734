import { once } from "node:events";
import { createWriteStream } from "node:fs";
import type { TimeZone } from "../../pprof/go-format.ts";
import { compileRe2, type Re2 } from "../../pprof/re2.ts";
import { buildReport, type Report } from "../../pprof/report.ts";
import { UsageError } from "../exit-code.ts";
import { type PprofCommand, parsePprofArguments } from "./flags.ts";
import { readLocalZone } from "./local-zone.ts";
import { loadProfile } from "./sources.ts";

/** What a view gives out: text in pieces, or bytes. */
type Output = Iterable<string | Uint8Array>;

/** Shows a profile as the words say. @throws UsageError, PprofError, DecodeError, CaptureError */
export async function runPprof(words: readonly string[]): Promise<void> {
  const command = parsePprofArguments(words);
  if (command.help || words.length === 0) {
    const { HELP } = await import("./help.ts");
    process.stdout.write(HELP);
    return;
  }
  const warn = (message: string): void => void process.stderr.write(`${message}\n`);
  const output = await showProfile(command, readLocalZone(process.env), warn);
  if (command.output !== "") warn(`Generating report in ${command.output}`);
  await write(output, command.output);
}

/** What a command prints. `warn` hears what goes to stderr. */
export async function showProfile(
  command: PprofCommand,
  zone: TimeZone,
  warn: (message: string) => void,
): Promise<Output> {
  const { view } = command;
  if (view === undefined) {
    throw new UsageError("say which view: gopatrol pprof top heap.pb.gz (gopatrol pprof --help lists them).");
  }
  if (command.sources.length === 0) throw new UsageError("no profile source specified.");
  const profile = await loadProfile(command, warn);
  const report = buildReport(profile, view === "svg" ? "dot" : view, command.options, warn);
  return render(command, report, zone);
}

async function render(command: PprofCommand, report: Report, zone: TimeZone): Promise<Output> {
  const view = command.view!;
  if (command.format === "json") {
    if (view !== "top" && view !== "tree" && view !== "peek") {
      throw new UsageError("-format json is for top, tree and peek.");
    }
    const { renderJson } = await import("../../pprof/views/json.ts");
    return renderJson(report, zone, view, compileExpression(command));
  }
  switch (view) {
    case "top":
      return (await import("../../pprof/views/top.ts")).renderTop(report, zone);
    case "tree":
    case "peek":
      return (await import("../../pprof/views/tree.ts")).renderTree(report, zone, compileExpression(command));
    case "list": {
      const { renderList } = await import("../../pprof/views/list.ts");
      const { sourceReader } = await import("./source-reader.ts");
      return renderList(report, compileExpression(command)!, sourceReader(command.options));
    }
    case "traces":
      return (await import("../../pprof/views/traces.ts")).renderTraces(report, zone);
    case "tags":
      return (await import("../../pprof/views/tags.ts")).renderTags(report);
    case "raw":
      return (await import("../../pprof/views/raw.ts")).renderRaw(report, zone);
    case "comments":
      return report.profile.comments.map((comment) => `${report.profile.strings.get(comment)}\n`);
    case "proto":
      return (await import("./render-proto.ts")).renderProto(report);
    case "topproto":
      return (await import("./render-proto.ts")).renderTopProto(report);
    case "dot":
      return (await import("../../pprof/views/dot.ts")).renderDot(report, zone);
    case "svg": {
      const { renderDot } = await import("../../pprof/views/dot.ts");
      const { renderSvg } = await import("./render-svg.ts");
      return [await renderSvg([...renderDot(report, zone)].join(""))];
    }
    case "callgrind":
      return (await import("../../pprof/views/callgrind.ts")).renderCallgrind(report);
  }
}

function compileExpression({ expression }: PprofCommand): Re2 | undefined {
  return expression === "" ? undefined : compileRe2(expression, `argument regexp ${expression}`);
}

const PIECE_LETTERS = 64 * 1024;
/** A profile's names are foreign: a terminal is not told what they say to it. Files and pipes get them as they are. */
const CONTROL_LETTERS = /[^\P{Cc}\n\t]/gu;

/** Writes in pieces and waits for a slow reader, so that a long text is never in memory as a whole. */
async function write(output: Output, path: string): Promise<void> {
  let stream: NodeJS.WritableStream | undefined;
  let piece = "";
  const isTerminal = path === "" && process.stdout.isTTY === true;
  const flush = async (part: string | Uint8Array): Promise<void> => {
    stream ??= path === "" ? process.stdout : createWriteStream(path);
    const shown = isTerminal && typeof part === "string" ? part.replace(CONTROL_LETTERS, "\uFFFD") : part;
    if (!stream.write(shown)) await once(stream, "drain");
  };
  for (const part of output) {
    if (typeof part !== "string") {
      await flush(part);
      continue;
    }
    piece += part;
    if (piece.length < PIECE_LETTERS) continue;
    await flush(piece);
    piece = "";
  }
  await flush(piece);
  if (path !== "" && stream !== undefined) {
    stream.end();
    await once(stream, "finish");
  }
}
