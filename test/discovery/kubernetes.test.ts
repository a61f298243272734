import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Discovery, openDiscovery } from "../../src/discovery/discovery.ts";
import type { Pod } from "../../src/discovery/kubernetes-objects.ts";
import { parseKubernetesBytes } from "../../src/discovery/kubernetes-quantity.ts";
import type { DiscoveryConfig } from "../../src/patrol/config/patrol-config.ts";
import { FakeKubernetes } from "../support/fake-kubernetes.ts";
import { createTestAuthority } from "../support/test-certificate.ts";
import { TurnedClock, until } from "../support/turned-clock.ts";

type Kubernetes = Extract<DiscoveryConfig, { kind: "kubernetes" }>;

let clock: TurnedClock;
let api: FakeKubernetes;
let url: string;
let discovery: Discovery | null = null;

beforeEach(async () => {
  clock = new TurnedClock();
  api = new FakeKubernetes();
  url = await api.listen();
});
afterEach(async () => {
  await discovery?.close();
  discovery = null;
  await api.close();
});

function start(overrides: Partial<Kubernetes> = {}): Discovery {
  const config: Kubernetes = {
    kind: "kubernetes",
    labels: {},
    checks: ["runtime"],
    refreshMs: 60_000,
    apiServer: url,
    auth: { kind: "bearer", token: { from: "env", name: "TOKEN" } },
    namespaces: ["shop"],
    role: "pod",
    selector: null,
    portName: null,
    ...overrides,
  };
  discovery = openDiscovery([config], { clock, env: {}, secret: async () => api.token }, () => {});
  return discovery;
}

function pod(
  name: string,
  overrides: { phase?: string; ip?: string; annotations?: Record<string, string> } = {},
) {
  return {
    metadata: {
      name,
      namespace: "shop",
      labels: { "app.kubernetes.io/name": "checkout" },
      annotations: overrides.annotations ?? {},
      ownerReferences: [{ kind: "ReplicaSet", name: "checkout-7d9f8b6c5d", controller: true }],
    },
    spec: {
      nodeName: "node-1",
      containers: [
        { name: "proxy", ports: [{ containerPort: 15090 }] },
        {
          name: "app",
          ports: [
            { name: "http", containerPort: 8080 },
            { name: "pprof", containerPort: 6060 },
          ],
          resources: { limits: { memory: "512Mi" } },
        },
      ],
    },
    status: {
      phase: overrides.phase ?? "Running",
      podIP: overrides.ip ?? "10.1.0.5",
      conditions: [{ type: "Ready", status: "True" }],
    },
  } satisfies Pod;
}

const ids = () => discovery!.targets.map(({ id }) => id);
const watches = () => api.requests.filter((request) => request.includes("watch=true"));
const lists = () => api.requests.filter((request) => !request.includes("watch=true"));

