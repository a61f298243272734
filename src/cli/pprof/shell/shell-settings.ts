import { compareUtf8 } from "../../../lib/compare-utf8.ts";
import { GRANULARITIES } from "../../../pprof/granularity.ts";
import type { ReportOptions } from "../../../pprof/report-options.ts";
import { UsageError } from "../../exit-code.ts";

/** What a session may change: it holds for all commands behind it. */
export interface ShellSettings extends ReportOptions {
  output: string;
  /** Taken for the sake of scripts; what they ask for was done, or not, when the profile was loaded. */
  normalize: boolean;
  intelSyntax: boolean;
}

interface Setting {
  name: string;
  help: string;
  /** Values that are commands of their own too: `cum`, `lines`. */
  choices: readonly string[];
  isSwitch: boolean;
  read: (settings: ShellSettings) => string;
  /** @throws UsageError */
  write: (settings: ShellSettings, value: string) => void;
}

type KeyOf<T> = { [K in keyof ShellSettings]: ShellSettings[K] extends T ? K : never }[keyof ShellSettings];
const RARE: Pick<Setting, "choices" | "isSwitch"> = { choices: [], isSwitch: false };

function text(name: string, key: KeyOf<string>, help: string): Setting {
  const write: Setting["write"] = (settings, value) => {
    (settings[key] as string) = value;
  };
  return { ...RARE, name, help, read: (settings) => settings[key], write };
}

function decimal(name: string, key: KeyOf<number>, help: string, parse = parseDecimal): Setting {
  const write: Setting["write"] = (settings, value) => {
    settings[key] = parse(value);
  };
  return { ...RARE, name, help, read: (settings) => formatFloat(settings[key]), write };
}

function yes(name: string, key: KeyOf<boolean>, help: string): Setting {
  const write: Setting["write"] = (settings, value) => {
    settings[key] = parseYes(value);
  };
  return { ...RARE, name, help, isSwitch: true, read: (settings) => String(settings[key]), write };
}

function choice(
  name: string,
  key: "sort" | "granularity",
  help: string,
  choices: readonly string[],
): Setting {
  const write: Setting["write"] = (settings, value) => {
    if (!choices.includes(value)) throw new UsageError(`invalid ${quote(name)} value ${quote(value)}`);
    (settings[key] as string) = value;
  };
  return { ...RARE, name, help, choices, read: (settings) => settings[key], write };
}

/** The names are those of `go tool pprof` (google/pprof, internal/driver/config.go). */
export const SETTINGS: readonly Setting[] = [
  text("output", "output", "File that reports go to instead of the screen"),
  yes("call_tree", "callTree", "Keep calls apart by the whole path to them (dot, svg, callgrind)"),
  yes("relative_percentages", "relativePercentages", "Percentages of what the filters left, not of all"),
  text(
    "unit",
    "unit",
    "Unit of values: kb, mb, ms, s …; minimum for one that fits all, auto for each its own",
  ),
  yes("compact_labels", "compactLabels", "Short header"),
  text("source_path", "sourcePath", "Directories where source files are, with colons"),
  text("trim_path", "trimPath", "Prefixes to cut off the paths of source files before, with colons"),
  yes("intel_syntax", "intelSyntax", "Accepted and without effect: there is no disassembly"),
  yes("mean", "mean", "Divide values by the first column: mean object size, mean delay"),
  text("sample_index", "sampleIndex", "Column of values to show, by name or number from 0"),
  decimal("divide_by", "divideBy", "Number that all values are divided by"),
  yes("normalize", "normalize", "Accepted and without effect: give -normalize when you start"),
  choice("sort", "sort", "Order of entries", ["cum", "flat"]),
  text("tagroot", "tagRoot", "Label keys, with commas, whose values become frames at the root"),
  text("tagleaf", "tagLeaf", "Label keys, with commas, whose values become frames at the leaf"),
  yes("drop_negative", "dropNegative", "Leave out what has shrunk"),
  decimal(
    "nodecount",
    "nodeCount",
    "Most entries shown; 0 is all, -1 what the command thinks best",
    parseWhole,
  ),
  decimal("nodefraction", "nodeFraction", "Leave out entries below this part of the total"),
  decimal("edgefraction", "edgeFraction", "Leave out calls below this part of the total"),
  yes("trim", "trim", "Whether the three limits above count at all"),
  text("focus", "focus", "Only samples with a frame that matches this expression"),
  text("ignore", "ignore", "Only samples without a frame that matches"),
  text("prune_from", "pruneFrom", "Cut off matching frames and what they called"),
  text("hide", "hide", "Leave out matching frames, keep their samples"),
  text("show", "show", "Only frames that match"),
  text("show_from", "showFrom", "Cut off what called the outermost frame that matches"),
  text(
    "tagfocus",
    "tagFocus",
    "Only samples with such a label: expression, key=expression, or range as 1kb:64kb",
  ),
  text("tagignore", "tagIgnore", "Only samples without such a label"),
  text("tagshow", "tagShow", "Only labels whose key matches"),
  text("taghide", "tagHide", "No labels whose key matches"),
  yes("noinlines", "noInlines", "Give what inlined calls did to who called them"),
  yes("showcolumns", "showColumns", "Column numbers behind line numbers"),
  choice("granularity", "granularity", "What an entry is", GRANULARITIES),
];

