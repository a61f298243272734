import { existsSync } from "node:fs";
import type { TimeZone } from "../../pprof/go-format.ts";
import { compileRe2, type Re2 } from "../../pprof/re2.ts";
import { buildReport, type Report } from "../../pprof/report.ts";
import type { View } from "../../pprof/report-options.ts";
import type { Profile } from "../../tables/profile.ts";
import { UsageError } from "../exit-code.ts";
import { type ImageView, type PprofCommand, parsePprofArguments, type ShownView } from "./flags.ts";
import { readLocalZone } from "./local-zone.ts";
import { loadProfile } from "./sources.ts";
import { makeReportFile, type Output, writeOutput } from "./write-output.ts";

type Warn = (message: string) => void;

/** Shows a profile as the words say. @throws UsageError, PprofError, DecodeError, CaptureError */
export async function runPprof(words: readonly string[]): Promise<void> {
  const command = parsePprofArguments(words);
  if (command.help || words.length === 0) {
    const { HELP } = await import("./help.ts");
    process.stdout.write(HELP);
    return;
  }
  const warn: Warn = (message) =>
    void process.stderr.write(message.endsWith("\n") ? message : `${message}\n`);
  const zone = readLocalZone(process.env);
  if (command.view === undefined) {
    await startShell(command, zone, warn);
    return;
  }
  if (command.view === "web") {
    const { runWeb } = await import("./web/run-web.ts");
    return runWeb(command, zone, warn);
  }
  const output = await showProfile(command, zone, warn);
  const isMess = command.output === "" && process.stdout.isTTY === true && command.format === "text";
  await writeOutput(output, isMess ? makeReportFile(command.view) : command.output, warn);
}

/** What a command prints. `warn` hears what goes to stderr. */
export async function showProfile(command: PprofCommand, zone: TimeZone, warn: Warn): Promise<Output> {
  if (command.view === "flame" && command.sources.length > 0) {
    const { showFlame } = await import("./show-flame.ts");
    return [await showFlame(command, zone, warn)];
  }
  return showLoaded(command, await load(command, warn), zone, warn);
}

async function load(command: PprofCommand, warn: Warn): Promise<Profile> {
  if (command.sources.length === 0) throw new UsageError("no profile source specified.");
  return loadProfile(command, warn);
}

/** What a command prints of a profile that is there. */
export function showLoaded(
  command: PprofCommand,
  profile: Profile,
  zone: TimeZone,
  warn: Warn,
): Promise<Output> {
  const view = command.view!;
  // Only commands of their own: they are made of sources, not of one profile.
  if (view === "flame" || view === "web") {
    throw new UsageError(`${view} is a view of the command line: gopatrol pprof ${view} heap.pb.gz`);
  }
  const report = buildReport(profile, underlyingView(view), command.options, warn);
  return render(command, view, report, zone);
}

/** What a picture or page is of. */
function underlyingView(view: View | ImageView | "weblist"): View {
  if (view === "weblist") return "list";
  return view === "svg" || view === "png" || view === "pdf" || view === "ps" || view === "gif" ? "dot" : view;
}

/** Without a view: commands from the terminal, or from a pipe. */
async function startShell(command: PprofCommand, zone: TimeZone, warn: Warn): Promise<void> {
  if (command.format === "json")
    throw new UsageError("-format json is for top, tree and peek: name one of them.");
  // A view that is misspelt would begin a session about the files behind it.
  const [first = "", ...others] = command.sources;
  if (others.length > 0 && /^[a-z]+\d*$/.test(first) && !existsSync(first)) {
    throw new UsageError(`${first} is neither a view (gopatrol pprof --help lists them) nor a file.`);
  }
  const profile = await load(command, warn);
  const { runShell, openShell } = await import("./shell/run-shell.ts");
  const shell = openShell(profile, command);
  const show = async (wanted: PprofCommand): Promise<void> => {
    const output = await showLoaded(wanted, profile, zone, warn);
    await writeOutput(output, wanted.output === "" ? makeReportFile(wanted.view!) : wanted.output, warn);
  };
  try {
    await runShell(shell.session, profile, command, { zone, read: shell.lines.read, say: warn, show });
  } finally {
    shell.lines.close();
  }
}

async function render(
  command: PprofCommand,
  view: Exclude<ShownView, "flame" | "web">,
  report: Report,
  zone: TimeZone,
): Promise<Output> {
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
    case "weblist": {
      const { showWebList } = await import("./show-weblist.ts");
      return [await showWebList(report, compileExpression(command)!, zone)];
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
    case "svg":
    case "png":
    case "pdf":
    case "ps":
    case "gif": {
      const { renderDot } = await import("../../pprof/views/dot.ts");
      const { renderGraph } = await import("./render-graph.ts");
      return [await renderGraph([...renderDot(report, zone)].join(""), view)];
    }
    case "callgrind":
      return (await import("../../pprof/views/callgrind.ts")).renderCallgrind(report);
  }
}

function compileExpression({ expression }: PprofCommand): Re2 | undefined {
  return expression === "" ? undefined : compileRe2(expression, `argument regexp ${expression}`);
}
