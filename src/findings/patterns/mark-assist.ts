import { estimate, quantity } from "../../lib/quantity.ts";
import type { Evidence } from "../evidence.ts";
import { clampConfidence } from "../judgement.ts";
import { findLeadingAllocation } from "../leading-allocation.ts";
import type { Pattern } from "../pattern.ts";
import { type Statement, statement } from "../statement.ts";

/** Of marking that is not idle; the pacer aims at none. Small heaps reach this too, for nothing. */
const HIGH_ASSIST_SHARE = 0.25;
/** Assist CPU of a typical collection that requests feel: design.md's 5 ms. */
const FELT_ASSIST_MS = 5;
/** Below this the collector as a whole is not worth a change. */
const LEAST_GC_CPU_SHARE = 0.03;
const LEAST_CYCLES = 5;
/** A line with less of the allocated bytes is not the one that must assist. */
const LEADING_SHARE = 0.3;
const GOGC_ADVISED = 200;
/** GOGC, as the goals show it, below which its setting is to blame for assists. */
const CRAMPED_GOGC = 75;

interface AssistFacts {
  share: number;
  msPerCycle: number;
  gcCpuShare: number;
  cycles: number;
  statements: Statement[];
}

/**
 * Marking cannot keep pace with allocation by its own quarter of the CPU, so that goroutines that allocate must mark.
 * Told by gctrace, or by the CPU classes of runtime/metrics.
 */
export const markAssist: Pattern = {
  id: "gc/mark-assist",
  judge(evidence) {
    const facts = readTrace(evidence) ?? readMetrics(evidence);
    if (facts === undefined || facts.cycles < LEAST_CYCLES) return [];
    if (facts.share < HIGH_ASSIST_SHARE || facts.msPerCycle < FELT_ASSIST_MS) return [];
    if (!(facts.gcCpuShare >= LEAST_GC_CPU_SHARE) || isCramped(evidence)) return [];
    const { heap, gcCycles } = evidence;
    const leading = heap === undefined ? undefined : findLeadingAllocation(heap);
    const allocation = leading !== undefined && leading.share >= LEADING_SHARE ? leading : undefined;
    const site = allocation?.site.site;
    const share = quantity(facts.share, "fraction");
    const cpu = quantity(facts.msPerCycle, "ms");
    const details: Statement[] = [...facts.statements];
    if (allocation !== undefined) {
      details.push(
        statement("assist-allocation-site", {
          site: allocation.site.site,
          rate: estimate(allocation.bytesPerSecond, "bytes/s"),
          share: estimate(allocation.share, "fraction"),
        }),
      );
    }
    const live = gcCycles?.liveHeap.lastBytes ?? evidence.liveHeap?.trend.last;
    return [
      {
        claims: { clusters: [], groups: [] },
        finding: {
          pattern: "gc/mark-assist",
          state: "confirmed",
          severity: "warning",
          confidence: clampConfidence(
            0.75 +
              (facts.share >= 0.4 ? 0.08 : 0) +
              (site === undefined ? 0 : 0.05) +
              (facts.cycles >= 20 ? 0.05 : 0),
          ),
          ...(site === undefined ? {} : { site }),
          callers: [],
          headline:
            site === undefined
              ? statement("headline-mark-assist", { share, cpu })
              : statement("headline-mark-assist-at", { share, cpu, site }),
          evidence: details,
          consequences: [],
          fix: [
            site === undefined
              ? statement("fix-assist-allocate-less-anywhere", {})
              : statement("fix-assist-allocate-less", { site }),
            ...(live === undefined ? [] : adviseRoom(live)),
            statement("fix-assist-spread", {}),
          ],
          next: heap === undefined ? [statement("next-heap-profiles", {})] : [],
          series:
            gcCycles === undefined
              ? []
              : [
                  {
                    label: "assists' share of marking",
                    unit: "fraction",
                    seconds: gcCycles.series.seconds,
                    value: gcCycles.series.assistShare,
                  },
                ],
        },
      },
    ];
  },
};

