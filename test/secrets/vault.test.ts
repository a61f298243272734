import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { VaultConfig } from "../../src/patrol/config/patrol-config.ts";
import { openSecretSource, type SecretSource } from "../../src/secrets/secret-source.ts";
import type { VaultEvent } from "../../src/secrets/vault-session.ts";
import { FakeVault } from "../support/fake-vault.ts";
import { TurnedClock, until } from "../support/turned-clock.ts";

const MINUTE = 60_000;
const inVault = (path: string, field: string) => ({ from: "vault" as const, path, field });

let clock: TurnedClock;
let vault: FakeVault;
let url: string;
const events: VaultEvent[] = [];
const sources: SecretSource[] = [];

beforeEach(async () => {
  clock = new TurnedClock();
  vault = new FakeVault(clock);
  vault.secrets.set("shop", { password: "s3cr3t" });
  url = await vault.listen();
  events.length = 0;
});

afterEach(async () => {
  for (const source of sources.splice(0)) await source.close(AbortSignal.timeout(5000));
  await vault.close();
});

function open(overrides: Partial<VaultConfig> = {}, env: Record<string, string> = {}): SecretSource {
  const login: VaultConfig["login"] = {
    kind: "approle",
    roleId: { from: "text", text: "role" },
    secretId: { from: "env", name: "SECRET_ID" },
    mount: "approle",
  };
  const source = openSecretSource({
    vault: { url, namespace: null, login, leaseMs: 15 * MINUTE, caFile: null, ...overrides },
    env: { SECRET_ID: vault.secretId, ...env },
    clock,
    warn: () => {},
    onVaultEvent: (event) => events.push(event),
  });
  sources.push(source);
  return source;
}

const paths = (path: string) => vault.audit.filter((line) => line.path === path && line.status < 300);

