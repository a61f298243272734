import { readFile } from "node:fs/promises";
import type { Clock } from "../lib/clock.ts";
import type { SecretRef, VaultConfig } from "../patrol/config/patrol-config.ts";
import { SecretError } from "./secret-error.ts";
import { type VaultAnswer, VaultClient, VaultStatusError } from "./vault-client.ts";

export interface VaultSessionOptions {
  config: VaultConfig;
  clock: Clock;
  /** Secrets that log in: from environment or files. */
  read(ref: SecretRef): Promise<string>;
  /** What went on, for the log: no secrets in it. */
  tell(event: VaultEvent): void;
}

export interface VaultEvent {
  event:
    | "login"
    | "token-renewed"
    | "lease-obtained"
    | "lease-renewed"
    | "lease-lost"
    | "renewal-failed"
    | "revoked";
  /** Path of the lease; empty for the token. */
  path: string;
  /** What is left of its life. */
  ttlMs: number;
  reason: string;
}

interface Token {
  text: string;
  /** Ours, made by a login: it is revoked at the end. One that was given is not. */
  isOwn: boolean;
  /** Ends the keeping of this token and of what was read with it. */
  ended: AbortController;
}

interface Lease {
  id: string;
  path: string;
  values: Record<string, unknown>;
}

/** A secret of KV has no lease; it is asked for again after this long, so that a new version is taken up. */
const STATIC_AGE_MS = 60_000;
/** Renewed when two thirds have passed. */
const RENEW_AT = 2 / 3;
/** A renewal that gives less than this share of what was asked for has come near the maximum: better begin anew. */
const WORTH_KEEPING = 1 / 2;
const MIN_PAUSE_MS = 1000;

/**
 * Secrets of one Vault: one login, kept alive, and what was read with it. Tokens and leases never live longer than
 * `leaseMs` (15 min at most) without being renewed, and end with `close`.
 */
export class VaultSession {
  readonly #options: VaultSessionOptions;
  readonly #closed = new AbortController();
  #client: Promise<VaultClient> | null = null;
  #token: Promise<Token> | null = null;
  readonly #leases = new Map<string, Promise<Lease>>();
  readonly #static = new Map<string, { atMs: number; values: Promise<Record<string, unknown>> }>();
  readonly #mounts = new Map<string, Promise<string>>();

  constructor(options: VaultSessionOptions) {
    this.#options = options;
  }

