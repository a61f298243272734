import type { FindingState, Severity } from "../findings/finding.ts";
import type { Outcome } from "../inspect/inspection.ts";
import type { Unit } from "../lib/quantity.ts";
import type { Language } from "./messages/language.ts";

/**
 * What all four renderers show, already in words: text, Markdown and HTML print it, JSON carries it beside the facts.
 * Every string is plain text (no markup); renderers escape. Numbers stay numbers only where something is drawn.
 */
export interface ReportView {
  /** Whose words these are; renderers take their fixed words from it. */
  language: Language;
  /** "leak", "problem" (no leak, but it hurts), "attention" (something to look at) and so on decide colour and icon. */
  outcome: Outcome;
  /** The sentence at the top. */
  verdict: string;
  /** A second sentence or none: what to do now. */
  advice: string;
  targetName: string;
  /** ISO 8601 UTC of the first sample; "" if nothing tells, as in a log without dates. */
  capturedAt: string;
  gopatrolVersion: string;
  /** Short facts in reading order: Go version, window, samples, live heap, goroutines, limit … */
  facts: { label: string; value: string }[];
  findings: FindingView[];
  charts: ChartView[];
  /** Where bytes grew between the first and the last sample; absent with fewer than two heap profiles. */
  flame?: FlameView;
  /** The process as the kernel sees it; absent where it was not looked at. */
  kernel?: KernelSectionView;
  growthSites: GrowthSiteView[];
  goroutineGroups: GoroutineGroupView[];
  /** What a look at the heap and the collector's log tell; empty without them. */
  tables: TableView[];
  captures: { sample: string; what: string; origin: string; size: string; elapsed: string; note: string }[];
  /** Failed or skipped captures and damaged inputs, one sentence each. */
  missing: string[];
  /** How the verdict was reached, one branch a line, each with its numbers. */
  reasoning: string[];
}

/** Rows of words in columns, the same in every form of the report. */
export interface TableView {
  id: string;
  title: string;
  /** A sentence above it, or empty. */
  lead: string;
  columns: { head: string; align: "left" | "right" }[];
  rows: string[][];
}

/** Resident set, mappings, file descriptors and cgroup, and what can be done about them. */
export interface KernelSectionView {
  /** "process 123 (shop), 9 threads, 12 % of a CPU" */
  lead: string;
  tables: TableView[];
  charts: ChartView[];
  advice: string[];
}

export interface FindingView {
  pattern: string;
  severity: Severity;
  state: FindingState;
  title: string;
  /** "high (0.95)" */
  confidence: string;
  /** "example.com/shop/cart.(*Store).Put" and "/src/cart/store.go:42"; empty for process-wide findings. */
  function: string;
  position: string;
  /** "1.9 MB/s (1.7 to 2.1)", or empty. */
  rate: string;
  callers: string[];
  evidence: string[];
  consequences: string[];
  fix: string[];
  next: string[];
  charts: ChartView[];
  /** Path of the pattern's page: "docs/patterns/data/unbounded-map.md". */
  page: string;
}

/** One line over time; drawn as a sparkline in text and as SVG in HTML. */
export interface ChartView {
  title: string;
  unit: Unit;
  seconds: number[];
  value: number[];
  /** First and last value in words: "21.4 MB → 78.0 MB". */
  summary: string;
}

/**
 * The call tree of the growth in columns, root first: `parent[i] < i`, and row 0 is the root with parent -1.
 * `delta` is bytes in use in the last sample minus the first, totals over the subtree (may be negative);
 * `before` and `after` likewise. Inlined and ordinary frames look alike.
 */
export interface FlameView {
  unit: "bytes";
  name: string[];
  /** "store.go:42", or empty. */
  position: string[];
  parent: number[];
  delta: number[];
  before: number[];
  after: number[];
  /** Bytes allocated between the two samples by the subtree, also if freed since. */
  allocated: number[];
  origin: ("own" | "third-party" | "standard-library" | "runtime")[];
}

export interface GrowthSiteView {
  function: string;
  position: string;
  before: string;
  after: string;
  growth: string;
  /** "1.9 MB/s" */
  rate: string;
  /** Share of what was allocated there in the window that is still in use: "100 %". */
  kept: string;
  /** "map insert", "slice growth", … or empty. */
  operation: string;
  series: number[];
}

export interface GoroutineGroupView {
  state: string;
  before: number;
  after: number;
  growing: boolean;
  /** First own frame, or the leaf. */
  function: string;
  position: string;
  createdBy: string;
  /** "up to 12 min", or empty. */
  wait: string;
  stack: string[];
  series: number[];
}
