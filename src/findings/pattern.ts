import type { PatternId } from "./catalogue.ts";
import type { Claims, Evidence } from "./evidence.ts";
import type { Finding } from "./finding.ts";

/** A finding before causes are joined, with what it accounts for. */
export interface Candidate {
  finding: Finding;
  claims: Claims;
}

/** A known way in which memory grows. One file a pattern; the page in docs/patterns has the same id. */
export interface Pattern {
  id: PatternId;
  /** Judges the evidence; an empty list means that the pattern is not there, or that nothing speaks for it. */
  judge(evidence: Evidence): Candidate[];
}
