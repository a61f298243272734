import type { CodeSite } from "./code-site.ts";
import type { GrowthSite, HeapGrowth } from "./heap-growth.ts";
import { findOwnFrames } from "./own-frames.ts";
import { ROOT } from "./stack-interner.ts";
import { computeTrend, type Trend } from "./trend.ts";

/**
 * Growing allocation sites that one container most likely keeps alive.
 *
 * A leak shows as several sites at once: the map's own tables, the keys, the values, what the values point to. Each
 * grows, none of the others is a leak of its own. The `container` is the site whose allocation is the container's
 * (a map insert, a slice growth); the rest are its `values`.
 */
export interface GrowthCluster {
  container: GrowthSite | undefined;
  /** Largest growth first; never empty unless there is a container. */
  values: GrowthSite[];
  /** Bytes in use of all members together, per snapshot. */
  inuseBytes: number[];
  growthBytes: number;
  trend: Trend;
  /** Standard deviation of `growthBytes` from the profile's sampling. */
  errorBytes: number;
  /**
   * Of what the values allocated in the window, the share still in use; NaN if unknown. Of a container alone its own
   * share, which is lower: it frees its smaller tables and arrays as it grows.
   */
  kept: number;
}

/** A cluster counts as growing if it rose by as many sampled allocations as cannot well be chance. */
const LEAST_SAMPLED_ALLOCATIONS = 2;
/** A site that rose by a single one may belong to a cluster; with rounding that is a little less than its weight. */
const ONE_SAMPLED_ALLOCATION = 0.9;
/** Objects far above the sampling rate are all seen, so that any growth is exact; this much of it is worth a word. */
const LEAST_GROWTH_BYTES = 64 * 1024;

/** Says which statement keeps what a site allocates, where something (the source) can tell. */
type FindStore = (site: GrowthSite) => CodeSite | undefined;

/** Goroutines that pile up, and hold what they allocated. */
export interface Holder {
  /** Own frames of their stack, outermost first; none of goroutines that a library runs for itself. */
  path: readonly CodeSite[];
  /** Of a library's goroutines: their entry function, and the one that starts them. */
  library: readonly string[];
  /** How many came in the window. */
  grown: number;
}

interface Keepers {
  findStore?: FindStore;
  holders?: readonly Holder[];
}

/**
 * Joins growing sites to what keeps them: by the store that the source names, else by the growing container or the
 * goroutines that pile up whose call path they share most of, else with one another.
 */
