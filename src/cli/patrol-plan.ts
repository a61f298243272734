import type { PatrolPlan } from "../patrol/run/plan-patrol.ts";

const SHOWN = 20;

/** The plan for people: long fleets are cut, JSON has all of it. */
export function renderPlan(plan: PatrolPlan): string {
  const lines = ["Nothing of this was done."];
  const { targets } = plan;
  lines.push("", `${targets.length} targets, ${Math.round(plan.checksPerHour)} checks an hour:`);
  for (const { id, address, lanes, calls } of targets.slice(0, SHOWN)) {
    lines.push(`  ${id}${id === address ? "" : ` (${address})`}`);
    for (const { lane, checks, firstMs, thenMs } of lanes) {
      lines.push(`    ${lane}: ${checks.join(", ")}; first ${time(firstMs)}, then ${time(thenMs)}`);
    }
    for (const { check, calls: each, when } of calls) {
      const suffix = when === "suspect" ? " (of suspects only)" : "";
      for (const call of each) lines.push(`    ${check}: ${call}${suffix}`);
    }
  }
  if (targets.length > SHOWN) lines.push(`  … and ${targets.length - SHOWN} more (--format json lists all)`);
  section(lines, "Targets are found by", plan.discovery.flatMap(describeDiscovery));
  section(
    lines,
    "Alerts go to",
    plan.receivers.map(({ name, call }) => `${name}: ${call}`),
  );
  section(lines, "Records go to", [plan.store, ...plan.sinks.map(({ name, call }) => `${name}: ${call}`)]);
  section(lines, "Secrets", plan.secrets);
  if (plan.listener !== null) section(lines, "It listens on", [plan.listener]);
  return `${lines.join("\n")}\n`;
}

function describeDiscovery({ calls, targets, problems }: PatrolPlan["discovery"][number]): string[] {
  const found = targets === null ? "" : `: ${targets} target${targets === 1 ? "" : "s"}`;
  const lines = calls.length === 1 ? [`${calls[0]}${found}`] : [...calls];
  if (calls.length > 1 && targets !== null) lines.push(`  together${found}`);
  return [...lines, ...problems.map((problem) => `! ${problem}`)];
}

function section(lines: string[], title: string, items: readonly string[]): void {
  if (items.length === 0) return;
  lines.push("", `${title}:`, ...items.map((item) => `  ${item}`));
}

function time(ms: number): string {
  return Number.isFinite(ms) ? new Date(ms).toISOString().replace(/\.\d+Z$/, "Z") : "never";
}
