import type { BlockState } from "./block-state.ts";
import type { CodeSite } from "./code-site.ts";
import { FrameClassifier, type ProgramLayout } from "./frame-origin.ts";
import { countStacks, type GoroutineSource } from "./stack-counts.ts";

/** A finalizer or cleanup in which the runtime's goroutine for them is seen waiting, sample after sample to the end. */
export interface FinalizerStall {
  kind: "finalizer" | "cleanup";
  /** Innermost own frame: the statement that waits. */
  site: CodeSite;
  /** Leaf first, the runtime's own frames at both ends left out. */
  stack: CodeSite[];
  state: BlockState;
  /** How many samples in a row, the last among them, show it there, and the time they span. */
  samples: number;
  spanSeconds: number;
  /** As the last dump prints it; 0 if it prints none. */
  waitMinutes: number;
}

/**
 * Entry functions of the goroutines that run them: one for all finalizers (mfinal.go; runfinq up to Go 1.24, which ran
 * cleanups as well), a few for cleanups since Go 1.25 (mcleanup.go). Idle ones are system goroutines and not shown.
 */
const ENTRY: ReadonlyMap<string, FinalizerStall["kind"]> = new Map([
  ["runtime.runfinq", "finalizer"],
  ["runtime.runFinalizers", "finalizer"],
  ["runtime.runCleanups", "cleanup"],
]);

/** A finalizer that computes is at work; these wait. */
const WAITING: ReadonlySet<BlockState> = new Set<BlockState>([
  "send",
  "receive",
  "select",
  "lock",
  "waitgroup",
  "cond",
  "io",
  "sleep",
  "syscall",
]);

export function findFinalizerStalls(
  snapshots: readonly (GoroutineSource & { seconds: number })[],
  layout: ProgramLayout,
): FinalizerStall[] {
  const seen = snapshots.map(({ seconds, profile, dump }) => ({
    seconds,
    // Dumps up to Go 1.24 hide the entry function; profiles never do.
    stacks: countStacks(profile === undefined ? { dump } : { profile }).flatMap((entry) => {
      const kind = ENTRY.get(entry.stack.at(-1)?.function ?? "");
      return kind === undefined ? [] : [{ kind, ...entry }];
    }),
    dump,
  }));
  const last = seen.at(-1);
  if (last === undefined) return [];
  const classifier = new FrameClassifier(
    last.stacks.flatMap(({ stack }) => stack),
    layout,
  );
  const stalls: FinalizerStall[] = [];
  for (const { kind, stack, state } of last.stacks) {
    const frames = stack.slice(0, -1);
    const site =
      frames.find((frame) => classifier.classify(frame.function, frame.file) === "own") ?? frames.at(-1);
    if (site === undefined || !WAITING.has(state)) continue;
    if (stalls.some((other) => isSamePlace(other.site, site))) continue;
    const isThere = ({ stacks }: (typeof seen)[number]) =>
      stacks.some((other) => other.kind === kind && other.stack.some((frame) => isSamePlace(frame, site)));
    const since = seen.findLastIndex((snapshot) => !isThere(snapshot)) + 1;
    stalls.push({
      kind,
      site,
      stack: frames,
      state,
      samples: seen.length - since,
      spanSeconds: last.seconds - seen[since]!.seconds,
      waitMinutes: findWait(last.dump, site),
    });
  }
  return stalls;
}

function findWait(dump: GoroutineSource["dump"], site: CodeSite): number {
  if (dump === undefined) return 0;
  const waits = countStacks({ dump }).flatMap(({ stack, createdBy, waitMinutes }) =>
    createdBy === undefined && stack.some((frame) => isSamePlace(frame, site)) ? (waitMinutes ?? 0) : [],
  );
  return Math.max(0, ...waits);
}

function isSamePlace(a: CodeSite, b: CodeSite): boolean {
  return a.function === b.function && a.line === b.line;
}
