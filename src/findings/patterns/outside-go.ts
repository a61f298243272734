import { findRise } from "../../analysis/evolution.ts";
import type { RssTermId } from "../../analysis/rss-account.ts";
import { quantity } from "../../lib/quantity.ts";
import type { Evidence } from "../evidence.ts";
import { describeRise, isGrowing, rateNow, rateOfTrend, severityByLimit } from "../evolution-facts.ts";
import { clampConfidence } from "../judgement.ts";
import { describeGoMemory } from "../native-growth.ts";
import type { Candidate, Pattern } from "../pattern.ts";
import { type Statement, statement } from "../statement.ts";
import { findUnreleased } from "../unreleased-resource.ts";
import { findGrowingPart } from "./mmap.ts";

/** Terms of the resident set that are not the Go runtime's and have no pattern of their own. */
const TERMS: readonly RssTermId[] = ["thread-stacks", "anonymous", "shared-memory", "files", "outside-go"];
/** Rises below this in a window come with any load. */
const LEAST_RISE_BYTES = 1024 * 1024;

/**
 * Resident memory that climbs though the Go runtime's does not: stacks of threads, anonymous mappings of C libraries,
 * shared memory. The term that carries the growth is named; what makes it is beyond what a Go profile shows.
 */
export const outsideGo: Pattern = {
  id: "rss/outside-go",
  judge(evidence: Evidence): Candidate[] {
    const { process } = evidence;
    if (process === undefined) return [];
    const growing = process.terms
      .filter(
        ({ id, bytes }) => TERMS.includes(id) && isGrowing(bytes) && findRise(bytes) >= LEAST_RISE_BYTES,
      )
      .sort((a, b) => findRise(b.bytes) - findRise(a.bytes));
    const [main] = growing;
    if (main === undefined || isMappingOfTheProgram(main.id, evidence)) return [];
    const { trend } = main.bytes;
    const threads = process.threads;
    const statements: Statement[] = [
      statement("resident-term-grew", { term: main.id, ...describeRise(trend, "bytes") }),
      ...describeGoMemory(evidence),
    ];
    if (isGrowing(threads)) {
      statements.push(
        statement("threads-grew", {
          from: quantity(threads.trend.first, "count"),
          to: quantity(threads.trend.last, "count"),
        }),
      );
    }
    const rate = rateOfTrend(trend, "bytes/s");
    return [
      {
        claims: { clusters: [], groups: [] },
        finding: {
          pattern: "rss/outside-go",
          state: "confirmed",
          severity: severityByLimit(trend, evidence.limitBytes),
          confidence: clampConfidence(0.9 * main.confidence),
          callers: [],
          headline: statement("headline-outside-go", { term: main.id, rate: rateNow(trend, "bytes/s") }),
          ...(rate === undefined ? {} : { rate }),
          evidence: statements,
          consequences: [],
          fix: [
            ...(main.id === "thread-stacks" || isGrowing(threads)
              ? [statement("fix-outside-threads", {})]
              : []),
            statement("fix-outside-library", {}),
          ],
          next: [],
          series: [
            { label: "outside Go", unit: "bytes", seconds: main.bytes.seconds, value: main.bytes.value },
          ],
        },
      },
    ];
  },
};

/** What `resource/mmap` reports. */
function isMappingOfTheProgram(term: RssTermId, evidence: Evidence): boolean {
  const part =
    evidence.process?.mappings === undefined ? undefined : findGrowingPart(evidence.process.mappings);
  if (part === undefined || (term !== "anonymous" && term !== "files" && term !== "shared-memory"))
    return false;
  return part.class !== "anonymous" || findUnreleased(["mapping"], evidence) !== undefined;
}
