import type { DiscoveryConfig } from "../patrol/config/patrol-config.ts";
import { DiscoveryError } from "./discovery-error.ts";
import type { SourceContext } from "./source-context.ts";

export const LIST_LIMIT = 500;

/**
 * Of the collection that a source follows, with its selector. `namespace` null: of all. Throws DiscoveryError where
 * neither the configuration nor the pod's environment names the API.
 */
export function kubernetesUrl(
  source: Extract<DiscoveryConfig, { kind: "kubernetes" }>,
  namespace: string | null,
  env: SourceContext["env"],
  query: Readonly<Record<string, string>>,
): string {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = "443" } = env;
  if (source.apiServer === null && host === undefined) {
    throw new DiscoveryError("this is no pod of Kubernetes: give api_server");
  }
  const server = source.apiServer ?? `https://${host!.includes(":") ? `[${host}]` : host}:${port}`;
  const root = source.role === "pod" ? "/api/v1" : "/apis/discovery.k8s.io/v1";
  const kind = source.role === "pod" ? "pods" : "endpointslices";
  const place = namespace === null ? "" : `/namespaces/${encodeURIComponent(namespace)}`;
  const all = new URLSearchParams(query);
  if (source.selector !== null) all.set("labelSelector", source.selector);
  return `${server}${root}${place}/${kind}?${all}`;
}

/** Namespaces that are asked for, each by itself; null stands for all in one question. */
export function namespacesOf({
  namespaces,
}: Extract<DiscoveryConfig, { kind: "kubernetes" }>): readonly (string | null)[] {
  return namespaces.length > 0 ? namespaces : [null];
}
