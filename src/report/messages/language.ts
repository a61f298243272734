import { labels as englishLabels } from "./en/labels.ts";
import { en } from "./en.ts";
import type { Labels } from "./labels.ts";
import type { LanguageTag } from "./language-tag.ts";
import type { Wording } from "./wording.ts";
import { labels as chineseLabels } from "./zh/labels.ts";
import { translate } from "./zh/translate.ts";
import { zh } from "./zh.ts";

/** All that a report says in one language. */
export interface Language {
  tag: LanguageTag;
  wording: Wording;
  labels: Labels;
  /**
   * What capture and decoders said in English (a failure's reason, damage), in this language. Without `otherwise` the
   * language says in its own words that it does not know the sentence.
   */
  foreign(text: string, otherwise?: string): string;
}

export const LANGUAGES: Record<LanguageTag, Language> = {
  en: { tag: "en", wording: en, labels: englishLabels, foreign: (text) => text },
  zh: { tag: "zh", wording: zh, labels: chineseLabels, foreign: translate },
};
