import type { FinalizerStall } from "../../analysis/finalizer-stalls.ts";
import { findMainSite } from "../../analysis/growth-clusters.ts";
import { estimate, quantity } from "../../lib/quantity.ts";
import { findBlockingStatement } from "../../source/goroutine-source.ts";
import type { FinalizerState } from "../../tables/heap-contents.ts";
import type { QueueCounts } from "../../tables/runtime-metrics.ts";
import type { Evidence } from "../evidence.ts";
import {
  findFinalizedClusters,
  findUnkeptClusters,
  listRegistrations,
  qualifiedSite,
} from "../finalizer-claims.ts";
import { foundInHeap, isNotable, severityOfWaste } from "../heap-suspects.ts";
import { clampConfidence, rateOfCluster, severityAgainstLimit } from "../judgement.ts";
import type { Candidate, Pattern } from "../pattern.ts";
import { type Statement, statement } from "../statement.ts";

/** A finalizer that closes a connection may be seen once or twice; it does not stay. */
const LEAST_SAMPLES = 3;
/** A queue this long is not worked off between two samples. */
const LEAST_QUEUE = 100;

/**
 * The goroutine that runs finalizers (or one of those that run cleanups) waits in one of them, and all the others queue
 * behind it with their objects. What is seen waiting must be joined by something that piles up: the queue that the
 * runtime counts, or the live heap. A stuck finalizer without consequences is a hint.
 */
export const finalizerBacklog: Pattern = {
  id: "gc/finalizer-backlog",
  judge(evidence) {
    const found = judgeStalls(evidence);
    return found.length > 0 ? found : judgeHeap(evidence);
  },
};

function judgeStalls(evidence: Evidence): Candidate[] {
  return evidence.finalizerStalls
    .filter(({ samples }) => samples >= LEAST_SAMPLES)
    .slice(0, 1)
    .map((stall) => {
      const queue = findQueue(evidence, stall.kind);
      const registrations = listRegistrations(evidence);
      const finalized = findFinalizedClusters(evidence, registrations);
      const clusters =
        finalized.length > 0 || evidence.source !== undefined
          ? finalized.map(({ cluster }) => cluster)
          : findUnkeptClusters(evidence);
      const isHeapGrowing = evidence.liveHeap?.trend.shape === "growing";
      const isQueueGrowing = queue !== undefined && queue.last - queue.first >= LEAST_QUEUE;
      const isPilingUp = isQueueGrowing || (isHeapGrowing && clusters.length > 0);
      const largest = clusters[0];
      const rate = largest === undefined ? undefined : rateOfCluster(largest);
      const source =
        evidence.source === undefined ? undefined : findBlockingStatement(evidence.source, stall.site);
      const registration =
        finalized[0]?.registration ?? registrations.find((r) => isActionOf(r.site.file, stall));
      return {
        claims: { clusters: isPilingUp ? clusters : [], groups: [] },
        finding: {
          pattern: "gc/finalizer-backlog" as const,
          state: isPilingUp ? ("confirmed" as const) : ("suspected" as const),
          severity: isPilingUp
            ? severityAgainstLimit(evidence, rate?.estimate.value ?? Number.NaN)
            : ("info" as const),
          confidence: clampConfidence(
            isPilingUp ? 0.75 + (isQueueGrowing ? 0.15 : 0) + (finalized.length > 0 ? 0.1 : 0) : 0.5,
          ),
          site: stall.site,
          callers: stall.stack.slice(1, 6),
          headline: statement("headline-finalizer-backlog", {
            kind: stall.kind,
            state: stall.state,
            site: stall.site,
            span: quantity(stall.spanSeconds, "seconds"),
          }),
          ...(rate === undefined ? {} : { rate }),
          evidence: describe(stall, queue, evidence),
          consequences: clusters.slice(0, 5).map((cluster) => {
            const { site } = findMainSite(cluster);
            const bytes = estimate(cluster.growthBytes, "bytes");
            return {
              statement: statement("consequence-finalized", { site, bytes, kind: stall.kind }),
              site,
            };
          }),
          fix: [statement("fix-finalizer-nonblocking", {}), statement("fix-finalizer-close", {})],
          next: isPilingUp ? [] : [statement("next-runtime-metrics-queues", {})],
          series: [],
        },
        source,
        registration,
      };
    })
    .map(({ finding, claims, source, registration }) => {
      if (source !== undefined) {
        finding.evidence.push(statement("source-blocks", { text: source.text, site: finding.site }));
      }
      if (registration !== undefined) {
        const site = qualifiedSite(evidence, registration.site);
        finding.evidence.push(statement("finalizer-registered", { site, call: registration.call }));
      }
      return { finding, claims };
    });
}

