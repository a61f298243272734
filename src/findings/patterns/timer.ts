import type { CodeSite } from "../../analysis/code-site.ts";
import type { GrowthCluster } from "../../analysis/growth-clusters.ts";
import type { HeapGrowth } from "../../analysis/heap-growth.ts";
import { findOwnFrames } from "../../analysis/own-frames.ts";
import { findTimers, type TimerUse } from "../../source/timers.ts";
import { computeShare, listMembers } from "../cluster-share.ts";
import type { Evidence } from "../evidence.ts";
import { clampConfidence, judgeCluster, rateOfCluster } from "../judgement.ts";
import { getLibraryCalls, type LibraryCall } from "../library-calls.ts";
import type { Candidate, Pattern } from "../pattern.ts";
import { qualifySite } from "../qualified-site.ts";
import { type Statement, statement } from "../statement.ts";
import { explainTimers } from "../timer-semantics.ts";

/**
 * Timers that live on: time.After in a loop, a timer or ticker never stopped, an AfterFunc whose closure outlives its
 * purpose. Either the timers themselves are what grows, or what their functions refer to.
 */
export const timer: Pattern = {
  id: "resource/timer",
  judge(evidence) {
    const { heap } = evidence;
    if (heap === undefined) return [];
    return evidence.clusters.flatMap((cluster) => judgeTimers(cluster, heap, evidence));
  },
};

const MAKES_TIMER = /^time\.(After|AfterFunc|NewTimer|NewTicker|Tick)$/;
/** Most of a cluster must be timers before it is put down to them. */
const TIMER_SHARE = 0.6;

interface TimerOrigin {
  kind: string;
  site: CodeSite;
  callers: CodeSite[];
  use: TimerUse | undefined;
  /** The timers are what grows; otherwise what their functions hold on to. */
  isDirect: boolean;
}

function judgeTimers(cluster: GrowthCluster, heap: HeapGrowth, evidence: Evidence): Candidate[] {
  const origin = findDirect(cluster, heap, evidence) ?? findHolder(cluster, heap, evidence);
  const judgement = origin && judgeCluster(cluster, evidence);
  if (origin === undefined || judgement === undefined) return [];
  const { kind, site, callers, use, isDirect } = origin;
  const rate = rateOfCluster(cluster);
  const corroboration = use?.isStopped === false ? 0.1 : use === undefined ? 0 : -0.1;
  return [
    {
      claims: { clusters: [cluster], groups: [] },
      finding: {
        pattern: "resource/timer",
        state: !isDirect && judgement.state === "confirmed" ? "suspected" : judgement.state,
        severity: judgement.severity,
        confidence: clampConfidence(judgement.confidence + corroboration - (isDirect ? 0 : 0.1)),
        site,
        callers: callers.slice(0, 5),
        headline: isDirect
          ? statement("headline-timer", { kind, site })
          : statement("headline-timer-holds", { kind, site }),
        ...(rate === undefined ? {} : { rate }),
        evidence: [...judgement.evidence, ...describeUse(use, site), ...explain(kind, evidence)],
        consequences: [],
        fix: adviseFix(kind),
        next: judgement.next,
        series: [{ label: "retained", unit: "bytes", seconds: heap.seconds, value: cluster.inuseBytes }],
      },
    },
  ];
}

/** The cluster's growth was allocated by own lines that call package time. */
function findDirect(cluster: GrowthCluster, heap: HeapGrowth, { source }: Evidence): TimerOrigin | undefined {
  const { ofNode } = getLibraryCalls(heap);
  let call: LibraryCall | undefined;
  const share = computeShare(cluster, heap, (node) => {
    const found = ofNode.get(node);
    if (found === undefined || !MAKES_TIMER.test(found.callee)) return false;
    if (call === undefined || found.keptBytes > call.keptBytes) call = found;
    return true;
  });
  if (call === undefined || share < TIMER_SHARE) return undefined;
  const { site, callers, callee } = call;
  const kind = callee.slice("time.".length);
  const use = source && findTimers(source, site).find((timerUse) => timerUse.line === site.line);
  return { kind, site, callers, use, isDirect: true };
}

/** How many own frames from the allocation outwards are searched for a timer that may hold it. */
const HOLDER_FRAMES = 4;

/**
 * An AfterFunc that nobody stops, in a function on the allocation's stack: until it fires, its function refers to what
 * it captured. Only where nothing else explains the growth: the source finds no container, or one that gives the value
 * up elsewhere than in the timer's own function.
 */
function findHolder(
  cluster: GrowthCluster,
  heap: HeapGrowth,
  { source, retention }: Evidence,
): TimerOrigin | undefined {
  if (source === undefined || cluster.container !== undefined) return undefined;
  for (const member of listMembers(cluster).slice(0, 3)) {
    const frames = findOwnFrames(heap, member.node);
    for (const [n, frame] of frames.slice(0, HOLDER_FRAMES).entries()) {
      const use = findTimers(source, frame).find(({ kind, isStopped }) => kind === "AfterFunc" && !isStopped);
      if (use === undefined) continue;
      const removals = retention?.findPath(member)?.store.removals;
      if (removals !== undefined && !removals.some((removal) => !isTimersOwn(removal, use, removals)))
        return undefined;
      const site = qualifySite(
        { function: use.function, file: use.file, line: use.line },
        heap.interner.frames(),
      );
      return { kind: use.kind, site, callers: frames.slice(n + 1), use, isDirect: false };
    }
  }
  return undefined;
}

/**
 * Does the timer's function make that removal, as far as names tell? It may call what was handed in by another name:
 * where only one function removes, that is taken to be the one it calls.
 */
function isTimersOwn(
  removal: { function: string; file: string },
  use: TimerUse,
  all: readonly { function: string }[],
): boolean {
  const name = /(\w+)$/.exec(removal.function)?.[1] ?? "";
  if (use.names.has(name) || (removal.function === use.function && removal.file === use.file)) return true;
  return new Set(all.map((other) => other.function)).size < 2;
}

function describeUse(use: TimerUse | undefined, site: CodeSite): Statement[] {
  if (use === undefined) return [];
  return [
    statement("source-makes-timer", { text: use.text, site, duration: use.duration }),
    ...(use.isStopped || use.kind === "After" || use.kind === "Tick"
      ? []
      : [statement("source-timer-no-stop", { site })]),
  ];
}

function explain(kind: string, { goVersion, source }: Evidence): Statement[] {
  if (kind === "AfterFunc") return [statement("timer-func-held", {})];
  return [explainTimers(goVersion, source)];
}

function adviseFix(kind: string): Statement[] {
  switch (kind) {
    case "After":
      return [statement("fix-timer-reuse", {}), statement("fix-timer-go", {})];
    case "Tick":
    case "NewTicker":
      return [statement("fix-ticker-stop", {}), statement("fix-timer-go", {})];
    case "AfterFunc":
      return [statement("fix-timer-func", {})];
    default:
      return [statement("fix-timer-stop", {}), statement("fix-timer-go", {})];
  }
}
