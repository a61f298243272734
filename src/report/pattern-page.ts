import type { PatternId } from "../findings/catalogue.ts";
import type { LanguageTag } from "./messages/language-tag.ts";

/** Where a pattern's page is in the package: "docs/patterns/data/unbounded-map.md", "docs/patterns/zh/data/…". */
export function patternPagePath(pattern: PatternId, language: LanguageTag): string {
  return `docs/patterns/${language === "en" ? "" : `${language}/`}${pattern}.md`;
}
