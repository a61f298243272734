import { GRANULARITIES } from "../../pprof/granularity.ts";
import type { ReadOptions } from "../../pprof/read-profile.ts";
import { DEFAULT_REPORT_OPTIONS, type ReportOptions, type View } from "../../pprof/report-options.ts";
import { UsageError } from "../exit-code.ts";

/** What the command line of `gopatrol pprof` says. */
export interface PprofCommand {
  /** Undefined if none was named. */
  view: ShownView | undefined;
  /** The expression of `peek` and `list`. */
  expression: string;
  sources: string[];
  base: string[];
  isDiffBase: boolean;
  normalize: boolean;
  options: ReportOptions;
  /** Seconds a URL is asked to record, or undefined. */
  seconds: number | undefined;
  timeoutSeconds: number | undefined;
  /** `-symbolize`: names of text profiles, and what becomes of those of C++. */
  symbolize: ReadOptions;
  /** Leaves the frames in that a profile itself names as uninteresting. */
  allFrames: boolean;
  buildId: string;
  comment: string;
  output: string;
  format: "text" | "json" | "html" | "svg";
  /** Where `web` listens: host:port, :port, or "" for a free port of this machine alone. */
  http: string;
  headers: string[];
  tls: { cert: string; key: string; ca: string; insecure: boolean };
  help: boolean;
}

/** Graphs laid out by Graphviz. */
export type ImageView = "svg" | "png" | "pdf" | "ps" | "gif";
export type ShownView = View | ImageView | "web" | "weblist";

const VIEWS: ReadonlyMap<string, ShownView> = new Map<string, ShownView>([
  ["top", "top"],
  ["text", "top"],
  ["tree", "tree"],
  ["peek", "peek"],
  ["list", "list"],
  ["traces", "traces"],
  ["tags", "tags"],
  ["raw", "raw"],
  ["proto", "proto"],
  ["topproto", "topproto"],
  ["comments", "comments"],
  ["dot", "dot"],
  ["callgrind", "callgrind"],
  ["svg", "svg"],
  ["png", "png"],
  ["pdf", "pdf"],
  ["ps", "ps"],
  ["gif", "gif"],
  ["flame", "flame"],
  ["web", "web"],
  ["weblist", "weblist"],
]);
const VIEWS_WITH_EXPRESSION = new Set(["peek", "list", "weblist"]);

const SAMPLE_FLAGS = new Map([
  ["total_delay", "delay"],
  ["mean_delay", "delay"],
  ["contentions", "contentions"],
  ["inuse_space", "inuse_space"],
  ["inuse_objects", "inuse_objects"],
  ["alloc_space", "alloc_space"],
  ["alloc_objects", "alloc_objects"],
]);

type Setter = (command: PprofCommand, value: string, flag: string) => void;
type KeyOf<T> = { [K in keyof ReportOptions]: ReportOptions[K] extends T ? K : never }[keyof ReportOptions];

const text =
  (key: KeyOf<string>): Setter =>
  ({ options }, value) => {
    (options[key] as string) = value;
  };
const whole =
  (key: KeyOf<number>): Setter =>
  ({ options }, value, flag) => {
    options[key] = parseWhole(value, flag);
  };
const decimal =
  (key: KeyOf<number>): Setter =>
  ({ options }, value, flag) => {
    const number = Number(value);
    if (value.trim() === "" || !Number.isFinite(number))
      throw new UsageError(`-${flag} wants a number, not ${value}.`);
    options[key] = number;
  };
const yes =
  (key: KeyOf<boolean>): Setter =>
  ({ options }, value, flag) => {
    (options[key] as boolean) = parseTruth(value, flag);
  };

