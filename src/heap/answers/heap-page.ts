import { computeShortestPaths } from "../graph/shortest-paths.ts";
import type { HeapSnapshot } from "../heap-snapshot.ts";
import { type HeapChannel, listChannels } from "./channels.ts";
import { type DominatorExtract, extractDominators } from "./dominator-extract.ts";
import { buildHeapReport, type HeapReport } from "./heap-report.ts";
import { type HistogramRow, histogramByType } from "./histogram.ts";
import { findRuntimeRoots, type PathStep } from "./object-path.ts";
import { findValueWaste, type ValueWaste } from "./value-waste.ts";

/** All that a page about a heap shows. */
export interface HeapPage {
  report: HeapReport;
  tree: DominatorExtract;
  /** More of them than the report lists. */
  types: HistogramRow[];
  channels: HeapChannel[];
  waste: ValueWaste;
  /** Finalizers, cleanups and the like, with what they alone keep. */
  runtimeRoots: PathStep[];
}

/** Types that the page knows by name. */
const MAX_TYPES = 2000;

export interface HeapPageLimits {
  /** Rows of each table. */
  rows: number;
  showValues: boolean;
}

export function buildHeapPage(heap: HeapSnapshot, { rows, showValues }: HeapPageLimits): HeapPage {
  return {
    report: buildHeapReport(heap, { top: rows }),
    tree: extractDominators(heap),
    types: histogramByType(heap).slice(0, MAX_TYPES),
    channels: listChannels(heap, computeShortestPaths(heap.graph), rows),
    waste: findValueWaste(heap, rows, showValues),
    runtimeRoots: findRuntimeRoots(heap),
  };
}
