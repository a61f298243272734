import type { ShownView } from "../flags.ts";
import { CHOICE_HELP, SETTINGS } from "./shell-settings.ts";

interface ShellCommand {
  view: ShownView;
  help: string;
  usage: string;
  /** Its first argument is the expression of functions that it is about. */
  wantsExpression?: true;
}

const FILTERS = "[focus]* [-ignore]*";

/** The names are those of `go tool pprof` (google/pprof, internal/driver/commands.go). */
export const COMMANDS: Readonly<Record<string, ShellCommand>> = {
  callgrind: {
    view: "callgrind",
    help: "For KCachegrind and QCachegrind",
    usage: `callgrind ${FILTERS} [>file]`,
  },
  comments: { view: "comments", help: "The profile's comments", usage: "comments [>file]" },
  dot: { view: "dot", help: "The call graph in Graphviz's language", usage: `dot [n] ${FILTERS} [>file]` },
  gif: { view: "gif", help: "The call graph as GIF, by Graphviz's dot", usage: `gif [n] ${FILTERS} [>file]` },
  list: {
    view: "list",
    help: "Source of matching functions, with a value a line",
    usage: `list <functions> ${FILTERS} [>file]`,
    wantsExpression: true,
  },
  pdf: { view: "pdf", help: "The call graph as PDF, by Graphviz's dot", usage: `pdf [n] ${FILTERS} [>file]` },
  peek: {
    view: "peek",
    help: "Callers and callees of matching functions, nothing cut",
    usage: `peek <functions> ${FILTERS} [>file]`,
    wantsExpression: true,
  },
  png: { view: "png", help: "The call graph as PNG, by Graphviz's dot", usage: `png [n] ${FILTERS} [>file]` },
  proto: {
    view: "proto",
    help: "The profile, compared and filtered, as pb.gz",
    usage: `proto ${FILTERS} [>file]`,
  },
  ps: {
    view: "ps",
    help: "The call graph as PostScript, by Graphviz's dot",
    usage: `ps [n] ${FILTERS} [>file]`,
  },
  raw: { view: "raw", help: "All of the profile as text", usage: `raw ${FILTERS} [>file]` },
  svg: { view: "svg", help: "The call graph as SVG", usage: `svg [n] ${FILTERS} [>file]` },
  tags: {
    view: "tags",
    help: "Labels, and how much carries them",
    usage: "tags [label]* [-ignored label]* [>file]",
  },
  text: { view: "top", help: "Entries by value", usage: `text [n] ${FILTERS} [-cum] [>file]` },
  top: { view: "top", help: "Entries by value", usage: `top [n] ${FILTERS} [-cum] [>file]` },
  topproto: {
    view: "topproto",
    help: "The entries of top as a profile",
    usage: `topproto [n] ${FILTERS} [>file]`,
  },
  traces: { view: "traces", help: "Every sample with its stack", usage: `traces ${FILTERS} [>file]` },
  tree: {
    view: "tree",
    help: "Entries with their callers and callees",
    usage: `tree [n] ${FILTERS} [-cum] [>file]`,
  },
  weblist: {
    view: "weblist",
    help: "What list shows, as an HTML file",
    usage: `weblist <functions> ${FILTERS} [>file]`,
    wantsExpression: true,
  },
};

/** What pprof has and a session of ours does not, with what to do instead. */
export const ABSENT_COMMANDS: ReadonlyMap<string, string> = new Map([
  [
    "disasm",
    "disasm needs the program and a disassembler: go tool pprof -disasm <functions> <program> <profile>.",
  ],
  ["web", "web is a command of its own: leave with q and run gopatrol pprof web <profile>."],
  ["flame", "flame is a command of its own: leave with q and run gopatrol pprof flame <profile>."],
  ...["eog", "evince", "gv"].map((name): [string, string] => [
    name,
    `${name} is not started from here: write svg >graph.svg and open that.`,
  ]),
  ["kcachegrind", "kcachegrind is not started from here: write callgrind >calls.out and open that."],
]);

const NAME_WIDTH = 20;

function line(name: string, help: string, indent = "    "): string {
  return `${indent}${name.padEnd(NAME_WIDTH)} ${help}`;
}

/** What `help` prints, without the end of its last line. */
export function describeCommands(): string {
  const commands = Object.entries(COMMANDS).map(([name, { help }]) => line(name, help));
  const plain = SETTINGS.filter(({ choices }) => choices.length === 0);
  const options = plain.map(({ name, help }) => line(name, help)).toSorted();
  const groups = SETTINGS.filter(({ choices }) => choices.length > 0).flatMap(({ name, help, choices }) => [
    line(name, help),
    ...choices.map((choice) => line(choice, CHOICE_HELP[choice] ?? "", "      ")),
  ]);
  return [
    "  Commands:",
    ...commands,
    line("o/options", "The options below and what they are"),
    line("q/quit/exit/^D", "End"),
    "",
    "  Options, set by name=value (a switch by its name alone):",
    ...options,
    "",
    "  Options of which one holds, set by its name:",
    ...groups,
    line(":", "Forget focus, ignore, hide, tagfocus and tagignore"),
    line("<sample type>", "Show these values; total_<type> and mean_<type> also set mean"),
    "",
    '  "help <command or option>" tells more.',
  ].join("\n");
}

/** What `help <name>` prints, or undefined if it is nothing that there is. */
export function describeName(name: string, sampleTypes: readonly string[]): string | undefined {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command !== undefined) {
    const about = [command.help, `  Usage:\n    ${command.usage}`];
    if (command.usage.includes(FILTERS)) {
      about.push("    focus and ignore are expressions of functions, files and mappings.");
    }
    return `${about.join("\n")}\n`;
  }
  if (Object.hasOwn(CHOICE_HELP, name)) return CHOICE_HELP[name]!;
  const setting = SETTINGS.find((each) => each.name === name);
  if (setting === undefined) return ABSENT_COMMANDS.get(name);
  return name === "sample_index" ? `${setting.help}: ${sampleTypes.join(", ")}` : setting.help;
}
