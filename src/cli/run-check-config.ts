import { readFile, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { styleText } from "node:util";
import type { ConfigProblem } from "../patrol/config/config-problem.ts";
import { countParts, describeConfig } from "../patrol/config/config-report.ts";
import { type LoadedConfig, loadPatrolConfig } from "../patrol/config/load-config.ts";
import type { PatrolConfig } from "../patrol/config/patrol-config.ts";
import { renderProblems } from "../patrol/config/render-problems.ts";
import type { CheckConfigFlags } from "./check-config-command.ts";
import { EXIT } from "./exit-code.ts";
import { describeTerminal } from "./terminal.ts";

/** Prints what is wrong with the file; gives the exit code. */
export async function runCheckConfig(file: string, { format }: CheckConfigFlags): Promise<number> {
  let text: string;
  let fileMode: number;
  try {
    [text, { mode: fileMode }] = await Promise.all([readFile(file, "utf8"), stat(file)]);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    process.stderr.write(`gopatrol: ${file} cannot be read (${code}).\n`);
    return EXIT.usage;
  }
  const loaded = loadPatrolConfig(text, { baseDir: dirname(resolve(file)), fileMode });
  process.stdout.write(
    format === "json"
      ? `${JSON.stringify(describeConfig(file, loaded), null, 2)}\n`
      : toText(file, text, loaded),
  );
  return loaded.config === null ? EXIT.usage : EXIT.nothingFound;
}

function toText(file: string, text: string, { config, errors, warnings }: LoadedConfig): string {
  const { color } = describeTerminal(process.stdout, process.env);
  const colours = { error: "red", warning: "yellow", frame: "dim", hint: "cyan" } as const;
  const style = (kind: keyof typeof colours, words: string) =>
    color ? styleText(colours[kind], words, { validateStream: false }) : words;
  const problems = renderProblems([...errors, ...warnings], { file, text, style });
  const last =
    config === null
      ? `${file}: ${count(errors, "error")}${warnings.length > 0 ? `, ${count(warnings, "warning")}` : ""}.\n`
      : `${file}: ok${warnings.length > 0 ? `, ${count(warnings, "warning")}` : ""}: ${describeParts(config)}.\n`;
  return problems === "" ? last : `${problems}\n${last}`;
}

function count(problems: readonly ConfigProblem[], word: string): string {
  return `${problems.length} ${word}${problems.length === 1 ? "" : "s"}`;
}

function describeParts(config: PatrolConfig): string {
  return Object.entries(countParts(config))
    .filter(([, number]) => number > 0)
    .map(([name, number]) => `${number} ${number === 1 ? name.slice(0, -1) : name}`)
    .join(", ");
}
