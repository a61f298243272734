import type { CodeSite } from "../../analysis/code-site.ts";
import type { GoroutineGroup } from "../../analysis/goroutine-growth.ts";
import type { HeapGrowth } from "../../analysis/heap-growth.ts";
import { findOwnFrames } from "../../analysis/own-frames.ts";
import { type NodeIndex, ROOT } from "../../analysis/stack-interner.ts";
import { estimate, quantity } from "../../lib/quantity.ts";
import { type BodyClose, findBodyClose } from "../../source/body-close.ts";
import type { Evidence } from "../evidence.ts";
import type { Finding } from "../finding.ts";
import { judgeGroup, rateOfGroup } from "../group-judgement.ts";
import type { Candidate, Pattern } from "../pattern.ts";
import { type Statement, statement } from "../statement.ts";

/**
 * Response bodies that are neither read to the end nor closed. Each keeps its connection with two goroutines:
 * `(*persistConn).readLoop` waits in a *select* for the body to end, `writeLoop` for the next request. An idle
 * pooled connection waits in IO instead, which is how the two are told apart (net/http/transport.go).
 */
export const httpBody: Pattern = {
  id: "resource/http-body",
  judge(evidence) {
    const { goroutines } = evidence;
    const readLoop = goroutines?.groups.find((g) => isConnectionLoop(g, "readLoop") && g.state === "select");
    if (goroutines === undefined || readLoop === undefined) return [];
    const judgement = judgeGroup(readLoop);
    if (judgement === undefined) return [];
    const caller = evidence.heap === undefined ? undefined : findHttpCaller(evidence.heap, evidence.source);
    const rate = rateOfGroup(readLoop);
    const rateNow = rate?.estimate ?? quantity(Number.NaN, "count/s");
    const finding: Finding = {
      pattern: "resource/http-body",
      state: caller === undefined && judgement.state === "confirmed" ? "suspected" : judgement.state,
      severity: judgement.severity,
      confidence: caller === undefined ? Math.min(0.7, judgement.confidence) : judgement.confidence,
      ...(caller === undefined ? {} : { site: caller.site }),
      callers: caller?.callers.slice(0, 5) ?? [],
      headline:
        caller === undefined
          ? statement("headline-http-body-unknown-site", { rate: rateNow })
          : statement("headline-http-body", { site: caller.site, rate: rateNow }),
      ...(rate === undefined ? {} : { rate }),
      evidence: [
        statement("http-read-loops", {
          from: quantity(readLoop.trend.first, "count"),
          to: quantity(readLoop.trend.last, "count"),
        }),
        ...judgement.evidence,
        ...(caller?.evidence ?? []),
      ],
      consequences: [],
      fix: [statement("fix-body-close", {}), statement("fix-body-drain", {})],
      next: caller === undefined ? [statement("next-symbols", {})] : judgement.next,
      series: [{ label: "connections", unit: "count", seconds: goroutines.seconds, value: readLoop.count }],
    };
    // The finding's own group first: the others are told as its consequences.
    const others = goroutines.groups.filter(
      (g) => g !== readLoop && isHttpConnection(g) && g.trend.last > g.trend.first,
    );
    const claimed = [readLoop, ...others];
    const candidate: Candidate = {
      finding,
      claims: { clusters: claimClusters(evidence, caller?.site), groups: claimed },
    };
    return [candidate];
  },
};

function isConnectionLoop(group: GoroutineGroup, loop: "readLoop" | "writeLoop"): boolean {
  return group.stack.at(-1)?.function === `net/http.(*persistConn).${loop}`;
}

/** The client's two loops, and the server's side of the same connections if it is in this process. */
function isHttpConnection(group: GoroutineGroup): boolean {
  const root = group.stack.at(-1)?.function ?? "";
  return (
    root.startsWith("net/http.(*persistConn).") ||
    (group.origin === "standard-library" && root.startsWith("net/http.(*conn)."))
  );
}

/** What the leaked connections hold in the heap: buffers, TLS state, requests, all allocated below net/http. */
function claimClusters(evidence: Evidence, caller: CodeSite | undefined) {
  const { heap } = evidence;
  if (heap === undefined) return [];
  return evidence.clusters.filter((cluster) => {
    const sites = cluster.container === undefined ? cluster.values : [cluster.container, ...cluster.values];
    const own = sites.filter((site) => findOwnFrames(heap, site.node).length > 0);
    return own.length === 0
      ? sites.some((site) => passesHttp(heap, site.node))
      : own.every(
          (site) =>
            (caller !== undefined && site.site.function === caller.function) ||
            (site.operation !== "map-insert" &&
              site.operation !== "slice-growth" &&
              passesHttp(heap, site.node)),
        );
  });
}

