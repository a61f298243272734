import type { CheckTarget } from "../check.ts";

/** What a target's address means to a check. */
export interface HostAndPort {
  host: string;
  port: number;
}

/** An address that a check of this kind cannot use: the configuration's fault. */
export class AddressError extends Error {
  override readonly name = "AddressError";
}

const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;

/**
 * `host:port`, `[v6]:port`, `host` or a URL. Without a port of its own, `defaultPort` counts.
 * Throws AddressError.
 */
export function parseHostAndPort({ address }: CheckTarget, defaultPort: number | undefined): HostAndPort {
  const hasScheme = SCHEME.test(address);
  const text = hasScheme ? address.replace(SCHEME, "http://") : `http://${address}`;
  const url = /^pid:\d+$/.test(address) || !URL.canParse(text) ? undefined : new URL(text);
  if (url === undefined || url.hostname === "") {
    throw new AddressError(`"${shorten(address)}" is not host:port`);
  }
  // The parser drops a port that is its scheme's default.
  const written = /:(\d{1,5})(?:[/?#]|$)/.exec(address.replace(SCHEME, "").replace(/^[^/?#]*@/, ""))?.[1];
  const ofScheme = hasScheme ? SCHEME_PORTS[address.slice(0, address.indexOf(":")).toLowerCase()] : undefined;
  const port = written === undefined ? (ofScheme ?? defaultPort) : Number(written);
  if (port === undefined || port < 1 || port > 65_535) {
    throw new AddressError(`"${shorten(address)}" names no port`);
  }
  return { host: url.hostname.replace(/^\[|\]$/g, ""), port };
}

const SCHEME_PORTS: Readonly<Record<string, number>> = {
  http: 80,
  https: 443,
  redis: 6379,
  rediss: 6379,
  mysql: 3306,
  postgres: 5432,
  postgresql: 5432,
};

/** An http(s) URL, or host:port with or without a path. Without user and password. Throws AddressError. */
export function parseHttpAddress({ address }: CheckTarget): URL {
  const text = SCHEME.test(address)
    ? address
    : `http://${address.startsWith(":") ? "localhost" : ""}${address}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPid = /^pid:\d+$/.test(address);
  if (isPid || url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === "") {
    throw new AddressError(`"${shorten(address)}" is not an http URL or host:port`);
  }
  url.username = "";
  url.password = "";
  url.hash = "";
  return url;
}

/** Throws AddressError. */
export function parsePidAddress({ address }: CheckTarget): number {
  const pid = /^pid:(\d{1,10})$/.exec(address)?.[1];
  if (pid === undefined) throw new AddressError(`"${shorten(address)}" is not pid:N`);
  return Number(pid);
}

const PPROF_PATH = "/debug/pprof";

/** Where pprof's index is mounted, without the closing slash; an address without a path means Go's own place. */
export function findPprofPath(url: URL, path: string | undefined): string {
  const given = path ?? (url.pathname === "/" ? PPROF_PATH : url.pathname);
  return given.replace(/\/+$/, "");
}

/** `host:port` for messages. */
export function renderHostAndPort({ host, port }: HostAndPort): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** An address may hold a password. */
function shorten(address: string): string {
  return address
    .replace(/\/\/[^/?#]*@/, "//")
    .replace(/[?#].*$/s, "")
    .slice(0, 100);
}
