import { type BurstSite, findBurstSites } from "../../analysis/allocation-burst.ts";
import { estimate, quantity } from "../../lib/quantity.ts";
import { clampConfidence } from "../judgement.ts";
import type { Pattern } from "../pattern.ts";
import { statement } from "../statement.ts";

const SITES_TOLD = 3;

/**
 * The allocation rate makes a step that lasts: something began. A hint, for a burst hurts nobody by itself; what it
 * makes of the collector or of the live heap is other patterns'.
 */
export const mallocBurst: Pattern = {
  id: "behaviour/malloc-burst",
  judge({ allocationBurst: burst, heap }) {
    if (burst === undefined) return [];
    const sites = heap === undefined ? [] : findBurstSites(heap, burst);
    const main = sites.find(({ site }) => site.origin === "own" || site.origin === "third-party");
    const from = quantity(burst.bytesPerSecondBefore, "bytes/s");
    const to = quantity(burst.bytesPerSecond, "bytes/s");
    const at = quantity(burst.sinceSeconds, "seconds");
    const step = quantity(burst.bytesPerSecond - burst.bytesPerSecondBefore, "bytes/s");
    return [
      {
        claims: { clusters: [], groups: [] },
        finding: {
          pattern: "behaviour/malloc-burst",
          state: main === undefined ? "suspected" : "confirmed",
          severity: "info",
          confidence: clampConfidence(main === undefined ? 0.6 : main.isNew ? 0.9 : 0.8),
          ...(main === undefined ? {} : { site: main.site.site }),
          callers: [],
          headline:
            main === undefined
              ? statement("headline-malloc-burst", { from, to, at })
              : statement("headline-malloc-burst-site", { from, to, at, site: main.site.site }),
          rate: { estimate: step, low: step, high: step },
          evidence: [
            statement("allocation-step", {
              from,
              to,
              objects: quantity(burst.objectsPerSecond, "count/s"),
              score: quantity(Math.round(burst.score), "count"),
            }),
            ...sites.slice(0, SITES_TOLD).map(describeSite),
          ],
          consequences: [],
          fix: [statement("fix-burst-cause", {}), statement("fix-burst-stream", {})],
          next: [],
          series: [{ label: "allocation rate", unit: "bytes/s", seconds: burst.seconds, value: burst.rates }],
        },
      },
    ];
  },
};

function describeSite({ site, bytesPerSecond, share, isNew }: BurstSite) {
  return statement(isNew ? "burst-site-new" : "burst-site", {
    site: site.site,
    rate: estimate(bytesPerSecond, "bytes/s"),
    share: estimate(share, "fraction"),
    operation: site.operation ?? "other",
  });
}