describe("secrets from Vault", () => {
  it("reads KV v2 by the path that vault kv get takes, and by the API's", async () => {
    const source = open();
    expect(await source.read(inVault("secret/shop", "password"))).toBe("s3cr3t");
    expect(await source.read(inVault("secret/data/shop", "password"))).toBe("s3cr3t");
    expect(vault.audit.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST auth/approle/login",
      "GET sys/internal/ui/mounts/secret/shop",
      "GET secret/data/shop",
      "GET sys/internal/ui/mounts/secret/data/shop",
      "GET secret/data/shop",
    ]);
  });

  it("takes up a new version within a minute, and asks no more often", async () => {
    const source = open();
    for (let i = 0; i < 50; i++) await source.read(inVault("secret/shop", "password"));
    expect(paths("secret/data/shop")).toHaveLength(1);
    vault.secrets.set("shop", { password: "rotated" });
    clock.turn(MINUTE);
    expect(await source.read(inVault("secret/shop", "password"))).toBe("rotated");
  });

  it("takes user and password of one lease, renews it and the token at two thirds, and revokes both at the end", async () => {
    const source = open();
    const read = (field: string) => source.read(inVault("database/creds/reader", field));
    const [user, password] = await Promise.all([read("username"), read("password")]);
    expect([user, password]).toEqual(["v-reader-2", "pw-2"]);
    expect(clock.waiting).toEqual([10 * MINUTE, 10 * MINUTE]);
    for (let round = 1; round <= 9; round++) {
      await until(() => clock.waiting.length === 2, "both wait for their renewal");
      clock.turn(10 * MINUTE);
      await until(() => paths("sys/leases/renew").length === round, `renewal ${round} of the lease`);
      await until(() => paths("auth/token/renew-self").length === round, `renewal ${round} of the token`);
    }
    expect(await read("username")).toBe("v-reader-2");
    expect(paths("auth/approle/login")).toHaveLength(1);
    await source.close(AbortSignal.timeout(5000));
    expect(paths("auth/token/revoke-self")).toHaveLength(1);
    expect([vault.tokens.size, vault.leases.size]).toEqual([0, 0]);
    await expect(source.read(inVault("secret/shop", "password"))).rejects.toMatchObject({ code: "closed" });
  });

  it("makes what lives longer than it may live as long as it may", async () => {
    vault.ttlMs = 12 * 60 * MINUTE;
    const source = open({ leaseMs: 5 * MINUTE });
    await source.read(inVault("database/creds/reader", "username"));
    clock.turn(0);
    await until(
      () => paths("sys/leases/renew").length === 1 && paths("auth/token/renew-self").length === 1,
      "renewals",
    );
    for (const held of [...vault.tokens.values(), ...vault.leases.values()])
      expect(held.endsMs).toBe(5 * MINUTE);
  });

  it("begins anew where Vault gives no longer life", async () => {
    vault.maxTtlMs = 20 * MINUTE;
    const source = open();
    const first = await source.read(inVault("database/creds/reader", "username"));
    clock.turn(10 * MINUTE);
    await until(() => paths("sys/leases/renew").length === 1, "the first renewal");
    await until(() => clock.waiting.length === 2, "the next");
    clock.turn(7 * MINUTE);
    await until(() => events.some(({ event }) => event === "lease-lost"), "the lease is near its end");
    await until(() => clock.waiting.length === 0, "neither is kept");
    const second = await source.read(inVault("database/creds/reader", "username"));
    expect(second).not.toBe(first);
    expect(paths("auth/approle/login").length).toBe(2);
  });

  it("logs in again when its token was revoked by others", async () => {
    const source = open();
    await source.read(inVault("secret/shop", "password"));
    vault.tokens.clear();
    clock.turn(MINUTE);
    expect(await source.read(inVault("secret/shop", "password"))).toBe("s3cr3t");
    expect(paths("auth/approle/login")).toHaveLength(2);
  });

  it("waits for a Vault that is sealed for a moment, and says so if it stays", async () => {
    const sealed = { status: 503, body: '{"errors":["Vault is sealed"]}' };
    vault.failures = [sealed, sealed];
    const source = open();
    const reading = source.read(inVault("secret/shop", "password"));
    for (const pauseMs of [250, 500]) {
      await until(() => clock.waiting[0] === pauseMs, `a pause of ${pauseMs} ms`);
      clock.turn(pauseMs);
    }
    expect(await reading).toBe("s3cr3t");

    vault.failures = Array.from({ length: 4 }, () => sealed);
    const failing = source.read(inVault("secret/other", "password"));
    const told = expect(failing).rejects.toMatchObject({
      code: "vault-sealed",
      message: `Vault at ${url} is sealed`,
      hint: "unseal it: vault operator unseal",
    });
    for (const pauseMs of [250, 500, 1000]) {
      await until(() => clock.waiting[0] === pauseMs, `a pause of ${pauseMs} ms`);
      clock.turn(pauseMs);
    }
    await told;
  });

  it("logs in with a token by a child of its own, which alone it revokes", async () => {
    vault.tokens.set("parent", { endsMs: 1e12, maxMs: 1e12 });
    const source = open(
      { login: { kind: "token", token: { from: "env", name: "TOKEN" } } },
      { TOKEN: "parent" },
    );
    await source.read(inVault("secret/shop", "password"));
    expect([...vault.tokens.keys()]).toEqual(["parent", "hvs.token-1"]);
    await source.close(AbortSignal.timeout(5000));
    expect([...vault.tokens.keys()]).toEqual(["parent"]);
  });

  it("with a token that may make no children uses it, leaves it alive, and revokes its leases", async () => {
    vault.tokens.set("plain", { endsMs: 900_000, maxMs: 1e12 });
    const source = open({ login: { kind: "token", token: { from: "text", text: "plain" } } });
    await source.read(inVault("database/creds/reader", "username"));
    await source.close(AbortSignal.timeout(5000));
    expect([[...vault.tokens.keys()], vault.leases.size]).toEqual([["plain"], 0]);
  });

  it("logs in as a pod of Kubernetes, in a namespace", async () => {
    await vault.close();
    vault = new FakeVault(clock, "team-a");
    vault.secrets.set("shop", { password: "of the team" });
    const folder = await mkdtemp(join(tmpdir(), "gopatrol-jwt-"));
    try {
      const jwtFile = join(folder, "token");
      await writeFile(jwtFile, "jwt-of-the-pod\n");
      const login: VaultConfig["login"] = {
        kind: "kubernetes",
        role: "patrol",
        mount: "kubernetes",
        jwtFile,
      };
      const source = open({ url: await vault.listen(), namespace: "team-a", login });
      expect(await source.read(inVault("secret/shop", "password"))).toBe("of the team");
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("never repeats a secret in an error", async () => {
    const source = open({}, { SECRET_ID: "hunter2-wrong" });
    const error = (await source.read(inVault("secret/shop", "password")).catch((e) => e)) as Error;
    expect(error).toMatchObject({
      code: "vault-login",
      message: "Vault does not accept the login by approle (400)",
    });
    expect(JSON.stringify([error.message, error.stack, error.cause, { ...error }])).not.toContain("hunter2");
  });

  it.each([
    ["secret/none", "password", "vault-no-secret"],
    ["secret/shop", "user", "vault-no-field"],
    ["elsewhere/x", "user", "vault-refused"],
  ])("says what is wrong with %s#%s", async (path, field, code) => {
    await expect(open().read(inVault(path, field))).rejects.toMatchObject({ code });
  });
});
