import { COMMANDS } from "./shell-commands.ts";
import { findSetting, SETTINGS } from "./shell-settings.ts";

/** What there is to complete besides commands and options. */
export interface ShellWords {
  functions: () => readonly string[];
  labelKeys: () => readonly string[];
  sampleTypes: readonly string[];
  shortcuts: readonly string[];
}

const OWN_WORDS = ["options", "quit", "exit", "help"];
/** More would scroll what one looked at off the screen. */
const MOST_SHOWN = 40;
const EXPRESSION_LETTERS = /[\\^$.*+?()[\]{}|]/g;

/** Completes the last word of a line, as node:readline asks it to be. */
export function completeLine(line: string, words: ShellWords): [candidates: string[], completed: string] {
  const last = /\S*$/.exec(line)![0];
  const before = line.slice(0, line.length - last.length).trim();
  if (before === "") {
    const equals = last.indexOf("=");
    return equals < 0 ? begin(last, firstWords(words)) : completeValue(last, equals, words);
  }
  const [command] = before.split(/\s+/);
  if (command === "help") return before === "help" ? begin(last, helpWords()) : [[], last];
  if (!Object.hasOwn(COMMANDS, command!.replace(/\d+$/, ""))) return [[], last];
  const sign = last.startsWith("-") ? "-" : "";
  const found = complete(
    last.slice(sign.length),
    command === "tags" ? words.labelKeys() : words.functions().map(quoteExpression),
  );
  return [found.map((each) => sign + each), last];
}

function firstWords({ shortcuts }: ShellWords): string[] {
  const options = SETTINGS.flatMap(({ name, isSwitch, choices }) => [
    isSwitch ? name : `${name}=`,
    ...choices,
  ]);
  return [...new Set([...Object.keys(COMMANDS), ...OWN_WORDS, ...options, ...shortcuts])].toSorted();
}

function helpWords(): string[] {
  return [
    ...Object.keys(COMMANDS),
    ...SETTINGS.flatMap(({ name, choices }) => [name, ...choices]),
  ].toSorted();
}

function completeValue(word: string, equals: number, words: ShellWords): [string[], string] {
  const name = word.slice(0, equals);
  const setting = findSetting(name);
  if (setting === undefined || setting.name !== name) return [[], word];
  const values = (): readonly string[] => {
    if (name === "sample_index") return words.sampleTypes;
    if (setting.isSwitch) return ["true", "false"];
    if (setting.choices.length > 0) return setting.choices;
    if (name === "tagroot" || name === "tagleaf") return words.labelKeys();
    if (name.startsWith("tag")) return words.labelKeys().map((key) => `${key}=`);
    return /^(focus|ignore|hide|show|show_from|prune_from)$/.test(name)
      ? words.functions().map(quoteExpression)
      : [];
  };
  return [complete(word.slice(equals + 1), values()).map((value) => `${name}=${value}`), word];
}

/** A function's name as an expression that it matches: `main.(*Cart).Add` does not match itself. */
function quoteExpression(name: string): string {
  return name.replace(EXPRESSION_LETTERS, "\\$&");
}

function begin(word: string, among: readonly string[]): [string[], string] {
  return [among.filter((each) => each.startsWith(word)), word];
}

/**
 * What begins with a word; else the one that holds it; else all that hold it, with the word itself, so that readline
 * shows them and leaves the line as it is.
 */
function complete(word: string, among: readonly string[]): string[] {
  const beginning = among.filter((each) => each.startsWith(word));
  if (beginning.length > 0) return shorten(beginning);
  const holding = among.filter((each) => each.includes(word) || each.includes(quoteExpression(word)));
  return holding.length <= 1 ? holding : [word, ...shorten(holding)];
}

/** Of many, the first ones and the last: together they have the beginning that all have. */
function shorten(sorted: readonly string[]): string[] {
  const all = [...new Set(sorted)].toSorted();
  return all.length <= MOST_SHOWN ? all : [...all.slice(0, MOST_SHOWN - 1), all.at(-1)!];
}
