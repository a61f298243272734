import type { Clock } from "../lib/clock.ts";
import { type Answer, ExchangeError, type ExchangeRequest, exchange } from "./http-exchange.ts";
import { SecretError } from "./secret-error.ts";

export interface VaultClientOptions {
  url: string;
  namespace: string | null;
  /** PEM text. */
  ca: string | null;
  clock: Clock;
}

/** What Vault answers, as far as it is used (https://developer.hashicorp.com/vault/api-docs). */
export interface VaultAnswer {
  data?: Record<string, unknown> | null;
  lease_id?: string;
  lease_duration?: number;
  renewable?: boolean;
  auth?: { client_token: string; lease_duration: number; renewable: boolean; accessor?: string } | null;
}

/** Vault has answered with an error. */
export class VaultStatusError extends SecretError {
  readonly status: number;

  constructor(status: number, ...rest: ConstructorParameters<typeof SecretError>) {
    super(...rest);
    this.status = status;
  }
}

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 1024 * 1024;
const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 250;
/** Worth another attempt: rate limit, a standby that lags (412), sealed or starting (503). */
const TRANSIENT = new Set([412, 429, 500, 502, 503, 504]);

/**
 * A thin client of Vault's and OpenBao's HTTP API. Everything that it throws is a SecretError without token, path of the
 * network or answer in it.
 */
export class VaultClient {
  readonly #options: VaultClientOptions;

  constructor(options: VaultClientOptions) {
    this.#options = options;
  }

  /** `what` says in an error what was wanted: "read secret/shop". `body` makes it a POST. */
  async call(
    what: string,
    path: string,
    token: string | null,
    body: unknown,
    signal: AbortSignal,
  ): Promise<VaultAnswer> {
    const { url, namespace, ca } = this.#options;
    const request: ExchangeRequest = {
      method: body === undefined ? "GET" : "POST",
      url: `${url}/v1/${path.split("/").map(encodeURIComponent).join("/")}`,
      headers: {
        "x-vault-request": "true",
        ...(token === null ? {} : { "x-vault-token": token }),
        ...(namespace === null ? {} : { "x-vault-namespace": namespace }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(ca === null ? {} : { tls: { ca } }),
      timeoutMs: TIMEOUT_MS,
      signal,
    };
    const answer = await this.#attempt(what, request, signal);
    if (answer.status === 204 || answer.text === "") return {};
    try {
      return JSON.parse(answer.text) as VaultAnswer;
    } catch {
      throw new SecretError(
        "vault-answer",
        `Vault's answer to "${what}" is not JSON`,
        "check that vault.url is Vault's address and not that of its web page",
      );
    }
  }

  async #attempt(what: string, request: ExchangeRequest, signal: AbortSignal): Promise<Answer> {
    let pauseMs = FIRST_PAUSE_MS;
    for (let attempt = 1; ; attempt++) {
      let failure: SecretError;
      try {
        const answer = await exchange(request, MAX_BYTES);
        if (answer.status < 300) return answer;
        failure = describeStatus(what, answer, this.#options.url);
        if (!TRANSIENT.has(answer.status)) throw failure;
      } catch (error) {
        if (!(error instanceof ExchangeError)) throw error;
        failure = new SecretError(
          "vault-unreachable",
          `Vault at ${this.#options.url} cannot be reached: ${error.message}`,
          error.code.includes("CERT")
            ? "give its authority by vault.ca_file"
            : "check vault.url and the network",
        );
        if (error.code === "aborted") throw failure;
      }
      if (attempt >= ATTEMPTS || signal.aborted) throw failure;
      await this.#options.clock.sleep(pauseMs, signal);
      pauseMs *= 2;
    }
  }
}

function describeStatus(what: string, { status, text }: Answer, url: string): VaultStatusError {
  const errors = readErrors(text);
  if (status === 503 && /sealed/i.test(errors)) {
    return new VaultStatusError(
      status,
      "vault-sealed",
      `Vault at ${url} is sealed`,
      "unseal it: vault operator unseal",
    );
  }
  if (status === 503 || status === 472 || status === 473) {
    return new VaultStatusError(
      status,
      "vault-unreachable",
      `Vault at ${url} is not active (${status})`,
      "check vault status",
    );
  }
  if (status === 403) {
    return new VaultStatusError(
      status,
      "vault-refused",
      `Vault refuses to ${what}: permission denied`,
      "check the policies of the patrol's role, and vault.namespace",
    );
  }
  if (status === 404) {
    return new VaultStatusError(
      status,
      "vault-no-secret",
      `Vault has nothing where it was asked to ${what}`,
      "check the path, and vault.namespace",
    );
  }
  return new VaultStatusError(
    status,
    "vault-answer",
    `Vault answered ${status} when asked to ${what}${errors === "" ? "" : `: ${errors}`}`,
    "see Vault's log",
  );
}

const MAX_SHOWN = 200;

/** Vault's own words; they name paths and causes, and what looks like a token in them is cut out. */
function readErrors(text: string): string {
  try {
    const { errors } = JSON.parse(text) as { errors?: unknown };
    if (!Array.isArray(errors)) return "";
    const words = errors.filter((each) => typeof each === "string").join("; ");
    return words
      .replaceAll(/\b(hv[sbr]|s|b|r)\.[\w-]{8,}/g, "…")
      .replaceAll(/\s+/g, " ")
      .slice(0, MAX_SHOWN);
  } catch {
    return "";
  }
}
