import { CHECK_TYPES } from "../check-types/check-types.ts";
import type { CheckConfig, PatrolConfig, TargetConfig } from "../config/patrol-config.ts";
import type { Notifier } from "../notification.ts";
import type { Lane } from "../schedule/lane.ts";
import { offsetOf } from "../schedule/slots.ts";

/** Everything that a configuration would do: what --dry-run shows. Nothing of it is done. */
export interface PatrolPlan {
  schema: "gopatrol.plan/v1";
  targets: {
    id: string;
    address: string;
    lanes: { lane: string; checks: string[]; firstMs: number; thenMs: number }[];
    /** Outgoing calls of one round of all its checks. */
    calls: { check: string; calls: string[]; when: CheckConfig["when"] }[];
  }[];
  discovery: PlannedDiscovery[];
  receivers: { name: string; call: string }[];
  sinks: { name: string; call: string }[];
  store: string;
  secrets: string[];
  listener: string | null;
  /** Expected load of an hour, suspects not counted. */
  checksPerHour: number;
}

/** One [[discovery]]. */
interface PlannedDiscovery {
  /** What it would ask or read, credentials left out. */
  calls: string[];
  /** How many it has; null where only the call could tell. */
  targets: number | null;
  problems: string[];
}

export interface PlanSources {
  config: PatrolConfig;
  /** Of the configuration and of files. */
  targets: readonly TargetConfig[];
  discovery: PlannedDiscovery[];
  lanesOf(target: TargetConfig): readonly Lane[];
  notifiers: ReadonlyMap<string, Notifier>;
  nowMs: number;
}

const HOUR_MS = 3_600_000;

/** Pure: looks at the configuration alone. */
export function planPatrol(sources: PlanSources): PatrolPlan {
  const { config, targets, discovery, lanesOf, notifiers, nowMs } = sources;
  let checksPerHour = 0;
  const planned = targets.map((target) => {
    const lanes = lanesOf(target);
    const { id, address, labels, limitBytes, sourceDir } = target;
    const calls: PatrolPlan["targets"][number]["calls"] = [];
    for (const { checks, slots, keepsBase } of lanes) {
      const runs = slots.count(nowMs, nowMs + HOUR_MS);
      checksPerHour += runs * checks.filter(({ when }) => when === "always").length;
      if (keepsBase) continue;
      for (const check of checks) {
        const view = { id, address, labels, limitBytes, sourceDir, auth: check.auth ?? target.auth };
        calls.push({
          check: check.name,
          calls: CHECK_TYPES[check.kind].plan(view, check.options),
          when: check.when,
        });
      }
    }
    return {
      id,
      address,
      lanes: lanes.map(({ name, slots, checks }) => {
        const offsetMs = offsetOf(id, name, slots.spreadMs);
        const slotMs = slots.next(nowMs - offsetMs);
        return {
          lane: name,
          checks: checks.map((check) => check.name),
          firstMs: slotMs + offsetMs,
          thenMs: slots.next(slotMs) + offsetMs,
        };
      }),
      calls,
    };
  });
  return {
    schema: "gopatrol.plan/v1",
    targets: planned,
    discovery,
    receivers: [...notifiers.values()].map((notifier) => ({ name: notifier.name, call: notifier.plan() })),
    sinks: config.sinks.map((sink) => ({ name: sink.name, call: describeSink(sink) })),
    store: `${config.store.engine} in ${config.store.dir}`,
    secrets: config.vault === null ? [] : [`secrets are read from Vault at ${config.vault.url}`],
    listener: config.server === null ? null : `${config.server.host}:${config.server.port}`,
    checksPerHour,
  };
}

/** Without opening it: a spool or a file would be made. */
function describeSink(sink: PatrolConfig["sinks"][number]): string {
  switch (sink.kind) {
    case "elasticsearch":
      return `POST ${sink.url}/_bulk to the data stream ${sink.dataStream}`;
    case "otlp":
      return `POST ${sink.url} every ${sink.intervalMs / 1000} s`;
    case "file":
      return `append to ${sink.path}`;
  }
}
