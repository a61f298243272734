import type { PatternId } from "../findings/catalogue.ts";
import type { Severity } from "../findings/finding.ts";
import type { LanguageTag } from "../report/messages/language-tag.ts";

/** What a finding says to people; in English, as stable as the JSON that has it. */
export interface FindingWords {
  headline: string;
  fix: string[];
  /** The same in other languages; absent in what older versions wrote. */
  translations?: Partial<Record<Exclude<LanguageTag, "en">, Pick<FindingWords, "headline" | "fix">>>;
}

/**
 * A finding as history keeps it, one row for each version. The id is of what was found, not of when: target, pattern
 * and site. A new version is written when its state, severity or rate changes.
 */
export interface FindingRecord extends FindingWords {
  id: string;
  version: number;
  target: string;
  pattern: PatternId;
  /** "function (file:line)"; empty if it is about the whole process. */
  site: string;
  state: "open" | "resolved";
  severity: Severity;
  confidence: number;
  bytesPerSecond: number | null;
  /** Of the first version and of this one. */
  firstSeenMs: number;
  atMs: number;
  runId: string;
  /** sha256 of the captures it rests on; they are kept as long as it is open. */
  captures: string[];
}
