import type { CodeSite } from "../analysis/code-site.ts";
import { FrameClassifier } from "../analysis/frame-origin.ts";
import { quantity } from "../lib/quantity.ts";
import type { HeapContainer, HeapContents } from "../tables/heap-contents.ts";
import type { PatternId } from "./catalogue.ts";
import type { Evidence } from "./evidence.ts";
import type { Finding, Severity } from "./finding.ts";
import { describeContainer, findAvoidablePart } from "./heap-containers.ts";
import { kindOfContainer } from "./heap-keeper.ts";
import { clampConfidence } from "./judgement.ts";
import type { Candidate } from "./pattern.ts";
import { type Statement, statement } from "./statement.ts";

/** Share of the heap from which one owner is a suspect; Eclipse MAT takes a tenth as well. */
const SUSPECT_SHARE = 0.1;
/** Of a heap so small no owner is. */
const SUSPECT_BYTES = 16 * 1024 * 1024;
/** An owner that no container below it explains is told only if it keeps most of the heap. */
const OWNER_SHARE = 0.5;
/** What hurts: so much of the heap that nobody needs. */
const HURTING_SHARE = 0.25;

export function isNotable({ reachableBytes }: HeapContents, bytes: number): boolean {
  return bytes >= SUSPECT_BYTES && bytes >= SUSPECT_SHARE * reachableBytes;
}

/** Of what the heap itself shows to be useless, whatever it does in time: a warning if it is a good part of all. */
export function severityOfWaste({ reachableBytes }: HeapContents, bytes: number): Severity {
  return bytes >= SUSPECT_BYTES && bytes >= HURTING_SHARE * reachableBytes ? "warning" : "info";
}

/** Where profiles over time show what grows, size alone adds nothing. */
export function hasTrend({ liveHeap }: Evidence): boolean {
  return liveHeap !== undefined && liveHeap.trend.shape !== "insufficient";
}

/** Containers that keep a large share of the heap and in which it piles up, unless it has a better name. */
function listSuspects(contents: HeapContents): HeapContainer[] {
  const suspects: HeapContainer[] = [];
  for (const container of contents.containers) {
    const { owner, largest } = container;
    if (!largest.isAccumulation || !isNotable(contents, largest.retainedBytes)) continue;
    // All goroutines are in a slice of the runtime's, which keeps nothing that would go otherwise.
    if (owner.startsWith("runtime.") || isExplained(container, contents) || isBuffer(container)) continue;
    if (!suspects.some((other) => holdTheSame(other, container))) suspects.push(container);
  }
  return suspects;
}

/** A block of bytes that was made as large as it is: no list that something is added to. */
function isBuffer({ type, largest }: HeapContainer): boolean {
  return /^\[\](uint8|byte)$/.test(type) && largest.entries === largest.capacity;
}

/** Most of it is waste that is a finding of its own, or lies in a pool. */
function isExplained({ owner, largest }: HeapContainer, { partlyUsed, pools }: HeapContents): boolean {
  const half = 0.5 * largest.retainedBytes;
  // Ids in a map and in a list beside it are the same.
  const place = largest.sharedBytes >= half ? owner.slice(0, owner.lastIndexOf(".") + 1) : owner;
  return (
    largest.reclaimableBytes >= half ||
    partlyUsed.some((row) => row.owner.startsWith(place) && row.bytes - row.usedBytes >= half) ||
    pools.some((pool) => owner.startsWith(`${pool.type}.`) && pool.retainedBytes >= half)
  );
}

/** Two containers of the same entries, as the map and the slice of a ring have them, are told once. */
function holdTheSame({ largest: a }: HeapContainer, { largest: b }: HeapContainer): boolean {
  const mostlyShared = [a, b].every((one) => one.sharedBytes >= 0.8 * one.retainedBytes);
  return mostlyShared && Math.abs(a.sharedBytes - b.sharedBytes) <= 0.05 * a.sharedBytes;
}

