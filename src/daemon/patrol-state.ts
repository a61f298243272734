import { MOST_LISTED, type PatrolMemory, type PatrolStatus } from "../patrol/patrol-status.ts";
import type { Patrol } from "./patrol.ts";

/** How a patrol does, as its status file and SIGUSR1's snapshot have it; `around` is of the process. */
export function describePatrol(
  patrol: Patrol,
  state: PatrolStatus["state"],
  around: Pick<PatrolStatus, "configFile" | "listener" | "pid">,
): PatrolStatus {
  const { targets, generation, suspects } = patrol;
  const runs: Record<string, number> = {};
  for (const row of patrol.activity.runs.values()) {
    for (const [outcome, count] of row) runs[outcome] = (runs[outcome] ?? 0) + count;
  }
  const lanes = new Set<string>();
  const suspected: PatrolStatus["suspects"] = [];
  for (const target of targets.values()) {
    for (const { name } of generation.lanesOf(target)) lanes.add(name);
    if (suspected.length >= MOST_LISTED || !suspects.isSuspect(target.id)) continue;
    suspected.push({ target: target.id, reasons: patrol.suspicionsOf(target.id) });
  }
  const usage = process.cpuUsage();
  return {
    schema: "gopatrol.status/v1",
    patrol: patrol.name,
    version: patrol.version,
    ...around,
    state,
    startedMs: patrol.startedMs,
    // While it is paused slots go by that somebody will have to be told of.
    aliveUntilMs: patrol.nowMs,
    configHash: generation.hash,
    reloadProblem: patrol.reloadProblem,
    targets: targets.size,
    lanes: [...lanes].sort(),
    suspects: suspected,
    overdue: patrol.overdueWatch.overdue
      .slice(0, MOST_LISTED)
      .map(({ target, lane, slots }) => ({ target, lane: lane.name, slots })),
    runsInFlight: patrol.runsInFlight,
    checksInFlight: patrol.inFlight.used,
    heavyInFlight: patrol.heavy.inFlight,
    runs,
    missedSlots: { ...patrol.missedSlots },
    latenessMs: patrol.lateness.summary(),
    alertsFiring: [...patrol.board.states].filter(({ phase }) => phase === "firing" || phase === "keeping")
      .length,
    openFindings: [...patrol.findings.allOpen()].length,
    storeProblem: patrol.storeProblem,
    rssBytes: process.memoryUsage.rss(),
    cpuSeconds: (usage.user + usage.system) / 1e6,
  };
}

export function collectMemory(patrol: Patrol): PatrolMemory {
  const targets = [...patrol.targets.keys()];
  return {
    alerts: [...patrol.board.states],
    findings: [...patrol.findings.allOpen()],
    budgets: targets
      .map((target) => ({ target, ...patrol.budget.spent(target, patrol.nowMs) }))
      .filter(({ cpuSeconds, captures }) => cpuSeconds > 0 || captures > 0),
    metrics: Object.fromEntries(
      targets.flatMap((id) => {
        const state = patrol.states.get(id);
        return state === undefined ? [] : [[id, state.metrics]];
      }),
    ),
  };
}
