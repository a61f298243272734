import type { HeapContainer, HeapContents } from "../../src/tables/heap-contents.ts";

const MB = 1024 * 1024;

type ContainerWish = Partial<Omit<HeapContainer, "largest">> & {
  largest?: Partial<HeapContainer["largest"]>;
};

/** A container of the place `owner`, a map of 10 MB with 10,000 entries unless said otherwise. */
export function containerOf(owner: string, wish: ContainerWish = {}): HeapContainer {
  const { largest, ...rest } = wish;
  const [entries, retainedBytes] = [rest.entries ?? 10_000, rest.retainedBytes ?? 10 * MB];
  return {
    kind: "map",
    owner,
    isNamed: true,
    type: "map[string]*main.Item",
    count: 1,
    entries,
    capacity: entries * 2,
    retainedBytes,
    holdsCallbacks: false,
    allocatedAt: [],
    ...rest,
    largest: {
      entries,
      capacity: entries * 2,
      retainedBytes,
      sharedBytes: 0,
      ownBytes: 1000,
      reclaimableBytes: 0,
      isAccumulation: true,
      path: owner,
      keys: undefined,
      callback: undefined,
      senders: 0,
      receivers: 0,
      ...largest,
    },
  };
}

/** A heap of 100 MB, seen in a core. */
export function heapContentsOf(rest: Partial<HeapContents> = {}): HeapContents {
  return {
    source: "core",
    goVersion: "go1.26.8",
    isStripped: false,
    reachableBytes: 100 * MB,
    reachableObjects: 100_000,
    goroutines: 10,
    pauseMs: undefined,
    owners: [],
    containers: [],
    partlyUsed: [],
    finalizers: { registered: 0, due: 0, dueBytes: 0, dueTypes: [], stuck: undefined, pinned: [] },
    pools: [],
    ...rest,
  };
}
