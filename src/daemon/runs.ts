import type { TargetConfig } from "../patrol/config/patrol-config.ts";
import { buildMissedRun, executeRun } from "../patrol/run/run-life.ts";
import type { RunRecord } from "../patrol/run-record.ts";
import type { MissReason, SlotEvent } from "../patrol/schedule/scheduler.ts";
import { Lateness } from "./lateness.ts";
import { createRunPorts, handToSinks } from "./run-ports.ts";
import { RunsUnderway } from "./runs-underway.ts";
import type { World } from "./world.ts";

type Start = Extract<SlotEvent, { kind: "start" }>;

/** Begins runs: for slots, out of turn, and once for all; records slots that were missed. */
export class Runs {
  readonly lateness = new Lateness();
  readonly missedSlots: Partial<Record<MissReason, number>> = {};
  readonly underway = new RunsUnderway();
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** What the schedule says has come. */
  take(event: SlotEvent): void {
    const { log, audit } = this.#world;
    if (event.kind === "start") void this.begin(event, "schedule");
    else if (event.kind === "missed") this.#miss(event);
    else {
      log.warn("the clock was set back: the schedule begins anew", { by_ms: event.byMs });
      audit.add("clock", { set_back_ms: event.byMs });
    }
  }

  /** Runs a slot now. Resolves with its record, also if it fails; null if its target is gone. */
  async begin(start: Start, trigger: RunRecord["trigger"]): Promise<RunRecord | null> {
    const { lane, slotMs, runId, dueMs } = start;
    const { inForce, scheduler, activity, suspicion, log } = this.#world;
    const target = inForce.targets.get(start.target);
    const finished = (hasResult: boolean) => scheduler.finished(start.target, lane.name, slotMs, hasResult);
    if (target === undefined) {
      finished(false);
      return null;
    }
    const ports = createRunPorts(this.#world, target);
    return await this.underway.begin(async (signal) => {
      try {
        const run = await executeRun({ runId, target, lane, slotMs, dueMs, trigger, signal }, ports);
        finished(true);
        activity.recordRun(run);
        this.lateness.note(run.latenessMs);
        if (!lane.heavy && run.outcome !== "refused")
          void suspicion.noteTrend(target.id, lane, slotMs, inForce.generation.trendMetrics);
        return run;
      } catch (error) {
        finished(false);
        log.error("a run ended by a fault of gopatrol's own", { target: target.id, error });
        return null;
      }
    });
  }

  /** Profiles are taken at once, not at the lane's next slot. */
  lookClosely(target: TargetConfig): void {
    const { inForce, scheduler, clock } = this.#world;
    for (const lane of inForce.generation.lanesOf(target)) {
      if (!lane.heavy || lane.keepsBase) continue;
      const start = scheduler.trigger(target.id, lane.name, clock.wallMs());
      if (start !== undefined) void this.begin(start, "suspicion");
    }
  }

  /** All checks of all targets once, each lane at this moment's slot; the records in the end. */
  async beginAll(
    signal: AbortSignal,
    onRun: (run: RunRecord, done: number, all: number) => void,
  ): Promise<RunRecord[]> {
    const { inForce, scheduler, clock } = this.#world;
    const nowMs = clock.wallMs();
    const starts = [...inForce.targets.values()].flatMap((target) =>
      inForce.generation
        .lanesOf(target)
        .filter(({ keepsBase }) => !keepsBase)
        .flatMap(({ name }) => scheduler.trigger(target.id, name, nowMs, { evenIfSoon: true }) ?? []),
    );
    signal.addEventListener("abort", () => this.underway.abandonAll(), { once: true });
    let done = 0;
    const runs = await Promise.all(
      starts.map(async (start) => {
        const run = await this.begin(start, "once");
        if (run !== null) onRun(run, ++done, starts.length);
        return run;
      }),
    );
    return runs.filter((run) => run !== null);
  }

  #miss(event: Extract<SlotEvent, { kind: "missed" }>): void {
    const { clock, version, inForce, activity, writer, name } = this.#world;
    this.missedSlots[event.reason] = (this.missedSlots[event.reason] ?? 0) + event.count;
    const target = inForce.targets.get(event.target);
    if (target === undefined) return;
    const facts = { clock, version, patrol: name(), configHash: inForce.generation.hash };
    const run = inForce.redactor.value(buildMissedRun({ ...event, target }, facts));
    activity.recordRun(run);
    writer.keep({ runs: [run] });
    handToSinks(inForce.outlets.sinks, run);
  }
}
