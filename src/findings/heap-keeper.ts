import { findMainSite, type GrowthCluster } from "../analysis/growth-clusters.ts";
import { estimate, quantity } from "../lib/quantity.ts";
import type { HeapContainer, HeapContents } from "../tables/heap-contents.ts";
import type { ClusterKeeper } from "./cluster-keeper.ts";
import {
  describeContainer,
  findAvoidablePart,
  findNamedContainer,
  findSampledHolders,
  type SampledHolder,
} from "./heap-containers.ts";
import { statement } from "./statement.ts";

/** A container that holds less than this of what has piled up is not what keeps it. */
const FAR_TOO_SMALL = 0.1;

/**
 * What a look at the heap makes of a keeper that profile and source named. It is there and large: then it is sure. It is
 * far too small: then it is not the keeper, whatever its code looks like. Nothing was named: then the container that
 * alone keeps the sampled objects of these very lines is.
 */
export function askHeap(
  keeper: ClusterKeeper,
  cluster: GrowthCluster,
  contents: HeapContents | undefined,
): ClusterKeeper {
  if (contents === undefined || keeper.kind === "subslice") return keeper;
  const named = findNamedContainer(contents, keeper.target);
  if (named !== undefined && !isFarTooSmall(named, cluster)) {
    return {
      ...keeper,
      corroborated: true,
      evidence: [...keeper.evidence, ...describeContainer(named, contents)],
    };
  }
  const sampled = findSampledHolders(contents, cluster);
  if (named === undefined) return sampled.length === 0 ? keeper : takeHolders(keeper, sampled, contents);
  // Whatever its code looks like: what keeps them is somebody else.
  const refuted: ClusterKeeper = {
    ...keeper,
    kind: "unknown",
    store: undefined,
    site: findMainSite(cluster).site,
    target: "",
    corroborated: false,
    evidence: [
      ...keeper.evidence,
      statement("heap-not-it", {
        owner: named.owner,
        entries: quantity(named.entries, "count"),
        bytes: quantity(named.retainedBytes, "bytes"),
        objects: estimate(Math.round(largestCount(cluster)), "count"),
        grown: estimate(cluster.inuseBytes.at(-1) ?? 0, "bytes"),
      }),
    ],
  };
  const others = sampled.filter(({ container }) => container !== named);
  return others.length === 0 ? refuted : takeHolders(refuted, others, contents);
}

function isFarTooSmall(container: HeapContainer, cluster: GrowthCluster): boolean {
  return (
    container.retainedBytes < FAR_TOO_SMALL * (cluster.inuseBytes.at(-1) ?? 0) &&
    container.entries < FAR_TOO_SMALL * largestCount(cluster)
  );
}

function largestCount({ values, container }: GrowthCluster): number {
  return Math.max(
    ...[...values, ...(container === undefined ? [] : [container])].map(
      (site) => site.inuseObjects.at(-1) ?? 0,
    ),
  );
}

/** Further holders of a good part of the sampled objects: lines of one function may fill several containers. */
const NOTABLE_SHARE = 0.2;
const MOST_OTHERS = 2;

function takeHolders(
  keeper: ClusterKeeper,
  holders: readonly SampledHolder[],
  contents: HeapContents,
): ClusterKeeper {
  const [{ container, samples, site }, ...others] = holders as [SampledHolder, ...SampledHolder[]];
  const kind = kindOfContainer(container);
  // What the source says of another container says nothing of this one.
  const staysSame = keeper.kind === kind;
  const told = [
    { container, samples, site },
    ...others.filter((other) => other.samples >= NOTABLE_SHARE * samples).slice(0, MOST_OTHERS),
  ];
  return {
    ...keeper,
    kind,
    store: staysSame ? keeper.store : undefined,
    site: staysSame ? keeper.site : site,
    target: staysSame && keeper.target !== "" ? keeper.target : container.owner,
    corroborated: true,
    next: [],
    evidence: [
      ...keeper.evidence.filter(({ id }) => id !== "container-not-visible"),
      ...told.flatMap((holder) => [
        statement("heap-keeps-samples", {
          owner: holder.container.owner,
          samples: quantity(holder.samples, "count"),
        }),
        ...describeContainer(holder.container, contents),
      ]),
    ],
  };
}

/** The pattern that a container's kind leads to, the most specific first. */
export function kindOfContainer(
  container: HeapContainer,
): Extract<ClusterKeeper["kind"], "channel" | "listeners" | "map" | "slice" | "volatile-keys"> {
  if (container.kind === "channel") return "channel";
  if (container.holdsCallbacks) return "listeners";
  if (container.kind === "slice") return "slice";
  return findAvoidablePart(container.largest.keys) === undefined ? "map" : "volatile-keys";
}
