import { validateHeaderName, validateHeaderValue } from "node:http";
import { createSecureContext, type SecureContext } from "node:tls";
import { CaptureError } from "./capture-error.ts";
import type { UrlTarget } from "./target.ts";

/** How to get in, and how much a request may take: as the user gives it. */
export interface AccessOptions {
  headers?: readonly (readonly [name: string, value: string])[] | undefined;
  bearer?: string | undefined;
  basic?: { user: string; password: string } | undefined;
  /** PEM text: certificate authorities to trust, client certificate, its key. */
  ca?: string | undefined;
  cert?: string | undefined;
  key?: string | undefined;
  /** Accept any server certificate. */
  insecure?: boolean | undefined;
  /** Time to be let in: name, TCP and TLS. Default 5 s. */
  connectTimeoutMs?: number | undefined;
  /** Time for one request as a whole. Default 60 s. */
  timeoutMs?: number | undefined;
  /** Most bytes taken of one answer, before and after gzip is undone. Default 256 MiB. */
  maxBytes?: number | undefined;
  followRedirects?: boolean | undefined;
  /** Sent as User-Agent. */
  userAgent?: string | undefined;
}

/** The same, checked and complete. */
export interface HttpAccess {
  /** What identifies us; never sent to another origin. Lower-case names. */
  credentials: Readonly<Record<string, string>>;
  secureContext: SecureContext;
  rejectUnauthorized: boolean;
  connectTimeoutMs: number;
  timeoutMs: number;
  maxBytes: number;
  followRedirects: boolean;
  userAgent: string;
}

const DEFAULT_CONNECT_TIMEOUT_MS = 5_000;
const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_MAX_RESPONSE_BYTES = 256 * 1024 * 1024;

/** Throws CaptureError "bad-option"; no message repeats a header value, password or key. */
export function checkAccess(options: AccessOptions, target: UrlTarget): HttpAccess {
  const credentials: Record<string, string> = {};
  for (const [name, value] of options.headers ?? []) {
    credentials[name.toLowerCase()] = value;
  }
  const basic = options.basic ?? target.basic;
  if (options.bearer !== undefined && basic !== undefined) {
    throw new CaptureError(
      "bad-option",
      "both a bearer token and a user with password were given",
      "give one",
    );
  }
  if (options.bearer !== undefined) credentials["authorization"] = `Bearer ${options.bearer}`;
  if (basic !== undefined) {
    const pair = Buffer.from(`${basic.user}:${basic.password}`, "utf8").toString("base64");
    credentials["authorization"] = `Basic ${pair}`;
  }
  for (const [name, value] of Object.entries(credentials)) checkHeader(name, value);
  return {
    credentials,
    secureContext: buildSecureContext(options),
    rejectUnauthorized: !(options.insecure === true || target.insecure),
    connectTimeoutMs: options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS,
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    maxBytes: options.maxBytes ?? DEFAULT_MAX_RESPONSE_BYTES,
    followRedirects: options.followRedirects ?? false,
    userAgent: options.userAgent ?? "gopatrol",
  };
}

function checkHeader(name: string, value: string): void {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  } catch {
    throw new CaptureError(
      "bad-option",
      `the header ${JSON.stringify(name)} holds characters that HTTP does not allow`,
      "give it as --header 'Name: value', without line breaks",
    );
  }
}

function buildSecureContext({ ca, cert, key }: AccessOptions): SecureContext {
  if ((cert === undefined) !== (key === undefined)) {
    throw new CaptureError(
      "bad-option",
      `a client ${cert === undefined ? "key without its certificate" : "certificate without its key"} was given`,
      "give both --cert and --key",
    );
  }
  if (ca !== undefined && !ca.includes("-----BEGIN")) {
    throw new CaptureError("bad-option", "the CA file holds no PEM certificate", "give PEM text to --ca");
  }
  try {
    return createSecureContext({
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    });
  } catch (cause) {
    const detail = (cause as NodeJS.ErrnoException).code ?? "unreadable";
    throw new CaptureError(
      "bad-option",
      `the certificate files cannot be used (${detail})`,
      "check that --ca, --cert and --key are PEM files, that the key belongs to the certificate and has no passphrase",
      cause,
    );
  }
}
