import { readdirSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type {
  PatrolHealth,
  PatrolSnapshot,
  PatrolView,
  ProcessUsage,
  TargetSnapshot,
} from "../patrol/exporter/patrol-snapshot.ts";
import type { TargetBloat } from "../patrol/exporter/target-bloat.ts";
import type { Patrol } from "./patrol.ts";

/** The schedule comes round once a second; after so long it stands still. */
const STALLED_MS = 30_000;

/** The patrol as its exporter and its health probes see it. */
export class PatrolWatch implements PatrolView {
  readonly #patrol: Patrol;
  readonly #delay = monitorEventLoopDelay({ resolution: 20 });

  constructor(patrol: Patrol) {
    this.#patrol = patrol;
    this.#delay.enable();
  }

  snapshot(): PatrolSnapshot {
    const patrol = this.#patrol;
    const { world, housekeeping } = patrol;
    const { inForce, activity } = world;
    const { generation, outlets } = inForce;
    return {
      atMs: Date.now(),
      patrol: world.name(),
      version: world.version,
      startedMs: world.startedMs,
      process: this.#usage(),
      configuration: {
        hash: generation.hash,
        loadedMs: generation.loadedMs,
        lastReloadOk: inForce.reloadProblem === null,
      },
      paused: patrol.paused,
      checksInFlight: world.inFlight.used,
      heavyInFlight: world.heavy.inFlight,
      activity,
      targets: { [Symbol.iterator]: () => this.#targets() },
      ruleMetrics: generation.ruleMetrics,
      alerts: world.board.states,
      openFindings: { [Symbol.iterator]: () => world.findings.allOpen() },
      notificationsPending: patrol.owedNotifications(),
      sinks: outlets.sinks,
      breakers: world.runner.openBreakers(),
      storeBytes: housekeeping.storeBytes,
      rawCaptureBytes: world.bases.bytes,
      redacted: outlets.redactor.counts,
    };
  }

  *#targets(): Generator<TargetSnapshot> {
    const { world } = this.#patrol;
    const nowMs = Date.now();
    const overdue = new Set(world.overdueWatch.overdue.map(({ target }) => target));
    for (const { id, labels, limitBytes } of world.inForce.targets.values()) {
      const state = world.states.get(id);
      yield {
        id,
        labels,
        up: state?.up ?? null,
        overdue: overdue.has(id),
        lastRunMs: state?.lastRunMs ?? null,
        metrics: state?.metrics ?? {},
        limitBytes,
        budget: world.budget.spent(id, nowMs),
      };
    }
  }

  health(): PatrolHealth {
    const patrol = this.#patrol;
    const { problem } = patrol.world.writer;
    const stalledMs = performance.now() - patrol.loop.aliveMs;
    return {
      notAlive:
        stalledMs > STALLED_MS ? [`the schedule has stood still for ${Math.round(stalledMs / 1000)} s`] : [],
      notReady: problem === null ? [] : [`the store does not take anything: ${problem}`],
    };
  }

  bloat(target: string): TargetBloat | null {
    return this.#patrol.world.states.bloatOf(target);
  }

  #usage(): ProcessUsage {
    const { rss, heapUsed } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    const delaySeconds = this.#delay.max / 1e9;
    this.#delay.reset();
    return {
      residentBytes: rss,
      heapUsedBytes: heapUsed,
      cpuSeconds: (user + system) / 1e6,
      openDescriptors: countDescriptors(),
      eventLoopDelaySeconds: Number.isFinite(delaySeconds) ? delaySeconds : null,
    };
  }
}

function countDescriptors(): number | null {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return null;
  }
}
