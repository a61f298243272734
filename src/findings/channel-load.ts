import type { GrowthCluster } from "../analysis/growth-clusters.ts";
import type { HeapGrowth } from "../analysis/heap-growth.ts";
import { findOwnFrames } from "../analysis/own-frames.ts";
import type { RetainedStore } from "../source/retained-store.ts";
import { largestValue } from "./cluster-keeper.ts";
import type { Evidence } from "./evidence.ts";

/** A channel whose readers do not keep up, in numbers from the window. */
export interface ChannelLoad {
  /** Elements sent and taken, per second. */
  sentPerSecond: number;
  takenPerSecond: number;
  /** Elements in the buffer at the end of the window. */
  queued: number;
  /** Bytes that one element holds. */
  elementBytes: number;
  /** By Little's law, how long an element waits now; NaN if none is taken. */
  waitSeconds: number;
  capacity: number | undefined;
  /** Seconds until the buffer is full and senders block, from the end of the window. */
  fullInSeconds: number | undefined;
  bytesWhenFull: number | undefined;
  /** Goroutines that read it; undefined if none was seen. */
  readers: number | undefined;
}

/**
 * Rates of a backlog from the allocations and frees of its elements. Undefined without allocation counts.
 *
 * The cluster's largest value is sampled best and stands for the elements; how many of its objects go into one is told
 * by the lines that make them.
 */
export function measureChannelLoad(
  cluster: GrowthCluster,
  store: RetainedStore | undefined,
  heap: HeapGrowth,
  { goroutines, retention }: Pick<Evidence, "goroutines" | "retention">,
): ChannelLoad | undefined {
  const value = largestValue(cluster);
  const perElement = countPerElement(cluster, heap, retention);
  const span = (heap.seconds.at(-1) ?? 0) - (heap.seconds[0] ?? 0);
  const sent = ((value.allocObjects.at(-1) ?? 0) - (value.allocObjects[0] ?? 0)) / perElement;
  if (span <= 0 || sent <= 0) return undefined;
  const sentPerSecond = sent / span;
  const surplus = Math.min(sentPerSecond, Math.max(0, value.growthObjects / perElement / span));
  const takenPerSecond = sentPerSecond - surplus;
  const queued = (value.inuseObjects.at(-1) ?? 0) / perElement;
  const elementBytes = (cluster.inuseBytes.at(-1) ?? 0) / Math.max(1, queued);
  const capacity = store?.channel?.capacity;
  return {
    sentPerSecond,
    takenPerSecond,
    queued,
    elementBytes,
    waitSeconds: takenPerSecond > 0 ? queued / takenPerSecond : Number.NaN,
    capacity,
    fullInSeconds:
      capacity === undefined || surplus <= 0 ? undefined : Math.max(0, capacity - queued) / surplus,
    bytesWhenFull: capacity === undefined ? undefined : Math.max(capacity, queued) * elementBytes,
    readers: countReaders(store, goroutines),
  };
}

/**
 * Objects of the largest value in one element: as many as there are lines, in the function that makes the element, by
 * which they are made.
 */
function countPerElement(cluster: GrowthCluster, heap: HeapGrowth, retention: Evidence["retention"]): number {
  const value = largestValue(cluster);
  const element = cluster.values.find((site) => {
    const found = retention?.findPath(site)?.store;
    return found?.base === "channel-send" && found.isBare;
  });
  if (element === undefined || element === value) return 1;
  const lines = new Set<number>();
  for (const node of value.nodes) {
    const maker = findOwnFrames(heap, node).find((frame) => frame.function === element.site.function);
    if (maker !== undefined) lines.add(maker.line);
  }
  return Math.max(1, lines.size);
}

function countReaders(
  store: RetainedStore | undefined,
  goroutines: Evidence["goroutines"],
): number | undefined {
  const readers = store?.channel?.receives ?? [];
  if (goroutines === undefined || readers.length === 0) return undefined;
  let count = 0;
  for (const group of goroutines.groups) {
    const reads = group.stack.some((frame) =>
      readers.some(
        (reader) =>
          frame.file === reader.file &&
          new RegExp(`\\.${escapeRegExp(reader.function)}(?:\\.func|$)`).test(frame.function),
      ),
    );
    if (reads) count += group.count.findLast((n) => !Number.isNaN(n)) ?? 0;
  }
  return count === 0 ? undefined : count;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
