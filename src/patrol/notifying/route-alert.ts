import type { AlertState } from "../alert.ts";
import type { RouteConfig } from "../config/patrol-config.ts";
import type { Labels } from "../labels.ts";
import { matchLabels } from "../match-labels.ts";

/** The labels by which routes, maintenance windows and groups know an alert. */
export function routingLabels(
  state: Pick<AlertState, "labels" | "target" | "rule" | "tier" | "kind">,
): Labels {
  const { labels, target, rule, tier, kind } = state;
  return { ...labels, target, rule, tier, kind };
}

/** The routes that an alert takes, in order: the first that fits, and those after it as long as each says `continue`. */
function findRoutes(routes: readonly RouteConfig[], labels: Labels): RouteConfig[] {
  const taken: RouteConfig[] = [];
  for (const route of routes) {
    const fitsTier = route.tiers.length === 0 || route.tiers.some((tier) => tier === labels["tier"]);
    if (!fitsTier || !matchLabels(route.matchers, labels)) continue;
    taken.push(route);
    if (!route.continue) break;
  }
  return taken;
}

/** Each receiver that is told, with the route that says how; the first route that names it decides. */
export function findReceivers(
  routes: readonly RouteConfig[],
  labels: Labels,
): ReadonlyMap<string, RouteConfig> {
  const receivers = new Map<string, RouteConfig>();
  for (const route of findRoutes(routes, labels)) {
    for (const receiver of route.receivers) if (!receivers.has(receiver)) receivers.set(receiver, route);
  }
  return receivers;
}

export function groupLabelsOf(groupBy: readonly string[], labels: Labels): Labels {
  return Object.fromEntries(groupBy.map((label) => [label, labels[label] ?? ""]));
}
