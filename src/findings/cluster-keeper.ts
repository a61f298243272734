import type { CodeSite } from "../analysis/code-site.ts";
import { findMainSite, type GrowthCluster } from "../analysis/growth-clusters.ts";
import type { GrowthSite, HeapGrowth } from "../analysis/heap-growth.ts";
import { findOwnFrames } from "../analysis/own-frames.ts";
import { estimate } from "../lib/quantity.ts";
import type { RetentionPath } from "../source/retained-store.ts";
import { qualifySite } from "./qualified-site.ts";
import type { RetentionFinder } from "./retention-finder.ts";
import { type Statement, statement } from "./statement.ts";

/** What keeps a cluster's objects alive, as far as the evidence tells. */
export interface ClusterKeeper {
  kind: "map" | "slice" | "subslice" | "unknown";
  /** The statement to change: the store if it is known, else the allocation. */
  site: CodeSite;
  /** Own frames that call it, innermost first. */
  callers: CodeSite[];
  /** Name of the container in the source ("s.sessions"), or "". */
  target: string;
  /** Both the profile's operation and the source name the container, and agree. */
  corroborated: boolean;
  evidence: Statement[];
  next: Statement[];
}

/** An object this large that is kept through a subslice is worth its own pattern. */
const LARGE_OBJECT_BYTES = 1024;

export function findClusterKeeper(
  cluster: GrowthCluster,
  heap: HeapGrowth,
  retention: RetentionFinder | undefined,
): ClusterKeeper {
  const main = findMainSite(cluster);
  const value = cluster.values[0];
  const path = retention === undefined ? undefined : findRetention(cluster, retention);
  const operation = cluster.container?.operation;
  const evidence: Statement[] = [];
  if (cluster.container?.operation !== undefined) {
    evidence.push(
      statement("container-operation", {
        operation: cluster.container.operation,
        site: cluster.container.site,
      }),
    );
  }
  for (const site of cluster.values.slice(0, 3)) {
    evidence.push(
      statement("value-site", {
        site: site.site,
        bytes: estimate(site.growthBytes, "bytes"),
        objects: estimate(Math.round(site.growthObjects), "count"),
      }),
    );
  }
  if (path !== undefined) evidence.push(...describeRetention(path));
  const fromProfile = operation === "map-insert" ? "map" : operation === "slice-growth" ? "slice" : undefined;
  const fromSource = path === undefined ? undefined : kindOfStore(path);
  const large = value !== undefined && value.objectBytes >= LARGE_OBJECT_BYTES && isMostly(value, cluster);
  if (path?.store.subslice === true && large) {
    return finish("subslice", cutSite(path, heap), path.store.owner, fromProfile !== undefined);
  }
  if (fromProfile !== undefined) {
    const agree = fromSource === fromProfile && path !== undefined;
    return finish(
      fromProfile,
      agree ? storeSite(path, heap) : main.site,
      agree ? path.store.owner : "",
      agree,
    );
  }
  evidence.push(statement("container-not-visible", {}));
  if (fromSource !== undefined && path !== undefined) {
    return finish(fromSource, storeSite(path, heap), path.store.owner, false);
  }
  return finish("unknown", main.site, "", false);

  function finish(
    kind: ClusterKeeper["kind"],
    site: CodeSite,
    target: string,
    corroborated: boolean,
  ): ClusterKeeper {
    const frames = findOwnFrames(heap, main.node);
    const at = frames.findIndex((frame) => frame.function === site.function);
    const next: Statement[] = [];
    if (retention === undefined && kind === "unknown") next.push(statement("next-source", {}));
    return { kind, site, callers: frames.slice(at + 1), target, corroborated, evidence, next };
  }
}

/** Most of the cluster's growth is this value's: the rest (keys, tables) is small beside it. */
function isMostly(value: GrowthSite, cluster: GrowthCluster): boolean {
  return value.growthBytes >= 0.6 * cluster.growthBytes;
}

/** What the source says of the largest value; failing that of the others, until one leads to a store. */
function findRetention(cluster: GrowthCluster, retention: RetentionFinder): RetentionPath | undefined {
  const sites = cluster.container === undefined ? cluster.values : [...cluster.values, cluster.container];
  for (const site of sites.slice(0, 5)) {
    const path = retention.findPath(site);
    if (path !== undefined) return path;
  }
  return undefined;
}

function kindOfStore(path: RetentionPath): "map" | "slice" | undefined {
  switch (path.store.kind) {
    case "map-assign":
    case "sync-map-store":
      return "map";
    case "append":
    case "list-push":
    case "heap-push":
    case "closure-register":
      return "slice";
    default:
      return undefined;
  }
}

function storeSite({ store }: RetentionPath, heap: HeapGrowth): CodeSite {
  return qualifySite(
    { function: store.function, file: store.file, line: store.line },
    heap.interner.frames(),
  );
}

/** Where the part is cut off without a copy: the place to change. */
function cutSite(path: RetentionPath, heap: HeapGrowth): CodeSite {
  const cut = path.steps.findLast((step) => step.kind === "subslice");
  if (cut === undefined) return storeSite(path, heap);
  return qualifySite({ function: cut.function, file: cut.file, line: cut.line }, heap.interner.frames());
}

function describeRetention(path: RetentionPath): Statement[] {
  const { store } = path;
  const result: Statement[] = [];
  result.push(
    statement("source-keeps", {
      text: store.text,
      site: { function: store.function, file: store.file, line: store.line },
    }),
  );
  const cut = path.steps.findLast((step) => step.kind === "subslice");
  if (store.subslice && cut !== undefined) {
    result.push(
      statement("source-subslice", {
        text: cut.text,
        site: { function: cut.function, file: cut.file, line: cut.line },
      }),
    );
  }
  const removal = store.removals[0];
  if (removal === undefined) result.push(statement("source-no-removal", { target: store.owner }));
  else {
    result.push(
      statement("source-removal", {
        target: store.owner,
        text: removal.text,
        site: { function: "", file: removal.file, line: removal.line },
      }),
    );
  }
  return result;
}

/** The site behind most of a cluster's bytes. */
export function largestValue(cluster: GrowthCluster): GrowthSite {
  return cluster.values[0] ?? findMainSite(cluster);
}
