import type { DiscoveryConfig, TargetConfig } from "../patrol/config/patrol-config.ts";
import type { Container, EndpointSlice, ObjectMeta, Pod } from "./kubernetes-objects.ts";
import { parseKubernetesBytes } from "./kubernetes-quantity.ts";
import { buildTarget } from "./target-group.ts";

type Source = Extract<DiscoveryConfig, { kind: "kubernetes" }>;

/** Annotations that a pod may have, to say how it wants to be asked. */
const ANNOTATION = {
  skip: "gopatrol.io/skip",
  port: "gopatrol.io/port",
  path: "gopatrol.io/path",
  scheme: "gopatrol.io/scheme",
};
/** Longer annotations are those of tools, such as the last applied manifest. */
const MAX_ANNOTATION = 512;

/**
 * The target that a pod is; none while it does not run, or if nothing says which port to ask. Labels by Prometheus'
 * names (`__meta_kubernetes_pod_*`) and by short ones: namespace, pod, container, node, app, workload.
 */
export function podTargets(pod: Pod, source: Source): TargetConfig[] {
  const { metadata = {}, spec = {}, status = {} } = pod;
  const annotations = metadata.annotations ?? {};
  if (status.phase !== "Running" || status.podIP === undefined || metadata.deletionTimestamp !== undefined)
    return [];
  if (annotations[ANNOTATION.skip] === "true") return [];
  const chosen = choosePort(spec.containers ?? [], annotations[ANNOTATION.port], source.portName);
  if (chosen === null) return [];
  const { container, port, portName } = chosen;
  const namespace = metadata.namespace ?? "default";
  const name = metadata.name ?? status.podIP;
  const controller = metadata.ownerReferences?.find((owner) => owner.controller === true);
  const ready = status.conditions?.find(({ type }) => type === "Ready")?.status ?? "unknown";
  const limitBytes = parseKubernetesBytes(container.resources?.limits?.["memory"]);
  const labels = {
    ...metaLabels("pod", metadata),
    __meta_kubernetes_namespace: namespace,
    __meta_kubernetes_pod_name: name,
    __meta_kubernetes_pod_ip: status.podIP,
    __meta_kubernetes_pod_phase: status.phase,
    __meta_kubernetes_pod_ready: ready.toLowerCase(),
    ...given("__meta_kubernetes_pod_uid", metadata.uid),
    ...given("__meta_kubernetes_pod_node_name", spec.nodeName),
    ...given("__meta_kubernetes_pod_host_ip", status.hostIP),
    ...given("__meta_kubernetes_pod_container_name", container.name),
    ...given("__meta_kubernetes_pod_container_port_name", portName),
    __meta_kubernetes_pod_container_port_number: String(port),
    ...given("__meta_kubernetes_pod_controller_kind", controller?.kind),
    ...given("__meta_kubernetes_pod_controller_name", controller?.name),
    namespace,
    pod: name,
    ...given("container", container.name),
    ...given("node", spec.nodeName),
    ...given("app", metadata.labels?.["app.kubernetes.io/name"] ?? metadata.labels?.["app"]),
    ...given("workload", workloadName(controller)),
    __id__: `${namespace}/${name}`,
    ...given("__scheme__", annotations[ANNOTATION.scheme]),
    ...given("__pprof_path__", annotations[ANNOTATION.path]),
  };
  return [{ ...buildTarget(joinHostPort(status.podIP, port), labels, source), limitBytes }];
}

/** One target for each ready or not ready address of a slice, at the port of that name or the first. */
export function sliceTargets(slice: EndpointSlice, source: Source): TargetConfig[] {
  const { metadata = {}, endpoints = [], ports = [] } = slice;
  const tcp = ports.filter(({ protocol, port }) => port !== undefined && (protocol ?? "TCP") === "TCP");
  const port = source.portName === null ? tcp[0] : tcp.find(({ name }) => name === source.portName);
  if (port?.port === undefined || slice.addressType === "FQDN") return [];
  const number = port.port;
  const namespace = metadata.namespace ?? "default";
  const service = metadata.labels?.["kubernetes.io/service-name"];
  return endpoints.flatMap(({ addresses, conditions, nodeName, targetRef }) => {
    const address = addresses?.[0];
    if (address === undefined) return [];
    const pod = targetRef?.kind === "Pod" ? targetRef.name : undefined;
    const labels = {
      ...metaLabels("endpointslice", metadata),
      __meta_kubernetes_namespace: namespace,
      ...given("__meta_kubernetes_endpointslice_name", metadata.name),
      ...given("__meta_kubernetes_endpointslice_port_name", port.name),
      __meta_kubernetes_endpointslice_port: String(number),
      __meta_kubernetes_endpointslice_endpoint_conditions_ready: String(conditions?.ready ?? true),
      ...given("__meta_kubernetes_service_name", service),
      ...given("__meta_kubernetes_pod_name", pod),
      namespace,
      ...given("service", service),
      ...given("pod", pod),
      ...given("node", nodeName),
      __id__: `${namespace}/${pod ?? joinHostPort(address, number)}`,
    };
    return [buildTarget(joinHostPort(address, number), labels, source)];
  });
}

interface ChosenPort {
  container: Container;
  port: number;
  portName: string | undefined;
}

/** By the configured name; else the annotation's number; else one named pprof; else the first of the pod. */
function choosePort(
  containers: readonly Container[],
  annotated: string | undefined,
  portName: string | null,
): ChosenPort | null {
  const declared = containers.flatMap((container) =>
    (container.ports ?? []).flatMap(({ name, containerPort, protocol }): ChosenPort[] =>
      containerPort === undefined || (protocol ?? "TCP") !== "TCP"
        ? []
        : [{ container, port: containerPort, portName: name }],
    ),
  );
  if (portName !== null) return declared.find((each) => each.portName === portName) ?? null;
  if (annotated !== undefined) {
    const port = Number(annotated);
    if (!Number.isInteger(port) || port < 1 || port > 65_535)
      return declared.find((each) => each.portName === annotated) ?? null;
    const owner = declared.find((each) => each.port === port);
    const [first] = containers;
    return owner ?? (first === undefined ? null : { container: first, port, portName: undefined });
  }
  return declared.find((each) => each.portName === "pprof") ?? declared[0] ?? null;
}

/** A Deployment's pods belong to its ReplicaSet, which is called by the Deployment's name and a hash. */
function workloadName(controller: { kind?: string; name?: string } | undefined): string | undefined {
  if (controller?.kind !== "ReplicaSet") return controller?.name;
  return controller.name?.replace(/-[bcdfghjklmnpqrstvwxz2456789]{5,10}$/, "");
}

function metaLabels(role: string, { labels = {}, annotations = {} }: ObjectMeta): Record<string, string> {
  const meta: Record<string, string> = {};
  for (const [name, value] of Object.entries(labels)) {
    meta[`__meta_kubernetes_${role}_label_${legalName(name)}`] = value;
  }
  for (const [name, value] of Object.entries(annotations)) {
    if (value.length <= MAX_ANNOTATION)
      meta[`__meta_kubernetes_${role}_annotation_${legalName(name)}`] = value;
  }
  return meta;
}

function legalName(name: string): string {
  return name.replaceAll(/[^a-zA-Z0-9_]/g, "_");
}

function given(name: string, value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: value };
}

function joinHostPort(host: string, port: number): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
