import { z } from "zod";
import { PATTERN_IDS } from "../findings/catalogue.ts";
import { DECISION_LEAVES, DECISION_NODES } from "../inspect/decision-tree.ts";
import { REPORT_VERSION } from "./json.ts";
import { kernelSchema } from "./kernel-schema.ts";

/** The JSON report as a schema: what `gopatrol inspect --format json` promises. Published under docs/schema/. */

const unit = z.enum([
  "bytes",
  "bytes/s",
  "count",
  "count/s",
  "ms",
  "seconds",
  "minutes",
  "fraction",
  "cycles/s",
]);
const quantity = z.object({
  value: z.number().nullable(),
  unit,
  estimate: z.literal(true).optional().describe("sampled or extrapolated"),
});
export const site = z
  .object({ function: z.string(), file: z.string(), line: z.number() })
  .describe("a position in Go code as a profile prints it; line 0 if not known");
export const statement = z.object({
  id: z.string().describe("stable word for the sentence"),
  text: z.string().describe("the sentence, in the report's language"),
  values: z.record(z.string(), z.union([quantity, site, z.string()])),
});
const severity = z.enum(["info", "warning", "critical"]);
const origin = z.enum(["runtime", "standard-library", "third-party", "own"]);
const series = z.object({
  label: z.string(),
  unit,
  seconds: z.array(z.number()).describe("since the first sample"),
  value: z.array(z.number().nullable()),
});
const finding = z.object({
  pattern: z.enum(PATTERN_IDS),
  state: z.enum(["confirmed", "suspected", "insufficient-data"]),
  severity,
  confidence: z.number().min(0).max(1),
  site: site.optional().describe("the statement to change; absent if the finding is about the whole process"),
  callers: z.array(site),
  headline: statement,
  rate: z.object({ estimate: quantity, low: quantity, high: quantity }).optional(),
  evidence: z.array(statement),
  consequences: z.array(z.object({ statement, site: site.optional() })),
  fix: z.array(statement),
  next: z.array(statement).describe("what to capture to settle what is open"),
  series: z.array(series),
});

const number = z.number().nullable();
const distribution = z
  .object({ count: z.number(), mean: number, p50: number, p95: number, p99: number, max: number })
  .describe("over all cycles; quantiles are exact to 1 %");
const cycle = z.object({
  cycle: z.number(),
  seconds: z.number().describe("since the process started"),
  wallMs: number,
  periodMs: number,
  sweepTerminationMs: z.number().describe("first stop of the world"),
  markMs: z.number(),
  markTerminationMs: z.number().describe("second stop of the world"),
  heapStartBytes: z.number(),
  heapEndBytes: z.number(),
  liveBytes: z.number(),
  goalBytes: z.number(),
  gcCpuShare: number.describe("of the CPU that the Ps had in the period, idle marking left out"),
  assistShare: number.describe("of marking that is not idle"),
  processors: z.number(),
  forced: z.boolean(),
  periodic: z.boolean(),
  thrashing: z.boolean().describe("hardly room above the live heap, and back to back"),
  leakCheck: z.boolean(),
  lost: z.number().describe("cycles before this one whose lines are missing"),
});
const gc = z.object({
  processes: z.array(
    z.object({
      source: z.string(),
      cycles: z.number(),
      lostCycles: z.number(),
      firstSeconds: z.number(),
      lastSeconds: z.number(),
      firstWallMs: number,
      lastWallMs: number,
      liveBytes: z.number(),
    }),
  ),
  olderProcesses: z.number(),
  process: z.number().describe("index of the process that the rest is about"),
  summary: z.object({
    source: z.string(),
    cycles: z.number(),
    firstCycle: z.number(),
    lastCycle: z.number(),
    lostCycles: z.number(),
    forcedCycles: z.number(),
    periodicCycles: z.number(),
    leakCheckCycles: z.number(),
    firstSeconds: z.number(),
    lastSeconds: z.number(),
    firstWallMs: number,
    lastWallMs: number,
    processors: z.number(),
    cyclesPerSecond: number,
    liveHeap: z.object({
      firstBytes: z.number(),
      lastBytes: z.number(),
      maxBytes: z.number(),
      trend: z.looseObject({ shape: z.string(), slope: number, low: number, high: number }),
    }),
    peakBytes: z.number(),
    lastGoalBytes: z.number(),
    stackBytes: number,
    globalsBytes: number,
    allocBytesPerSecond: number,
    allocBytesPerSecondIdle: number,
    allocBytesPerSecondMarking: number,
    gcCpuShare: number.describe("per cycle and period, not the log's cumulative figure"),
    markingTimeShare: number,
    assistShare: number,
    assistCpuShareMarking: number,
    assistCpuMs: distribution,
    markCpuShare: number,
    cycleCpuMs: distribution,
    cycleDurationMs: distribution,
    periodMs: distribution,
    markBytesPerCpuSecond: distribution,
    effectiveGogc: z.object({ setting: number, p50: number, last: number }),
    belowSettingShare: number,
    thrashingCycles: z.number(),
    overshootBytes: distribution,
    pauses: z.object({
      sweepTermination: distribution,
      markTermination: distribution,
      total: distribution,
      overOneMs: z.number(),
      overTwentyMs: z.number(),
      nearQuotaPeriod: z.number(),
      timeShare: number,
    }),
    pauseModel: z
      .object({
        stopsPerHour: number,
        stoppedMsPerHour: number,
        usualMs: number,
        rareShare: number.describe("of the stopped time, in stops of more than ten times the usual length"),
        worstInHourMs: number.describe("null if the log holds fewer stops than come in an hour"),
        worstInDayMs: number,
        requestChance: number.describe("that a request of 100 ms meets a stop"),
        heapTau: number.describe("rank correlation of stops with the live heap; null if it hardly changes"),
        growsWithHeap: z.boolean(),
        stopsPerHourAtDoubleGogc: number,
      })
      .describe("what the stops of the world mean for the program"),
    scavenger: z
      .object({ returnedBytes: z.number(), releasedBytes: z.number(), utilShare: number, forced: z.number() })
      .optional(),
    pacer: z
      .object({
        cycles: z.number(),
        lateCycles: z.number(),
        worstPastGoalBytes: z.number(),
        scanBytes: distribution,
      })
      .optional(),
    scheduler: z
      .object({
        lines: z.number(),
        maxThreads: z.number(),
        runnable: distribution,
        idleProcessorShare: number,
      })
      .optional(),
    series: z.object({
      cyclesPerPoint: z.number(),
      seconds: z.array(z.number()),
      liveBytes: z.array(z.number()),
      peakBytes: z.array(z.number()),
      goalBytes: z.array(z.number()),
      stackBytes: z.array(number),
      sweepTerminationMs: z.array(z.number()),
      markTerminationMs: z.array(z.number()),
      gcCpuShare: z.array(number),
      assistShare: z.array(number),
    }),
  }),
  recent: z.array(cycle).describe("the newest cycles, oldest first"),
  inits: z.array(
    z.object({ package: z.string(), clockMs: z.number(), allocBytes: z.number(), allocs: z.number() }),
  ),
  scannedObjects: z.object({ sparse: z.number(), all: z.number() }).nullable(),
});

