import { globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { PATTERN_IDS } from "../../src/findings/catalogue.ts";
import { LANGUAGE_TAGS } from "../../src/report/messages/language-tag.ts";
import { patternPagePath } from "../../src/report/pattern-page.ts";
import { findEnglish } from "../support/english-left.ts";

const root = resolve(import.meta.dirname, "../..");
const translations = LANGUAGE_TAGS.filter((tag) => tag !== "en");

interface Page {
  /** "# " and "## " in order. */
  levels: string[];
  title: string;
  /** What stands between ``` fences or is indented, line by line. */
  code: string[];
  prose: string[];
  /** Cells in each row of the tables. */
  cells: number[];
}

function readPage(path: string): Page {
  const page: Page = { levels: [], title: "", code: [], prose: [], cells: [] };
  let fenced = false;
  for (const line of readFileSync(resolve(root, path), "utf8").split("\n")) {
    if (line.startsWith("```")) fenced = !fenced;
    if (fenced || line.startsWith("```") || /^ {4}/.test(line)) {
      page.code.push(line);
      continue;
    }
    const heading = /^(#+) (.*)/.exec(line);
    if (heading !== null) {
      page.levels.push(heading[1]!);
      if (page.title === "") page.title = heading[2]!;
    }
    if (line.startsWith("|")) page.cells.push(line.split("|").length);
    page.prose.push(line);
  }
  return page;
}

test("a page stands for each pattern and for nothing else, in every language", () => {
  const pages = globSync("docs/patterns/**/*.md", { cwd: root }).sort();
  const wanted = LANGUAGE_TAGS.flatMap((tag) => PATTERN_IDS.map((id) => patternPagePath(id, tag)));
  expect(pages).toEqual(wanted.sort());
});

describe.each(PATTERN_IDS)("%s", (id) => {
  const english = readPage(patternPagePath(id, "en"));

  test("is titled with its id and a name", () => {
    expect(english.title).toMatch(new RegExp(`^${id}: \\S`));
    expect(english.code.filter((line) => line.startsWith("```")).length % 2).toBe(0);
  });

  test.each(translations)("says the same in %s: its headings, tables and code", (tag) => {
    const page = readPage(patternPagePath(id, tag));
    expect(page.title.startsWith(`${id}：`)).toBe(true);
    expect(page.levels).toEqual(english.levels);
    expect(page.cells).toEqual(english.cells);
    expect(page.code).toEqual(english.code);
  });

  test("has no English sentence left in Chinese", () => {
    const { prose } = readPage(patternPagePath(id, "zh"));
    // Titles of articles stay, in their quotes; the sections that list them are names throughout.
    const text = prose
      .join("\n")
      .split("## 延伸阅读")[0]!
      .replace(/"[^"\n]*"/g, "，");
    expect(text.split("\n").flatMap((line) => findEnglish(line))).toEqual([]);
  });
});
