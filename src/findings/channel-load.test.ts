import { expect, test } from "vitest";
import { heapProfileFromText } from "../../test/support/profile-from-text.ts";
import { computeGrowthClusters } from "../analysis/growth-clusters.ts";
import { computeHeapGrowth } from "../analysis/heap-growth.ts";
import type { RetainedStore } from "../source/retained-store.ts";
import { measureChannelLoad } from "./channel-load.ts";

const STORE: RetainedStore = {
  kind: "channel-send",
  base: "channel-send",
  file: "/src/main.go",
  line: 20,
  function: "(*Queue).Publish",
  text: "q.jobs <- j",
  target: "q.jobs",
  owner: "Queue.jobs",
  lifetime: "long",
  subslice: false,
  isBare: true,
  removals: [],
  registersListener: false,
  channel: { capacity: 10_000, receives: [] },
};

/** 100 jobs of 10 kB are sent each second, and 40 are taken. */
function load(store: RetainedStore) {
  const heap = computeHeapGrowth({
    snapshots: Array.from({ length: 7 }, (_, k) => ({
      seconds: 5 * k,
      profile: heapProfileFromText(
        `${500 * k} ${5_000_000 * k} ${300 * k} ${3_000_000 * k} @ main.(*Queue).Publish:20 main.main:9`,
      ),
    })),
    layout: {},
  });
  const [cluster] = computeGrowthClusters(heap);
  return measureChannelLoad(cluster!, store, heap, { goroutines: undefined, retention: undefined });
}

test("a backlog in numbers: rates, Little's wait, and when the buffer is full", () => {
  expect(load(STORE)).toEqual({
    sentPerSecond: 100,
    takenPerSecond: 40,
    queued: 1800,
    elementBytes: 10_000,
    waitSeconds: 45,
    capacity: 10_000,
    fullInSeconds: 8200 / 60,
    bytesWhenFull: 100_000_000,
    readers: undefined,
  });
});

test("without a capacity in the source nothing is said of its end", () => {
  const { channel: _, ...unknown } = STORE;
  expect(load(unknown)).toMatchObject({
    fullInSeconds: undefined,
    bytesWhenFull: undefined,
    waitSeconds: 45,
  });
});
