/** The languages of reports and pattern pages, as `--lang` and HTML spell them. */
export const LANGUAGE_TAGS = ["en", "zh"] as const;
export type LanguageTag = (typeof LANGUAGE_TAGS)[number];