/** Flags with a value. */
const VALUE_FLAGS: ReadonlyMap<string, Setter> = new Map<string, Setter>([
  ["sample_index", text("sampleIndex")],
  ["unit", text("unit")],
  ["focus", text("focus")],
  ["ignore", text("ignore")],
  ["hide", text("hide")],
  ["show", text("show")],
  ["show_from", text("showFrom")],
  ["prune_from", text("pruneFrom")],
  ["tagfocus", text("tagFocus")],
  ["tagignore", text("tagIgnore")],
  ["tagshow", text("tagShow")],
  ["taghide", text("tagHide")],
  ["tagroot", text("tagRoot")],
  ["tagleaf", text("tagLeaf")],
  ["source_path", text("sourcePath")],
  ["trim_path", text("trimPath")],
  ["nodecount", whole("nodeCount")],
  ["nodefraction", decimal("nodeFraction")],
  ["edgefraction", decimal("edgeFraction")],
  ["divide_by", decimal("divideBy")],
  ["base", (command, value) => void command.base.push(value)],
  [
    "diff_base",
    (command, value) => {
      command.base.push(value);
      command.isDiffBase = true;
    },
  ],
  [
    "seconds",
    (command, value, flag) => {
      command.seconds = parseWhole(value, flag);
    },
  ],
  [
    "timeout",
    (command, value, flag) => {
      command.timeoutSeconds = parseWhole(value, flag);
    },
  ],
  [
    "symbolize",
    (command, value) => {
      command.symbolize = parseSymbolize(value);
    },
  ],
  [
    "buildid",
    (command, value) => {
      command.buildId = value;
    },
  ],
  [
    "add_comment",
    (command, value) => {
      command.comment = value;
    },
  ],
  [
    "output",
    (command, value) => {
      command.output = value;
    },
  ],
  // Where pprof looks for programs that read binaries.
  ["tools", () => {}],
  ["header", (command, value) => void command.headers.push(value)],
  [
    "tls_cert",
    (command, value) => {
      command.tls.cert = value;
    },
  ],
  [
    "tls_key",
    (command, value) => {
      command.tls.key = value;
    },
  ],
  [
    "tls_ca",
    (command, value) => {
      command.tls.ca = value;
    },
  ],
  [
    "format",
    (command, value) => {
      if (value !== "text" && value !== "json" && value !== "html" && value !== "svg")
        throw new UsageError(`-format is text, json, html or svg, not ${value}.`);
      command.format = value;
    },
  ],
  [
    "http",
    (command, value) => {
      if (command.view !== undefined && command.view !== "web")
        throw new UsageError("-http is of the web view, which has no other beside it.");
      command.view = "web";
      command.http = value;
    },
  ],
]);

/** Flags that are on when they are there; `-flag=false` turns one off. */
const SWITCHES: ReadonlyMap<string, Setter> = new Map<string, Setter>([
  ["mean", yes("mean")],
  ["noinlines", yes("noInlines")],
  ["showcolumns", yes("showColumns")],
  ["trim", yes("trim")],
  ["drop_negative", yes("dropNegative")],
  ["call_tree", yes("callTree")],
  ["compact_labels", yes("compactLabels")],
  // Upstream opens a browser unless told not to; here none is opened, the address is printed.
  ["no_browser", () => {}],
  ["relative_percentages", yes("relativePercentages")],
  [
    "normalize",
    (command, value, flag) => {
      command.normalize = parseTruth(value, flag);
    },
  ],
  [
    "all_frames",
    (command, value, flag) => {
      command.allFrames = parseTruth(value, flag);
    },
  ],
  // Of the disassembly that there is not.
  ["intel_syntax", (_, value, flag) => void parseTruth(value, flag)],
  [
    "insecure",
    (command, value, flag) => {
      command.tls.insecure = parseTruth(value, flag);
    },
  ],
  [
    "help",
    (command, value, flag) => {
      command.help = parseTruth(value, flag);
    },
  ],
  [
    "h",
    (command, value, flag) => {
      command.help = parseTruth(value, flag);
    },
  ],
]);

/**
 * Reads the words behind `gopatrol pprof`. As `go tool pprof` does, it takes flags with one dash or two and values
 * behind "=" or as the next word; flags may also follow sources.
 *
 * @throws UsageError
 */
export function parsePprofArguments(words: readonly string[]): PprofCommand {
  const command: PprofCommand = {
    view: undefined,
    expression: "",
    sources: [],
    base: [],
    isDiffBase: false,
    normalize: false,
    options: { ...DEFAULT_REPORT_OPTIONS },
    seconds: undefined,
    timeoutSeconds: undefined,
    symbolize: { symbols: true },
    allFrames: false,
    buildId: "",
    comment: "",
    output: "",
    format: "text",
    http: "",
    headers: [],
    tls: { cert: "", key: "", ca: "", insecure: false },
    help: false,
  };
  new ArgumentReader(command).read(words);
  return command;
}

class ArgumentReader {
  readonly #command: PprofCommand;
  readonly #choices = new Map<string, string>();
  readonly #baseKinds = new Set<string>();
  #wantsExpression = false;

  constructor(command: PprofCommand) {
    this.#command = command;
  }

