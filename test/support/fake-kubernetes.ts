import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { EndpointSlice, ObjectMeta, Pod } from "../../src/discovery/kubernetes-objects.ts";

type KubernetesObject = (Pod | EndpointSlice) & { metadata: ObjectMeta };

interface Watcher {
  response: ServerResponse;
  namespace: string | null;
}

/**
 * List and watch of the Kubernetes API, as far as a client may use them. Strict: no token, a path or parameter that the
 * API does not have, or a version that it has compacted away is answered as the API does.
 */
export class FakeKubernetes {
  token = "account-token";
  readonly requests: string[] = [];
  /** Versions below are gone. */
  compactedBelow = 0;
  /** Every list is answered with this, if it is a status. */
  failWith: number | null = null;
  #version = 100;
  readonly #objects = new Map<string, KubernetesObject>();
  readonly #watchers = new Set<Watcher>();
  readonly #log: { version: number; type: string; object: KubernetesObject }[] = [];
  readonly #kind: "pods" | "endpointslices";
  readonly #server: Server;
  readonly #isTls: boolean;

  constructor(kind: "pods" | "endpointslices" = "pods", tls?: { cert: string; key: string }) {
    this.#kind = kind;
    const answer = (request: IncomingMessage, response: ServerResponse) => this.#answer(request, response);
    this.#isTls = tls !== undefined;
    this.#server = tls === undefined ? createServer(answer) : createTlsServer(tls, answer);
  }

  async listen(port = 0): Promise<string> {
    await new Promise<void>((ready) => this.#server.listen(port, "127.0.0.1", ready));
    return `http${this.#isTls ? "s" : ""}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  get watching(): number {
    return this.#watchers.size;
  }

  set(object: KubernetesObject): void {
    const key = `${object.metadata.namespace}/${object.metadata.name}`;
    const type = this.#objects.has(key) ? "MODIFIED" : "ADDED";
    const stored = {
      ...object,
      metadata: { uid: key, ...object.metadata, resourceVersion: String(++this.#version) },
    };
    this.#objects.set(key, stored);
    this.#publish(type, stored);
  }

  remove(namespace: string, name: string): void {
    const object = this.#objects.get(`${namespace}/${name}`)!;
    this.#objects.delete(`${namespace}/${name}`);
    this.#publish("DELETED", {
      ...object,
      metadata: { ...object.metadata, resourceVersion: String(++this.#version) },
    });
  }

  /** Moves every watch on to a newer version without an object. */
  bookmark(): void {
    this.#version += 50;
    const line = { type: "BOOKMARK", object: { metadata: { resourceVersion: String(this.#version) } } };
    for (const { response } of this.#watchers) response.write(`${JSON.stringify(line)}\n`);
  }

  /** The connection is cut in the middle of an event. */
  cut(): void {
    for (const { response } of this.#watchers) {
      response.write('{"type":"ADDED","obj');
      response.destroy();
    }
    this.#watchers.clear();
  }

  /** The server's own end of a watch. */
  endWatches(): void {
    for (const { response } of this.#watchers) response.end();
    this.#watchers.clear();
  }

  /** History is compacted: watches are told so within, new ones by their status. */
  compact(): void {
    this.compactedBelow = this.#version + 1;
    this.#version += 10;
    const line = { type: "ERROR", object: { kind: "Status", code: 410, reason: "Expired" } };
    for (const { response } of this.#watchers) response.end(`${JSON.stringify(line)}\n`);
    this.#watchers.clear();
  }

  #publish(type: string, object: KubernetesObject): void {
    this.#log.push({ version: this.#version, type, object });
    for (const { response, namespace } of this.#watchers) {
      if (namespace === null || namespace === object.metadata.namespace) {
        response.write(`${JSON.stringify({ type, object })}\n`);
      }
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse): unknown {
    const url = new URL(request.url!, "http://api");
    this.requests.push(`${url.pathname}${url.search}`);
    const status = (code: number): void => {
      response.writeHead(code, { "content-type": "application/json" });
      response.end(JSON.stringify({ kind: "Status", code }));
    };
    if (request.headers.authorization !== `Bearer ${this.token}`) return status(401);
    const root = this.#kind === "pods" ? "/api/v1" : "/apis/discovery.k8s.io/v1";
    const match = new RegExp(`^${root}(?:/namespaces/([^/]+))?/${this.#kind}$`).exec(url.pathname);
    if (match === null || request.method !== "GET") return status(404);
    const legal = [
      "limit",
      "continue",
      "labelSelector",
      "watch",
      "allowWatchBookmarks",
      "resourceVersion",
      "timeoutSeconds",
    ];
    if ([...url.searchParams.keys()].some((key) => !legal.includes(key))) return status(400);
    const namespace = match[1] ?? null;
    const answer = url.searchParams.get("watch") === "true" ? this.#watch : this.#list;
    return answer.call(this, url, namespace, response, status);
  }

  #list(
    url: URL,
    namespace: string | null,
    response: ServerResponse,
    status: (code: number) => void,
  ): unknown {
    if (this.failWith !== null) return status(this.failWith);
    const limit = Number(url.searchParams.get("limit") ?? 1e9);
    const from = Number(url.searchParams.get("continue") ?? 0);
    if (from > 0 && this.compactedBelow > 0) {
      this.compactedBelow = 0;
      return status(410);
    }
    const [label, value] = (url.searchParams.get("labelSelector") ?? "").split("=");
    const all = [...this.#objects.values()].filter(
      ({ metadata }) =>
        (namespace === null || metadata.namespace === namespace) &&
        (value === undefined || metadata.labels?.[label!] === value),
    );
    const items = all.slice(from, from + limit);
    const rest = from + limit < all.length ? { continue: String(from + limit) } : {};
    response.writeHead(200, { "content-type": "application/json" });
    return response.end(
      JSON.stringify({ metadata: { resourceVersion: String(this.#version), ...rest }, items }),
    );
  }

  #watch(
    url: URL,
    namespace: string | null,
    response: ServerResponse,
    status: (code: number) => void,
  ): unknown {
    const version = Number(url.searchParams.get("resourceVersion"));
    if (version < this.compactedBelow) return status(410);
    response.writeHead(200, { "content-type": "application/json" });
    response.flushHeaders();
    for (const event of this.#log) {
      const isOurs = namespace === null || namespace === event.object.metadata.namespace;
      if (event.version > version && isOurs) {
        response.write(`${JSON.stringify({ type: event.type, object: event.object })}\n`);
      }
    }
    const watcher = { response, namespace };
    this.#watchers.add(watcher);
    return response.on("close", () => this.#watchers.delete(watcher));
  }
}
