import { readlink } from "node:fs/promises";
import type { AccessOptions } from "../http-access.ts";
import { checkAccess } from "../http-access.ts";
import { sendRequest } from "../http-request.ts";
import { findMismatch } from "../response-check.ts";
import { parseUrlTarget, type UrlTarget } from "../target.ts";
import { listFds } from "./fd-listing.ts";

/** A service has a handful of ports; a pprof server is asked for no longer than this. */
const MAX_PORTS = 8;
const PROBE_MS = 2_000;

/**
 * The pprof server of a process of this machine: the first of its listening TCP ports that answers as Go's index page
 * does at /debug/pprof/ over loopback. Undefined if none does, or if its descriptors may not be listed.
 */
export async function findPprof(
  pid: number,
  access: AccessOptions,
  signal: AbortSignal,
): Promise<UrlTarget | undefined> {
  // In a container's own network its ports are not ours.
  const [ours, its] = await Promise.all([
    readlink("/proc/self/ns/net").catch(() => ""),
    readlink(`/proc/${pid}/ns/net`).catch(() => undefined),
  ]);
  if (its === undefined || its !== ours) return undefined;
  const listing = await listFds(`/proc/${pid}`).catch(() => undefined);
  if (listing === undefined) return undefined;
  for (const address of listLocalListeners(new TextDecoder().decode(listing)).slice(0, MAX_PORTS)) {
    const target = parseUrlTarget(`http://${address}`);
    if (await answersAsIndex(target, access, signal)) return target;
  }
  return undefined;
}

async function answersAsIndex(
  target: UrlTarget,
  options: AccessOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const where = `GET ${target.serverRoot}${target.pprofPath}/`;
  const access = { ...checkAccess(options, target), timeoutMs: PROBE_MS, connectTimeoutMs: PROBE_MS };
  try {
    const request = {
      url: new URL(where.slice("GET ".length)),
      where,
      accept: "text/html, */*",
      acceptGzip: true,
    };
    const { bytes } = await sendRequest(request, access, signal);
    return findMismatch("index", bytes) === undefined;
  } catch {
    return false;
  }
}

/** Addresses at which the process can be reached over loopback, by rising port. */
function listLocalListeners(listing: string): string[] {
  const ports = new Map<number, string>();
  for (const line of listing.split("\n")) {
    const [, , protocol, state, local] = line.split("\t");
    const match = /^(.*):(\d+)$/.exec(local ?? "");
    if (!(protocol === "tcp" || protocol === "tcp6") || state !== "LISTEN" || match === null) continue;
    const [, host, port] = match;
    const reachable =
      host === "0.0.0.0" || host === "[::]" ? "127.0.0.1" : /^127\.|^\[::1\]$/.test(host!) ? host : undefined;
    if (reachable !== undefined) ports.set(Number(port), `${reachable}:${port}`);
  }
  return [...ports].sort(([a], [b]) => a - b).map(([, address]) => address);
}
