import type { Inspection } from "../../inspect/inspection.ts";
import { encodeFacts } from "../json.ts";
import type { Language } from "../messages/language.ts";

/** Raised when a field is removed or changes its meaning; new fields do not raise it. */
export const RSS_REPORT_VERSION = 1;

/** A resident set explained, for programs. The shape is published as docs/schema/rss-v1.schema.json. */
export function renderRssJson(
  { target, window, limitBytes, limitSource, kernel, failures, damage }: Inspection,
  { gopatrolVersion, language }: { gopatrolVersion: string; language: Language },
): string {
  const head = { format: "gopatrol-rss", version: RSS_REPORT_VERSION, gopatrol: gopatrolVersion };
  return encodeFacts(
    { ...head, target, window, limitBytes, limitSource, kernel, failures, damage },
    language,
  );
}