  /** The value of `field` at `path`. Throws SecretError. */
  async read(path: string, field: string): Promise<string> {
    if (this.#closed.signal.aborted) throw closedError();
    const values = await this.#values(path);
    const value = Object.hasOwn(values, field) ? values[field] : undefined;
    if (typeof value === "string" && value !== "") return value;
    if (typeof value === "number") return String(value);
    const names = Object.keys(values).join(", ");
    throw new SecretError(
      "vault-no-field",
      `${path} in Vault has no field "${field}"`,
      `it has: ${names || "none"}`,
    );
  }

  /** Revokes token and leases. Gives up, and says so, when `signal` is aborted. */
  async close(signal: AbortSignal): Promise<void> {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort();
    const pending = this.#token;
    if (pending === null) return;
    try {
      const token = await pending;
      token.ended.abort();
      const client = await this.#connect();
      if (token.isOwn) {
        // Takes all leases along that were made with it.
        await client.call("revoke the patrol's token", "auth/token/revoke-self", token.text, {}, signal);
        this.#options.tell({ event: "revoked", path: "", ttlMs: 0, reason: "the patrol ends" });
        return;
      }
      for (const lease of await Promise.allSettled(this.#leases.values())) {
        if (lease.status === "rejected") continue;
        const { id, path } = lease.value;
        await client.call(
          `revoke the lease of ${path}`,
          "sys/leases/revoke",
          token.text,
          { lease_id: id },
          signal,
        );
        this.#options.tell({ event: "revoked", path, ttlMs: 0, reason: "the patrol ends" });
      }
    } catch (error) {
      // They end by themselves within the lease's time.
      this.#options.tell({ event: "renewal-failed", path: "", ttlMs: 0, reason: reasonOf(error) });
    }
  }

  async #values(path: string): Promise<Record<string, unknown>> {
    const lease = this.#leases.get(path);
    if (lease !== undefined) return (await lease).values;
    const known = this.#static.get(path);
    const nowMs = this.#options.clock.monotonicMs();
    if (known !== undefined && nowMs - known.atMs < STATIC_AGE_MS) return known.values;
    const values = this.#fetch(path);
    this.#static.set(path, { atMs: nowMs, values });
    try {
      return await values;
    } catch (error) {
      if (this.#static.get(path)?.values === values) this.#static.delete(path);
      throw error;
    }
  }

  /** Reads, with a new login if the token is no longer good. */
  async #fetch(path: string): Promise<Record<string, unknown>> {
    const token = await this.#login();
    try {
      return await this.#readPath(path, token);
    } catch (error) {
      if (!(error instanceof VaultStatusError && error.status === 403) || (await this.#isAlive(token)))
        throw error;
      await this.#forget(token);
      return this.#readPath(path, await this.#login());
    }
  }

  async #isAlive(token: Token): Promise<boolean> {
    const client = await this.#connect();
    try {
      await client.call(
        "look at the patrol's token",
        "auth/token/lookup-self",
        token.text,
        undefined,
        this.#closed.signal,
      );
      return true;
    } catch (error) {
      return !(error instanceof VaultStatusError && error.status === 403);
    }
  }

  async #readPath(path: string, token: Token): Promise<Record<string, unknown>> {
    const client = await this.#connect();
    const place = await this.#findPlace(path, token);
    const answer = await client.call(`read ${path}`, place, token.text, undefined, this.#closed.signal);
    const data = answer.data ?? {};
    // KV v2 wraps the values, and a deleted version has none.
    const isVersioned = typeof data["metadata"] === "object" && data["metadata"] !== null && "data" in data;
    const values = (isVersioned ? data["data"] : data) as Record<string, unknown> | null;
    if (values === null) {
      throw new SecretError(
        "vault-no-secret",
        `the newest version of ${path} in Vault was deleted`,
        "write it anew",
      );
    }
    if (answer.lease_id !== undefined && answer.lease_id !== "")
      await this.#keepLease(path, values, answer, token);
    return values;
  }

  /**
   * The API's path: KV v2 has "data/" behind its mount, which users leave out as `vault kv get` does. Asked for like
   * that command does; where that is not allowed, the path is taken as it stands.
   */
  #findPlace(path: string, token: Token): Promise<string> {
    let place = this.#mounts.get(path);
    if (place === undefined) {
      place = this.#askPlace(path, token);
      this.#mounts.set(path, place);
      place.catch(() => this.#mounts.delete(path));
    }
    return place;
  }

  async #askPlace(path: string, token: Token): Promise<string> {
    const client = await this.#connect();
    try {
      const answer = await client.call(
        `find the mount of ${path}`,
        `sys/internal/ui/mounts/${path}`,
        token.text,
        undefined,
        this.#closed.signal,
      );
      const {
        path: mount,
        type,
        options,
      } = (answer.data ?? {}) as {
        path?: string;
        type?: string;
        options?: { version?: string } | null;
      };
      if (mount === undefined || type !== "kv" || options?.version !== "2") return path;
      const rest = path.slice(mount.length);
      return rest.startsWith("data/") ? path : `${mount}data/${rest}`;
    } catch (error) {
      if (error instanceof VaultStatusError && (error.status === 403 || error.status === 404)) return path;
      throw error;
    }
  }

  async #keepLease(
    path: string,
    values: Record<string, unknown>,
    answer: VaultAnswer,
    token: Token,
  ): Promise<void> {
    const lease: Lease = { id: answer.lease_id!, path, values };
    this.#leases.set(path, Promise.resolve(lease));
    const ttlMs = (answer.lease_duration ?? 0) * 1000;
    this.#options.tell({ event: "lease-obtained", path, ttlMs, reason: "" });
    const renew = async () => {
      const client = await this.#connect();
      const body = { lease_id: lease.id, increment: Math.round(this.#options.config.leaseMs / 1000) };
      const renewed = await client.call(
        `renew the lease of ${path}`,
        "sys/leases/renew",
        token.text,
        body,
        token.ended.signal,
      );
      return (renewed.lease_duration ?? 0) * 1000;
    };
    void this.#keepAlive(ttlMs, answer.renewable === true, renew, path, token.ended.signal).then(() => {
      // The next reader gets new ones, while what was handed out is good until it ends.
      this.#leases.delete(path);
      this.#static.delete(path);
    });
  }

