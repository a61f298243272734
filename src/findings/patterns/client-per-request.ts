import type { CodeSite } from "../../analysis/code-site.ts";
import { findPackagePath } from "../../analysis/frame-origin.ts";
import type { GoroutineGroup } from "../../analysis/goroutine-growth.ts";
import type { GrowthCluster } from "../../analysis/growth-clusters.ts";
import { findModulePath } from "../../analysis/module-path.ts";
import { ROOT } from "../../analysis/stack-interner.ts";
import { estimate, quantity } from "../../lib/quantity.ts";
import type { ClientLibrary } from "../client-libraries.ts";
import { type ClientOrigin, findClientOrigin } from "../client-origin.ts";
import { computeShare } from "../cluster-share.ts";
import type { Evidence } from "../evidence.ts";
import type { Finding } from "../finding.ts";
import { judgeGroup, rateOfGroup } from "../group-judgement.ts";
import { clampConfidence, type Judgement, judgeCluster, rateOfCluster } from "../judgement.ts";
import { getLibraryCalls } from "../library-calls.ts";
import { findGoroutineOwners, isInModule } from "../library-index.ts";
import type { Candidate, Pattern } from "../pattern.ts";
import { type Statement, statement } from "../statement.ts";

/**
 * A client, pool, watcher or the like is made for each request and not closed. What betrays it is the goroutines that
 * a library keeps for each instance (data in client-libraries.ts, and any other library's as well), or the memory that
 * is kept from within a constructor. The goroutines do not remember who made the instance; heap profile and source do.
 */
export const clientPerRequest: Pattern = {
  id: "resource/client-per-request",
  judge(evidence) {
    const byGoroutines = mergeByOrigin(collectGrowths(evidence).map((growth) => locate(growth, evidence)));
    const candidates = byGoroutines.map((located) => finishGoroutines(located, evidence));
    const claimed = new Set(candidates.flatMap((candidate) => candidate.claims.clusters));
    const alone: Candidate[] = [];
    for (const { candidate, library } of judgeHeapOnly(evidence, claimed)) {
      // What a library's instances hold is theirs, whichever of its constructors allocated it.
      const owner = byGoroutines.findIndex((located) => libraryOf(located)?.library === library.library);
      if (owner < 0) alone.push(candidate);
      else addHeap(candidates[owner]!, candidate);
    }
    return [...candidates, ...alone];
  },
};

function libraryOf({ origin, library }: Located): ClientLibrary | undefined {
  return origin?.library ?? library;
}

function addHeap(owner: Candidate, { finding, claims }: Candidate): void {
  owner.claims = { ...owner.claims, clusters: [...owner.claims.clusters, ...claims.clusters] };
  const [cluster] = claims.clusters;
  if (finding.site === undefined || cluster === undefined) return;
  const values = { site: finding.site, bytes: estimate(cluster.growthBytes, "bytes") };
  owner.finding.consequences.push({
    statement: statement("consequence-heap-site", values),
    site: finding.site,
  });
}

/** Growing goroutines of one library. */
interface LibraryGrowth {
  /** Undefined for a library that the table does not have. */
  library: ClientLibrary | undefined;
  modules: readonly string[];
  /** Largest growth first. */
  groups: GoroutineGroup[];
  judgement: Judgement;
}

interface Located extends LibraryGrowth {
  origin: ClientOrigin | undefined;
}

/** `go f(x)` starts in a wrapper, and errgroup or WaitGroup.Go put frames of theirs below the entry. */
const ENTRY_FRAMES = 4;

function collectGrowths({ goroutines }: Evidence): LibraryGrowth[] {
  const growths = new Map<string, LibraryGrowth>();
  for (const group of goroutines?.groups ?? []) {
    if (group.origin === "own" || group.callers.length > 0) continue;
    const owner = group.stack
      .slice(-ENTRY_FRAMES)
      .flatMap((frame) => findGoroutineOwners(frame.function))
      .at(0);
    if (owner === undefined && group.origin !== "third-party") continue;
    const judgement = judgeGroup(group);
    if (judgement === undefined) continue;
    const module = owner?.modules[0] ?? findModulePath(group.site);
    const key = owner?.instance ?? module;
    const growth = growths.get(key);
    if (growth !== undefined) growth.groups.push(group);
    else {
      const modules = owner?.modules ?? [module];
      growths.set(key, { library: owner, modules, groups: [group], judgement });
    }
  }
  return [...growths.values()];
}