export function computeGrowthClusters(
  growth: HeapGrowth,
  { findStore = () => undefined, holders = [] }: Keepers = {},
): GrowthCluster[] {
  // Largest growth first.
  const growing = growth.sites.filter(isCandidate).slice(0, SITES_JOINED);
  const containers = growing.filter(isContainer);
  const paths = new CallPaths(growth);
  const isKeeper = new Set(containers);
  const quiet = growth.sites.filter(isQuietContainer).slice(0, QUIET_COMPARED);
  const drafts = new Map<string, { container: GrowthSite | undefined; values: GrowthSite[] }>();
  for (const container of containers) drafts.set(positionKey(container.site), { container, values: [] });
  const loose: GrowthSite[] = [];
  const held = new Map<Holder, GrowthSite[]>();
  for (const site of growing) {
    if (isKeeper.has(site)) continue;
    const store = findStore(site);
    const holder =
      store === undefined
        ? (findHolder(site, holders, containers, paths) ?? findLibraryHolder(site, holders, growth))
        : undefined;
    if (holder !== undefined) {
      held.set(holder, [...(held.get(holder) ?? []), site]);
      continue;
    }
    const keeper =
      store === undefined
        ? (findKeeper(site, containers, paths) ?? findQuietContainer(site, quiet, paths))
        : undefined;
    const position = store ?? keeper?.site;
    if (position === undefined) {
      loose.push(site);
      continue;
    }
    const key = positionKey(position);
    const draft = drafts.get(key) ?? { container: keeper ?? findContainerAt(position, growth), values: [] };
    if (draft.container !== site) draft.values.push(site);
    drafts.set(key, draft);
  }
  // A library's own allocation (a request line that a string was cut from) says nothing of who keeps it.
  const isAttributable = (site: GrowthSite): boolean => paths.get(site).some((path) => path.length > 0);
  const attributable = loose.filter(isAttributable);
  // The runtime's descriptors of goroutines are theirs who pile up.
  const [mainHolder] = holders.filter(({ path }) => path.length > 0).toSorted((a, b) => b.grown - a.grown);
  const isDescriptor = (site: GrowthSite): boolean => site.operation === "goroutine";
  const unattributable = loose.filter(
    (site) => !isAttributable(site) && !(mainHolder !== undefined && isDescriptor(site)),
  );
  const descriptors = loose.filter((site) => !isAttributable(site) && isDescriptor(site));
  if (mainHolder !== undefined && descriptors.length > 0) {
    held.set(mainHolder, [...(held.get(mainHolder) ?? []), ...descriptors]);
  }
  const clusters = [...drafts.values()].map(({ container, values }) =>
    buildCluster(container, values, growth),
  );
  for (const group of [...held.values(), ...groupByCallPath(attributable, paths)])
    clusters.push(buildCluster(undefined, group, growth));
  clusters.sort((a, b) => b.growthBytes - a.growthBytes);
  const largest = clusters[0];
  if (largest === undefined) {
    return groupByCallPath(unattributable, paths)
      .map((group) => buildCluster(undefined, group, growth))
      .filter(isGrowing);
  }
  if (unattributable.length > 0) {
    clusters[0] = buildCluster(largest.container, [...largest.values, ...unattributable], growth);
  }
  return clusters.filter(isGrowing);
}

function isGrowing(cluster: GrowthCluster): boolean {
  const all = cluster.container === undefined ? cluster.values : [cluster.container, ...cluster.values];
  const weight = Math.max(...all.map((site) => site.sampleWeightBytes));
  return (
    cluster.growthBytes >=
    Math.max(LEAST_GROWTH_BYTES, LEAST_SAMPLED_ALLOCATIONS * ONE_SAMPLED_ALLOCATION * weight)
  );
}

function positionKey({ file, line }: CodeSite): string {
  return `${file}:${line}`;
}

/** The container's own allocations at the position of a store, however small. */
function findContainerAt(position: CodeSite, growth: HeapGrowth): GrowthSite | undefined {
  const key = positionKey(position);
  return growth.sites.find((site) => allocatesContainer(site) && positionKey(site.site) === key);
}

/** The site to show for a cluster: the container, else its largest value. */
export function findMainSite(cluster: GrowthCluster): GrowthSite {
  return cluster.container ?? cluster.values[0]!;
}

function isCandidate(site: GrowthSite): boolean {
  return site.growthBytes >= Math.max(LEAST_GROWTH_BYTES, ONE_SAMPLED_ALLOCATION * site.sampleWeightBytes);
}

function allocatesContainer(site: GrowthSite): boolean {
  return site.operation === "map-insert" || site.operation === "slice-growth";
}

/**
 * A container that lives as long as what it keeps never gets smaller. Those that come and go with each request, a
 * slice of results say, are sampled now and then too, and share more of the call path with the values.
 */
function isContainer(site: GrowthSite): boolean {
  if (!allocatesContainer(site) || isMadeForEachValue(site)) return false;
  const tolerance = site.operation === "map-insert" ? 2 * site.sampleWeightBytes : 0;
  return site.inuseBytes.every((bytes, k) => k === 0 || bytes >= 0.95 * site.inuseBytes[k - 1]! - tolerance);
}

/** One growing slice has few arrays, and large ones; a slice that is made for each value has as many as there are values. */
function isMadeForEachValue(site: GrowthSite): boolean {
  return (
    site.operation === "slice-growth" &&
    site.growthObjects >= MANY_ARRAYS &&
    site.objectBytes < SMALL_ARRAY_BYTES
  );
}