  read(words: readonly string[]): void {
    for (let at = 0; at < words.length; at++) {
      const word = words[at]!;
      if (word === "--") {
        for (const rest of words.slice(at + 1)) this.#readWord(rest);
        break;
      }
      const match = /^--?([A-Za-z_][\w-]*)(?:=([\s\S]*))?$/.exec(word);
      if (match === null) {
        this.#readWord(word);
        continue;
      }
      const [, flag, value] = match;
      if (this.#readSwitch(flag!, value)) continue;
      if (value === undefined && at + 1 === words.length) throw new UsageError(`-${flag} wants a value.`);
      this.#readValue(flag!, value ?? words[++at]!);
    }
    if (this.#wantsExpression) {
      throw new UsageError(
        `${this.#command.view} wants a regular expression: gopatrol pprof peek main.handle heap.pb.gz`,
      );
    }
    if (this.#baseKinds.size > 1)
      throw new UsageError("-base and -diff_base flags cannot both be specified.");
    if (this.#command.normalize && this.#command.base.length === 0) {
      throw new UsageError("must have base profile to normalize by.");
    }
  }

  /** A source, or the view and its expression where they come first. */
  #readWord(word: string): void {
    const command = this.#command;
    if (this.#wantsExpression) {
      command.expression = word;
      this.#wantsExpression = false;
      return;
    }
    const view = VIEWS.get(word);
    if (command.view === undefined && command.sources.length === 0 && view !== undefined) {
      command.view = view;
      this.#wantsExpression = VIEWS_WITH_EXPRESSION.has(word);
      return;
    }
    command.sources.push(word);
  }

  /** False if the flag takes a value. */
  #readSwitch(flag: string, value: string | undefined): boolean {
    const set = SWITCHES.get(flag);
    const { options } = this.#command;
    const isOn = (): boolean => parseTruth(value ?? "true", flag);
    if (set !== undefined) set(this.#command, value ?? "true", flag);
    else if (VIEWS.has(flag) && !VIEWS_WITH_EXPRESSION.has(flag)) {
      if (isOn()) this.#setView(flag);
    } else if (flag === "cum" || flag === "flat") {
      if (isOn()) options.sort = this.#choose("sort", flag);
    } else if ((GRANULARITIES as readonly string[]).includes(flag)) {
      if (isOn()) options.granularity = this.#choose("granularity", flag);
    } else if (SAMPLE_FLAGS.has(flag)) {
      if (isOn()) this.#chooseSamples(flag);
    } else return false;
    return true;
  }

  #chooseSamples(flag: string): void {
    const { options } = this.#command;
    if (options.sampleIndex === "") options.sampleIndex = SAMPLE_FLAGS.get(flag)!;
    if (flag === "mean_delay") options.mean = true;
  }

  #choose<T extends string>(kind: string, choice: T): T {
    const before = this.#choices.get(kind);
    if (before !== undefined && before !== choice) {
      throw new UsageError(`conflicting options set: -${before} and -${choice}.`);
    }
    this.#choices.set(kind, choice);
    return choice;
  }

  #setView(name: string): void {
    if (this.#command.view !== undefined) throw new UsageError("must set at most one output format.");
    this.#command.view = VIEWS.get(name);
  }

  #readValue(flag: string, value: string): void {
    const set = VALUE_FLAGS.get(flag);
    if (set !== undefined) set(this.#command, value, flag);
    else if (VIEWS_WITH_EXPRESSION.has(flag)) {
      this.#setView(flag);
      this.#command.expression = value;
    } else if (flag === "sort" && (value === "cum" || value === "flat")) this.#command.options.sort = value;
    else if (flag === "granularity") this.#command.options.granularity = value;
    else throw new UsageError(`-${flag} is no option (gopatrol pprof --help lists them).`);
    if (flag.endsWith("base")) this.#baseKinds.add(flag);
  }
}

/** internal/symbolizer/symbolizer.go, Symbolize. Where symbols are looked for is all one: binaries are not opened. */
function parseSymbolize(value: string): ReadOptions {
  const options: ReadOptions = { symbols: true };
  for (const word of value.toLowerCase().split(":")) {
    if (word === "none" || word === "no") return { symbols: false };
    if (word === "force") options.force = true;
    else if (word === "demangle=full" || word === "demangle=templates" || word === "demangle=none") {
      options.demangle = word.slice("demangle=".length) as "full" | "templates" | "none";
      options.force = true;
    } else if (!["", "local", "fastlocal", "remote", "demangle=default"].includes(word)) {
      throw new UsageError(
        "-symbolize is [local|fastlocal|remote|none][:force][:demangle=[none|full|templates|default]], " +
          `not ${value}.`,
      );
    }
  }
  return options;
}

function parseWhole(value: string, flag: string): number {
  if (!/^[+-]?\d{1,9}$/.test(value)) throw new UsageError(`-${flag} wants a whole number, not ${value}.`);
  return Number(value);
}

const TRUE_WORDS = new Set(["1", "t", "T", "true", "TRUE", "True"]);
const FALSE_WORDS = new Set(["0", "f", "F", "false", "FALSE", "False"]);

function parseTruth(value: string, flag: string): boolean {
  if (TRUE_WORDS.has(value)) return true;
  if (FALSE_WORDS.has(value)) return false;
  throw new UsageError(`-${flag} is true or false, not ${value}.`);
}
