import { computeGoroutineGrowth } from "../../src/analysis/goroutine-growth.ts";
import { computeGrowthClusters } from "../../src/analysis/growth-clusters.ts";
import { computeHeapGrowth } from "../../src/analysis/heap-growth.ts";
import { computeLiveHeap } from "../../src/analysis/memory-series.ts";
import type { Evidence } from "../../src/findings/evidence.ts";
import { listHolders } from "../../src/findings/goroutine-holdings.ts";
import { RetentionFinder } from "../../src/findings/retention-finder.ts";
import { NO_EVIDENCE } from "./no-evidence.ts";
import { goroutineProfileFromText, heapProfileFromText } from "./profile-from-text.ts";

const MB = 1024 * 1024;

/** What a service shows at sample k. */
export interface GrowthScene {
  samples?: number;
  /** Live heap after collection. */
  liveBytes?: (k: number) => number;
  /** Lines for heapProfileFromText. */
  heap?: (k: number) => string;
  /** Lines for goroutineProfileFromText. */
  goroutines?: (k: number) => string;
  source?: Record<string, string>;
  rest?: Partial<Evidence>;
}

/** Evidence as an inspection of samples 5 s apart would have it. */
export function evidenceOfGrowth({
  samples = 7,
  liveBytes = (k) => (10 + k) * MB,
  heap,
  goroutines,
  source: files,
  rest = {},
}: GrowthScene): Evidence {
  const at = Array.from({ length: samples }, (_, k) => k);
  const growth =
    heap === undefined
      ? undefined
      : computeHeapGrowth({
          snapshots: at.map((k) => ({ seconds: 5 * k, profile: heapProfileFromText(heap(k)) })),
          layout: {},
        });
  const source = files === undefined ? undefined : new Map(Object.entries(files));
  const retention =
    source === undefined || growth === undefined ? undefined : new RetentionFinder(source, growth);
  const counted =
    goroutines === undefined
      ? undefined
      : computeGoroutineGrowth(
          at.map((k) => ({ seconds: 5 * k, profile: goroutineProfileFromText(goroutines(k)) })),
          {},
        );
  return {
    ...NO_EVIDENCE,
    liveHeap: computeLiveHeap(
      at.map((k) => ({
        seconds: 5 * k,
        memStats: { heapAlloc: liveBytes(k) },
        afterForcedGc: true,
        profileInuseBytes: undefined,
        residentBytes: undefined,
      })),
    ),
    heap: growth,
    clusters:
      growth === undefined
        ? []
        : computeGrowthClusters(growth, {
            findStore: (site) => retention?.findStore(site),
            holders: listHolders(counted),
          }),
    goroutines: counted,
    retention,
    source,
    ...rest,
  };
}
