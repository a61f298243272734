import type { GrowthCourse } from "../../analysis/growth-course.ts";
import { diff as english } from "./en/diff.ts";
import type { LanguageTag } from "./language-tag.ts";
import { diff as chinese } from "./zh/diff.ts";

/** The words of `gopatrol diff` in one language. Functions take what is already in words. */
export interface DiffLabels {
  title: string;
  /** Sentences of the summary. `span` is empty where the times are not known. */
  heapGrew(v: { before: string; after: string; growth: string; span: string; course: string }): string;
  heapShrank(v: { before: string; after: string; growth: string; span: string }): string;
  heapSame(v: { before: string; after: string; span: string }): string;
  /** `survivors` is empty where nothing that was allocated is left over. */
  allocated(v: { bytes: string; survivors: string }): string;
  goroutineCount(count: string): string;
  goroutinesMoved(v: { before: string; after: string; growth: string; course: string }): string;
  perUnit(v: { counter: string; count: string; kept: string; allocated: string }): string;
  counterChosen(v: { counter: string }): string;
  noCounter: string;
  otherProcess: string;
  /** Few of the own functions are in both. */
  fewInCommon(share: string): string;
  unordered: string;
  /** How it went, at the end of a sentence. */
  course: Record<GrowthCourse, string>;
  /** The same as a remark on one row. */
  rowCourse: Record<GrowthCourse, string>;
  change: Record<"new" | "gone", string>;
  /** Notes of a row. */
  fromTo(before: string, after: string): string;
  allocatedNote(bytes: string): string;
  survive(share: string): string;
  each(amount: string): string;
  error(bytes: string): string;
  changes(created: string, gone: string): string;
  section: {
    inputs: string;
    sites: string;
    shrunk: string;
    packages: string;
    modules: string;
    goroutines: string;
    flame: string;
    damage: string;
  };
  column: {
    input: string;
    taken: string;
    inUse: string;
    goroutines: string;
    growth: string;
    before: string;
    after: string;
    allocated: string;
    ratio: string;
    survivors: string;
    each: string;
    course: string;
    place: string;
    cumulative: string;
    name: string;
    state: string;
  };
  more(count: string): string;
  nothing: string;
}

export const DIFF_LABELS: Record<LanguageTag, DiffLabels> = { en: english, zh: chinese };
