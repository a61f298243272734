import type { GoroutineGroup, GoroutineGrowth } from "../analysis/goroutine-growth.ts";
import type { GrowthCluster } from "../analysis/growth-clusters.ts";
import type { HeapGrowth } from "../analysis/heap-growth.ts";
import type { CollectorActivity, LiveHeap } from "../analysis/memory-series.ts";
import type { RetentionFinder } from "./retention-finder.ts";

/**
 * All that a pattern may judge from. Whatever was not captured is absent; a pattern that lacks its evidence stays
 * silent or says what to capture, it never guesses.
 */
export interface Evidence {
  liveHeap: LiveHeap | undefined;
  collector: CollectorActivity | undefined;
  heap: HeapGrowth | undefined;
  clusters: readonly GrowthCluster[];
  goroutines: GoroutineGrowth | undefined;
  /** Bytes of goroutine stacks at the first and last sample. */
  stackBytes: { first: number; last: number } | undefined;
  limitBytes: number | undefined;
  /** How long the process had run when the window began, where metrics tell. */
  processAgeSeconds: number | undefined;
  /** What the source says of growing sites; absent without source. */
  retention: RetentionFinder | undefined;
  /** Go source by the path that profiles print. */
  source: ReadonlyMap<string, string> | undefined;
}

/** What a candidate finding accounts for, so that one cause is reported once. */
export interface Claims {
  clusters: readonly GrowthCluster[];
  groups: readonly GoroutineGroup[];
}