const codePlace = z.object({ function: z.string(), file: z.string(), line: z.number() });
const heapContents = z
  .object({
    source: z.enum(["core", "process", "running-process", "dump"]),
    goVersion: z.string(),
    isStripped: z.boolean(),
    reachableBytes: z.number(),
    reachableObjects: z.number(),
    goroutines: z.number(),
    pauseMs: z.number().optional().describe("for how long the process stood still"),
    owners: z.array(
      z.object({
        name: z.string(),
        kind: z.string(),
        retainedBytes: z.number(),
        point: z
          .object({ name: z.string(), type: z.string(), retainedBytes: z.number() })
          .optional()
          .describe("where it piles up"),
      }),
    ),
    containers: z.array(
      z.object({
        kind: z.enum(["map", "slice", "channel"]),
        owner: z.string().describe("a variable or field, or the way that leads there"),
        isNamed: z.boolean(),
        type: z.string(),
        count: z.number().describe("containers at this place"),
        entries: z.number(),
        capacity: z.number(),
        retainedBytes: z.number(),
        largest: z.object({
          entries: z.number(),
          capacity: number,
          retainedBytes: z.number(),
          sharedBytes: z.number().describe("of that, entries that others point to as well"),
          ownBytes: z.number(),
          reclaimableBytes: z.number(),
          isAccumulation: z.boolean().describe("no single value in it keeps half of what it keeps"),
          path: z.string(),
          keys: z
            .object({
              sampled: z.number(),
              forms: z.array(z.object({ form: z.string(), share: z.number() })),
              distinctForms: z.number(),
              length: z.object({ min: z.number(), median: z.number(), max: z.number() }).optional(),
              entropyBitsPerByte: z.number(),
            })
            .optional(),
          callback: z.object({ function: z.string(), closures: z.number() }).optional(),
          senders: z.number(),
          receivers: z.number(),
        }),
        holdsCallbacks: z.boolean(),
        allocatedAt: z.array(z.object({ stack: z.array(codePlace), samples: z.number() })),
      }),
    ),
    partlyUsed: z
      .array(z.object({ owner: z.string(), objects: z.number(), bytes: z.number(), usedBytes: z.number() }))
      .describe("large objects of which a small part is still named"),
    finalizers: z.object({
      registered: z.number(),
      due: z.number(),
      dueBytes: z.number(),
      dueTypes: z.array(z.object({ type: z.string(), objects: z.number() })),
      stuck: z
        .object({ kind: z.enum(["finalizer", "cleanup"]), waitReason: z.string(), stack: z.array(codePlace) })
        .optional(),
      pinned: z.array(
        z.object({
          by: z.enum(["closure", "cycle"]),
          kind: z.enum(["finalizer", "cleanup"]),
          type: z.string(),
          site: codePlace,
          objects: z.number(),
          retainedBytes: z.number(),
        }),
      ),
    }),
    pools: z.array(
      z.object({
        owner: z.string(),
        type: z.string(),
        values: z.number(),
        retainedBytes: z.number(),
        largestBytes: z.number(),
        takenBytes: z
          .number()
          .describe("sampled objects made by the same functions that are in use elsewhere"),
        filled: z.number().describe("values that still hold what their last user wrote"),
        filledField: z.string(),
      }),
    ),
  })
  .describe("what a look at the memory itself found: figures and names, no value of the program's data");

