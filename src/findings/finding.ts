import type { CodeSite } from "../analysis/code-site.ts";
import type { Quantity } from "../lib/quantity.ts";
import type { PatternId } from "./catalogue.ts";
import type { Statement } from "./statement.ts";

export type Severity = "info" | "warning" | "critical";

/**
 * `confirmed`: the evidence the pattern asks for is there. `suspected`: it points there, but something that would
 * confirm it is missing. `insufficient-data`: too little was captured to say, and `next` tells what to capture.
 */
export type FindingState = "confirmed" | "suspected" | "insufficient-data";

/** What a series is of; each language has its words for it. */
export type SeriesLabel =
  | "live heap"
  | "memory held from the OS"
  | "resident set"
  | "goroutines"
  | "goroutine stacks"
  | "connections"
  | "retained"
  | "allocated"
  | "live heap in the log"
  | "heap when marking ended"
  | "heap goal"
  | "first stop of the world"
  | "second stop of the world"
  | "GC share of CPU"
  | "assists' share of marking"
  | "map tables"
  | "descriptors"
  | "mapped"
  | "C heap"
  | "plugins"
  | "outside Go"
  | "allocation rate";

/** A number over the window, for the charts: the same points the judgement was made from. */
export interface Series {
  label: SeriesLabel;
  unit: Quantity["unit"];
  /** Seconds since the first sample. */
  seconds: number[];
  value: number[];
}

/** A growing thing with the same root cause as its finding: shown below it, never counted as a second leak. */
export interface Consequence {
  statement: Statement;
  site?: CodeSite;
}

/** A pattern recognised in the target. Facts only: `report/` makes the sentences. */
export interface Finding {
  pattern: PatternId;
  state: FindingState;
  severity: Severity;
  /** 0 to 1; the reasons are in `evidence`. */
  confidence: number;
  /** The statement to change; absent if the finding is about the whole process. */
  site?: CodeSite;
  /** Where the site is called from, own frames, innermost first. */
  callers: CodeSite[];
  headline: Statement;
  /** How fast it grows, with the interval that the samples allow. */
  rate?: { estimate: Quantity; low: Quantity; high: Quantity };
  evidence: Statement[];
  consequences: Consequence[];
  fix: Statement[];
  /** What to capture next to settle what is open. */
  next: Statement[];
  series: Series[];
}
