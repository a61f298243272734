import { findSampleIndex } from "../../../pprof/combine.ts";
import { PprofError } from "../../../pprof/pprof-error.ts";
import type { ReportOptions } from "../../../pprof/report-options.ts";
import type { Profile } from "../../../tables/profile.ts";
import { UsageError } from "../../exit-code.ts";
import type { ShownView } from "../flags.ts";
import { ABSENT_COMMANDS, COMMANDS, describeCommands, describeName } from "./shell-commands.ts";
import { assign, describeSettings, findSetting, REMARK, type ShellSettings } from "./shell-settings.ts";

/** What a line asks for. */
export type ShellStep =
  | { kind: "show"; view: ShownView; expression: string; options: ReportOptions; output: string }
  | { kind: "say"; text: string }
  | { kind: "end" };

/** What Go takes for blanks. */
const BLANKS = /[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u;
/** Entries that `top` shows where nobody said how many. */
const TOP_NODES = 10;
const MOST_INT32 = 2 ** 31;

/** The state of an interactive session: reads lines as `go tool pprof` does (internal/driver/interactive.go). */
export class ShellSession {
  readonly #profile: Profile;
  readonly #settings: ShellSettings;
  readonly sampleTypes: readonly string[];
  readonly #shortcuts = new Map<string, string[]>([
    [":", ["focus=", "ignore=", "hide=", "tagfocus=", "tagignore="]],
  ]);

  constructor(profile: Profile, settings: ShellSettings) {
    this.#profile = profile;
    this.#settings = { ...settings, compactLabels: true };
    this.sampleTypes = profile.sampleTypes.map(({ type }) => profile.strings.get(type));
    for (const type of this.sampleTypes) {
      const choose = `sample_index=${type}`;
      this.#shortcuts.set(type, [choose]);
      this.#shortcuts.set(`total_${type}`, ["mean=0", choose]);
      this.#shortcuts.set(`mean_${type}`, ["mean=1", choose]);
    }
  }

  get shortcuts(): string[] {
    return [...this.#shortcuts.keys()];
  }

  interpret(line: string): ShellStep[] {
    const input = trimBlanks(line);
    const steps: ShellStep[] = [];
    for (const each of this.#shortcuts.get(input) ?? [input]) {
      try {
        const step = this.#interpretOne(each);
        if (step !== undefined) steps.push(step);
      } catch (error) {
        if (!(error instanceof UsageError || error instanceof PprofError)) throw error;
        steps.push({ kind: "say", text: error.message });
      }
    }
    return steps;
  }

  #interpretOne(input: string): ShellStep | undefined {
    if (this.#assign(input)) return undefined;
    const words = input.split(BLANKS).filter((word) => word !== "");
    const [first, ...rest] = words;
    switch (first) {
      case undefined:
        return undefined;
      case "o":
      case "options":
        return { kind: "say", text: describeSettings(this.#settings, this.sampleTypes) };
      case "exit":
      case "quit":
      case "q":
        return { kind: "end" };
      case "help":
        return { kind: "say", text: this.#help(rest.join(" ")) };
      default:
        return this.#command(first, rest);
    }
  }

  #help(name: string): string {
    if (name === "") return describeCommands();
    return describeName(name, this.sampleTypes) ?? `Unknown command: ${name}`;
  }

  /** False if the line sets nothing. */
  #assign(input: string): boolean {
    const at = input.indexOf("=");
    const name = trimBlanks(at < 0 ? input : input.slice(0, at));
    const setting = findSetting(name);
    if (setting === undefined) return false;
    if (at < 0 && !setting.isSwitch && setting.name === name) {
      throw new UsageError(`please specify a value, e.g. ${name}=<val>`);
    }
    // pprof says that a choice needs no value, and then refuses it without one.
    const bare = setting.isSwitch ? "" : "true";
    let value = at < 0 ? bare : input.slice(at + 1);
    const remark = value.lastIndexOf(REMARK);
    if (remark >= 0) value = value.slice(0, remark);
    value = trimBlanks(value);
    if (name === "sample_index") value = this.sampleTypes[findSampleIndex(this.#profile, value)]!;
    assign(this.#settings, name, value);
    return true;
  }

  #command(word: string, given: readonly string[]): ShellStep {
    let name = word;
    const words = [...given];
    // "top10" is "top 10".
    const digits = /^(.*\D)(\d+)$/s.exec(word);
    if (!Object.hasOwn(COMMANDS, word) && digits !== null) {
      name = digits[1]!;
      words.unshift(digits[2]!);
    }
    if (!Object.hasOwn(COMMANDS, name)) {
      const absent = ABSENT_COMMANDS.get(name);
      if (absent !== undefined) throw new UsageError(absent);
      if (findSetting(name) !== undefined) {
        throw new UsageError(`did you mean: ${name}=${words[0] ?? "<val>"}`);
      }
      throw new UsageError(`unrecognized command: ${JSON.stringify(name)}`);
    }
    const { view, wantsExpression } = COMMANDS[name]!;
    let expression = "";
    if (wantsExpression === true) {
      const next = words.shift();
      if (next === undefined) throw new UsageError(`command ${name} requires an argument`);
      expression = next;
    }
    const options: ShellSettings = { ...this.#settings };
    readArguments(options, words, name === "tags");
    if (options.nodeCount === -1 && view === "top") options.nodeCount = TOP_NODES;
    return { kind: "show", view, expression, options, output: options.output };
  }
}

/** Numbers, expressions and `>file` behind a command, which hold for it alone. */
function readArguments(options: ShellSettings, words: readonly string[], isAboutLabels: boolean): void {
  let focus = "";
  let ignore = "";
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    const number = /^[+-]?\d+$/.test(word) ? Number(word) : Number.NaN;
    if (number >= -MOST_INT32 && number < MOST_INT32) options.nodeCount = number;
    else if (word.startsWith(">")) {
      const file = word.length > 1 ? word.slice(1) : words[++at];
      if (file === undefined) throw new UsageError("unexpected end of line after >");
      options.output = file;
    } else if (word === "-cum" || word === "--cum") options.sort = "cum";
    else if (word.startsWith("-")) ignore = joinExpressions(ignore, word.slice(1));
    else focus = joinExpressions(focus, word);
  }
  if (focus !== "") options[isAboutLabels ? "tagFocus" : "focus"] = focus;
  if (ignore !== "") options[isAboutLabels ? "tagIgnore" : "ignore"] = ignore;
}

function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && BLANKS.test(text[start]!)) start++;
  while (end > start && BLANKS.test(text[end - 1]!)) end--;
  return text.slice(start, end);
}

function joinExpressions(left: string, right: string): string {
  return left !== "" && right !== "" ? `${left}|${right}` : left + right;
}
