import { quantity } from "../../lib/quantity.ts";
import { findCollectorSettings } from "../../source/collector-setting.ts";
import type { Pattern } from "../pattern.ts";
import { qualifySite } from "../qualified-site.ts";
import { type Statement, statement } from "../statement.ts";

/** Below this much garbage in the window, a collector that did not run proves nothing. */
const LEAST_ALLOCATED_BYTES = 8 * 1024 * 1024;

/**
 * The collector is switched off (GOGC=off or SetGCPercent(-1)) and no memory limit stands in for it: the heap goal
 * is infinite, which MemStats prints as NextGC = 2^64 - 1. With GOMEMLIMIT set the goal is finite and all is well.
 */
export const gogcOff: Pattern = {
  id: "gc/gogc-off",
  judge({ collector, liveHeap, source, heap, limitBytes }) {
    if (
      collector === undefined ||
      Number.isFinite(collector.nextGcBytes) ||
      Number.isNaN(collector.nextGcBytes)
    ) {
      return [];
    }
    const heapBytes = quantity(collector.lastHeapAllocBytes, "bytes");
    const call =
      source === undefined
        ? undefined
        : findCollectorSettings(source).find(
            (s) => s.call === "SetGCPercent" && s.value !== undefined && s.value < 0,
          );
    const site =
      call === undefined ? undefined : qualifySite(call.site, heap?.interner.frames() ?? [], source);
    const idle = collector.automaticCycles === 0 && collector.allocatedBytes >= LEAST_ALLOCATED_BYTES;
    const evidence: Statement[] = [statement("gc-goal-infinite", {})];
    if (idle) {
      evidence.push(
        statement("gc-no-automatic-cycle", {
          allocated: quantity(collector.allocatedBytes, "bytes"),
          span: quantity(collector.seconds, "seconds"),
        }),
      );
    }
    if (collector.forcedCycles > 0) {
      evidence.push(statement("forced-by-us", { cycles: quantity(collector.forcedCycles, "count") }));
    }
    const perSecond = collector.seconds > 0 ? collector.allocatedBytes / collector.seconds : Number.NaN;
    const rate = quantity(perSecond, "bytes/s");
    return [
      {
        claims: { clusters: [], groups: [] },
        finding: {
          pattern: "gc/gogc-off",
          state: "confirmed",
          severity: "warning",
          confidence: idle ? 0.97 : 0.9,
          ...(site === undefined ? {} : { site }),
          callers: [],
          headline:
            site === undefined
              ? statement("headline-gogc-off", { heap: heapBytes })
              : statement("headline-gogc-off-at", { heap: heapBytes, site }),
          ...(Number.isNaN(perSecond) ? {} : { rate: { estimate: rate, low: rate, high: rate } }),
          evidence,
          consequences: [],
          fix: [
            statement("fix-gogc-finite", {}),
            statement("fix-gogc-memlimit", {
              limit: quantity(0.9 * (limitBytes ?? Number.NaN), "bytes"),
            }),
          ],
          next: source === undefined && heap !== undefined ? [statement("next-source", {})] : [],
          series:
            liveHeap === undefined
              ? []
              : [{ label: "live heap", unit: "bytes", seconds: liveHeap.seconds, value: liveHeap.bytes }],
        },
      },
    ];
  },
};
