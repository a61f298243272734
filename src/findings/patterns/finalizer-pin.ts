import { findMainSite } from "../../analysis/growth-clusters.ts";
import { estimate, quantity } from "../../lib/quantity.ts";
import type { FinalizerRegistration } from "../../source/finalizer-registrations.ts";
import type { PinnedObjects } from "../../tables/heap-contents.ts";
import type { Evidence } from "../evidence.ts";
import { findFinalizedClusters, listRegistrations, qualifiedSite } from "../finalizer-claims.ts";
import type { Finding } from "../finding.ts";
import { foundInHeap, severityOfWaste } from "../heap-suspects.ts";
import { clampConfidence, judgeCluster, rateOfCluster } from "../judgement.ts";
import type { Candidate, Pattern } from "../pattern.ts";
import { type Statement, statement } from "../statement.ts";

/** Hints of one program: more of them say no more. */
const MOST_HINTS = 3;
/** One that is meant to live as long as the program may well keep itself. */
const LEAST_PINNED = 10;

/**
 * An object's finalizer or cleanup keeps the object reachable, so that it never runs and the object is never freed: a
 * closure over the object's variable, a method value of it, an address inside it, or a cycle behind a finalizer. The
 * source shows it; that the objects made there grow makes it a warning. In the heap it is seen as it is: objects that
 * nothing holds but their own finalizer.
 */
export const finalizerPin: Pattern = {
  id: "gc/finalizer-pin",
  judge(evidence) {
    const found = judgeSource(evidence);
    const isSure = found.some(({ finding }) => finding.severity !== "info");
    const seen = isSure ? [] : judgeHeap(evidence);
    return seen.length > 0 ? seen : found;
  },
};

function judgeSource(evidence: Evidence): Candidate[] {
  const registrations = listRegistrations(evidence).filter((r) => r.pin !== undefined);
  if (registrations.length === 0) return [];
  const finalized = findFinalizedClusters(evidence, registrations);
  const growing = new Set<FinalizerRegistration>();
  const warnings = finalized.flatMap(({ cluster, registration }): Candidate[] => {
    const judgement = judgeCluster(cluster, evidence);
    if (judgement === undefined || judgement.severity === "info" || growing.has(registration)) return [];
    growing.add(registration);
    const rate = rateOfCluster(cluster);
    const { site } = findMainSite(cluster);
    return [
      {
        claims: { clusters: [cluster], groups: [] },
        finding: {
          ...describePin(registration, evidence),
          state: registration.pin?.kind === "cycle" ? "suspected" : judgement.state,
          severity: judgement.severity,
          confidence: clampConfidence(
            judgement.confidence + (registration.pin?.kind === "cycle" ? -0.1 : 0.1),
          ),
          ...(rate === undefined ? {} : { rate }),
          evidence: [
            ...judgement.evidence,
            ...explain(registration, evidence),
            ...(evidence.heapContents?.finalizers.pinned ?? []).slice(0, 1).map(describePinned),
          ],
          consequences: [
            {
              statement: statement("consequence-pinned", {
                site,
                bytes: estimate(cluster.growthBytes, "bytes"),
              }),
              site,
            },
          ],
          next: judgement.next,
        },
      },
    ];
  });
  const hints = registrations
    .filter((registration) => !growing.has(registration))
    .slice(0, MOST_HINTS)
    .map(
      (registration): Candidate => ({
        claims: { clusters: [], groups: [] },
        finding: {
          ...describePin(registration, evidence),
          state: "suspected",
          severity: "info",
          confidence: registration.pin?.kind === "cycle" ? 0.3 : 0.5,
          evidence: explain(registration, evidence),
          consequences: [],
          next: [],
        },
      }),
    );
  return [...warnings, ...hints];
}

function judgeHeap({ heapContents }: Evidence): Candidate[] {
  if (heapContents === undefined) return [];
  return heapContents.finalizers.pinned
    .filter(({ objects }) => objects >= LEAST_PINNED)
    .map((row) => {
      const { kind, type, by, site } = row;
      const objects = quantity(row.objects, "count");
      const bytes = quantity(row.retainedBytes, "bytes");
      return foundInHeap("gc/finalizer-pin", {
        state: "confirmed",
        severity: severityOfWaste(heapContents, row.retainedBytes),
        confidence: 0.9,
        ...(site.function === "" ? {} : { site }),
        headline: statement("headline-heap-finalizer-pin", { kind, type, objects, bytes }),
        evidence: [describePinned(row)],
        fix: [
          by === "cycle" ? statement("fix-pin-cycle", {}) : statement("fix-pin-capture", { object: type }),
          statement("fix-finalizer-close", {}),
        ],
        next: [],
      });
    });
}

function describePinned({ by, kind, type, objects, retainedBytes, site }: PinnedObjects): Statement {
  return statement("heap-pinned", {
    by,
    kind,
    type,
    objects: quantity(objects, "count"),
    bytes: quantity(retainedBytes, "bytes"),
    site,
  });
}

function describePin(
  registration: FinalizerRegistration,
  evidence: Evidence,
): Pick<Finding, "callers" | "fix" | "headline" | "pattern" | "series" | "site"> {
  const site = qualifiedSite(evidence, registration.site);
  const cycle = registration.pin?.kind === "cycle";
  return {
    pattern: "gc/finalizer-pin",
    site,
    callers: [],
    headline: statement("headline-finalizer-pin", {
      site,
      call: registration.call,
      object: registration.object,
    }),
    fix: cycle
      ? [statement("fix-pin-cycle", {}), statement("fix-finalizer-close", {})]
      : [statement("fix-pin-capture", { object: registration.object }), statement("fix-finalizer-close", {})],
    series: [],
  };
}

function explain({ pin, call, object }: FinalizerRegistration, evidence: Evidence): Statement[] {
  if (pin === undefined) return [];
  const site = qualifiedSite(evidence, pin.site);
  return [statement(`pin-by-${pin.kind}`, { site, text: pin.text, call, object })];
}
