import { findRise } from "../../analysis/evolution.ts";
import { quantity } from "../../lib/quantity.ts";
import type { Evidence } from "../evidence.ts";
import { clampConfidence } from "../judgement.ts";
import type { Candidate, Pattern } from "../pattern.ts";
import { type Statement, statement } from "../statement.ts";
import { findUnreleased } from "../unreleased-resource.ts";

/** One more may be the last that a start loads; from three on within a window it is a habit. */
const LEAST_RISE = 3;
/** What a program loads of its own after the start, in a log of the dynamic linker; more is a habit too. */
const MOST_LOADED = 8;

/**
 * Plugins that are loaded again and again. There is no way to unload one (package plugin has no Close, and the runtime
 * never unmaps a module), so each stays with its code, data and types.
 */
export const plugin: Pattern = {
  id: "resource/plugin",
  judge(evidence: Evidence): Candidate[] {
    const mapped = evidence.process?.mappings?.plugins;
    const rise = mapped === undefined ? 0 : findRise(mapped.count);
    const loads = evidence.libraryLoads.find(({ loadedAfterStart }) => loadedAfterStart >= MOST_LOADED);
    if (rise < LEAST_RISE && loads === undefined) return [];
    const call = findUnreleased(["plugin"], evidence);
    const statements: Statement[] = [];
    if (mapped !== undefined && rise >= LEAST_RISE) {
      statements.push(
        statement("plugins-mapped", {
          from: quantity(mapped.count.trend.first, "count"),
          to: quantity(mapped.count.trend.last, "count"),
          example: mapped.paths.at(-1) ?? "",
        }),
      );
    }
    if (loads !== undefined) {
      statements.push(
        statement("plugins-loaded-in-log", {
          count: quantity(loads.loadedAfterStart, "count"),
          example: loads.libraries.findLast(({ afterStart }) => afterStart)?.path ?? "",
        }),
      );
    }
    const count = quantity(Math.max(rise, loads?.loadedAfterStart ?? 0), "count");
    return [
      {
        claims: { clusters: [], groups: [] },
        finding: {
          pattern: "resource/plugin",
          state: "confirmed",
          severity: rise >= LEAST_RISE ? "warning" : "info",
          confidence: clampConfidence(0.85 + (call === undefined ? 0 : 0.1)),
          ...(call === undefined ? {} : { site: call.site }),
          callers: [],
          headline:
            call === undefined
              ? statement("headline-plugin", { count })
              : statement("headline-plugin-at", { count, site: call.site }),
          evidence: [...statements, ...(call?.evidence ?? [])],
          consequences: [],
          fix: [statement("fix-plugin-data", {}), statement("fix-plugin-process", {})],
          next: evidence.source === undefined ? [statement("next-source-of-resource", {})] : [],
          series:
            mapped === undefined
              ? []
              : [
                  {
                    label: "plugins",
                    unit: "count",
                    seconds: mapped.count.seconds,
                    value: mapped.count.value,
                  },
                ],
        },
      },
    ];
  },
};
