import { findRise } from "../../analysis/evolution.ts";
import type { MappingGrowth } from "../../analysis/mapping-growth.ts";
import { quantity } from "../../lib/quantity.ts";
import type { Evidence } from "../evidence.ts";
import { isGrowing, rateNow, rateOfTrend, severityByLimit } from "../evolution-facts.ts";
import { clampConfidence } from "../judgement.ts";
import type { Candidate, Pattern } from "../pattern.ts";
import { type Statement, statement } from "../statement.ts";
import { findUnreleased } from "../unreleased-resource.ts";

/** Less mapped in a window is what runtimes and allocators do for themselves. */
const LEAST_RISE_BYTES = 1024 * 1024;

/** Mappings that a program makes for itself. */
const CLASSES: ReadonlySet<string> = new Set(["file", "anonymous", "shared-memory"]);

/**
 * Mappings of one kind that only become more: the same file, or anonymous ones of the same size, mapped again and again.
 * The C allocator maps large blocks in the same way, so in a program that has its own heap in use and no call of mmap in
 * the source, anonymous mappings are left to the patterns of memory outside Go.
 */
export const mmap: Pattern = {
  id: "resource/mmap",
  judge(evidence: Evidence): Candidate[] {
    const mappings = evidence.process?.mappings;
    if (mappings === undefined) return [];
    const part = findGrowingPart(mappings);
    if (part === undefined) return [];
    const call = findUnreleased(["mapping"], evidence);
    if (part.class === "anonymous" && call === undefined) return [];
    const { trend } = part.sizeBytes;
    const resident = part.rssBytes;
    const statements: Statement[] = [
      statement("mappings-grew", {
        class: part.class,
        part: part.part,
        from: quantity(part.count.trend.first, "count"),
        to: quantity(part.count.trend.last, "count"),
        bytes: quantity(findRise(part.sizeBytes), "bytes"),
      }),
    ];
    const live = evidence.liveHeap?.trend;
    if (live !== undefined && live.shape !== "growing") {
      statements.push(
        statement("go-memory-steady", {
          from: quantity(live.first, "bytes"),
          to: quantity(live.last, "bytes"),
        }),
      );
    }
    const values = { class: part.class, rate: rateNow(trend, "bytes/s") };
    const rate = rateOfTrend(trend, "bytes/s");
    const isResident = resident === undefined || isGrowing(resident);
    return [
      {
        claims: { clusters: [], groups: [] },
        finding: {
          pattern: "resource/mmap",
          state: "confirmed",
          severity: isResident ? severityByLimit(trend, evidence.limitBytes) : "warning",
          confidence: clampConfidence(0.8 + (call?.isPlain === true ? 0.1 : 0)),
          ...(call === undefined ? {} : { site: call.site }),
          callers: [],
          headline:
            call === undefined
              ? statement("headline-mmap", values)
              : statement("headline-mmap-at", { ...values, site: call.site }),
          ...(rate === undefined ? {} : { rate }),
          evidence: [...statements, ...(call?.evidence ?? [])],
          consequences: [],
          fix: [statement("fix-mmap-unmap", {}), statement("fix-mmap-share", {})],
          next: evidence.source === undefined ? [statement("next-source-of-resource", {})] : [],
          series: [
            { label: "mapped", unit: "bytes", seconds: part.sizeBytes.seconds, value: part.sizeBytes.value },
          ],
        },
      },
    ];
  },
};

/** The kind of mapping that grows most, in number and in size. */
export function findGrowingPart(mappings: MappingGrowth): MappingGrowth["parts"][number] | undefined {
  return mappings.parts.find(
    (part) =>
      CLASSES.has(part.class) &&
      isGrowing(part.sizeBytes) &&
      findRise(part.sizeBytes) >= LEAST_RISE_BYTES &&
      findRise(part.count) > 0,
  );
}