/** A goal so near the live heap that marking has no room is the setting's doing: gc/limit-thrash and gc/gogc-low tell. */
function isCramped({ gcCycles, collectorLoad }: Evidence): boolean {
  const logged = gcCycles?.effectiveGogc.p50;
  // Of two readings the log's is exact.
  const percent = logged !== undefined && logged > 0 ? logged : collectorLoad?.effectiveGogcPercent;
  return percent !== undefined && percent < CRAMPED_GOGC;
}

function adviseRoom(liveBytes: number): Statement[] {
  return [
    statement("fix-assist-fewer-pointers", { live: quantity(liveBytes, "bytes") }),
    statement("fix-assist-gogc", {
      percent: quantity(GOGC_ADVISED, "count"),
      peak: estimate(liveBytes * (1 + GOGC_ADVISED / 100), "bytes"),
    }),
  ];
}

function readTrace({ gcCycles }: Evidence): AssistFacts | undefined {
  if (gcCycles === undefined) return undefined;
  const { assistShare, assistCpuMs, gcCpuShare, liveHeap, lastGoalBytes } = gcCycles;
  // Collections that somebody forced have room for all their marking.
  const cycles = gcCycles.cycles - gcCycles.forcedCycles;
  const [idle, marking] = [gcCycles.allocBytesPerSecondIdle, gcCycles.allocBytesPerSecondMarking];
  const throughput = gcCycles.markBytesPerCpuSecond.p50;
  const live = quantity(liveHeap.lastBytes, "bytes");
  const statements: Statement[] = [
    statement("assist-cost", {
      share: quantity(assistShare, "fraction"),
      cpu: quantity(assistCpuMs.p50, "ms"),
      worst: quantity(assistCpuMs.max, "ms"),
      cycles: quantity(gcCycles.cycles, "count"),
    }),
  ];
  if (marking < 0.8 * idle) {
    statements.push(
      statement("assist-slows-allocation", {
        idle: quantity(idle, "bytes/s"),
        marking: quantity(marking, "bytes/s"),
      }),
    );
  }
  if (throughput > 0) {
    statements.push(
      statement("assist-live-heap", {
        live,
        throughput: quantity(throughput, "bytes/s"),
        time: estimate((1000 * liveHeap.lastBytes) / throughput, "ms"),
      }),
    );
  }
  statements.push(statement("assist-goal-room", { live, goal: quantity(lastGoalBytes, "bytes") }));
  return { share: assistShare, msPerCycle: assistCpuMs.p50, gcCpuShare, cycles, statements };
}

/** What the CPU classes of two samples tell; they change at the end of a collection only. */
function readMetrics({ runtimeMetrics, collector }: Evidence): AssistFacts | undefined {
  const known = runtimeMetrics.flatMap(({ metrics }) => metrics.cpu ?? []);
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined || first === last || collector === undefined)
    return undefined;
  const spent = (name: keyof typeof first) => last[name] - first[name];
  const marking = spent("gcTotal") - spent("gcMarkIdle") - spent("gcPause");
  const cycles = collector.automaticCycles + collector.forcedCycles;
  if (!(marking > 0) || !(spent("total") > 0) || cycles === 0) return undefined;
  const share = spent("gcMarkAssist") / marking;
  const msPerCycle = (1000 * spent("gcMarkAssist")) / cycles;
  return {
    share,
    msPerCycle,
    gcCpuShare: (spent("gcTotal") - spent("gcMarkIdle")) / spent("total"),
    cycles: collector.automaticCycles,
    statements: [
      statement("assist-cost-metrics", {
        share: quantity(share, "fraction"),
        cpu: quantity(msPerCycle, "ms"),
        cycles: quantity(cycles, "count"),
      }),
    ],
  };
}
