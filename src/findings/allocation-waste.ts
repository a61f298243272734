import { type AllocationCost, findAllocationCosts } from "../analysis/allocation-cost.ts";
import type { AllocationOperation } from "../analysis/allocation-operation.ts";
import { estimate, quantity } from "../lib/quantity.ts";
import { type CostlyLoop, findCostlyLoop } from "../source/costly-loop.ts";
import type { PatternId } from "./catalogue.ts";
import type { Evidence } from "./evidence.ts";
import { clampConfidence, judgeCluster } from "./judgement.ts";
import { findCpuPressure } from "./machine-load.ts";
import type { Candidate } from "./pattern.ts";
import { type Statement, statement } from "./statement.ts";

/** A pattern of allocations that are made in vain, while nothing is kept. */
export interface AllocationWasteRule {
  pattern: PatternId;
  operation: AllocationOperation;
  loop: CostlyLoop["kind"];
  /** Does the profile alone speak for a loop, where there is no source? */
  speaksForItself(cost: AllocationCost): boolean;
  headline(cost: AllocationCost, loop: CostlyLoop | undefined): Statement;
  evidence(cost: AllocationCost, loop: CostlyLoop | undefined): Statement[];
  fix(cost: AllocationCost, loop: CostlyLoop | undefined): Statement[];
}

/** What stays of it is kept on purpose, and grows or not: no waste. */
const MOST_KEPT = 0.3;
/** From here on the waste is felt: the collector's share of the CPU, and the line's of what it collects. */
const FELT_CPU_SHARE = 0.02;
const FELT_ALLOCATION_SHARE = 0.3;

/** One candidate for each line that allocates much for the operation, in a loop, and keeps nothing of it. */
export function judgeAllocationWaste(rule: AllocationWasteRule, evidence: Evidence): Candidate[] {
  const { heap, source } = evidence;
  if (heap === undefined) return [];
  const leaking = new Set(
    evidence.clusters
      .filter((cluster) => judgeCluster(cluster, evidence) !== undefined)
      .flatMap((cluster) => [cluster.container, ...cluster.values])
      .map((site) => (site === undefined ? "" : `${site.site.file}:${site.site.line}`)),
  );
  const wasted: { cost: AllocationCost; loop: CostlyLoop | undefined }[] = [];
  for (const cost of findAllocationCosts(heap, rule.operation)) {
    const { site } = cost;
    if (site.kept > MOST_KEPT || leaking.has(`${site.site.file}:${site.site.line}`)) continue;
    const found = source === undefined ? undefined : findCostlyLoop(source, site.site);
    const loop = found?.kind === rule.loop ? found : undefined;
    if (loop === undefined && (!cost.isCertain || isSourceKnown(site.site.file, source))) continue;
    if (loop === undefined && !rule.speaksForItself(cost)) continue;
    // Several lines of one loop that add to one variable are one thing to change.
    const same = wasted.find((other) => isSameTarget(other.loop, loop));
    if (same === undefined) wasted.push({ cost, loop });
    else {
      same.cost = {
        ...same.cost,
        share: same.cost.share + cost.share,
        bytes: same.cost.bytes + cost.bytes,
        objects: same.cost.objects + cost.objects,
        bytesPerSecond: same.cost.bytesPerSecond + cost.bytesPerSecond,
      };
    }
  }
  const candidates: Candidate[] = [];
  const pressure = findCpuPressure(evidence);
  for (const { cost, loop } of wasted) {
    const { site } = cost;
    const rate = estimate(cost.bytesPerSecond, "bytes/s");
    const at = loop === undefined ? site.site : { ...site.site, line: loop.line };
    const hurts = loop !== undefined && isFelt(cost, evidence);
    const isWarning = hurts && pressure === undefined;
    candidates.push({
      claims: { clusters: [], groups: [] },
      finding: {
        pattern: rule.pattern,
        state: loop === undefined ? "suspected" : "confirmed",
        severity: isWarning ? "warning" : "info",
        confidence: clampConfidence(loop === undefined ? 0.4 : cost.share >= 0.3 ? 0.9 : 0.8),
        site: at,
        callers: [],
        headline: rule.headline(cost, loop),
        rate: { estimate: rate, low: rate, high: rate },
        evidence: [
          statement("churn-site", {
            site: at,
            rate,
            share: estimate(cost.share, "fraction"),
            operation: rule.operation,
          }),
          ...(loop === undefined ? [] : [describeLoop(loop)]),
          ...rule.evidence(cost, loop),
          ...(hurts && pressure !== undefined
            ? [statement("gc-cpu-machine-busy", { pressure: quantity(pressure, "fraction") })]
            : []),
        ],
        consequences: [],
        fix: rule.fix(cost, loop),
        next: loop === undefined ? [statement("next-source", {})] : [],
        series: [{ label: "allocated", unit: "bytes", seconds: heap.seconds, value: site.allocBytes }],
      },
    });
  }
  return candidates;
}

function isSameTarget(a: CostlyLoop | undefined, b: CostlyLoop | undefined): boolean {
  return (
    a !== undefined &&
    b !== undefined &&
    a.file === b.file &&
    a.target === b.target &&
    a.loop.line === b.loop.line
  );
}

function isSourceKnown(file: string, source: ReadonlyMap<string, string> | undefined): boolean {
  return source?.has(file) === true;
}

function isFelt(cost: AllocationCost, { collector }: Evidence): boolean {
  return (
    collector !== undefined &&
    collector.gcCpuFraction >= FELT_CPU_SHARE &&
    cost.share >= FELT_ALLOCATION_SHARE
  );
}

function describeLoop(loop: CostlyLoop): Statement {
  return statement("source-cost-loop", {
    text: loop.text,
    site: { function: "", file: loop.file, line: loop.line },
    loop: loop.loop.text,
    turns: loop.turns ?? "",
  });
}

/** Mean of the objects' sizes. */
export function meanObjectBytes({ bytes, objects }: AllocationCost): number {
  return bytes / Math.max(1, objects);
}
