import type { PatternId } from "../findings/catalogue.ts";
import type { Severity } from "../findings/finding.ts";

/**
 * A finding as history keeps it, one row for each version. The id is of what was found, not of when: target, pattern
 * and site. A new version is written when its state, severity or rate changes.
 */
export interface FindingRecord {
  id: string;
  version: number;
  target: string;
  pattern: PatternId;
  /** "function (file:line)"; empty if it is about the whole process. */
  site: string;
  state: "open" | "resolved";
  severity: Severity;
  confidence: number;
  headline: string;
  fix: string[];
  bytesPerSecond: number | null;
  /** Of the first version and of this one. */
  firstSeenMs: number;
  atMs: number;
  runId: string;
  /** sha256 of the captures it rests on; they are kept as long as it is open. */
  captures: string[];
}