/** Suspects of one kind, where only a look at the heap is there to tell. Size is no proof of growth, and that is said. */
export function judgeSuspects(
  evidence: Evidence,
  pattern: PatternId,
  kind: ReturnType<typeof kindOfContainer>,
  fix: (owner: string) => Statement[],
): Candidate[] {
  const { heapContents } = evidence;
  if (heapContents === undefined || hasTrend(evidence)) return [];
  return listSuspects(heapContents)
    .filter((container) => kindOfContainer(container) === kind)
    .map((container) => {
      const { owner, largest } = container;
      const entries = quantity(largest.entries, "count");
      const bytes = quantity(largest.retainedBytes, "bytes");
      const share = largest.retainedBytes / heapContents.reachableBytes;
      const part = findAvoidablePart(largest.keys);
      return foundInHeap(pattern, {
        state: "suspected",
        severity: "info",
        confidence: 0.3 + 0.3 * share,
        ...placeOf(container),
        headline:
          kind === "volatile-keys" && part !== undefined
            ? statement("headline-heap-high-cardinality", { owner, entries, bytes, part })
            : statement("headline-heap-holder", {
                owner,
                kind: kind === "volatile-keys" ? "map" : kind,
                entries,
                bytes,
                share: quantity(share, "fraction"),
              }),
        evidence: [
          ...describeContainer(container, heapContents),
          ...describeAllocation(container),
          statement("heap-one-look", {}),
        ],
        fix: fix(owner),
        next: [statement("next-prove-growth", {})],
      });
    });
}

/** An owner that keeps most of the heap while nothing below it explains that: a list, a tree, many small things. */
export function judgeLargeOwner(evidence: Evidence): Candidate[] {
  const { heapContents } = evidence;
  if (heapContents === undefined || hasTrend(evidence)) return [];
  const { owners, reachableBytes, pools, partlyUsed, finalizers } = heapContents;
  const [owner] = owners;
  if (owner === undefined) return [];
  const share = owner.retainedBytes / reachableBytes;
  if (share < OWNER_SHARE || !isNotable(heapContents, owner.retainedBytes)) return [];
  const explained = [
    ...listSuspects(heapContents).map(({ largest }) => largest.retainedBytes),
    ...heapContents.containers
      .filter((container) => isExplained(container, heapContents))
      .map(({ largest }) => largest.retainedBytes),
    ...pools.map((pool) => pool.retainedBytes),
    ...partlyUsed.map((row) => row.bytes),
    ...finalizers.pinned.map((row) => row.retainedBytes),
    finalizers.dueBytes,
  ];
  if (explained.some((bytes) => bytes >= 0.5 * owner.retainedBytes)) return [];
  const bytes = quantity(owner.retainedBytes, "bytes");
  return [
    foundInHeap("data/unbounded-map", {
      state: "insufficient-data",
      severity: "info",
      confidence: 0.2,
      headline: statement("headline-heap-holder", {
        owner: owner.point?.name ?? owner.name,
        kind: "owner",
        entries: quantity(Number.NaN, "count"),
        bytes,
        share: quantity(share, "fraction"),
      }),
      evidence: [
        statement("heap-owner", {
          owner: owner.name,
          bytes,
          share: quantity(share, "fraction"),
          point: owner.point?.name ?? owner.name,
          type: owner.point?.type ?? "",
        }),
        statement("heap-one-look", {}),
      ],
      fix: [statement("fix-find-keeper", {})],
      next: [statement("next-prove-growth", {})],
    }),
  ];
}

/** A finding that rests on the heap's contents alone. */
export function foundInHeap(
  pattern: PatternId,
  found: Pick<Finding, "confidence" | "evidence" | "fix" | "headline" | "next" | "severity" | "state"> &
    Partial<Pick<Finding, "callers" | "site">>,
): Candidate {
  return {
    claims: { clusters: [], groups: [] },
    finding: {
      pattern,
      callers: [],
      consequences: [],
      series: [],
      ...found,
      confidence: clampConfidence(found.confidence),
    },
  };
}

/** The own line that allocated what a container keeps, where the memory profile sampled it. */
function placeOf(container: HeapContainer): Partial<Pick<Finding, "callers" | "site">> {
  const frames = ownFrames(container);
  const [site] = frames;
  return site === undefined ? {} : { site, callers: frames.slice(1, 6) };
}

function ownFrames({ allocatedAt }: HeapContainer): CodeSite[] {
  const [first] = allocatedAt;
  if (first === undefined) return [];
  const classifier = new FrameClassifier(allocatedAt.flatMap(({ stack }) => stack));
  return first.stack.filter((frame) => classifier.classify(frame.function, frame.file) === "own");
}

function describeAllocation(container: HeapContainer): Statement[] {
  const [first] = container.allocatedAt;
  const [site] = ownFrames(container);
  return first === undefined || site === undefined
    ? []
    : [statement("heap-allocated-at", { site, samples: quantity(first.samples, "count") })];
}
