import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "../../src/lib/clock.ts";

/** One line of its audit log. */
export interface VaultAudit {
  method: string;
  path: string;
  status: number;
}

interface Held {
  endsMs: number;
  maxMs: number;
}

/**
 * Vault's HTTP API as far as the client may use it, after the documentation and a real server of 1.21: statuses, bodies
 * and `{"errors": []}` are that server's. Strict: a wrong method, header, body or an expired token is refused, as there.
 */
export class FakeVault {
  readonly audit: VaultAudit[] = [];
  readonly tokens = new Map<string, Held>();
  readonly leases = new Map<string, Held & { token: string; user: string }>();
  /** Paths of KV v2 below secret/data/. */
  readonly secrets = new Map<string, Record<string, string> | null>();
  /** Answers so many requests with this before it works. */
  failures: { status: number; body: string }[] = [];
  ttlMs = 900_000;
  maxTtlMs = 86_400_000;
  readonly secretId = "8a6ac6f4-secret-id";
  readonly namespace: string | undefined;
  #count = 0;
  readonly #clock: Clock;
  readonly #server: Server;

  constructor(clock: Clock, namespace?: string) {
    this.#clock = clock;
    this.namespace = namespace;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  async listen(): Promise<string> {
    await new Promise<void>((ready) => this.#server.listen(0, "127.0.0.1", ready));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = "";
    for await (const chunk of request) body += chunk;
    const path = decodeURIComponent(request.url!).replace(/^\/v1\//, "");
    const send = (status: number, value?: unknown): void => {
      this.audit.push({ method: request.method!, path, status });
      response.writeHead(status, { "content-type": "application/json" });
      response.end(value === undefined ? "" : JSON.stringify(value));
    };
    const failure = this.failures.shift();
    if (failure !== undefined) {
      this.audit.push({ method: request.method!, path, status: failure.status });
      response.writeHead(failure.status).end(failure.body);
      return;
    }
    if (request.headers["x-vault-request"] !== "true")
      return send(412, { errors: ["no X-Vault-Request header"] });
    if (request.headers["x-vault-namespace"] !== this.namespace)
      return send(404, { errors: ["no such namespace"] });
    const input = body === "" ? {} : (JSON.parse(body) as Record<string, unknown>);
    const token = request.headers["x-vault-token"] as string | undefined;
    if (path === "auth/approle/login" && request.method === "POST") {
      if (input["role_id"] !== "role" || input["secret_id"] !== this.secretId) {
        return send(400, { errors: [`invalid role or secret ID: ${String(input["secret_id"])}`] });
      }
      return send(200, { auth: this.#openToken() });
    }
    if (path === "auth/kubernetes/login" && request.method === "POST") {
      if (input["role"] !== "patrol" || input["jwt"] !== "jwt-of-the-pod")
        return send(403, { errors: ["permission denied"] });
      return send(200, { auth: this.#openToken() });
    }
    const held = token === undefined ? undefined : this.tokens.get(token);
    if (held === undefined || held.endsMs <= this.#clock.monotonicMs()) {
      if (token !== undefined) this.#end(token);
      return send(403, { errors: ["2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n"] });
    }
    this.#route(request.method!, path, input, token!, held, send);
  }

  #route(
    method: string,
    path: string,
    input: Record<string, unknown>,
    token: string,
    held: Held,
    send: (status: number, value?: unknown) => void,
  ): unknown {
    const nowMs = this.#clock.monotonicMs();
    const renew = (what: Held): number => {
      what.endsMs = Math.min(nowMs + Number(input["increment"]) * 1000, what.maxMs);
      return Math.floor((what.endsMs - nowMs) / 1000);
    };
    const is = (wantedMethod: string, wantedPath: string) => method === wantedMethod && path === wantedPath;
    if (is("POST", "auth/token/create")) {
      if (token !== "parent") return send(403, { errors: ["permission denied"] });
      return send(200, { auth: this.#openToken(Number.parseInt(String(input["ttl"]), 10) * 1000) });
    }
    if (is("GET", "auth/token/lookup-self"))
      return send(200, { data: { ttl: Math.floor((held.endsMs - nowMs) / 1000), renewable: true } });
    if (is("POST", "auth/token/renew-self"))
      return send(200, { auth: { client_token: token, lease_duration: renew(held), renewable: true } });
    if (is("POST", "auth/token/revoke-self")) {
      this.#end(token);
      return send(204);
    }
    if (is("POST", "sys/leases/renew")) {
      const lease = this.leases.get(String(input["lease_id"]));
      if (lease === undefined || lease.endsMs <= nowMs) return send(400, { errors: ["lease not found"] });
      return send(200, { lease_id: input["lease_id"], lease_duration: renew(lease), renewable: true });
    }
    if (is("POST", "sys/leases/revoke")) {
      this.leases.delete(String(input["lease_id"]));
      return send(204);
    }
    if (method !== "GET") return send(405, { errors: ["unsupported operation"] });
    if (path.startsWith("sys/internal/ui/mounts/secret/"))
      return send(200, { data: { path: "secret/", type: "kv", options: { version: "2" } } });
    if (path.startsWith("sys/internal/ui/mounts/database/"))
      return send(200, { data: { path: "database/", type: "database", options: null } });
    if (path.startsWith("secret/data/")) {
      const data = this.secrets.get(path.slice("secret/data/".length));
      if (data === undefined) return send(404, { errors: [] });
      return send(200, {
        lease_id: "",
        lease_duration: 0,
        renewable: false,
        data: { data, metadata: { version: 1 } },
      });
    }
    if (path === "database/creds/reader") {
      const id = `${path}/${++this.#count}`;
      const user = `v-reader-${this.#count}`;
      this.leases.set(id, { endsMs: nowMs + this.ttlMs, maxMs: nowMs + this.maxTtlMs, token, user });
      const data = { username: user, password: `pw-${this.#count}` };
      return send(200, { lease_id: id, lease_duration: this.ttlMs / 1000, renewable: true, data });
    }
    return send(403, {
      errors: [
        `preflight capability check returned 403, please ensure client's policies grant access to path "${path}"`,
      ],
    });
  }

  #openToken(ttlMs = this.ttlMs) {
    const nowMs = this.#clock.monotonicMs();
    const text = `hvs.token-${++this.#count}`;
    this.tokens.set(text, { endsMs: nowMs + ttlMs, maxMs: nowMs + this.maxTtlMs });
    return { client_token: text, lease_duration: ttlMs / 1000, renewable: true, accessor: "a" };
  }

  /** With a token end its leases. */
  #end(token: string): void {
    this.tokens.delete(token);
    for (const [id, lease] of this.leases) if (lease.token === token) this.leases.delete(id);
  }
}
