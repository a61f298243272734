import type { Clock } from "../lib/clock.ts";
import type { AlertBoard } from "../patrol/alerting/alert-board.ts";
import { judgePatrol } from "../patrol/alerting/judge.ts";
import type { PatrolConfig, TargetConfig } from "../patrol/config/patrol-config.ts";
import { judgePermission, type PermissionFacts } from "../patrol/run/permission.ts";
import {
  judgeHeadroom,
  judgePrecheck,
  type PrecheckFacts,
  type PrecheckRefusal,
} from "../patrol/run/precheck.ts";
import type { AuditTrail } from "./audit-trail.ts";
import type { PatrolNotices } from "./patrol-notices.ts";

/** Facts that cost system calls are not asked for each of a hundred runs a second. */
const PERMISSION_KEPT_MS = 60_000;
const MACHINE_KEPT_MS = 5_000;

export interface RunGateParts {
  clock: Clock;
  board: AlertBoard;
  notices: PatrolNotices;
  audit: AuditTrail;
  permissionFacts(config: PatrolConfig): Promise<PermissionFacts>;
  machineFacts(
    config: PatrolConfig,
  ): Promise<Pick<PrecheckFacts, "freeDisk" | "loadPerCore" | "ownRssBytes">>;
  clockStepMs(): number;
  /** Of its limit, as last seen; null if unknown. */
  memoryShareOf(target: string): number | null;
}

/** The first steps of each run: may it run as it is, and is the machine, and the target, fit for it? */
export class RunGate {
  readonly #parts: RunGateParts;
  #permission: { atMs: number; refusals: Promise<readonly string[]> } | null = null;
  #machine: { atMs: number; facts: Promise<PrecheckFacts> } | null = null;
  /** Targets so near their limit that a heavy look was refused. */
  readonly #tight = new Set<string>();

  constructor(parts: RunGateParts) {
    this.#parts = parts;
  }

  /** After another configuration was put in place. */
  forget(): void {
    this.#permission = null;
    this.#machine = null;
  }

  permission(config: PatrolConfig): Promise<readonly string[]> {
    const { clock, notices, audit, permissionFacts } = this.#parts;
    const nowMs = clock.monotonicMs();
    if (this.#permission === null || nowMs - this.#permission.atMs > PERMISSION_KEPT_MS) {
      const refusals = permissionFacts(config).then((facts) =>
        judgePermission(facts, { allowRoot: config.run.allowRoot }),
      );
      this.#permission = { atMs: nowMs, refusals };
      refusals.then(
        (found) => {
          if (found.length > 0) audit.add("refused", { stage: "permission", why: found.join("; ") });
          else notices.clear("permission");
        },
        () => {},
      );
    }
    return this.#permission.refusals;
  }

  async precheck(config: PatrolConfig, target: TargetConfig, isHeavy: boolean): Promise<PrecheckRefusal[]> {
    const { clock, notices, machineFacts, clockStepMs, memoryShareOf } = this.#parts;
    const nowMs = clock.monotonicMs();
    if (this.#machine === null || nowMs - this.#machine.atMs > MACHINE_KEPT_MS) {
      const facts = machineFacts(config).then((machine) => ({
        ...machine,
        clockStepMs: clockStepMs(),
        storeProblem: null,
      }));
      this.#machine = { atMs: nowMs, facts };
      facts.then(
        (all) => {
          const about = new Set(judgePrecheck(all, config.precheck).map((refusal) => refusal.about));
          for (const what of ["disk", "load", "own-memory", "clock"])
            if (!about.has(what)) notices.clear(`precheck-${what}`);
        },
        () => {},
      );
    }
    const refusals = judgePrecheck(await this.#machine.facts, config.precheck);
    const headroom = isHeavy ? judgeHeadroom(memoryShareOf(target.id), config.precheck) : null;
    if (headroom !== null) return [...refusals, headroom];
    if (isHeavy && this.#tight.delete(target.id)) this.#noteHeadroom(target, false, "there is room again");
    return refusals;
  }

  /** Somebody has to know, once and not for each run. */
  refused(
    stage: "permission" | "precheck",
    refusals: readonly PrecheckRefusal[],
    target: TargetConfig,
  ): void {
    for (const { about, detail } of refusals) {
      if (about === "target-memory") {
        this.#tight.add(target.id);
        this.#noteHeadroom(target, true, detail);
      } else this.#parts.notices.raise(stage === "permission" ? "permission" : `precheck-${about}`, detail);
    }
  }

  #noteHeadroom(target: TargetConfig, holds: boolean, reason: string): void {
    const { board, clock } = this.#parts;
    const observation = judgePatrol("no-headroom", holds, reason, "P2", clock.wallMs());
    board.observe({ ...observation, target: target.id, labels: target.labels });
  }
}
