import { readFile } from "node:fs/promises";
import { createSecureContext } from "node:tls";
import type { AuthConfig, SecretRef, TlsConfig } from "../../patrol/config/patrol-config.ts";
import { noCredentials, type SinkCredentials } from "./post.ts";

/** Secrets and certificate files as they are now. Rejects with SecretError or what the file system says. */
export async function resolveCredentials(
  auth: AuthConfig | null,
  secret: (ref: SecretRef) => Promise<string>,
): Promise<SinkCredentials> {
  if (auth === null) return noCredentials;
  if (auth.kind === "tls") return { ...noCredentials, ...(await resolveTls(auth)) };
  const authorization =
    auth.kind === "bearer"
      ? `Bearer ${await secret(auth.token)}`
      : `Basic ${Buffer.from(`${await secret(auth.user)}:${await secret(auth.password)}`).toString("base64")}`;
  const tls = auth.tls === undefined ? {} : await resolveTls(auth.tls);
  return { ...noCredentials, ...tls, headers: { authorization } };
}

async function resolveTls(tls: TlsConfig): Promise<Omit<SinkCredentials, "headers">> {
  const read = (path: string | null): Promise<Buffer> | undefined =>
    path === null ? undefined : readFile(path);
  const [ca, cert, key] = await Promise.all([read(tls.caFile), read(tls.certFile), read(tls.keyFile)]);
  const given = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
  return {
    secureContext: Object.keys(given).length === 0 ? null : createSecureContext(given),
    rejectUnauthorized: !tls.insecure,
  };
}