export const CHOICE_HELP: Readonly<Record<string, string>> = {
  cum: "By the value of an entry and all it called",
  flat: "By the value of an entry itself",
  functions: "Functions",
  filefunctions: "Functions of a file",
  files: "Files",
  lines: "Lines of source code",
  addresses: "Instructions",
  packages: "Packages",
  modules: "Modules",
};

/** The setting that a name is, or one of whose choices it is. */
export function findSetting(name: string): Setting | undefined {
  return SETTINGS.find((setting) => setting.name === name || setting.choices.includes(name));
}

/** Sets `name`, which may be a choice. @throws UsageError with the words of `go tool pprof`. */
export function assign(settings: ShellSettings, name: string, value: string): void {
  const setting = findSetting(name);
  if (setting?.name === name) setting.write(settings, value);
  else if (/^(?:1|t|T|true|TRUE|True)$/.test(value)) setting?.write(settings, name);
  else throw new UsageError(`unknown config field ${quote(name)}`);
}

const NAME_WIDTH = 25;
const VALUE_WIDTH = 20;

/** What `options` prints. */
export function describeSettings(settings: ShellSettings, sampleTypes: readonly string[]): string {
  const lines = SETTINGS.filter(({ name }) => name !== "source_path").map((setting) => {
    const { name, choices } = setting;
    let value = setting.read(settings);
    let remark = "";
    if (choices.length > 0) remark = `[${choices.toSorted().join(" | ")}]`;
    else if (name === "sample_index") {
      if (value === "") value = sampleTypes.at(-1) ?? "";
      remark = `[${sampleTypes.join(" | ")}]`;
    } else if (name === "nodecount" && value === "-1") remark = "default";
    else if (value === "") value = '""';
    if (name === "granularity" && value === "") value = "(default)";
    return `  ${name.padEnd(NAME_WIDTH)} = ${value.padEnd(VALUE_WIDTH)} ${remark === "" ? "" : `${REMARK} ${remark}`}`;
  });
  return lines.toSorted(compareUtf8).join("\n");
}

/** Begins a remark behind a value, so that what `options` prints can be given back. */
export const REMARK = "//:";

function parseYes(value: string): boolean {
  const word = value.toLowerCase();
  if (["true", "t", "yes", "y", "1", ""].includes(word)) return true;
  if (["false", "f", "no", "n", "0"].includes(word)) return false;
  throw new UsageError(`illegal value "${value}" for bool variable`);
}

function parseWhole(value: string): number {
  if (!/^[+-]?\d+$/.test(value)) {
    throw new UsageError(`strconv.Atoi: parsing ${quote(value)}: invalid syntax`);
  }
  if (BigInt.asIntN(64, BigInt(value)) !== BigInt(value)) {
    throw new UsageError(`strconv.Atoi: parsing ${quote(value)}: value out of range`);
  }
  return Number(value);
}

function parseDecimal(value: string): number {
  if (/^[+-]?inf(?:inity)?$/i.test(value)) {
    return value.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  if (/^nan$/i.test(value)) return Number.NaN;
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(value)) {
    throw new UsageError(`strconv.ParseFloat: parsing ${quote(value)}: invalid syntax`);
  }
  const number = Number(value);
  if (Number.isFinite(number)) return number;
  throw new UsageError(`strconv.ParseFloat: parsing ${quote(value)}: value out of range`);
}

/** Go's %v of a float64. */
function formatFloat(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  const shown = value !== 0 && Math.abs(value) < 1e-4 ? value.toExponential() : String(value);
  return shown.replace(/e([+-])(\d)$/, "e$10$2");
}

function quote(value: string): string {
  return JSON.stringify(value);
}
