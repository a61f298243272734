import { en } from "./en.ts";
import type { LanguageTag } from "./language-tag.ts";
import type { Wording } from "./wording.ts";
import { zh } from "./zh.ts";

/** All that a report says in one language. */
export interface Language {
  tag: LanguageTag;
  wording: Wording;
}

export const LANGUAGES: Record<LanguageTag, Language> = {
  en: { tag: "en", wording: en },
  zh: { tag: "zh", wording: zh },
};
