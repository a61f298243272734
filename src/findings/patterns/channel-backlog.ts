import type { GrowthCluster } from "../../analysis/growth-clusters.ts";
import { estimate, quantity } from "../../lib/quantity.ts";
import { type ChannelLoad, measureChannelLoad } from "../channel-load.ts";
import type { ClusterKeeper } from "../cluster-keeper.ts";
import type { Evidence } from "../evidence.ts";
import { judgeSuspects } from "../heap-suspects.ts";
import type { Pattern } from "../pattern.ts";
import { judgeRetainedGrowth } from "../retained-growth.ts";
import { type Statement, statement } from "../statement.ts";

/** How long an element may wait in a queue that is in order: the capacity advised holds this much work. */
const TOLERABLE_WAIT_SECONDS = 1;
/** A buffer that holds less than this when full is no danger to memory. */
const HARMLESS_BYTES = 16 * 1024 * 1024;

/**
 * A channel with a large buffer whose readers are slower than its senders. It grows like a leak until the buffer is
 * full; then senders block. A warning while it grows, critical only if the limit comes before the end of the buffer.
 */
export const channelBacklog: Pattern = {
  id: "data/channel-backlog",
  judge: (evidence) => [
    ...judgeRetainedGrowth(
      {
        pattern: "data/channel-backlog",
        claims: (keeper) => keeper.kind === "channel",
        headline: (keeper) =>
          statement("headline-channel-backlog", { target: keeper.target, site: keeper.site }),
        severity: ({ severity }, keeper, cluster) => {
          const full = measure(keeper, cluster, evidence)?.bytesWhenFull;
          if (full === undefined || severity === "info") return severity;
          if (full < HARMLESS_BYTES) return "info";
          const rest = full - (cluster.inuseBytes.at(-1) ?? 0);
          const free = (evidence.limitBytes ?? 0) - (evidence.liveHeap?.trend.last ?? 0);
          return severity === "critical" && rest < 0.9 * free ? "warning" : severity;
        },
        evidence: (keeper, cluster) => describeLoad(keeper, measure(keeper, cluster, evidence)),
        fix: (keeper, cluster) => advise(measure(keeper, cluster, evidence)),
      },
      evidence,
    ),
    ...judgeSuspects(evidence, "data/channel-backlog", "channel", () => [
      statement("fix-channel-back-pressure", {}),
    ]),
  ],
};

function measure(keeper: ClusterKeeper, cluster: GrowthCluster, evidence: Evidence): ChannelLoad | undefined {
  return evidence.heap === undefined
    ? undefined
    : measureChannelLoad(cluster, keeper.store, evidence.heap, evidence);
}

function describeLoad({ store }: ClusterKeeper, load: ChannelLoad | undefined): Statement[] {
  const result: Statement[] = [];
  const made = store?.channel?.madeAt;
  if (made !== undefined) {
    result.push(
      statement("channel-made", {
        text: made.text,
        site: { function: "", file: made.file, line: made.line },
      }),
    );
  }
  const reader = store?.channel?.receives[0];
  if (reader !== undefined) {
    result.push(
      statement("channel-read", {
        text: reader.text,
        site: { function: reader.function, file: reader.file, line: reader.line },
        readers: quantity(load?.readers ?? Number.NaN, "count"),
      }),
    );
  }
  if (load === undefined) return result;
  result.push(
    statement("channel-rates", {
      sent: estimate(load.sentPerSecond, "count/s"),
      taken: estimate(load.takenPerSecond, "count/s"),
      queued: estimate(Math.round(load.queued), "count"),
      wait: estimate(load.waitSeconds, "seconds"),
    }),
  );
  if (load.fullInSeconds !== undefined && load.bytesWhenFull !== undefined) {
    result.push(
      statement("channel-full", {
        capacity: quantity(load.capacity ?? Number.NaN, "count"),
        after: estimate(load.fullInSeconds, "seconds"),
        bytes: estimate(load.bytesWhenFull, "bytes"),
      }),
    );
  }
  return result;
}

function advise(load: ChannelLoad | undefined): Statement[] {
  if (load === undefined || !(load.takenPerSecond > 0)) return [statement("fix-channel-back-pressure", {})];
  const factor = load.sentPerSecond / load.takenPerSecond;
  const capacity = Math.max(1, Math.ceil(load.takenPerSecond * TOLERABLE_WAIT_SECONDS));
  return [
    statement("fix-channel-readers", {
      factor: estimate(Math.ceil(10 * factor) / 10, "count"),
      readers: quantity(load.readers === undefined ? Number.NaN : Math.ceil(load.readers * factor), "count"),
    }),
    statement("fix-channel-capacity", {
      capacity: estimate(capacity, "count"),
      wait: quantity(TOLERABLE_WAIT_SECONDS, "seconds"),
      taken: estimate(load.takenPerSecond, "count/s"),
      bytes: estimate(capacity * load.elementBytes, "bytes"),
    }),
    statement("fix-channel-back-pressure", {}),
  ];
}