  /** Resolves when what was kept should no longer be used. */
  async #keepAlive(
    firstTtlMs: number,
    renewable: boolean,
    renew: () => Promise<number>,
    path: string,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, config, tell } = this.#options;
    let ttlMs = firstTtlMs;
    let endsMs = clock.monotonicMs() + ttlMs;
    // Longer than it may be: a renewal makes it shorter.
    if (renewable && ttlMs > config.leaseMs) ttlMs = 0;
    for (;;) {
      await clock.sleep(ttlMs * RENEW_AT, signal);
      if (signal.aborted) return;
      if (!renewable) return;
      try {
        const givenMs = await renew();
        endsMs = clock.monotonicMs() + givenMs;
        ttlMs = Math.min(givenMs, config.leaseMs);
        tell({ event: path === "" ? "token-renewed" : "lease-renewed", path, ttlMs, reason: "" });
        if (ttlMs < config.leaseMs * WORTH_KEEPING && ttlMs < firstTtlMs) {
          tell({ event: "lease-lost", path, ttlMs, reason: "near its maximum" });
          return;
        }
      } catch (error) {
        if (signal.aborted) return;
        const leftMs = endsMs - clock.monotonicMs();
        tell({ event: "renewal-failed", path, ttlMs: leftMs, reason: reasonOf(error) });
        if (leftMs < MIN_PAUSE_MS || error instanceof VaultStatusError) return;
        // The rest of its life is for further attempts: a third of what is left, each time.
        ttlMs = Math.max(MIN_PAUSE_MS, leftMs / 3) / RENEW_AT;
      }
    }
  }

  #login(): Promise<Token> {
    if (this.#closed.signal.aborted) throw closedError();
    if (this.#token === null) {
      const pending = this.#openToken();
      this.#token = pending;
      pending.catch(() => {
        if (this.#token === pending) this.#token = null;
      });
    }
    return this.#token;
  }

  async #openToken(): Promise<Token> {
    const { config, tell } = this.#options;
    const client = await this.#connect();
    const { text, isOwn, ttlMs, renewable } = await this.#authenticate(client);
    const token: Token = { text, isOwn, ended: new AbortController() };
    tell({ event: "login", path: "", ttlMs, reason: config.login.kind });
    // A root token, or one whose keeper is somebody else.
    if (ttlMs === 0) return token;
    const renew = async () => {
      const body = { increment: Math.round(config.leaseMs / 1000) };
      const { auth } = await client.call(
        "renew the patrol's token",
        "auth/token/renew-self",
        text,
        body,
        token.ended.signal,
      );
      return (auth?.lease_duration ?? 0) * 1000;
    };
    void this.#keepAlive(ttlMs, renewable, renew, "", token.ended.signal).then(() => this.#forget(token));
    return token;
  }

  async #authenticate(client: VaultClient) {
    const { config, read } = this.#options;
    const { login } = config;
    const signal = this.#closed.signal;
    if (login.kind === "token") return this.#openChildToken(client, await read(login.token));
    const body =
      login.kind === "approle"
        ? { role_id: await read(login.roleId), secret_id: await read(login.secretId) }
        : { role: login.role, jwt: await readJwt(login.jwtFile) };
    let answer: VaultAnswer;
    try {
      answer = await client.call(`log in by ${login.kind}`, `auth/${login.mount}/login`, null, body, signal);
    } catch (error) {
      if (!(error instanceof VaultStatusError) || error.status >= 429) throw error;
      const hint =
        login.kind === "approle"
          ? "check role id and secret id; a secret id may have expired"
          : "check role, mount and service account";
      throw new SecretError(
        "vault-login",
        `Vault does not accept the login by ${login.kind} (${error.status})`,
        hint,
      );
    }
    const { auth } = answer;
    if (auth === undefined || auth === null) {
      throw new SecretError(
        "vault-login",
        "Vault's answer to the login has no token",
        "check vault.login.mount",
      );
    }
    return {
      text: auth.client_token,
      isOwn: true,
      ttlMs: auth.lease_duration * 1000,
      renewable: auth.renewable,
    };
  }

  /** A child of the given token with a short life, so that nothing but the child can leak; else the token itself. */
  async #openChildToken(client: VaultClient, text: string) {
    const seconds = Math.round(this.#options.config.leaseMs / 1000);
    const signal = this.#closed.signal;
    try {
      const body = { ttl: `${seconds}s`, renewable: true, display_name: "gopatrol" };
      const { auth } = await client.call("make a token of its own", "auth/token/create", text, body, signal);
      if (auth !== undefined && auth !== null) {
        return {
          text: auth.client_token,
          isOwn: true,
          ttlMs: auth.lease_duration * 1000,
          renewable: auth.renewable,
        };
      }
    } catch (error) {
      if (!(error instanceof VaultStatusError && error.status === 403)) throw error;
    }
    // Refused to make one, or no good at all: this tells which.
    const { data } = await client.call(
      "look at the patrol's token",
      "auth/token/lookup-self",
      text,
      undefined,
      signal,
    );
    const { ttl = 0, renewable = false } = (data ?? {}) as { ttl?: number; renewable?: boolean };
    return { text, isOwn: false, ttlMs: ttl * 1000, renewable };
  }

  /** Of a token that has ended nothing is used any more. */
  async #forget(token: Token): Promise<void> {
    token.ended.abort();
    const pending = this.#token;
    // A login that failed has been told to who waited for it.
    const current = await pending?.catch(() => null);
    if (current !== token || this.#token !== pending) return;
    this.#token = null;
    this.#leases.clear();
    this.#static.clear();
  }

  #connect(): Promise<VaultClient> {
    this.#client ??= this.#openClient();
    this.#client.catch(() => {
      this.#client = null;
    });
    return this.#client;
  }

  async #openClient(): Promise<VaultClient> {
    const { config, clock } = this.#options;
    const ca = config.caFile === null ? null : await readCa(config.caFile);
    return new VaultClient({ url: config.url, namespace: config.namespace, ca, clock });
  }
}

async function readJwt(path: string): Promise<string> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new SecretError(
      "unreadable-file",
      `the service account's token ${path} cannot be read (${code})`,
      "is this a pod of Kubernetes?",
    );
  }
}

async function readCa(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new SecretError(
      "unreadable-file",
      `vault.ca_file ${path} cannot be read (${code})`,
      "check the path",
    );
  }
}

function closedError(): SecretError {
  return new SecretError("closed", "the patrol is ending", "nothing to do");
}

function reasonOf(error: unknown): string {
  return error instanceof SecretError ? error.message : "unexpected";
}