const MANY_ARRAYS = 64;
const SMALL_ARRAY_BYTES = 2048;

/** The growing container whose call path has the most own functions in common with the site's. */
function findKeeper(
  site: GrowthSite,
  containers: readonly GrowthSite[],
  paths: CallPaths,
): GrowthSite | undefined {
  let best: GrowthSite | undefined;
  let bestShared = 0;
  for (const container of containers) {
    const shared = paths.countShared(site, container);
    if (
      shared > bestShared ||
      (shared === bestShared && shared > 0 && container.growthBytes > best!.growthBytes)
    ) {
      best = container;
      bestShared = shared;
    }
  }
  return best;
}

/**
 * The goroutines whose own call path has more functions in common with the site's than any growing container's has, and
 * that come in step with its objects.
 */
function findHolder(
  site: GrowthSite,
  holders: readonly Holder[],
  containers: readonly GrowthSite[],
  paths: CallPaths,
): Holder | undefined {
  let best: Holder | undefined;
  let bestShared = Math.max(0, ...containers.map((container) => paths.countShared(site, container)));
  for (const holder of holders) {
    const perGoroutine = site.growthObjects / Math.max(1, holder.grown);
    if (perGoroutine > MOST_OBJECTS_PER_GOROUTINE) continue;
    const shared = paths.countSharedWith(site, holder.path);
    if (shared <= bestShared) continue;
    best = holder;
    bestShared = shared;
  }
  return best;
}

/**
 * The library's goroutines that a site without own frames was allocated by: a connection's buffers are made by the
 * function that starts its loops, or in them, and live as long as they do.
 */
function findLibraryHolder(
  site: GrowthSite,
  holders: readonly Holder[],
  { interner, originOfFrame }: HeapGrowth,
): Holder | undefined {
  for (let node = site.node; node !== ROOT; node = interner.parentOf(node)) {
    if (originOfFrame[interner.frameIndexOf(node)] === "own") return undefined;
    const { function: name } = interner.frameOf(node);
    const holder = holders.find(({ library }) => library.includes(name));
    if (holder !== undefined) return holder;
  }
  return undefined;
}

/** More objects of one site than this, for each goroutine that came, belong to something else that grows. */
const MOST_OBJECTS_PER_GOROUTINE = 64;

/**
 * A container too small to be sampled often: its tables are a few per cent of what they hold. It may stand still in
 * the profile while its values grow, so one that is small, not shown to be steady at a large size, and shares two
 * own functions with the site (or its very function) is taken.
 */
function findQuietContainer(
  site: GrowthSite,
  quiet: readonly GrowthSite[],
  paths: CallPaths,
): GrowthSite | undefined {
  let best: GrowthSite | undefined;
  let bestShared = 0;
  for (const container of quiet) {
    if ((container.inuseBytes.at(-1) ?? 0) > 0.5 * site.growthBytes) continue;
    const shared = paths.countShared(site, container);
    const sameFunction = site.site.function === container.site.function;
    if ((shared >= 2 || sameFunction) && shared > bestShared) {
      best = container;
      bestShared = shared;
    }
  }
  return best;
}

function isQuietContainer(site: GrowthSite): boolean {
  const bytes = site.inuseBytes.at(-1) ?? 0;
  return (
    allocatesContainer(site) &&
    !isMadeForEachValue(site) &&
    site.origin === "own" &&
    bytes > 0 &&
    bytes <= 8 * site.sampleWeightBytes
  );
}

/** Every two of them are compared. A leak is among the largest, and its container is not far down. */
const SITES_JOINED = 300;
const QUIET_COMPARED = 1000;
/** How many stacks of a site are compared: hot sites have many callers, the first few by bytes tell enough. */
const PATHS_COMPARED = 4;

/** Own frames of the largest stacks of each site, the outermost first. */
class CallPaths {
  readonly #growth: HeapGrowth;
  readonly #paths = new Map<GrowthSite, CodeSite[][]>();

  constructor(growth: HeapGrowth) {
    this.#growth = growth;
  }

