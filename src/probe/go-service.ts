import { parseSizeBytes } from "../lib/parse-quantity.ts";
import { findPprofPath, parseHttpAddress } from "../patrol/check-types/address.ts";
import { renderUrl } from "../patrol/check-types/http.ts";
import { resolveAuthorization, resolveTls } from "./credentials.ts";
import type { Probe } from "./define-check.ts";
import { exchangeHttp, type HttpAnswer } from "./http-exchange.ts";
import { failureOfStatus } from "./http-status.ts";
import { ProbeFailure } from "./probe-failure.ts";

export interface ServiceOptions {
  pprof_path?: string | undefined;
  max_body: string;
  ca_file?: string | undefined;
  insecure: boolean;
  server_name?: string | undefined;
}

/** A Go service's HTTP server, asked with the target's credentials. */
export class GoService {
  readonly #probe: Probe;
  readonly #options: ServiceOptions;
  readonly #base: URL;
  #access: ReturnType<GoService["resolveAccess"]> | undefined;

  /** Throws AddressError. */
  constructor(probe: Probe, options: ServiceOptions) {
    this.#probe = probe;
    this.#options = options;
    this.#base = parseHttpAddress(probe.target);
  }

  get hasCredentials(): boolean {
    const { auth } = this.#probe.target;
    return auth !== null && auth.kind !== "tls";
  }

  /** Below the server's root. The address's own query (a gateway's token) goes with every request. */
  url(path: string, query = ""): URL {
    const url = new URL(path, this.#base.origin);
    url.search = [query, this.#base.search.slice(1)].filter((part) => part !== "").join("&");
    return url;
  }

  pprofUrl(name: string, query = ""): URL {
    return this.url(`${findPprofPath(this.#base, this.#options.pprof_path)}/${name}`, query);
  }

  /** Whatever the status. Throws ProbeFailure. */
  async ask(
    url: URL,
    {
      onChunk,
      anonymous = false,
      accept = "*/*",
    }: { onChunk?: (chunk: Uint8Array) => void; anonymous?: boolean; accept?: string } = {},
  ): Promise<HttpAnswer> {
    this.#access ??= this.resolveAccess();
    const { authorization, tls } = await this.#access;
    return exchangeHttp(
      {
        url,
        headers: { accept, ...(anonymous ? {} : authorization) },
        tls,
        maxBytes: parseSizeBytes(this.#options.max_body)!,
        ...(onChunk === undefined ? {} : { onChunk }),
      },
      this.#probe.deadline,
    );
  }

  /** A profile's bytes as they were sent. Throws ProbeFailure, also for what is no profile. */
  async fetchProfile(
    name: string,
    query: string,
    isProfile: (bytes: Uint8Array) => boolean,
  ): Promise<Uint8Array> {
    const url = this.pprofUrl(name, query);
    const answer = await this.ask(url);
    const where = `GET ${renderUrl(url)}`;
    if (answer.status === 404) throw noPprof(where, "answered 404");
    if (answer.status !== 200) throw failureOfStatus(answer, where, this.hasCredentials);
    if (!isProfile(answer.body)) throw noPprof(where, "answered with something else than a profile");
    return answer.body;
  }

  private async resolveAccess() {
    return {
      authorization: await resolveAuthorization(this.#probe),
      tls: this.#base.protocol === "https:" ? await resolveTls(this.#options, this.#probe) : undefined,
    };
  }
}

export function noPprof(where: string, what: string): ProbeFailure {
  return new ProbeFailure(
    "no-pprof",
    `${where}: ${what}.`,
    "Go's net/http/pprof is usually at /debug/pprof/; give pprof_path if the service has it elsewhere, or import it.",
  );
}
