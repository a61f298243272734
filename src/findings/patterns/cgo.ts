import { quantity } from "../../lib/quantity.ts";
import type { NativeLeakReport } from "../../tables/native-leaks.ts";
import type { Evidence } from "../evidence.ts";
import { describeRise, isGrowing, rateNow, rateOfTrend, severityByLimit } from "../evolution-facts.ts";
import { clampConfidence } from "../judgement.ts";
import { describeGoMemory } from "../native-growth.ts";
import type { Candidate, Pattern } from "../pattern.ts";
import { type Statement, statement } from "../statement.ts";
import { findUnreleased } from "../unreleased-resource.ts";

/** How many of valgrind's losses are quoted. */
const LEAKS_QUOTED = 3;

/**
 * Memory that C code allocated and nobody freed: the resident part of malloc's heap and arenas climbs while the Go
 * runtime's own memory does not. The allocator keeps what is freed, so a rise that levels off is none. What valgrind
 * says of a run under it is quoted, and is enough by itself.
 */
export const cgo: Pattern = {
  id: "resource/cgo",
  judge(evidence: Evidence): Candidate[] {
    const heap = evidence.process?.terms.find(({ id }) => id === "c-heap")?.bytes;
    const lost = listLosses(evidence.nativeLeaks);
    const grows = isGrowing(heap);
    if (!grows && lost.length === 0) return [];
    const call = findUnreleased(["c-memory"], evidence);
    const statements: Statement[] = [];
    if (grows) {
      statements.push(
        statement("resident-term-grew", { term: "c-heap", ...describeRise(heap.trend, "bytes") }),
        ...describeGoMemory(evidence),
      );
    }
    statements.push(...lost.slice(0, LEAKS_QUOTED));
    const trend = heap?.trend;
    const rate = trend === undefined || !grows ? undefined : rateOfTrend(trend, "bytes/s");
    const now = trend === undefined || !grows ? quantity(Number.NaN, "bytes/s") : rateNow(trend, "bytes/s");
    return [
      {
        claims: { clusters: [], groups: [] },
        finding: {
          pattern: "resource/cgo",
          state: "confirmed",
          severity: trend === undefined || !grows ? "info" : severityByLimit(trend, evidence.limitBytes),
          confidence: clampConfidence(
            (grows ? 0.8 : 0.6) + (call?.isPlain === true ? 0.1 : 0) + (lost.length > 0 ? 0.1 : 0),
          ),
          ...(call === undefined ? {} : { site: call.site }),
          callers: [],
          headline:
            call === undefined
              ? statement("headline-cgo", { rate: now })
              : statement("headline-cgo-at", { site: call.site, rate: now }),
          ...(rate === undefined ? {} : { rate }),
          evidence: [...statements, ...(call?.evidence ?? [])],
          consequences: [],
          fix: [
            statement("fix-cgo-free", {}),
            ...(lost.length > 0 ? [] : [statement("fix-cgo-valgrind", {})]),
            statement("fix-cgo-arenas", {}),
          ],
          next: evidence.source === undefined ? [statement("next-source-of-resource", {})] : [],
          series:
            heap === undefined
              ? []
              : [{ label: "C heap", unit: "bytes", seconds: heap.seconds, value: heap.value }],
        },
      },
    ];
  },
};

/** Blocks that nothing points to any more, the largest first. */
function listLosses(reports: readonly NativeLeakReport[]): Statement[] {
  return reports
    .flatMap(({ leaks }) => leaks.filter(({ kind }) => kind === "definitely"))
    .sort((a, b) => b.bytes - a.bytes)
    .map(({ bytes, blocks, stack }) => {
      const own = stack.find(({ object, line }) => line > 0 || object === "") ?? stack[0];
      return statement("native-leak", {
        bytes: quantity(bytes, "bytes"),
        blocks: quantity(blocks, "count"),
        function: own?.function ?? "",
        place: own === undefined || own.line === 0 ? (own?.object ?? "") : `${own.file}:${own.line}`,
      });
    });
}
