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
  readonly #version: string;
  readonly #delay = monitorEventLoopDelay({ resolution: 20 });

  constructor(patrol: Patrol, version: string) {
    this.#patrol = patrol;
    this.#version = version;
    this.#delay.enable();
  }

  snapshot(): PatrolSnapshot {
    const patrol = this.#patrol;
    const { generation, outlets, activity } = patrol;
    return {
      atMs: Date.now(),
      patrol: patrol.name,
      version: this.#version,
      startedMs: patrol.startedMs,
      process: this.#usage(),
      configuration: {
        hash: generation.hash,
        loadedMs: generation.loadedMs,
        lastReloadOk: patrol.reloadProblem === null,
      },
      paused: patrol.paused,
      checksInFlight: patrol.inFlight.used,
      heavyInFlight: patrol.heavy.inFlight,
      activity,
      targets: { [Symbol.iterator]: () => this.#targets() },
      ruleMetrics: generation.ruleMetrics,
      alerts: patrol.board.states,
      openFindings: { [Symbol.iterator]: () => patrol.findings.allOpen() },
      notificationsPending: patrol.owedNotifications(),
      sinks: outlets.sinks,
      breakers: patrol.runner.openBreakers(),
      storeBytes: patrol.storeBytes,
      rawCaptureBytes: patrol.bases.bytes,
      redacted: outlets.redactor.counts,
    };
  }

  *#targets(): Generator<TargetSnapshot> {
    const patrol = this.#patrol;
    const nowMs = Date.now();
    const overdue = new Set(patrol.overdueWatch.overdue.map(({ target }) => target));
    for (const { id, labels, limitBytes } of patrol.targets.values()) {
      const state = patrol.states.get(id);
      yield {
        id,
        labels,
        up: state?.up ?? null,
        overdue: overdue.has(id),
        lastRunMs: state?.lastRunMs ?? null,
        metrics: state?.metrics ?? {},
        limitBytes,
        budget: patrol.budget.spent(id, nowMs),
      };
    }
  }

  health(): PatrolHealth {
    const patrol = this.#patrol;
    const stalledMs = performance.now() - patrol.aliveMs;
    return {
      notAlive:
        stalledMs > STALLED_MS ? [`the schedule has stood still for ${Math.round(stalledMs / 1000)} s`] : [],
      notReady:
        patrol.storeProblem === null ? [] : [`the store does not take anything: ${patrol.storeProblem}`],
    };
  }

  bloat(target: string): TargetBloat | null {
    return this.#patrol.states.bloatOf(target);
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
