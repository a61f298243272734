import { type ConfigDiff, diffConfigs } from "./config-diff.ts";
import type { ConfigProblem } from "./config-problem.ts";
import { type LoadOptions, loadPatrolConfig } from "./load-config.ts";
import type { PatrolConfig } from "./patrol-config.ts";

export type Reload =
  /** `config` takes the place of the old one at once and whole; where `diff.needsRestart` names a part, it has the old one. */
  | { outcome: "new"; config: PatrolConfig; diff: ConfigDiff; warnings: ConfigProblem[] }
  /** The old configuration stays. */
  | { outcome: "kept"; errors: ConfigProblem[] };

/** What a changed file, or SIGHUP, makes of a running configuration. Pure. */
export function reloadConfig(old: PatrolConfig, text: string, options: LoadOptions = {}): Reload {
  const { config, errors, warnings } = loadPatrolConfig(text, options);
  if (config === null) return { outcome: "kept", errors };
  const diff = diffConfigs(old, config);
  const { engine, dir, clickhouse, captures } = old.store;
  const store = { ...config.store, engine, dir, clickhouse, captures };
  return { outcome: "new", config: { ...config, store, server: old.server }, diff, warnings };
}
