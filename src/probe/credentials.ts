import { readFile } from "node:fs/promises";
import { createSecureContext, type SecureContext } from "node:tls";
import type { AuthConfig } from "../patrol/config/patrol-config.ts";
import type { Probe } from "./define-check.ts";
import { ProbeFailure } from "./probe-failure.ts";

/** How a connection is made safe, ready for `tls.connect`. */
export interface TlsSettings {
  secureContext: SecureContext;
  rejectUnauthorized: boolean;
  servername?: string;
  /** What the context was made of, for libraries that make their own. */
  pem: { ca?: string; cert?: string; key?: string };
}

export interface Credentials {
  user: string;
  password: string;
}

interface TlsOptions {
  ca_file?: string | undefined;
  insecure: boolean;
  server_name?: string | undefined;
}

/** The Authorization header that the target's auth asks for; empty without one. Throws ProbeFailure, SecretError. */
export async function resolveAuthorization(probe: Probe): Promise<Record<string, string>> {
  const { auth } = probe.target;
  if (auth === null || auth.kind === "tls") return {};
  if (auth.kind === "bearer") {
    return { authorization: `Bearer ${checkLine(await probe.secret(auth.token), "bearer token")}` };
  }
  const { user, password } = await resolvePair(auth, probe);
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`, "utf8").toString("base64")}` };
}

/** User and password of the target's auth; undefined without one. */
export async function resolveCredentials(probe: Probe): Promise<Credentials | undefined> {
  const { auth } = probe.target;
  if (auth === null || auth.kind === "tls") return undefined;
  if (auth.kind === "basic") return resolvePair(auth, probe);
  return { user: "", password: await probe.secret(auth.token) };
}

async function resolvePair(auth: AuthConfig & { kind: "basic" }, probe: Probe): Promise<Credentials> {
  const [user, password] = await Promise.all([probe.secret(auth.user), probe.secret(auth.password)]);
  return { user, password };
}

function checkLine(text: string, what: string): string {
  if (!/[^\t\x20-\x7e\x80-\xff]/.test(text)) return text;
  throw new ProbeFailure(
    "bad-credentials",
    `The ${what} holds characters that HTTP does not allow.`,
    "Look for a line break at its end.",
    "error",
  );
}

/** A context takes some milliseconds to make, and thousands of targets share one. */
const MAX_CONTEXTS = 64;
const contexts = new Map<string, SecureContext>();

/** Files are read at each use, so that a renewed certificate is taken up. Throws ProbeFailure "bad-credentials". */
export async function resolveTls(options: TlsOptions, probe: Probe): Promise<TlsSettings> {
  const auth = probe.target.auth?.kind === "tls" ? probe.target.auth : undefined;
  const [ca, cert, key] = await Promise.all(
    [options.ca_file ?? auth?.caFile, auth?.certFile, auth?.keyFile].map(readPem),
  );
  const { server_name } = options;
  return {
    secureContext: findContext(ca, cert, key),
    pem: pickPem(ca, cert, key),
    rejectUnauthorized: !(options.insecure || auth?.insecure === true),
    ...(server_name === undefined ? {} : { servername: server_name }),
  };
}

async function readPem(path: string | null | undefined): Promise<string | undefined> {
  if (path === null || path === undefined) return undefined;
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new ProbeFailure(
      "bad-credentials",
      `The file ${path} cannot be read (${(cause as NodeJS.ErrnoException).code}).`,
      "Check the path, and that the patrol's user may read it.",
      "error",
    );
  }
}

function findContext(
  ca: string | undefined,
  cert: string | undefined,
  key: string | undefined,
): SecureContext {
  const name = JSON.stringify([ca, cert, key]);
  const known = contexts.get(name);
  if (known !== undefined) return known;
  let context: SecureContext;
  try {
    context = createSecureContext(pickPem(ca, cert, key));
  } catch (cause) {
    throw new ProbeFailure(
      "bad-credentials",
      `The certificate files cannot be used (${(cause as NodeJS.ErrnoException).code ?? "unreadable"}).`,
      "Check that they are PEM, and that the key belongs to the certificate and has no passphrase.",
      "error",
    );
  }
  const [oldest] = contexts.keys();
  if (contexts.size >= MAX_CONTEXTS && oldest !== undefined) contexts.delete(oldest);
  contexts.set(name, context);
  return context;
}

function pickPem(
  ca: string | undefined,
  cert: string | undefined,
  key: string | undefined,
): TlsSettings["pem"] {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}
