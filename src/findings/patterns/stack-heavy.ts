import type { CodeSite } from "../../analysis/code-site.ts";
import type { GoroutineGroup } from "../../analysis/goroutine-growth.ts";
import { computeTrend, type Trend } from "../../analysis/trend.ts";
import { estimate, quantity } from "../../lib/quantity.ts";
import { findWideLocal } from "../../source/wide-locals.ts";
import type { Evidence } from "../evidence.ts";
import type { Finding, Severity } from "../finding.ts";
import type { Candidate, Pattern } from "../pattern.ts";
import { type Statement, statement } from "../statement.ts";

/** Stacks that are most of the memory: deep recursion, wide frames, or very many goroutines. */
export const stackHeavy: Pattern = {
  id: "goroutine/stack-heavy",
  judge(evidence) {
    const stacks = measureStacks(evidence);
    if (stacks === undefined || !isNotable(stacks, evidence)) return [];
    const cause = findCause(stacks, evidence);
    return cause === undefined ? [] : [toCandidate(stacks, cause, evidence)];
  },
};

/** Less than this is nobody's trouble, whatever its share. */
const LEAST_BYTES = 24 * 1024 * 1024;
const LARGE_SHARE = 0.5;
const LARGE_SHARE_OF_LIMIT = 0.3;
const NOISE_BYTES = 4 * 1024 * 1024;
/** Go prints the innermost and outermost 50 frames (runtime/traceback.go, tracebackInnerFrames). */
const DEEP_FRAMES = 100;
/** A goroutine at rest has 2 to 8 KiB; calls through a few libraries double that once or twice. */
const WIDE_BYTES_EACH = 64 * 1024;
const MANY_GOROUTINES = 10_000;

interface Stacks {
  bytes: number;
  /** Of all that the runtime holds from the system. */
  share: number;
  goroutines: number;
  bytesEach: number;
  trend: Trend | undefined;
  seconds: number[];
  value: number[];
}

function measureStacks({ memoryClasses, goroutines }: Evidence): Stacks | undefined {
  const last = memoryClasses.at(-1)?.classes;
  const count = goroutines?.total.findLast((n) => !Number.isNaN(n));
  if (last === undefined || count === undefined || count === 0) return undefined;
  const seconds = memoryClasses.map((sample) => sample.seconds);
  const value = memoryClasses.map(({ classes }) => classes.heapStacks);
  return {
    bytes: last.heapStacks,
    share: last.heapStacks / (last.heapObjects + last.heapStacks),
    goroutines: count,
    bytesEach: last.heapStacks / count,
    trend: computeTrend(seconds, value, { noise: NOISE_BYTES }),
    seconds,
    value,
  };
}

function isNotable({ bytes, share, trend }: Stacks, { limitBytes, goroutines }: Evidence): boolean {
  // More goroutines have more stack: then they are the finding, and their stacks a consequence of it.
  if (goroutines?.totalTrend.shape === "growing") return false;
  if (limitBytes !== undefined && bytes >= LARGE_SHARE_OF_LIMIT * limitBytes) return true;
  return bytes >= LEAST_BYTES && (share >= LARGE_SHARE || trend?.shape === "growing");
}

interface Cause {
  kind: "deep" | "wide" | "many";
  group: GoroutineGroup;
  site: CodeSite;
  /** Of that kind. */
  goroutines: number;
  evidence: Statement[];
  confirmed: boolean;
}

function findCause(stacks: Stacks, { goroutines, source }: Evidence): Cause | undefined {
  const present = (goroutines?.groups ?? [])
    .map((group) => ({ group, count: group.count.findLast((n) => !Number.isNaN(n)) ?? 0 }))
    .filter(({ group, count }) => count > 0 && group.stack.length > 0);
  const deep = present
    .filter(({ group }) => group.elided > 0 || group.depth >= DEEP_FRAMES)
    .sort((a, b) => b.count - a.count);
  if (deep[0] !== undefined && stacks.bytesEach > WIDE_BYTES_EACH / 4) {
    const { group, count } = deep[0];
    const recursion = findRecursion(group);
    return {
      kind: "deep",
      group,
      site: recursion?.site ?? group.site,
      goroutines: count,
      evidence: [
        statement("stack-frames-elided", {
          goroutines: quantity(Math.max(group.elided, 1), "count"),
          frames: quantity(group.depth, "count"),
        }),
        ...(recursion === undefined
          ? []
          : [
              statement("stack-recursion", {
                site: recursion.site,
                times: quantity(recursion.times, "count"),
                frames: quantity(group.depth, "count"),
              }),
            ]),
      ],
      confirmed: recursion !== undefined,
    };
  }
  const own = present
    .filter(({ group }) => group.origin === "own" || group.callers.length > 0)
    .sort((a, b) => b.count - a.count);
  const largest = own[0];
  if (largest === undefined) return undefined;
  if (stacks.bytesEach >= WIDE_BYTES_EACH) return findWide(own, source);
  if (stacks.goroutines < MANY_GOROUTINES) return undefined;
  return {
    kind: "many",
    group: largest.group,
    site: largest.group.site,
    goroutines: largest.count,
    evidence: [],
    confirmed: true,
  };
}