/** A queue of finalizers that nobody works off, with the dead objects that it keeps. */
function judgeHeap({ heapContents }: Evidence): Candidate[] {
  if (heapContents === undefined) return [];
  const { finalizers } = heapContents;
  const { stuck, due, dueBytes } = finalizers;
  if (stuck === undefined || due < LEAST_QUEUE || !isNotable(heapContents, dueBytes)) return [];
  const [site, ...callers] = stuck.stack;
  if (site === undefined) return [];
  return [
    foundInHeap("gc/finalizer-backlog", {
      state: "suspected",
      severity: severityOfWaste(heapContents, dueBytes),
      confidence: 0.7,
      site,
      callers,
      headline: statement("headline-heap-finalizers-due", {
        due: quantity(due, "count"),
        bytes: quantity(dueBytes, "bytes"),
        site,
      }),
      evidence: describeQueue(finalizers),
      fix: [statement("fix-finalizer-nonblocking", {}), statement("fix-finalizer-close", {})],
      next: [statement("next-prove-growth", {})],
    }),
  ];
}

/** What the heap says of the queue. */
function describeQueue({ due, dueBytes, dueTypes, stuck }: FinalizerState): Statement[] {
  const result = [
    statement("heap-finalizers-due", {
      due: quantity(due, "count"),
      bytes: quantity(dueBytes, "bytes"),
      types: dueTypes.map(({ type, objects }) => `${type}: ${objects}`).join(", "),
    }),
  ];
  const site = stuck?.stack[0];
  if (stuck !== undefined && site !== undefined)
    result.push(statement("heap-finalizer-stuck", { kind: stuck.kind, site, wait: stuck.waitReason }));
  return result;
}

/** The finalizer's own code lies in the file of the call, or the call is all there is. */
function isActionOf(file: string, stall: FinalizerStall): boolean {
  return stall.stack.some((frame) => frame.file === file);
}

interface Queue {
  first: number;
  last: number;
  executed: number;
}

function findQueue({ runtimeMetrics }: Evidence, kind: FinalizerStall["kind"]): Queue | undefined {
  const counts = runtimeMetrics.flatMap(({ metrics }): QueueCounts[] => {
    const found = kind === "finalizer" ? metrics.finalizers : metrics.cleanups;
    return found === undefined ? [] : [found];
  });
  const [first, last] = [counts[0], counts.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  return {
    first: first.queued - first.executed,
    last: last.queued - last.executed,
    executed: last.executed - first.executed,
  };
}

function describe(stall: FinalizerStall, queue: Queue | undefined, evidence: Evidence): Statement[] {
  const result = [
    statement("finalizer-seen-waiting", {
      kind: stall.kind,
      samples: quantity(stall.samples, "count"),
      span: quantity(stall.spanSeconds, "seconds"),
    }),
  ];
  if (stall.waitMinutes > 0) {
    result.push(statement("goroutines-waited", { minutes: quantity(stall.waitMinutes, "minutes") }));
  }
  if (queue !== undefined) {
    result.push(
      statement("finalizer-queue", {
        kind: stall.kind,
        from: quantity(queue.first, "count"),
        to: quantity(queue.last, "count"),
        executed: quantity(queue.executed, "count"),
      }),
    );
  }
  if (evidence.heapContents !== undefined) result.push(...describeQueue(evidence.heapContents.finalizers));
  const live = evidence.liveHeap?.trend;
  if (live?.shape === "growing") {
    result.push(
      statement("live-heap-grew", {
        from: quantity(live.first, "bytes"),
        to: quantity(live.last, "bytes"),
        samples: quantity(live.samples, "count"),
        span: quantity(live.spanSeconds, "seconds"),
        chance: quantity(live.pRising, "fraction"),
      }),
    );
  }
  return result;
}
