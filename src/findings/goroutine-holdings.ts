import type { CodeSite } from "../analysis/code-site.ts";
import type { GoroutineGroup, GoroutineGrowth } from "../analysis/goroutine-growth.ts";
import type { GrowthCluster, Holder } from "../analysis/growth-clusters.ts";
import type { GrowthSite, HeapGrowth } from "../analysis/heap-growth.ts";
import { findOwnFrames } from "../analysis/own-frames.ts";
import { ROOT } from "../analysis/stack-interner.ts";
import type { RetentionFinder } from "./retention-finder.ts";

/** The growing groups as holders of memory: what a goroutine allocated on its own stack lives as long as it does. */
export function listHolders(goroutines: GoroutineGrowth | undefined): Holder[] {
  const growing = goroutines?.groups.filter(({ trend }) => trend.shape === "growing") ?? [];
  return growing.flatMap((group): Holder[] => {
    // Outermost first; the library's frames are none of the program's own.
    const path = [...group.callers].reverse();
    if (group.origin === "own") path.push(group.site);
    const functions = [group.stack.at(-1)?.function, group.createdBy?.function];
    const library = path.length === 0 ? functions.filter((name) => name !== undefined) : [];
    return path.length + library.length === 0
      ? []
      : [{ path, library, grown: group.trend.last - group.trend.first }];
  });
}

/** A goroutine cannot plausibly hold more than this on its own account. */
const MOST_BYTES_PER_GOROUTINE = 4 * 1024 * 1024;

/**
 * Do the leaked goroutines hold this cluster? Its objects were allocated on their own call path (their entry function,
 * or the function that started them), no container of the program's own is among them, and there is about one helping
 * for each goroutine.
 */
export function isHeldByGoroutines(
  cluster: GrowthCluster,
  group: GoroutineGroup,
  heap: HeapGrowth,
  retention: RetentionFinder | undefined,
): boolean {
  const grown = group.trend.last - group.trend.first;
  if (grown <= 0 || cluster.growthBytes / grown > MOST_BYTES_PER_GOROUTINE) return false;
  const functions = new Set([group.site, ...group.callers].map((frame) => frame.function));
  const root = group.stack.at(-1);
  if (root !== undefined) functions.add(root.function);
  const starter = group.createdBy?.function;
  const isKeptRegistry = isRegistry(cluster, retention);
  const sites =
    cluster.container === undefined || isKeptRegistry
      ? cluster.values
      : [cluster.container, ...cluster.values];
  // Allocations without any own frame (a goroutine's descriptor, what it waits with) go with the rest.
  const attributable = sites.filter((site) => findOwnFrames(heap, site.node).length > 0);
  if (group.origin !== "own" && group.callers.length === 0) {
    const library = new Set([root?.function ?? "", starter ?? ""]);
    if (sites.every((site) => isOnLibraryPath(site, library, heap))) return true;
  }
  if (attributable.length === 0) return sites[0]?.operation === "goroutine";
  const elsewhere = attributable.filter((site) => !isOnPath(site, functions, starter, grown, heap));
  if (elsewhere.length === attributable.length) return false;
  // What the goroutines' registry keeps was handed to them: whoever made it (an accept loop, say), it comes in step.
  if (isKeptRegistry && elsewhere.every((site) => !isContainer(site) && comesInStep(site, grown)))
    return true;
  const sum = (of: readonly GrowthSite[]) => of.reduce((bytes, site) => bytes + site.growthBytes, 0);
  return elsewhere.every(isOneSample) && sum(elsewhere) <= MOST_ELSEWHERE * sum(attributable);
}

/** A single sampled allocation off the path (what an accept loop hands on, say) does not take the rest from the goroutines. */
function isOneSample(site: GrowthSite): boolean {
  return !isContainer(site) && site.growthBytes < 1.8 * site.sampleWeightBytes;
}

function isContainer({ operation }: GrowthSite): boolean {
  return operation === "map-insert" || operation === "slice-growth";
}

/** Few objects for each goroutine, as well as sampling can tell. */
function comesInStep(site: GrowthSite, grown: number): boolean {
  return site.growthObjects / grown <= MOST_OBJECTS_EACH * slackOf(site);
}

const MOST_OBJECTS_EACH = 64;

function slackOf({ growthBytes, sampleWeightBytes }: GrowthSite): number {
  return 1 + 3 / Math.sqrt(Math.max(1, growthBytes / Math.max(1, sampleWeightBytes)));
}

const MOST_ELSEWHERE = 0.4;

/**
 * A container whose entries the program removes when their subject ends (a room's members, open connections): it grows
 * because the goroutines that would remove them do not end.
 */
function isRegistry(cluster: GrowthCluster, retention: RetentionFinder | undefined): boolean {
  if (retention === undefined || cluster.values.length === 0) return false;
  return cluster.values.some((value) => {
    const removals = retention.findPath(value)?.store.removals ?? [];
    return removals.some((removal) => removal.kind === "delete");
  });
}

/**
 * For goroutines of a library from end to end: allocated in their entry function or where the library starts them, below
 * which none of the program's own code runs. The program may stand above: it called the accept loop.
 */
function isOnLibraryPath({ node }: GrowthSite, library: ReadonlySet<string>, heap: HeapGrowth): boolean {
  const { interner, originOfFrame } = heap;
  for (let n = node; n !== ROOT; n = interner.parentOf(n)) {
    if (library.has(interner.frameOf(n).function)) return true;
    if (originOfFrame[interner.frameIndexOf(n)] === "own") return false;
  }
  return false;
}

function isOnPath(
  site: GrowthSite,
  functions: ReadonlySet<string>,
  starter: string | undefined,
  grown: number,
  heap: HeapGrowth,
): boolean {
  const frames = findOwnFrames(heap, site.node);
  const inGoroutine = frames.some((frame) => functions.has(frame.function) && frame.function !== "main.main");
  // All of a small program may run in main: that it starts the goroutines says nothing of what else it allocates.
  const inStarter =
    starter !== undefined &&
    (starter !== "main.main" || site.operation === "goroutine") &&
    frames.some((frame) => frame.function === starter || isClosureOf(frame, starter));
  if (!inGoroutine && !inStarter) return false;
  if (site.operation === "goroutine") return true;
  // A handler that starts a goroutine may leak on its own account as well: only what comes in step is the goroutine's.
  // One container for all of them has a few large arrays; one container for each comes in step with the goroutines.
  if (isContainer(site) && (site.growthObjects / grown) * slackOf(site) < 0.5) return false;
  return comesInStep(site, grown);
}

export function isClosureOf(frame: CodeSite, starter: string): boolean {
  return frame.function.startsWith(`${starter}.`);
}
