import { PATROL_TARGET } from "../patrol/alerting/judge.ts";
import type { PatrolConfig, TargetConfig } from "../patrol/config/patrol-config.ts";
import type { Sink } from "../patrol/sink.ts";
import type { Outlets } from "./in-force.ts";
import type { World } from "./world.ts";

/** The targets that there are. */
export interface Fleet {
  targets: readonly TargetConfig[];
  /**
   * Every source has said which it has, so that also what only an earlier process knew is gone. What this process knew
   * and is not named any more is gone in any case.
   */
  isWhole: boolean;
  /** Until when an earlier process took care of those it knew: slots since then are owed. */
  aliveUntilMs: number | null;
}

export async function setTargets(world: World, { targets, isWhole, aliveUntilMs }: Fleet): Promise<void> {
  const { clock, store, inForce, scheduler, writer } = world;
  const nowMs = clock.wallMs();
  const known = aliveUntilMs === null ? [] : await store.targets();
  const lastSeen = new Map(known.map(({ id, firstSeenMs }) => [id, firstSeenMs]));
  const before = inForce.targets;
  inForce.targets = new Map(targets.map((target) => [target.id, target]));
  scheduler.replace(
    targets.map((target) => ({
      id: target.id,
      lanes: inForce.generation.lanesOf(target),
      sinceMs: lastSeen.has(target.id) && aliveUntilMs !== null ? Math.min(aliveUntilMs, nowMs) : nowMs,
    })),
    nowMs,
  );
  forgetOthers(world, nowMs, (target) => inForce.targets.has(target) || (!isWhole && !before.has(target)));
  const rows = targets
    .filter((target) => isNews(target, before.get(target.id)))
    .map(({ id, address, labels }) => ({
      id,
      address,
      labels,
      firstSeenMs: lastSeen.get(id) ?? nowMs,
      lastSeenMs: nowMs,
    }));
  writer.keep({ targets: rows });
}

function forgetOthers(world: World, nowMs: number, isWanted: (target: string) => boolean): void {
  const { states, suspicion, budget, bases, runner, previous, board } = world;
  for (const each of [states, suspicion, budget, bases, runner, previous]) each.retain(isWanted);
  board.retire(
    ({ target }) =>
      target === PATROL_TARGET || isWanted(target) ? null : "the target is no longer patrolled",
    nowMs,
  );
}

/** Another configuration takes the place of the one in force; returns the sinks that are in use no longer. */
export function exchangeConfig(world: World, config: PatrolConfig, outlets: Outlets): Sink[] {
  const { clock, inForce, inFlight, heavy, budget, gate, board } = world;
  const nowMs = clock.wallMs();
  const left = inForce.exchange(config, outlets, nowMs);
  inFlight.limit = config.budget.checksInFlight;
  heavy.limit = config.budget.heavyInFlight;
  budget.reconfigure(config.budget);
  gate.forget();
  const names = new Set(config.checks.map(({ name }) => name));
  board.retire(({ kind, rule }) => {
    const check = rule.slice(0, rule.indexOf("/"));
    const isOfCheck = kind === "threshold" || kind === "missing" || kind === "availability";
    return isOfCheck && !names.has(check) ? "the check is no longer configured" : null;
  }, nowMs);
  return left;
}

/** Whether the store has to be told of it. */
function isNews({ address, labels }: TargetConfig, before: TargetConfig | undefined): boolean {
  return (
    before === undefined ||
    before.address !== address ||
    JSON.stringify(before.labels) !== JSON.stringify(labels)
  );
}
