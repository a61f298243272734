import { Option } from "commander";
import { LANGUAGE_TAGS, type LanguageTag } from "../report/messages/language-tag.ts";

export interface LanguageFlag {
  lang: LanguageTag;
}

/** `--lang`. The variable LANG is not asked: a report goes to others, and must not depend on who makes it where. */
export function languageOption(what: string): Option {
  return new Option("--lang <language>", `language ${what}`).choices(LANGUAGE_TAGS).default("en");
}
