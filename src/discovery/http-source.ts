import type { DiscoveryConfig, TargetConfig } from "../patrol/config/patrol-config.ts";
import { exchange } from "../secrets/http-exchange.ts";
import { DiscoveryError } from "./discovery-error.ts";
import { openAccess, type SourceContext } from "./source-context.ts";
import { readTargetGroups } from "./target-group.ts";

const MAX_BYTES = 32 * 1024 * 1024;
const TIMEOUT_MS = 10_000;

/** One request of Prometheus' http_sd. Throws DiscoveryError, ExchangeError or SecretError. */
export async function fetchTargets(
  source: Extract<DiscoveryConfig, { kind: "http" }>,
  context: SourceContext,
  signal: AbortSignal,
): Promise<TargetConfig[]> {
  const { headers, tls } = await openAccess(source.auth, context);
  const request = { method: "GET", url: source.url, headers, tls, timeoutMs: TIMEOUT_MS, signal } as const;
  const refresh = { "x-prometheus-refresh-interval-seconds": String(source.refreshMs / 1000) };
  const answer = await exchange({ ...request, headers: { ...headers, ...refresh } }, MAX_BYTES);
  if (answer.status !== 200) throw new DiscoveryError(`it answered ${answer.status}`);
  let groups: unknown;
  try {
    groups = JSON.parse(answer.text);
  } catch {
    throw new DiscoveryError("its answer is not JSON");
  }
  return readTargetGroups(groups, source);
}
