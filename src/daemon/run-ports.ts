import type { TargetConfig } from "../patrol/config/patrol-config.ts";
import type { CheckPorts } from "../patrol/run/run-checks.ts";
import type { RunPorts } from "../patrol/run/run-life.ts";
import type { RunRecord } from "../patrol/run-record.ts";
import type { Sink } from "../patrol/sink.ts";
import { isHeavy } from "./generation.ts";
import { createRunJudge } from "./run-judge.ts";
import type { World } from "./world.ts";

const STAGE_TIMEOUT_MS = 30_000;

/**
 * What one run of `target` needs, by the configuration in force as it begins: a reload meanwhile does not change it.
 */
export function createRunPorts(world: World, target: TargetConfig): RunPorts {
  const { clock, version, inForce, gate, findings, states, bases, writer } = world;
  const { generation, outlets } = inForce;
  const { config } = generation;
  const metricName = generation.metricNamesOf(target);
  return {
    patrol: world.name(),
    version,
    configHash: generation.hash,
    clock,
    metricName,
    permission: () => gate.permission(config),
    configuration: () => inForce.reloadProblem,
    precheck: (target, lane) => gate.precheck(config, target, lane.heavy),
    refused: (stage, refusals, target) => gate.refused(stage, refusals, target),
    checks: createCheckPorts(world, config.precheck.maxTargetMemory),
    looked: (target, done) =>
      states.note(target.id, done, findings.openOf(target.id), metricName, clock.wallMs()),
    findings,
    judge: createRunJudge(generation, world),
    redactor: outlets.redactor,
    store: ({ run, ...history }) => writer.write({ runs: [run], ...history, captures: bases.takeRows() }),
    amend: (run) => {
      // Most runs told nobody and have no sink: that was known when they were stored.
      const isMore = run.stages.some(
        ({ stage, outcome }) => (stage === "sinks" || stage === "notify") && outcome !== "skipped",
      );
      if (isMore) writer.keep({ runs: [run] });
    },
    sinks: (run) => handToSinks(outlets.sinks, run),
    stageTimeoutMs: STAGE_TIMEOUT_MS,
  };
}

function createCheckPorts(world: World, maxTargetMemory: number): CheckPorts {
  const { clock, checkOf, secret, runner, bases, inFlight, heavy, budget, previous } = world;
  return {
    clock,
    isHeavy,
    run: ({ kind, name, options, retries }, target, context) =>
      runner.run({ check: checkOf(kind), name, target, options, context, retries }),
    secret,
    baseProfile: (target) => bases.baseOf(target),
    keep: (target, captures) => bases.keep(target, captures),
    maxTargetMemory,
    inFlight,
    heavy,
    budget,
    isSuspect: (target) => world.suspicion.isSuspect(target),
    isPaused: () => world.scheduler.paused,
    previous,
  };
}

export function handToSinks(sinks: readonly Sink[], run: RunRecord): { took: string[]; dropped: string[] } {
  const took: string[] = [];
  const dropped: string[] = [];
  for (const sink of sinks) (sink.write(run) ? took : dropped).push(sink.name);
  return { took, dropped };
}
