import { Argument, type Command, InvalidArgumentError, Option } from "commander";
import { parseDurationMs } from "../lib/parse-quantity.ts";
import { type LanguageFlag, languageOption } from "./language-option.ts";

/** What a histogram counts its objects by. */
export const HISTOGRAM_KEYS = ["type", "package", "owner"] as const;

export interface HeapFlags extends LanguageFlag {
  exe?: string;
  /** Of histogram. */
  by?: (typeof HISTOGRAM_KEYS)[number];
  format: "text" | "json" | "html" | "pprof";
  top: number;
  /** Of query; `top` if left out. */
  limit?: number;
  quiet?: boolean;
  out?: string;
  showValues?: boolean;
  /** Executable of the second core of a diff, if it is another build. */
  exe2?: string;
  /** Between the two cores of a diff, milliseconds. */
  between?: number;
  /** Milliseconds. */
  maxPause: number;
}

/** What can be asked; the report answers the first question of all. */
const HEAP_VIEWS = [
  "report",
  "histogram",
  "maps",
  "goroutines",
  "channels",
  "strings",
  "spans",
  "finalizers",
  "path",
  "retained",
  "query",
  "diff",
] as const;
export type HeapView = (typeof HEAP_VIEWS)[number];

const EXAMPLES = `
Takes a core file (gcore PID, or kill -ABRT with GOTRACEBACK=crash) together with the executable that ran; without
--exe the file that the core names is used. Works on stripped binaries too, Go 1.19 to 1.27, amd64 and arm64. A core holds user data:
keys and strings are shown by their form only, and nothing leaves this machine.

pid:N reads a running process: it is stopped (SIGSTOP) only while its memory is copied, about 1 GB per second, and goes
on in every case, also if gopatrol is killed. How long it stood still is told. The copy takes as much memory as the
process has. A file of debug.WriteHeapDump is read with and without --exe; without, there are no types and names.

Views:
  report               who keeps the memory: variables, maps, types, goroutines (the default)
  histogram            objects and bytes by type, package or owner (--by), and nothing else: the quickest look
  maps                 every map: owner, entries, load, bytes of its own, what its keys look like
  goroutines           all groups of goroutines with their stacks and what they keep
  channels             what waits in channels, and who waits for them
  strings              equal strings, slices with room unused, large objects kept by a part of them
  spans                size classes: slots in use, free, and lost
  finalizers           finalizers, cleanups and weak pointers, and what they keep
  path ADDRESS         what the object there is, and who keeps it alive
  retained EXPRESSION  what a variable keeps alive, named as in the report: main.server.registry, or a
                       local one of a function on a stack: main.run.sessions
  query 'FILTER'       objects for which a filter holds, those first that keep most
  diff CORE            what changed from this core to that one, and how old it is at least

Filters of query: conditions with and, or, not and brackets.
  type ~ "Session$"    RE2 expression, unanchored; = != for the whole text, !~ for what does not match
  package ~ ^main      of the type
  owner ~ cache        the variable or goroutine that keeps the object
  kind = map           struct array map channel closure string slice pointer interface number runtime unknown
  bytes > 1MiB         of the object itself; > >= < <= = !=
  retained > 10MB      with all that only it keeps
  address = 0xc0001    the object there; < and > for ranges
  reachable from X     pointers lead to it from the variable, path or address X
  kept by X            without X it would be free

Examples:
  gcore -o core 1234 && gopatrol heap core.1234 --exe /proc/1234/exe
  gopatrol heap pid:1234 --max-pause 500ms             a service as it runs
  gopatrol heap core --exe ./shop                      who keeps the memory, maps, types, goroutines
  gopatrol heap core --exe ./shop --format html -o heap.html        a page with treemap, tree and tables
  gopatrol heap core histogram --exe ./shop            how many of which type, and their bytes
  gopatrol heap core histogram --by owner --exe ./shop --top 50
  gopatrol heap core maps --exe ./shop --top 100
  gopatrol heap core path 0xc000123400 --exe ./shop
  gopatrol heap core query 'type ~ "\\.Session$" and retained > 64KiB' --exe ./shop --limit 50
  gopatrol heap core query 'kind = map and not owner ~ ^main' --exe ./shop
  gopatrol heap core query 'reachable from main.cache and bytes > 1MiB' --exe ./shop --format json
  gopatrol heap before.core diff after.core --exe ./shop --between 10m
  gopatrol heap pid:1234 diff pid:1234 --between 1m                what grew within a minute, of the running process
  gopatrol heap core --exe ./shop --format pprof -o kept.pb.gz && go tool pprof -http=: kept.pb.gz
  gopatrol heap core --exe ./shop --top 50 --format json | jq '.maps[0]'

Exit codes: 0 the heap was read, 2 wrong usage, 3 it could not be read.`;

export function addHeapCommand(program: Command, version: string): void {
  program
    .command("heap")
    .description("find out who keeps the memory of a process alive, from a core or as it runs")
    .argument("<core>", "a core file, pid:N for a running process, or a file of debug.WriteHeapDump")
    .addArgument(new Argument("[view]", "what to show").choices(HEAP_VIEWS).default("report"))
    .argument("[what]", "the address, expression, filter or second core that the view is about")
    .option("--exe <file>", "the executable that ran")
    .option("--exe2 <file>", "the executable of the second core, if it is another")
    .option("--show-values", "show keys and strings themselves: they may be your users' data")
    .addOption(
      new Option("--format <format>", "of the report")
        .choices(["text", "json", "html", "pprof"])
        .default("text"),
    )
    .addOption(new Option("--top <count>", "most rows of each table").argParser(parseCount).default(12))
    .addOption(
      new Option("--by <key>", "what histogram counts objects by (default: type)").choices(HISTOGRAM_KEYS),
    )
    .addOption(
      new Option("--limit <count>", "most objects that query lists (default: as --top)").argParser(
        parseCount,
      ),
    )
    .addOption(
      new Option(
        "--between <time>",
        "time from the first core of a diff to the second, as 10m or 1h30m; to wait between two looks at pid:N",
      ).argParser(parseTime),
    )
    .addOption(languageOption("of the report"))
    .addOption(
      new Option("--max-pause <time>", "longest time for which the process of pid:N may stand still")
        .argParser(parseMilliseconds)
        .default(2000, "2s"),
    )
    .option("-o, --out <file>", "write the report to a file")
    .option("-q, --quiet", "no progress")
    .addHelpText("after", EXAMPLES)
    .action(async (core: string, view: HeapView, what: string | undefined, flags: HeapFlags) => {
      const { runHeap } = await import("./run-heap.ts");
      process.exitCode = await runHeap(core, view, what, flags, version);
    });
}

function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) === 0)
    throw new InvalidArgumentError("Wanted a number from 1.");
  return Number(text);
}

function parseTime(text: string): number {
  const milliseconds = parseDurationMs(text);
  if (milliseconds === undefined) throw new InvalidArgumentError("Wanted a time such as 90s, 10m or 1h30m.");
  return milliseconds;
}

export function parseMilliseconds(text: string): number {
  const [, number, unit] = /^(\d{1,6}(?:\.\d+)?)(ms|s)$/.exec(text) ?? [];
  const milliseconds = Number(number) * (unit === "s" ? 1000 : 1);
  if (!(milliseconds >= 1)) throw new InvalidArgumentError("Wanted a time such as 500ms or 2s.");
  return milliseconds;
}
