import type { TargetConfig } from "../patrol/config/patrol-config.ts";

/** Those of the configuration come first: of two with one id the first stays. */
export function joinTargets(
  configured: readonly TargetConfig[],
  found: readonly TargetConfig[],
): TargetConfig[] {
  const byId = new Map<string, TargetConfig>();
  for (const target of [...configured, ...found]) if (!byId.has(target.id)) byId.set(target.id, target);
  return [...byId.values()];
}
