import { parseSizeBytes } from "../lib/parse-quantity.ts";
import type { DiscoveryConfig, TargetConfig } from "../patrol/config/patrol-config.ts";
import type { Labels } from "../patrol/labels.ts";
import { DiscoveryError } from "./discovery-error.ts";

/** More is a mistake of the source, and would only cost memory. */
export const MAX_TARGETS = 50_000;
const MAX_LABELS = 256;
const MAX_LABEL_CHARACTERS = 4096;
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * Target groups as Prometheus' file_sd and http_sd have them,
 * `[{"targets": ["10.0.0.5:6060"], "labels": {"service": "shop"}}]`
 * (https://prometheus.io/docs/prometheus/latest/http_sd/).
 *
 * Labels that begin with `__` are instructions: `__scheme__`, `__pprof_path__` (behind the address), `__id__`,
 * `__limit__` (memory, e.g. "2GiB"), `__source__` (folder of the code); `__meta_*` are for matchers only.
 * Throws DiscoveryError.
 */
export function readTargetGroups(groups: unknown, source: DiscoveryConfig): TargetConfig[] {
  if (!Array.isArray(groups)) throw new DiscoveryError("it is not a list of target groups");
  const targets: TargetConfig[] = [];
  for (const [i, group] of groups.entries()) {
    const { targets: addresses, labels = {} } = (group ?? {}) as { targets?: unknown; labels?: unknown };
    if (!Array.isArray(addresses)) throw new DiscoveryError(`group ${i + 1} has no list "targets"`);
    const own = readLabels(labels, i);
    for (const address of addresses) {
      if (typeof address !== "string" || address.trim() === "") {
        throw new DiscoveryError(`group ${i + 1} has a target that is no text`);
      }
      if (targets.length >= MAX_TARGETS) throw new DiscoveryError(`it has more than ${MAX_TARGETS} targets`);
      targets.push(buildTarget(address.trim(), own, source));
    }
  }
  return targets;
}

function readLabels(labels: unknown, group: number): Labels {
  if (typeof labels !== "object" || labels === null || Array.isArray(labels)) {
    throw new DiscoveryError(`the labels of group ${group + 1} are no object`);
  }
  const entries = Object.entries(labels);
  if (entries.length > MAX_LABELS)
    throw new DiscoveryError(`group ${group + 1} has more than ${MAX_LABELS} labels`);
  for (const [name, value] of entries) {
    if (!LABEL_NAME.test(name)) throw new DiscoveryError(`"${name.slice(0, 60)}" is not a label's name`);
    if (typeof value !== "string" || value.length > MAX_LABEL_CHARACTERS) {
      throw new DiscoveryError(`the label ${name} is no text, or too long a one`);
    }
  }
  return labels as Labels;
}

/** `labels` with their instructions; those of the source in the configuration come last and win. */
export function buildTarget(address: string, labels: Labels, source: DiscoveryConfig): TargetConfig {
  const kept: Record<string, string> = {};
  const meta: Record<string, string> = {};
  for (const [name, value] of Object.entries(labels)) {
    if (name.startsWith("__meta_")) meta[name] = value;
    else if (!name.startsWith("__")) kept[name] = value;
  }
  const scheme = labels["__scheme__"];
  const path = labels["__pprof_path__"];
  const whole = `${scheme !== undefined && !address.includes("://") ? `${scheme}://` : ""}${address}`;
  const limit = labels["__limit__"];
  return {
    id: labels["__id__"] ?? address.replace(/:\/\/[^/@]*@/, "://"),
    address: path === undefined ? whole : `${whole.replace(/\/+$/, "")}/${path.replace(/^\/+/, "")}`,
    labels: { ...kept, ...source.labels },
    ...(Object.keys(meta).length === 0 ? {} : { meta }),
    checks: source.checks,
    dependsOn: [],
    limitBytes: limit === undefined ? null : (parseSizeBytes(limit) ?? null),
    sourceDir: labels["__source__"] ?? null,
    auth: null,
  };
}
