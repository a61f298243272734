import { setMaxListeners } from "node:events";
import type { PatrolConfig } from "../patrol/config/patrol-config.ts";
import type { RunRecord } from "../patrol/run-record.ts";
import { exchangeConfig, type Fleet, setTargets } from "./fleet.ts";
import { Housekeeping } from "./housekeeping.ts";
import type { Outlets } from "./in-force.ts";
import { closeSinks } from "./open-outlets.ts";
import { Runs } from "./runs.ts";
import { ScheduleLoop } from "./schedule-loop.ts";
import { openWorld, type PatrolParts, type World } from "./world.ts";

/** What is under way after it was abandoned gets this long to say so. */
const LAST_WORD_MS = 3_000;
/** Sinks of a configuration that is gone may take this long to hand on what they have. */
const CLOSE_SINKS_MS = 30_000;

/** One patrol at work, from its start to its end. The process around it is run-daemon.ts. */
export class Patrol {
  readonly world: World;
  readonly runs: Runs;
  readonly housekeeping: Housekeeping;
  readonly loop: ScheduleLoop;
  readonly #end = new AbortController();
  #looping: Promise<void> = Promise.resolve();
  #sending: Promise<void> = Promise.resolve();

  /** Reads what earlier processes left; starts nothing. */
  static async open(parts: PatrolParts, config: PatrolConfig, outlets: Outlets): Promise<Patrol> {
    const world = await openWorld(parts, config, outlets, (target) => patrol.#lookClosely(target));
    const patrol = new Patrol(world);
    return patrol;
  }

  private constructor(world: World) {
    // Every sleep listens for the end.
    setMaxListeners(0, this.#end.signal);
    this.world = world;
    this.runs = new Runs(world);
    this.housekeeping = new Housekeeping(world);
    this.loop = new ScheduleLoop(world, (nowMs) => {
      for (const event of world.scheduler.advance(nowMs)) this.runs.take(event);
      this.housekeeping.turn(nowMs);
    });
  }

  get paused(): boolean {
    return this.world.scheduler.paused;
  }

  /** Alerts that a receiver should know of by now and does not, by receiver. */
  owedNotifications(): Map<string, number> {
    const { inForce, board } = this.world;
    const owed = new Map<string, number>();
    for (const { name } of inForce.config.receivers) owed.set(name, 0);
    for (const { notified } of board.states) {
      for (const [receiver, { state }] of Object.entries(notified))
        if (state === "owed") owed.set(receiver, (owed.get(receiver) ?? 0) + 1);
    }
    return owed;
  }

  async setTargets(fleet: Fleet): Promise<void> {
    await setTargets(this.world, fleet);
    this.loop.rouse();
  }

  /** Another configuration takes the place of this one at once and whole. */
  async apply(config: PatrolConfig, outlets: Outlets, fleet: Fleet): Promise<void> {
    const left = exchangeConfig(this.world, config, outlets);
    await this.setTargets(fleet);
    await closeSinks(left, CLOSE_SINKS_MS, this.world.log);
  }

  start(): void {
    const { signal } = this.#end;
    void this.world.bases.load(signal);
    this.#looping = this.loop.run(signal);
    this.#sending = this.world.sender.run(signal);
  }

  #lookClosely(target: string): void {
    const { inForce, log, suspicion } = this.world;
    const config = inForce.targets.get(target);
    if (config === undefined || this.#end.signal.aborted) return;
    log.info("a target became suspect", { target, reasons: suspicion.reasonsOf(target) });
    this.runs.lookClosely(config);
  }

  /** Nothing new begins; what is under way goes on to its end, with the checks that have not begun left out. */
  pause(): void {
    this.world.scheduler.pause();
    this.world.audit.add("pause", { runs_in_flight: this.runs.underway.size });
  }

  resume(): void {
    this.world.scheduler.resume(this.world.clock.wallMs());
    this.world.audit.add("resume", {});
    this.loop.rouse();
  }

  /** All checks of all targets once; the records in the end. */
  runOnce(
    signal: AbortSignal,
    onRun: (run: RunRecord, done: number, all: number) => void,
  ): Promise<RunRecord[]> {
    return this.runs.beginAll(signal, onRun);
  }

  /** Tells what is due now or will be within `withinMs`; for --once. */
  async sendDue(withinMs: number, signal: AbortSignal): Promise<void> {
    const { clock, sender } = this.world;
    const endMs = clock.wallMs() + withinMs;
    while (!signal.aborted) {
      const { nextMs, done } = await sender.send(signal);
      await done;
      if (nextMs === null || nextMs > endMs) return;
      await clock.sleep(Math.max(100, nextMs - clock.wallMs()), signal);
    }
  }

  /** Ends: what is under way may finish within the time, the rest is abandoned and recorded as such. Never rejects. */
  async stop(withinMs: number): Promise<void> {
    const { clock, log, audit, board, writer, inForce } = this.world;
    const { underway } = this.runs;
    this.#end.abort();
    await this.#looping;
    const patience = new AbortController();
    await Promise.race([underway.ended(), clock.sleep(withinMs, patience.signal)]);
    patience.abort();
    if (underway.size > 0) {
      log.warn("runs are abandoned, they did not end in time", { runs: underway.size });
      underway.abandonAll();
      await Promise.race([underway.ended(), clock.sleep(LAST_WORD_MS, new AbortController().signal)]);
    }
    await this.#sending;
    audit.add("stop", { abandoned: underway.size });
    writer.keep(board.takeChanges());
    await writer.close();
    await closeSinks(inForce.outlets.sinks, LAST_WORD_MS, log);
    await audit.settle();
  }
}