function locate(growth: LibraryGrowth, { heap, source }: Evidence): Located {
  const origin = findClientOrigin(growth.library, growth.modules, heap, source);
  return { ...growth, origin };
}

/**
 * One finding for each line that makes clients: a driver's goroutines and those of the pool above it have one cause. A
 * library that the table does not have needs a line that calls it; without one its goroutines are left to others.
 */
function mergeByOrigin(all: readonly Located[]): Located[] {
  const merged = new Map<string, Located>();
  const listedFirst = [...all].sort(
    (a, b) => Number(a.library === undefined) - Number(b.library === undefined),
  );
  for (const located of listedFirst) {
    const { origin, library } = located;
    if (origin === undefined && library === undefined) continue;
    const key = origin === undefined ? library!.instance : `${origin.site.file}:${origin.site.line}`;
    const known = merged.get(key);
    if (known === undefined) merged.set(key, { ...located, groups: [...located.groups] });
    else known.groups.push(...located.groups);
  }
  return [...merged.values()];
}

function finishGoroutines(located: Located, evidence: Evidence): Candidate {
  const { origin, judgement, library } = located;
  const groups = claimGroups(located, evidence);
  const [main] = groups;
  const rate = rateOfGroup(main!);
  const named = origin?.library ?? library;
  const isMade = origin?.how === "made";
  const subject = {
    instance: named?.instance ?? "",
    library: named?.library ?? located.modules[0]!,
    rate: rate?.estimate ?? quantity(Number.NaN, "count/s"),
  };
  const finding: Finding = {
    pattern: "resource/client-per-request",
    state: !isMade && judgement.state === "confirmed" ? "suspected" : judgement.state,
    severity: judgement.severity,
    confidence: adjustConfidence(judgement, isMade, named),
    ...(origin === undefined ? {} : { site: origin.site }),
    callers: origin?.callers.slice(0, 5) ?? [],
    headline: headline(origin?.site, subject),
    ...(rate === undefined ? {} : { rate }),
    evidence: [
      statement("client-goroutines", {
        entry: main!.stack.at(-1) ?? main!.site,
        library: subject.library,
        from: quantity(main!.trend.first, "count"),
        to: quantity(main!.trend.last, "count"),
      }),
      ...judgement.evidence,
      ...(origin === undefined ? [] : describeOrigin(origin)),
    ],
    consequences: [],
    fix: adviseFix(named, subject.library),
    next: origin === undefined ? [statement("next-source", {})] : judgement.next,
    series: [
      {
        label: "goroutines",
        unit: "count",
        seconds: evidence.goroutines?.seconds ?? [],
        value: main!.count,
      },
    ],
  };
  return { finding, claims: { groups, clusters: claimClusters(located, evidence) } };
}

function adjustConfidence(
  { confidence }: Judgement,
  isMade: boolean,
  named: ClientLibrary | undefined,
): number {
  if (!isMade) return Math.min(0.7, confidence);
  return clampConfidence(named === undefined ? confidence - 0.15 : confidence);
}

function headline(
  site: CodeSite | undefined,
  subject: { instance: string; library: string; rate: ReturnType<typeof quantity> },
): Statement {
  if (site === undefined) return statement("headline-client-unknown-site", subject);
  return subject.instance === ""
    ? statement("headline-library-goroutines", { ...subject, site })
    : statement("headline-client-per-request", { ...subject, site });
}

function describeOrigin(origin: ClientOrigin): Statement[] {
  const { site, text, how, library, allocatedObjects } = origin;
  const result: Statement[] = [];
  if (how === "used") result.push(statement("client-used", { site, library: library?.library ?? "" }));
  else if (allocatedObjects > 0) {
    result.push(statement("client-made", { site, objects: estimate(Math.round(allocatedObjects), "count") }));
  }
  if (text !== "") result.push(statement("source-makes-client", { text, site }));
  return result;
}

