import type { AlertState } from "../alert.ts";

/**
 * How long a target's alert waits for the next look at what it depends on, if that was not looked at since its trouble
 * began: the child's check often comes first.
 */
const WORD_OF_PARENT_MS = 60_000;

/** What is known of the targets at one moment, for finding the cause behind an alert. */
export interface TargetGraph {
  dependsOn(target: string): readonly string[];
  /** When the target's availability was last judged; null if it never was. */
  lookedAtMs(target: string): number | null;
}

/** Targets that do not answer, with the alert that says so: pending counts, since a look has failed already. */
export function findDownTargets(states: Iterable<AlertState>): Map<string, AlertState> {
  const down = new Map<string, AlertState>();
  for (const state of states) {
    const isDown = state.phase === "pending" || state.phase === "firing" || state.phase === "keeping";
    if (state.kind === "availability" && isDown) down.set(state.target, state);
  }
  return down;
}

/** Why an alert waits for what its target depends on, or null. Names the root: the target that has no cause itself. */
export function findCause(
  state: AlertState,
  graph: TargetGraph,
  down: ReadonlyMap<string, AlertState>,
  nowMs: number,
): string | null {
  const root = findRoot(state.target, graph, down);
  if (root !== null) return `it depends on ${root}, which is down`;
  const beganMs = state.holdsSinceMs ?? state.firedMs ?? nowMs;
  const firedMs = state.firedMs ?? nowMs;
  if (nowMs >= firedMs + WORD_OF_PARENT_MS) return null;
  const unseen = graph.dependsOn(state.target).find((parent) => {
    const lookedMs = graph.lookedAtMs(parent);
    return lookedMs !== null && lookedMs < beganMs;
  });
  return unseen === undefined ? null : `it depends on ${unseen}, which is to be looked at first`;
}

function findRoot(target: string, graph: TargetGraph, down: ReadonlyMap<string, AlertState>): string | null {
  const seen = new Set([target]);
  let root: string | null = null;
  let at: string | undefined = target;
  while (at !== undefined) {
    at = graph.dependsOn(at).find((parent) => down.has(parent) && !seen.has(parent));
    if (at === undefined) break;
    seen.add(at);
    root = at;
  }
  return root;
}
