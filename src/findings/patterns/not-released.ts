import { quantity } from "../../lib/quantity.ts";
import type { MemoryClasses } from "../../tables/memory-classes.ts";
import type { Evidence } from "../evidence.ts";
import { clampConfidence } from "../judgement.ts";
import type { Candidate, Pattern } from "../pattern.ts";
import { type Statement, statement } from "../statement.ts";

/** Less than this is no reason to change a program. */
const LEAST_EXCESS_BYTES = 64 * 1024 * 1024;
/** The scavenger keeps a tenth above the goal on purpose (runtime/mgcscavenge.go). */
const SCAVENGER_SLACK = 1.1;
/** Of what the heap holds, the share that is in excess. */
const LEAST_SHARE = 0.4;
const LEAST_SAMPLES = 3;
/** An excess of which so little is left after the second half of the window is being given back. */
const MELTING = 0.8;

/**
 * Memory that the heap once needed and still holds: beyond the collector's goal, which already leaves room for garbage.
 * Spans in which a few objects survive cannot be freed; free pages wait for the scavenger; huge pages back what was
 * released. What is below the goal is working room and none of this.
 */
export const notReleased: Pattern = {
  id: "rss/not-released",
  judge(evidence: Evidence): Candidate[] {
    const { collector, memoryClasses, limitBytes } = evidence;
    const goal = collector?.nextGcBytes;
    if (goal === undefined || !Number.isFinite(goal) || memoryClasses.length < LEAST_SAMPLES) return [];
    const excess = memoryClasses.map(({ classes }) => holds(classes) - SCAVENGER_SLACK * goal);
    const least = Math.min(...excess);
    const last = memoryClasses[memoryClasses.length - 1]!.classes;
    const huge = terms(evidence, "go-huge-pages");
    const isHeld = least >= LEAST_EXCESS_BYTES && least >= LEAST_SHARE * holds(last);
    if (!isHeld && !(huge >= LEAST_EXCESS_BYTES && huge >= LEAST_SHARE * holds(last))) return [];
    const isMelting = excess[excess.length - 1]! < MELTING * excess[excess.length >> 1]!;
    const cause = isHeld ? (last.heapUnused >= last.heapFree ? "fragmentation" : "free") : "huge-pages";
    const bytes = isHeld ? excess[excess.length - 1]! : huge;
    const lazy = terms(evidence, "go-lazy-free");
    const statements: Statement[] = [];
    if (isHeld) {
      statements.push(
        statement("held-beyond-goal", {
          held: quantity(holds(last), "bytes"),
          goal: quantity(goal, "bytes"),
          excess: quantity(bytes, "bytes"),
          samples: quantity(memoryClasses.length, "count"),
        }),
      );
    }
    if (cause === "fragmentation") {
      statements.push(
        statement("held-unused", {
          bytes: quantity(last.heapUnused, "bytes"),
          objects: quantity(last.heapObjects, "bytes"),
        }),
      );
    }
    if (cause === "free")
      statements.push(statement("held-free", { bytes: quantity(last.heapFree, "bytes") }));
    if (huge >= LEAST_EXCESS_BYTES) {
      statements.push(statement("held-huge-pages", { bytes: quantity(huge, "bytes") }));
    }
    if (lazy > 0) statements.push(statement("held-lazily-freed", { bytes: quantity(lazy, "bytes") }));
    return [
      {
        claims: { clusters: [], groups: [] },
        finding: {
          pattern: "rss/not-released",
          state: "confirmed",
          severity: isMelting ? "info" : "warning",
          confidence: clampConfidence(0.75 + (evidence.process === undefined ? 0 : 0.1)),
          callers: [],
          headline: statement("headline-not-released", { excess: quantity(bytes, "bytes"), cause }),
          evidence: statements,
          consequences: [],
          fix: fixFor(cause, last, limitBytes, lazy),
          next: [],
          series: [
            {
              label: "memory held from the OS",
              unit: "bytes",
              seconds: memoryClasses.map(({ seconds }) => seconds),
              value: memoryClasses.map(({ classes }) => holds(classes)),
            },
          ],
        },
      },
    ];
  },
};

/** Heap memory that the system backs. */
function holds({ heapObjects, heapUnused, heapFree }: MemoryClasses): number {
  return heapObjects + heapUnused + heapFree;
}

function terms({ process }: Evidence, id: "go-huge-pages" | "go-lazy-free"): number {
  return process?.account?.terms.find((term) => term.id === id)?.bytes ?? 0;
}

function fixFor(
  cause: "fragmentation" | "free" | "huge-pages",
  last: MemoryClasses,
  limitBytes: number | undefined,
  lazyBytes: number,
): Statement[] {
  const limit = quantity(0.9 * (limitBytes ?? Number.NaN), "bytes");
  const lazy = lazyBytes > 0 ? [statement("fix-lazy-free", {})] : [];
  switch (cause) {
    case "fragmentation":
      return [
        statement("fix-fragmentation-copy", { saving: quantity(last.heapUnused, "bytes") }),
        statement("fix-fragmentation-group", {}),
        ...lazy,
      ];
    case "free":
      return [statement("fix-free-limit", { limit }), ...lazy];
    case "huge-pages":
      return [statement("fix-huge-pages", {}), ...lazy];
  }
}
