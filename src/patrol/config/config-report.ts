import { hashConfig } from "./config-hash.ts";
import type { ConfigProblem, TextPlace } from "./config-problem.ts";
import type { LoadedConfig } from "./load-config.ts";
import type { PatrolConfig } from "./patrol-config.ts";

interface ConfigCounts {
  targets: number;
  sources: number;
  checks: number;
  rules: number;
  receivers: number;
  sinks: number;
}

/** Whether a file can be used, for editors and pipelines. */
export interface ConfigReport {
  schema: "gopatrol.check-config/v1";
  file: string;
  ok: boolean;
  /** As run records and metrics have it; null if it cannot be used. */
  hash: string | null;
  problems: (Omit<ConfigProblem, "place"> & TextPlace)[];
  counts: ConfigCounts | null;
}

export function describeConfig(file: string, { config, errors, warnings }: LoadedConfig): ConfigReport {
  return {
    schema: "gopatrol.check-config/v1",
    file,
    ok: config !== null,
    hash: config && hashConfig(config),
    problems: [...errors, ...warnings].map(({ place, ...problem }) => ({ ...problem, ...place })),
    counts: config && countParts(config),
  };
}

export function countParts({ targets, discovery, checks, receivers, sinks }: PatrolConfig): ConfigCounts {
  return {
    targets: targets.length,
    sources: discovery.length,
    checks: checks.length,
    rules: checks.reduce((sum, check) => sum + check.rules.length, 0),
    receivers: receivers.length,
    sinks: sinks.length,
  };
}
