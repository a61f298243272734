import type { PatrolConfig } from "./patrol-config.ts";

/** Names of what a new configuration adds, takes away and changes; empty lists where nothing is. */
interface NamesDiff {
  added: string[];
  removed: string[];
  changed: string[];
}

export interface ConfigDiff {
  /** By id. */
  targets: NamesDiff;
  /** By name. A check whose rules alone change is in `changed` too. */
  checks: NamesDiff;
  receivers: NamesDiff;
  sinks: NamesDiff;
  maintenance: NamesDiff;
  /** Other parts that differ: "routes", "discovery", "budget" … */
  parts: string[];
  /** What cannot be changed while the daemon runs, and stays as it was until it is started anew. */
  needsRestart: string[];
}

const PARTS = ["name", "discovery", "routes", "vault", "precheck", "budget", "redaction", "run"] as const;

export function diffConfigs(before: PatrolConfig, after: PatrolConfig): ConfigDiff {
  const differ = (a: unknown, b: unknown) => JSON.stringify(a) !== JSON.stringify(b);
  return {
    targets: diffByName(before.targets, after.targets, ({ id }) => id),
    checks: diffByName(before.checks, after.checks, ({ name }) => name),
    receivers: diffByName(before.receivers, after.receivers, ({ name }) => name),
    sinks: diffByName(before.sinks, after.sinks, ({ name }) => name),
    maintenance: diffByName(before.maintenance, after.maintenance, ({ name }) => name),
    parts: PARTS.filter((part) => differ(before[part], after[part])),
    needsRestart: [
      ...(["engine", "dir", "clickhouse", "captures"] as const)
        .filter((key) => differ(before.store[key], after.store[key]))
        .map((key) => `store.${key}`),
      ...(differ(before.server, after.server) ? ["server"] : []),
    ],
  };
}

export function isEmptyDiff(diff: ConfigDiff): boolean {
  const lists = [diff.targets, diff.checks, diff.receivers, diff.sinks, diff.maintenance];
  const changes = lists.flatMap(({ added, removed, changed }) => [...added, ...removed, ...changed]);
  return changes.length + diff.parts.length + diff.needsRestart.length === 0;
}

function diffByName<T>(before: readonly T[], after: readonly T[], nameOf: (thing: T) => string): NamesDiff {
  const old = new Map(before.map((thing) => [nameOf(thing), JSON.stringify(thing)]));
  const names = new Set(after.map(nameOf));
  return {
    added: after.map(nameOf).filter((name) => !old.has(name)),
    removed: [...old.keys()].filter((name) => !names.has(name)),
    changed: after
      .filter((thing) => old.has(nameOf(thing)) && old.get(nameOf(thing)) !== JSON.stringify(thing))
      .map(nameOf),
  };
}

/** One line for the log: "targets: +2 -1 ~3; checks: ~1; budget; store.dir at the next start". */
export function describeDiff(diff: ConfigDiff): string {
  const parts: string[] = [];
  for (const key of ["targets", "checks", "receivers", "sinks", "maintenance"] as const) {
    const { added, removed, changed } = diff[key];
    const counts = [
      ...(added.length > 0 ? [`+${added.length}`] : []),
      ...(removed.length > 0 ? [`-${removed.length}`] : []),
      ...(changed.length > 0 ? [`~${changed.length}`] : []),
    ];
    if (counts.length > 0) parts.push(`${key}: ${counts.join(" ")}`);
  }
  parts.push(...diff.parts);
  parts.push(...diff.needsRestart.map((what) => `${what} at the next start`));
  return parts.length === 0 ? "nothing changed" : parts.join("; ");
}