function adviseFix(library: ClientLibrary | undefined, name: string): Statement[] {
  if (library === undefined) return [statement("fix-library-close", { library: name })];
  const { instance, closer } = library;
  if (library.perUse) return [statement("fix-client-give-back", { closer })];
  return [statement("fix-client-share", { instance }), statement("fix-client-close", { closer })];
}

/** The library's own groups and those of the libraries it works with, such as a driver below database/sql. */
function claimGroups({ groups, modules, origin }: Located, { goroutines }: Evidence): GoroutineGroup[] {
  const packages = origin?.packages ?? new Set<string>();
  const others = (goroutines?.groups ?? []).filter((group) => {
    if (groups.includes(group) || group.origin === "own" || group.callers.length > 0) return false;
    if (!(group.trend.last > group.trend.first)) return false;
    return group.stack.some(({ function: name }) => {
      const path = findPackagePath(name);
      return isInModule(path, modules) || (path.includes(".") && packages.has(path));
    });
  });
  return [...groups, ...others];
}

/** Most of a cluster's growth must come from the library's code before the cluster is put down to it. */
const CLAIMED_SHARE = 0.6;

/** What the instances hold: buffers, connections, statements, allocated by the library wherever it was called. */
function claimClusters({ modules, origin }: Located, { heap, clusters }: Evidence): GrowthCluster[] {
  if (heap === undefined) return [];
  const isLibrary = heap.interner.frames().map(({ function: name }) => {
    const path = findPackagePath(name);
    return isInModule(path, modules) || (path.includes(".") && origin?.packages.has(path) === true);
  });
  return clusters.filter((cluster) => {
    const share = computeShare(cluster, heap, (node) => {
      for (let at = node; at !== ROOT; at = heap.interner.parentOf(at)) {
        if (isLibrary[heap.interner.frameIndexOf(at)]!) return true;
      }
      return false;
    });
    return share >= CLAIMED_SHARE;
  });
}

/** Libraries without goroutines of their own: what their constructors allocate stays. */
function judgeHeapOnly(
  evidence: Evidence,
  claimed: ReadonlySet<GrowthCluster>,
): { candidate: Candidate; library: ClientLibrary }[] {
  const { heap, clusters } = evidence;
  if (heap === undefined) return [];
  const { calls, ofNode } = getLibraryCalls(heap);
  const constructing = calls.filter(({ constructed }) => constructed.length > 0);
  const candidates: { candidate: Candidate; library: ClientLibrary }[] = [];
  for (const cluster of clusters) {
    if (claimed.has(cluster) || constructing.length === 0) continue;
    const call = constructing.find(
      (known) => computeShare(cluster, heap, (node) => ofNode.get(node) === known) >= CLAIMED_SHARE,
    );
    const library = call?.constructed[0];
    const judgement = call === undefined ? undefined : judgeCluster(cluster, evidence);
    if (call === undefined || library === undefined || judgement === undefined) continue;
    const rate = rateOfCluster(cluster);
    const { site, callers } = call;
    const candidate: Candidate = {
      claims: { clusters: [cluster], groups: [] },
      finding: {
        pattern: "resource/client-per-request",
        state: judgement.state,
        severity: judgement.severity,
        confidence: judgement.confidence,
        site,
        callers: callers.slice(0, 5),
        headline: statement("headline-client-per-request", {
          instance: library.instance,
          library: library.library,
          site,
          rate: rate?.estimate ?? quantity(Number.NaN, "bytes/s"),
        }),
        ...(rate === undefined ? {} : { rate }),
        evidence: [
          ...judgement.evidence,
          statement("client-made", { site, objects: estimate(Math.round(call.allocatedObjects), "count") }),
        ],
        consequences: [],
        fix: adviseFix(library, library.library),
        next: judgement.next,
        series: [{ label: "retained", unit: "bytes", seconds: heap.seconds, value: cluster.inuseBytes }],
      },
    };
    candidates.push({ candidate, library });
  }
  return candidates;
}
