import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { PATTERN_IDS } from "../findings/catalogue.ts";
import { UsageError } from "./exit-code.ts";

export function addExplainCommand(program: Command): void {
  program
    .command("explain")
    .description("the catalogue of patterns, or one pattern's page")
    .argument("[pattern]", "a pattern's id, or its last part")
    .addHelpText(
      "after",
      "\nExamples:\n  gopatrol explain\n  gopatrol explain goroutine/blocked-send\n  gopatrol explain http-body",
    )
    .action(async (word: string | undefined) => {
      process.stdout.write(word === undefined ? await renderCatalogue() : await readPage(word));
    });
}

async function renderCatalogue(): Promise<string> {
  const width = Math.max(...PATTERN_IDS.map((id) => id.length));
  const lines = await Promise.all(
    PATTERN_IDS.map(async (id) => `${id.padEnd(width)}  ${findTitle(await readPage(id))}`),
  );
  return `${lines.join("\n")}\n`;
}

async function readPage(word: string): Promise<string> {
  const id =
    PATTERN_IDS.find((known) => known === word) ?? PATTERN_IDS.find((known) => known.endsWith(`/${word}`));
  if (id === undefined) {
    throw new UsageError(`there is no pattern ${word}; gopatrol explain lists them`);
  }
  return readFile(new URL(`../../docs/patterns/${id}.md`, import.meta.url), "utf8");
}

/** "# data/unbounded-map: a map that only grows" → "a map that only grows". */
function findTitle(page: string): string {
  const heading = page.slice(0, page.indexOf("\n"));
  return heading.slice(heading.indexOf(":") + 1).trim();
}