  get(site: GrowthSite): readonly (readonly CodeSite[])[] {
    let paths = this.#paths.get(site);
    if (paths === undefined) {
      const last = this.#growth.columns[this.#growth.columns.length - 1];
      const nodes = [...site.nodes].sort((x, y) => (last?.inuseBytes[y] ?? 0) - (last?.inuseBytes[x] ?? 0));
      paths = nodes.slice(0, PATHS_COMPARED).map((node) => findOwnFrames(this.#growth, node).reverse());
      this.#paths.set(site, paths);
    }
    return paths;
  }

  /**
   * Own functions that two sites' stacks share from the outermost frame inwards. Lines are ignored in the last
   * shared function only: there the paths part.
   */
  countShared(a: GrowthSite, b: GrowthSite): number {
    return Math.max(0, ...this.get(b).map((path) => this.countSharedWith(a, path)));
  }

  countSharedWith(site: GrowthSite, path: readonly CodeSite[]): number {
    let best = 0;
    for (const own of this.get(site)) {
      let shared = 0;
      for (let i = 0; i < Math.min(own.length, path.length); i++) {
        if (own[i]!.function !== path[i]!.function) break;
        shared++;
        if (own[i]!.line !== path[i]!.line) break;
      }
      best = Math.max(best, shared);
    }
    return best;
  }
}

/** Values without a container: one cluster for all that share at least two own functions, or the site's function. */
function groupByCallPath(sites: readonly GrowthSite[], paths: CallPaths): GrowthSite[][] {
  const groups: GrowthSite[][] = [];
  for (const site of sites) {
    const group = groups.find(
      ([main]) =>
        main!.site.function === site.site.function ||
        (site.origin === "own" && paths.countShared(main!, site) >= 2),
    );
    if (group === undefined) groups.push([site]);
    else group.push(site);
  }
  return groups;
}

function allocatedInWindow({ allocBytes }: GrowthSite): number {
  return (allocBytes.at(-1) ?? 0) - (allocBytes[0] ?? 0);
}

/**
 * The bytes that had to be sampled to know a site's growth: what came and what went, as far as it did not come and go
 * unseen between two snapshots. Where all that came is still there, that is the growth itself.
 */
function uncertainBytes(site: GrowthSite): number {
  const growth = Math.max(0, site.growthBytes);
  const allocated = allocatedInWindow(site);
  if (!(allocated > growth)) return growth;
  const seen = (site.inuseBytes[0] ?? 0) + (site.inuseBytes.at(-1) ?? 0);
  return Math.max(growth, Math.min(seen, 2 * allocated - growth));
}

function buildCluster(
  container: GrowthSite | undefined,
  values: GrowthSite[],
  growth: HeapGrowth,
): GrowthCluster {
  const all = container === undefined ? values : [container, ...values];
  const inuseBytes = growth.seconds.map((_, k) => all.reduce((sum, site) => sum + site.inuseBytes[k]!, 0));
  const growthBytes = all.reduce((sum, site) => sum + site.growthBytes, 0);
  const variance = all.reduce((sum, site) => sum + uncertainBytes(site) * site.sampleWeightBytes, 0);
  const kept = values.length > 0 ? values : all;
  const keptBytes = kept.reduce((sum, site) => sum + site.growthBytes, 0);
  const allocatedBytes = kept.reduce((sum, site) => sum + allocatedInWindow(site), 0);
  const largest = Math.max(...all.map((site) => site.sampleWeightBytes));
  return {
    container,
    values,
    inuseBytes,
    growthBytes,
    errorBytes: Math.sqrt(variance),
    kept: allocatedBytes > 0 ? keptBytes / allocatedBytes : Number.NaN,
    trend: computeTrend(growth.seconds, inuseBytes, {
      noise: Math.max(LEAST_GROWTH_BYTES, 2 * largest),
      stepwise: all.every((site) => site.operation === "slice-growth" || site.operation === "map-insert"),
      varianceUnit: largest,
    }),
  };
}
