import { readFile } from "node:fs/promises";
import type { Clock } from "../lib/clock.ts";
import type { AuthConfig, SecretRef } from "../patrol/config/patrol-config.ts";
import { DiscoveryError } from "./discovery-error.ts";

/** What sources need of the world. */
export interface SourceContext {
  clock: Clock;
  env: Readonly<Record<string, string | undefined>>;
  /** Throws SecretError. */
  secret(ref: SecretRef): Promise<string>;
  /** "ip" or "ip:port" of DNS servers; default: the system's. */
  dnsServers?: readonly string[];
  /** Where a pod of Kubernetes finds its service account; default: where Kubernetes puts it. */
  serviceAccountDir?: string;
}

export interface Access {
  headers: Record<string, string>;
  tls: { ca?: string; cert?: string; key?: string; insecure?: boolean };
}

/** Headers and certificates of `auth`, read anew each time: tokens rotate. Throws SecretError or DiscoveryError. */
export async function openAccess(auth: AuthConfig | null, { secret }: SourceContext): Promise<Access> {
  const access: Access = { headers: {}, tls: {} };
  if (auth === null) return access;
  if (auth.kind === "basic") {
    const pair = `${await secret(auth.user)}:${await secret(auth.password)}`;
    access.headers["authorization"] = `Basic ${Buffer.from(pair).toString("base64")}`;
  } else if (auth.kind === "bearer") access.headers["authorization"] = `Bearer ${await secret(auth.token)}`;
  const tls = auth.kind === "tls" ? auth : auth.tls;
  if (tls === undefined) return access;
  if (tls.caFile !== null) access.tls.ca = await readPem(tls.caFile);
  if (tls.certFile !== null) access.tls.cert = await readPem(tls.certFile);
  if (tls.keyFile !== null) access.tls.key = await readPem(tls.keyFile);
  access.tls.insecure = tls.insecure;
  return access;
}

export async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new DiscoveryError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}
