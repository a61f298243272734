import type { CodeSite } from "../analysis/code-site.ts";
import type { GrowthCluster } from "../analysis/growth-clusters.ts";
import { findOwnFrames } from "../analysis/own-frames.ts";
import { type FinalizerRegistration, findFinalizerRegistrations } from "../source/finalizer-registrations.ts";
import { findClusterKeeper } from "./cluster-keeper.ts";
import type { Evidence } from "./evidence.ts";
import { qualifySite } from "./qualified-site.ts";

/** A growing cluster whose objects are given a finalizer or cleanup where they are made. */
export interface FinalizedCluster {
  cluster: GrowthCluster;
  registration: FinalizerRegistration;
}

/** The registrations in the source; none without source. */
export function listRegistrations({ source }: Evidence): FinalizerRegistration[] {
  return source === undefined ? [] : findFinalizerRegistrations(source);
}

/**
 * Growing clusters that nothing else is seen to keep and whose objects are allocated on the way through a function that
 * registers a finalizer. Many objects may hang on one that has it: the largest cluster comes first, all are claimed.
 */
export function findFinalizedClusters(
  evidence: Evidence,
  registrations: readonly FinalizerRegistration[],
): FinalizedCluster[] {
  const { heap } = evidence;
  if (heap === undefined) return [];
  return evidence.clusters.flatMap((cluster) => {
    if (findClusterKeeper(cluster, heap, evidence.retention).kind !== "unknown") return [];
    const frames = cluster.values.flatMap((site) => findOwnFrames(heap, site.node));
    const registration = registrations.find(({ site, firstLine, lastLine }) =>
      frames.some((frame) => frame.file === site.file && firstLine <= frame.line && frame.line <= lastLine),
    );
    return registration === undefined ? [] : [{ cluster, registration }];
  });
}

/** Clusters that nothing is seen to keep, where no source tells which objects have finalizers. */
export function findUnkeptClusters({ heap, clusters, retention }: Evidence): GrowthCluster[] {
  return heap === undefined
    ? []
    : clusters.filter((cluster) => findClusterKeeper(cluster, heap, retention).kind === "unknown");
}

export function qualifiedSite(evidence: Evidence, site: CodeSite): CodeSite {
  return qualifySite(site, evidence.heap?.interner.frames() ?? [], evidence.source);
}