describe("targets from Kubernetes", () => {
  it("are pods with their labels, limit and workload", async () => {
    api.set(pod("checkout-7d9f8b6c5d-x2x4z"));
    start();
    await until(() => ids().length === 1, "the pod");
    expect(discovery!.targets[0]).toMatchObject({
      id: "shop/checkout-7d9f8b6c5d-x2x4z",
      address: "10.1.0.5:6060",
      limitBytes: 512 * 2 ** 20,
      checks: ["runtime"],
      labels: {
        namespace: "shop",
        pod: "checkout-7d9f8b6c5d-x2x4z",
        container: "app",
        node: "node-1",
        app: "checkout",
        workload: "checkout",
      },
      meta: {
        __meta_kubernetes_namespace: "shop",
        __meta_kubernetes_pod_label_app_kubernetes_io_name: "checkout",
        __meta_kubernetes_pod_container_port_name: "pprof",
        __meta_kubernetes_pod_container_port_number: "6060",
        __meta_kubernetes_pod_controller_kind: "ReplicaSet",
        __meta_kubernetes_pod_ready: "true",
      },
    });
  });

  it("come, change and go as the watch tells", async () => {
    start();
    await until(() => api.watching === 1, "the watch");
    api.set(pod("a"));
    api.set(pod("b", { phase: "Pending" }));
    await until(() => ids().join() === "shop/a", "a runs");
    api.set(pod("b", { ip: "10.1.0.6" }));
    await until(() => ids().length === 2, "b runs");
    api.set(pod("a", { ip: "10.1.0.9" }));
    await until(() => discovery!.targets[0]!.address === "10.1.0.9:6060", "a has another address");
    api.remove("shop", "a");
    await until(() => ids().join() === "shop/b", "a is gone");
    expect(lists()).toEqual(["/api/v1/namespaces/shop/pods?limit=500"]);
  });

  it("say by annotation how they are asked, or that they are not", async () => {
    api.set(
      pod("a", {
        annotations: {
          "gopatrol.io/port": "9999",
          "gopatrol.io/scheme": "https",
          "gopatrol.io/path": "/x/pprof",
        },
      }),
    );
    api.set(pod("b", { annotations: { "gopatrol.io/skip": "true" } }));
    start();
    await until(() => ids().length > 0, "the pods");
    expect(discovery!.targets.map(({ address }) => address)).toEqual(["https://10.1.0.5:9999/x/pprof"]);
  });

  it("are followed on from the last version when a watch ends, bookmarks included", async () => {
    start();
    await until(() => api.watching === 1, "the watch");
    api.bookmark();
    api.set(pod("a"));
    await until(() => ids().length === 1, "a");
    api.endWatches();
    await until(() => api.watching === 1 && watches().length === 2, "the next watch");
    expect(watches()[1]).toContain("resourceVersion=151");
    expect(lists()).toHaveLength(1);
  });

  it("are kept while the connection is cut, and nothing that happened meanwhile is missed", async () => {
    api.set(pod("a"));
    start();
    await until(() => api.watching === 1 && ids().length === 1, "the watch");
    api.cut();
    api.set(pod("b", { ip: "10.1.0.6" }));
    await until(() => discovery!.parts[0]!.problem !== null, "the cut is told");
    expect(ids()).toEqual(["shop/a"]);
    await until(() => clock.waiting[0] === 1000, "a pause");
    clock.turn(1000);
    await until(() => ids().length === 2, "b");
    expect(discovery!.parts[0]!.problem).toBeNull();
    expect(lists()).toHaveLength(1);
  });

  it("are listed anew after 410 Gone, told within the watch or at its beginning", async () => {
    api.set(pod("a"));
    start();
    await until(() => api.watching === 1 && ids().length === 1, "the watch");
    api.remove("shop", "a");
    api.set(pod("b"));
    api.compact();
    await until(() => ids().join() === "shop/b" && api.watching === 1, "listed anew");
    const before = lists().length;
    api.compactedBelow = 1e9;
    api.endWatches();
    await until(() => lists().length > before, "410 at the beginning");
    api.compactedBelow = 0;
    await until(() => api.watching === 1, "it watches again");
    expect(ids()).toEqual(["shop/b"]);
  });

  it("are listed in pages, begun anew when a page has expired", async () => {
    for (let i = 0; i < 1201; i++) api.set(pod(`p${i}`));
    api.compactedBelow = 1;
    start();
    await until(() => ids().length === 1201, "all of them");
    const pages = lists().map((request) => new URLSearchParams(request.split("?")[1]).get("continue"));
    expect(pages).toEqual([null, "500", null, "500", "1000"]);
  });

  it("say what the account lacks, with longer and longer pauses", async () => {
    api.failWith = 403;
    start();
    for (const pauseMs of [1000, 2000, 4000]) {
      await until(() => clock.waiting[0] === pauseMs, `a pause of ${pauseMs} ms`);
      clock.turn(pauseMs);
    }
    expect(discovery!.parts[0]).toMatchObject({
      name: "kubernetes pods of shop",
      freshMs: null,
      problem: "the API refuses list and watch (403): the account needs get, list and watch of them",
    });
  });

  it("are of all namespaces, with a selector, where that is asked for", async () => {
    api.set(pod("a"));
    start({ namespaces: [], selector: "app.kubernetes.io/name=other" });
    await until(() => api.watching === 1, "the watch");
    expect(api.requests[0]).toBe("/api/v1/pods?limit=500&labelSelector=app.kubernetes.io%2Fname%3Dother");
    expect(ids()).toEqual([]);
  });

  it("are endpoints of slices", async () => {
    await api.close();
    api = new FakeKubernetes("endpointslices");
    url = await api.listen();
    api.set({
      metadata: {
        name: "checkout-abc",
        namespace: "shop",
        labels: { "kubernetes.io/service-name": "checkout" },
      },
      addressType: "IPv4",
      ports: [
        { name: "http", port: 8080 },
        { name: "debug", port: 6060 },
      ],
      endpoints: [
        {
          addresses: ["10.1.0.5"],
          conditions: { ready: true },
          targetRef: { kind: "Pod", name: "checkout-1" },
        },
        { addresses: ["10.1.0.6"], conditions: { ready: false } },
      ],
    });
    start({ role: "endpointslice", portName: "debug" });
    await until(() => ids().length === 2, "two endpoints");
    expect(discovery!.targets.map(({ id, address }) => [id, address])).toEqual([
      ["shop/checkout-1", "10.1.0.5:6060"],
      ["shop/10.1.0.6:6060", "10.1.0.6:6060"],
    ]);
    expect(discovery!.targets[0]!.labels).toMatchObject({
      service: "checkout",
      pod: "checkout-1",
      namespace: "shop",
    });
  });
});

