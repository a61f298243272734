import type { CodeSite } from "../analysis/code-site.ts";
import { findMainSite, type GrowthCluster } from "../analysis/growth-clusters.ts";
import type { GrowthSite, HeapGrowth } from "../analysis/heap-growth.ts";
import { findOwnFrames } from "../analysis/own-frames.ts";
import { estimate } from "../lib/quantity.ts";
import type { ChannelUse, RetainedStore, RetentionPath } from "../source/retained-store.ts";
import { qualifySite } from "./qualified-site.ts";
import type { RetentionFinder } from "./retention-finder.ts";
import { type Statement, statement } from "./statement.ts";

/**
 * What keeps a cluster's objects alive. Each data pattern of kept memory claims one kind, so that a cluster is one
 * finding: of those that fit the most specific, in this order.
 */
type KeeperKind =
  /** A small part keeps a large object. */
  | "subslice"
  /** Callbacks or observers in a map or slice. */
  | "listeners"
  /** The buffer of a channel. */
  | "channel"
  /** A map whose keys carry what should be normalised. */
  | "volatile-keys"
  | "map"
  | "slice"
  | "unknown";

export interface ClusterKeeper {
  kind: KeeperKind;
  /** The store in the source, where one was found. */
  store: RetainedStore | undefined;
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
  for (const site of cluster.values.filter((value) => !isGarbageInFlight(value, heap)).slice(0, 3)) {
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
    // What a metrics library keeps its series in is its own affair: the call names the labels that make them.
    const isLabelled = path?.store.base === "label-values";
    const agree =
      path !== undefined && (fromSource === fromProfile || isLabelled || isCallOf(path, main.site));
    return finish(
      agree ? refineKind(path.store, isLabelled ? "map" : fromProfile) : fromProfile,
      agree ? storeSite(path, heap) : main.site,
      agree ? path.store.owner : "",
      agree,
    );
  }
  if (path !== undefined && fromSource === "channel" && canHold(path.store.channel, cluster)) {
    return finish("channel", storeSite(path, heap), path.store.owner, false);
  }
  evidence.push(statement("container-not-visible", {}));
  if (path !== undefined && (fromSource === "map" || fromSource === "slice")) {
    return finish(refineKind(path.store, fromSource), storeSite(path, heap), path.store.owner, false);
  }
  return finish("unknown", main.site, "", false);

  function finish(kind: KeeperKind, site: CodeSite, target: string, corroborated: boolean): ClusterKeeper {
    const frames = findOwnFrames(heap, main.node);
    const at = frames.findIndex((frame) => frame.function === site.function);
    const next: Statement[] = [];
    if (retention === undefined && kind === "unknown") next.push(statement("next-source", {}));
    const store = path?.store;
    return { kind, store, site, callers: frames.slice(at + 1), target, corroborated, evidence, next };
  }
}

/** A container of a library: the profile sees it grow at the very line that hands the value over. */
function isCallOf({ store }: RetentionPath, { file, line }: CodeSite): boolean {
  return store.base === "method-store" && store.line === line && store.file === file;
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

function kindOfStore({ store }: RetentionPath): "map" | "slice" | "channel" | undefined {
  switch (store.base) {
    case "map-assign":
    case "sync-map-store":
    case "label-values":
      return "map";
    case "append":
    case "list-push":
    case "heap-push":
      return "slice";
    case "channel-send":
      return "channel";
    case "method-store":
      return store.registersListener ? "slice" : store.avoidableKey === undefined ? undefined : "map";
    default:
      return undefined;
  }
}

function refineKind(store: RetainedStore, plain: "map" | "slice"): KeeperKind {
  if (store.registersListener) return "listeners";
  return store.avoidableKey === undefined ? plain : "volatile-keys";
}

/** A buffer that is smaller than what has piled up does not hold it: then the readers keep the values. */
function canHold(channel: ChannelUse | undefined, cluster: GrowthCluster): boolean {
  return channel?.capacity === undefined || channel.capacity >= 0.5 * largestValue(cluster).growthObjects;
}

/** Less than this much of its own allocation rate in use is on its way to the collector, not kept. */
const IN_FLIGHT_SECONDS = 0.25;

function isGarbageInFlight(site: GrowthSite, { seconds }: HeapGrowth): boolean {
  const span = (seconds.at(-1) ?? 0) - (seconds[0] ?? 0);
  const allocated = (site.allocBytes.at(-1) ?? 0) - (site.allocBytes[0] ?? 0);
  return allocated > 0 && (site.inuseBytes.at(-1) ?? 0) * span < IN_FLIGHT_SECONDS * allocated;
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
