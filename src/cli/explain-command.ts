import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { PATTERN_IDS } from "../findings/catalogue.ts";
import type { LanguageTag } from "../report/messages/language-tag.ts";
import { patternPagePath } from "../report/pattern-page.ts";
import { UsageError } from "./exit-code.ts";
import { type LanguageFlag, languageOption } from "./language-option.ts";

export function addExplainCommand(program: Command): void {
  program
    .command("explain")
    .description("the catalogue of patterns, or one pattern's page")
    .argument("[pattern]", "a pattern's id, or its last part")
    .addOption(languageOption("of the page"))
    .addHelpText(
      "after",
      "\nExamples:\n  gopatrol explain\n  gopatrol explain goroutine/blocked-send\n  gopatrol explain http-body --lang zh",
    )
    .action(async (word: string | undefined, { lang }: LanguageFlag) => {
      process.stdout.write(word === undefined ? await renderCatalogue(lang) : await readPage(word, lang));
    });
}

async function renderCatalogue(lang: LanguageTag): Promise<string> {
  const width = Math.max(...PATTERN_IDS.map((id) => id.length));
  const lines = await Promise.all(
    PATTERN_IDS.map(async (id) => `${id.padEnd(width)}  ${findTitle(await readPage(id, lang))}`),
  );
  return `${lines.join("\n")}\n`;
}

async function readPage(word: string, lang: LanguageTag): Promise<string> {
  const id =
    PATTERN_IDS.find((known) => known === word) ?? PATTERN_IDS.find((known) => known.endsWith(`/${word}`));
  if (id === undefined) {
    throw new UsageError(`there is no pattern ${word}; gopatrol explain lists them`);
  }
  return readFile(new URL(`../../${patternPagePath(id, lang)}`, import.meta.url), "utf8");
}

/** "# data/unbounded-map: a map that only grows" → "a map that only grows"; Chinese has a wide colon. */
function findTitle(page: string): string {
  const heading = page.slice(0, page.indexOf("\n"));
  return heading.slice(heading.search(/[:：]/) + 1).trim();
}