describe("in a pod", () => {
  it("the service account's token and authority are taken, and a token that was rotated", async () => {
    const folder = await mkdtemp(join(tmpdir(), "gopatrol-account-"));
    try {
      const authority = createTestAuthority();
      await api.close();
      api = new FakeKubernetes("pods", authority.issue("kubernetes"));
      const { hostname, port } = new URL(await api.listen());
      await writeFile(join(folder, "token"), `${api.token}\n`);
      await writeFile(join(folder, "ca.crt"), authority.cert);
      api.set(pod("a"));
      const config: Kubernetes = {
        kind: "kubernetes",
        labels: {},
        checks: [],
        refreshMs: 60_000,
        apiServer: null,
        auth: null,
        namespaces: [],
        role: "pod",
        selector: null,
        portName: null,
      };
      const env = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
      const context = { clock, env, secret: async () => "", serviceAccountDir: folder };
      discovery = openDiscovery([config], context, () => {});
      await until(() => ids().length === 1 && api.watching === 1, "the pod, and the watch");
      await writeFile(join(folder, "token"), "rotated\n");
      api.token = "rotated";
      api.endWatches();
      await until(() => watches().length === 2 && api.watching === 1, "the next watch, by the new token");
      expect(discovery.parts[0]!.problem).toBeNull();
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("is told where there is none", async () => {
    start({ apiServer: null });
    await until(() => discovery!.parts.length === 1, "it is told");
    expect(discovery!.parts[0]!.problem).toBe("this is no pod of Kubernetes: give api_server");
  });
});

describe("a quantity of Kubernetes", () => {
  it.each([
    ["512Mi", 512 * 2 ** 20],
    ["1G", 1e9],
    ["128974848", 128974848],
    ["129e6", 129e6],
    ["1.5Gi", 1.5 * 2 ** 30],
    ["1500m", 2],
    ["512MB", null],
    ["", null],
    [undefined, null],
  ])("%s is %s bytes", (text, bytes) => expect(parseKubernetesBytes(text)).toBe(bytes));
});