export const reportSchema = z.object({
  format: z.literal("gopatrol-report"),
  version: z.literal(REPORT_VERSION),
  gopatrol: z.string(),
  target: z.object({ name: z.string(), goVersion: z.string().nullable(), mainModule: z.string().nullable() }),
  window: z.object({
    beganWallMs: z.number(),
    samples: z.number(),
    spanSeconds: z.number(),
    interrupted: z.boolean(),
    restartedAtSample: z.number(),
  }),
  limitBytes: z.number().nullable(),
  limitSource: z.enum(["given", "cgroup", "gomemlimit"]).nullable(),
  kernel: kernelSchema(statement).nullable(),
  process: z.object({
    liveHeapBytes: z.number().nullable(),
    liveHeapSource: z.enum(["after-gc", "profile", "heap-alloc", "gctrace"]).nullable(),
    sysBytes: z.number().nullable(),
    releasedBytes: z.number().nullable(),
    residentBytes: z.number().nullable(),
    memoryClasses: z
      .record(z.string(), z.number())
      .nullable()
      .describe(
        "bytes by class of runtime/metrics, as of the last sample; without total they add up to total",
      ),
    goroutines: z.number().nullable(),
    allocatedBytesPerSecond: z.number().nullable(),
    gcCyclesPerSecond: z.number().nullable(),
    gcCpuFraction: z.number().nullable(),
  }),
  verdict: z.object({
    outcome: z.enum(["leak", "problem", "attention", "healthy", "insufficient-data"]),
    headline: statement,
    finding: z.number().nullable().describe("index of the main finding"),
    decision: z
      .object({
        path: z.array(
          z.object({
            node: z.enum(DECISION_NODES),
            answer: z.string(),
            question: statement.describe("the question with its answer"),
            numbers: z.array(statement),
            next: z.enum([...DECISION_NODES, ...DECISION_LEAVES]),
          }),
        ),
        leaf: z.enum(DECISION_LEAVES),
        conclusion: statement,
      })
      .describe("the cross-validation: which questions led to the verdict, with their answers"),
    reasoning: z.array(statement).describe("what is to be known beside it"),
  }),
  findings: z.array(finding),
  heapContents: heapContents.nullable(),
  series: z.array(series),
  gc: gc.nullable().describe("what gctrace lines of the target's log tell"),
  flame: z
    .object({
      function: z.array(z.string()),
      file: z.array(z.string()),
      line: z.array(z.number()),
      origin: z.array(origin),
      parent: z.array(z.number()),
      beforeBytes: z.array(z.number()),
      afterBytes: z.array(z.number()),
      allocatedBytes: z.array(z.number()),
    })
    .nullable()
    .describe("call tree of the growth in columns, root first, totals over the subtree"),
  sites: z.array(
    z.object({
      site,
      origin,
      operation: z.string().nullable(),
      beforeBytes: z.number(),
      afterBytes: z.number(),
      growthBytes: z.number(),
      bytesPerSecond: z.number().nullable(),
      kept: z.number().nullable(),
      series: z.array(z.number()),
    }),
  ),
  goroutineGroups: z.array(
    z.object({
      state: z.string(),
      site,
      origin,
      before: z.number(),
      after: z.number(),
      growing: z.boolean(),
      waitMinutes: z.number(),
      createdBy: site.nullable(),
      stack: z.array(site),
      series: z.array(z.number().nullable()),
    }),
  ),
  captures: z.array(
    z.object({
      sample: z.number(),
      kind: z.string(),
      format: z.string(),
      path: z.string(),
      origin: z.string(),
      bytes: z.number(),
      elapsedMs: z.number(),
      forcedGc: z.boolean(),
      cutOff: z.boolean(),
    }),
  ),
  failures: z.array(
    z.object({
      kind: z.string(),
      sample: z.number(),
      origin: z.string(),
      time: z.object({ wallMs: z.number(), monotonicMs: z.number() }),
      code: z.string(),
      reason: z.string(),
    }),
  ),
  damage: z.array(z.object({ format: z.string(), offset: z.number(), what: z.string(), path: z.string() })),
});