/** Who has wide frames the stacks do not tell; the source shows arrays. Without it the largest group is suspected. */
function findWide(
  own: readonly { group: GoroutineGroup; count: number }[],
  source: ReadonlyMap<string, string> | undefined,
): Cause {
  const { group, count } = own[0]!;
  for (const candidate of source === undefined ? [] : own) {
    const frames = [candidate.group.site, ...candidate.group.callers];
    const local = findWideLocal(source!, frames);
    if (local === undefined) continue;
    const frame = frames.find((f) => f.file.endsWith(local.file) || local.file.endsWith(f.file));
    const site = {
      function: frame?.function ?? candidate.group.site.function,
      file: local.file,
      line: local.line,
    };
    return {
      kind: "wide",
      group: candidate.group,
      site,
      goroutines: candidate.count,
      evidence: [
        statement("source-wide-local", { text: local.text, site, bytes: quantity(local.bytes, "bytes") }),
      ],
      confirmed: true,
    };
  }
  return { kind: "wide", group, site: group.site, goroutines: count, evidence: [], confirmed: false };
}

/** The function that the stack holds most often, at the line from which it calls itself. */
function findRecursion({
  stack,
  callers,
  site,
}: GoroutineGroup): { site: CodeSite; times: number } | undefined {
  const own = new Set([site, ...callers].map((frame) => frame.function));
  const byFrame = new Map<string, { site: CodeSite; times: number }>();
  for (const frame of stack) {
    if (own.size > 1 && !own.has(frame.function)) continue;
    const key = `${frame.function}\0${frame.line}`;
    const known = byFrame.get(key) ?? { site: frame, times: 0 };
    known.times++;
    byFrame.set(key, known);
  }
  const [most] = [...byFrame.values()].sort((a, b) => b.times - a.times);
  return most === undefined || most.times < 8 ? undefined : most;
}

function toCandidate(stacks: Stacks, cause: Cause, evidence: Evidence): Candidate {
  const { bytes, share, bytesEach, trend, seconds, value } = stacks;
  const { limitBytes } = evidence;
  const isGrowing = trend?.shape === "growing";
  const severity = findSeverity();
  const finding: Finding = {
    pattern: "goroutine/stack-heavy",
    state: cause.confirmed ? "confirmed" : "suspected",
    severity,
    confidence: cause.confirmed ? 0.9 : 0.5,
    site: cause.site,
    callers: cause.group.callers.filter((frame) => frame.function !== cause.site.function).slice(0, 5),
    headline: statement(HEADLINE[cause.kind], {
      bytes: quantity(bytes, "bytes"),
      site: cause.site,
      goroutines: quantity(cause.goroutines, "count"),
    }),
    ...(isGrowing
      ? {
          rate: {
            estimate: quantity(trend.slope, "bytes/s"),
            low: quantity(trend.low, "bytes/s"),
            high: quantity(trend.high, "bytes/s"),
          },
        }
      : {}),
    evidence: [
      statement("stack-share", {
        bytes: quantity(bytes, "bytes"),
        share: quantity(share, "fraction"),
        goroutines: quantity(stacks.goroutines, "count"),
        each: estimate(bytesEach, "bytes"),
      }),
      ...cause.evidence,
    ],
    consequences: [],
    fix: [statement(FIX[cause.kind], {})],
    next: cause.confirmed || evidence.source !== undefined ? [] : [statement("next-source", {})],
    series: [{ label: "goroutine stacks", unit: "bytes", seconds, value }],
  };
  return { finding, claims: { clusters: [], groups: [] } };

  function findSeverity(): Severity {
    if (limitBytes !== undefined && bytes >= 0.8 * limitBytes) return "critical";
    // Many clients need many goroutines: what that costs is worth knowing, and no more where there is room.
    if (cause.kind === "many" && limitBytes === undefined) return "info";
    return cause.confirmed ? "warning" : "info";
  }
}

const HEADLINE = {
  deep: "headline-stack-deep",
  wide: "headline-stack-wide",
  many: "headline-stack-many",
} as const;
const FIX = { deep: "fix-stack-deep", wide: "fix-stack-wide", many: "fix-stack-many" } as const;
