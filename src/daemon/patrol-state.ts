import { MOST_LISTED, type PatrolMemory, type PatrolStatus } from "../patrol/patrol-status.ts";
import type { Patrol } from "./patrol.ts";

/** How a patrol does, as its status file and SIGUSR1's snapshot have it; `around` is of the process. */
export function describePatrol(
  patrol: Patrol,
  state: PatrolStatus["state"],
  around: Pick<PatrolStatus, "configFile" | "listener" | "pid">,
): PatrolStatus {
  const { inForce, suspicion, activity, board, findings } = patrol.world;
  const { targets, generation } = inForce;
  const runs: Record<string, number> = {};
  for (const row of activity.runs.values()) {
    for (const [outcome, count] of row) runs[outcome] = (runs[outcome] ?? 0) + count;
  }
  const lanes = new Set<string>();
  const suspected: PatrolStatus["suspects"] = [];
  for (const target of targets.values()) {
    for (const { name } of generation.lanesOf(target)) lanes.add(name);
    if (suspected.length >= MOST_LISTED || !suspicion.isSuspect(target.id)) continue;
    suspected.push({ target: target.id, reasons: suspicion.reasonsOf(target.id) });
  }
  const usage = process.cpuUsage();
  return {
    schema: "gopatrol.status/v1",
    patrol: patrol.world.name(),
    version: patrol.world.version,
    ...around,
    state,
    startedMs: patrol.world.startedMs,
    // While it is paused slots go by that somebody will have to be told of.
    aliveUntilMs: patrol.world.clock.wallMs(),
    configHash: generation.hash,
    reloadProblem: inForce.reloadProblem,
    targets: targets.size,
    lanes: [...lanes].sort(),
    suspects: suspected,
    overdue: patrol.world.overdueWatch.overdue
      .slice(0, MOST_LISTED)
      .map(({ target, lane, slots }) => ({ target, lane: lane.name, slots })),
    runsInFlight: patrol.runs.underway.size,
    checksInFlight: patrol.world.inFlight.used,
    heavyInFlight: patrol.world.heavy.inFlight,
    runs,
    missedSlots: { ...patrol.runs.missedSlots },
    latenessMs: patrol.runs.lateness.summary(),
    alertsFiring: [...board.states].filter(({ phase }) => phase === "firing" || phase === "keeping").length,
    openFindings: [...findings.allOpen()].length,
    storeProblem: patrol.world.writer.problem,
    rssBytes: process.memoryUsage.rss(),
    cpuSeconds: (usage.user + usage.system) / 1e6,
  };
}

export function collectMemory({ world }: Patrol): PatrolMemory {
  const targets = [...world.inForce.targets.keys()];
  const nowMs = world.clock.wallMs();
  return {
    alerts: [...world.board.states],
    findings: [...world.findings.allOpen()],
    budgets: targets
      .map((target) => ({ target, ...world.budget.spent(target, nowMs) }))
      .filter(({ cpuSeconds, captures }) => cpuSeconds > 0 || captures > 0),
    metrics: Object.fromEntries(
      targets.flatMap((id) => {
        const state = world.states.get(id);
        return state === undefined ? [] : [[id, state.metrics]];
      }),
    ),
  };
}