function passesHttp(heap: HeapGrowth, node: NodeIndex): boolean {
  return heap.interner.stackOf(node).some((frame) => HTTP_FRAME.test(frame.function));
}

const HTTP_FRAME =
  /^net\/http\.\(\*(Client|Transport|persistConn|conn)\)|^net\/http\.(Get|Post|Head|PostForm|send|NewRequest)/;
const CLIENT_CALL =
  /^net\/http\.(\(\*Client\)\.(Do|do|Get|Post|Head|PostForm)|Get|Post|Head|PostForm|\(\*Transport\)\.RoundTrip)$/;

/** Whom to suspect first. Without source a call is as suspect as one that closes on some paths only. */
const CLOSING_RANK = { never: 0, "some-paths": 1, unknown: 1, always: 2 } as const;

interface HttpCaller {
  site: CodeSite;
  callers: CodeSite[];
  evidence: Statement[];
}

/**
 * The own line that calls the HTTP client. The connection's goroutines do not remember it, but every call allocates
 * on its way into net/http, so the heap profile's allocation columns do. Of several, the one whose source
 * leaves a body open, then the one with the most objects kept, then the most allocated.
 */
function findHttpCaller(
  heap: HeapGrowth,
  source: ReadonlyMap<string, string> | undefined,
): HttpCaller | undefined {
  const first = heap.columns[0];
  const last = heap.columns[heap.columns.length - 1];
  if (first === undefined || last === undefined) return undefined;
  const found = new Map<
    string,
    { site: CodeSite; callers: CodeSite[]; kept: number; allocated: number; closing: BodyClose | undefined }
  >();
  const isClientCall = heap.interner.frames().map((frame) => CLIENT_CALL.test(frame.function));
  for (let n = 1; n < heap.interner.nodeCount; n++) {
    const allocated = last.allocObjects[n]! - first.allocObjects[n]!;
    const kept = last.inuseObjects[n]! - first.inuseObjects[n]!;
    if (allocated <= 0 && kept <= 0 && last.allocObjects[n]! <= 0) continue;
    const call = findClientCall(heap, isClientCall, n as NodeIndex);
    if (call === undefined) continue;
    const key = `${call.site.function}\0${call.site.line}`;
    const entry = found.get(key) ?? {
      ...call,
      kept: 0,
      allocated: 0,
      closing: source === undefined ? undefined : findBodyClose(source, call.site),
    };
    entry.kept += kept;
    entry.allocated += Math.max(allocated, 0.001 * last.allocObjects[n]!);
    found.set(key, entry);
  }
  const ranked = [...found.values()].sort(
    (a, b) =>
      CLOSING_RANK[a.closing?.closed ?? "unknown"] - CLOSING_RANK[b.closing?.closed ?? "unknown"] ||
      b.kept - a.kept ||
      b.allocated - a.allocated,
  );
  const best = ranked[0];
  if (best === undefined) return undefined;
  const evidence = [
    statement("http-call-site", { site: best.site, calls: estimate(Math.round(best.allocated), "count") }),
  ];
  if (best.closing?.closed === "never") evidence.push(statement("source-no-body-close", { site: best.site }));
  if (best.closing?.closed === "some-paths") {
    const line = best.closing.returnLine;
    evidence.push(
      line > 0
        ? statement("source-return-before-close", { site: { ...best.site, line } })
        : statement("source-close-behind-loop", { site: best.site }),
    );
  }
  return { site: best.site, callers: best.callers, evidence };
}

/** First own frame outside of a net/http client call on the stack. */
function findClientCall(
  heap: HeapGrowth,
  isClientCall: readonly boolean[],
  node: NodeIndex,
): { site: CodeSite; callers: CodeSite[] } | undefined {
  let inClient = false;
  let site: CodeSite | undefined;
  const callers: CodeSite[] = [];
  for (let n = node; n !== ROOT; n = heap.interner.parentOf(n)) {
    const index = heap.interner.frameIndexOf(n);
    if (isClientCall[index]!) inClient = true;
    if (!inClient || heap.originOfFrame[index] !== "own") continue;
    const frame = heap.interner.frameOf(n);
    if (site === undefined) site = frame;
    else callers.push(frame);
  }
  return site === undefined ? undefined : { site, callers };
}
