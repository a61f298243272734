import type { CodeSite } from "../analysis/code-site.ts";
import type { GoroutineGroup } from "../analysis/goroutine-growth.ts";
import type { GrowthCluster } from "../analysis/growth-clusters.ts";
import type { GrowthSite, HeapGrowth } from "../analysis/heap-growth.ts";
import { findOwnFrames } from "../analysis/own-frames.ts";
import { type NodeIndex, ROOT } from "../analysis/stack-interner.ts";
import type { Evidence } from "./evidence.ts";

/**
 * A client connection's reader. In *select* it waits for the response body to be read, in IO for the next response or
 * the next request: idle. Of HTTP/2 there is one for each connection, and it is always in IO (net/http/h2_bundle.go;
 * net/http/internal/http2 since Go 1.27).
 */
export function isReadLoop(group: GoroutineGroup): boolean {
  return READ_LOOP.test(group.stack.at(-1)?.function ?? "");
}

const READ_LOOP =
  /^net\/http\.\(\*(persistConn|http2ClientConn)\)\.readLoop$|\/http2\.\(\*ClientConn\)\.readLoop$/;

/** The client's two loops, and the server's side of the same connections if it is in this process. */
export function isHttpConnection(group: GoroutineGroup): boolean {
  const root = group.stack.at(-1)?.function ?? "";
  return (
    root.startsWith("net/http.(*persistConn).") ||
    READ_LOOP.test(root) ||
    (group.origin === "standard-library" && root.startsWith("net/http.(*conn)."))
  );
}

/**
 * What the connections hold in the heap: buffers, TLS state, requests, the pool's own map, all allocated within net/http;
 * and what is made for the request, such as the address: by the function at `call`, by what that one calls, unless the
 * source puts it into a container, and by its callers themselves.
 */
export function claimHttpClusters(
  { heap, clusters, retention }: Evidence,
  call: CodeSite | undefined,
  callers: readonly CodeSite[],
): GrowthCluster[] {
  if (heap === undefined) return [];
  const functions = new Set([call, ...callers].map((caller) => caller?.function));
  // All of a small program may run in main: what it calls besides is not the call's.
  const isBelowCall = ({ node }: GrowthSite) =>
    call !== undefined &&
    call.function !== "main.main" &&
    findOwnFrames(heap, node).some((frame) => frame.function === call.function);
  const isForRequest = (site: GrowthSite) =>
    functions.has(site.site.function) || (isBelowCall(site) && retention?.findStore(site) === undefined);
  return clusters.filter((cluster) => {
    const sites = cluster.container === undefined ? cluster.values : [cluster.container, ...cluster.values];
    const own = sites.filter((site) => findOwnFrames(heap, site.node).length > 0);
    const connections = sites.filter((site) => isWithin(heap, site.node, CONNECTION));
    const others = own.filter(
      (site) => !isWithin(heap, site.node, CLIENT) && (!isForRequest(site) || isContainer(site)),
    );
    if (own.length === 0) return connections.length > 0;
    if (others.length === own.length) return false;
    // What is made on the way to a request is sampled once in a while.
    return others.every(isOneSample) && sumGrowth(others) <= MOST_OTHERS * sumGrowth(sites);
  });
}

const MOST_OTHERS = 0.3;

function isOneSample(site: GrowthSite): boolean {
  return !isContainer(site) && site.growthBytes < 1.8 * site.sampleWeightBytes;
}

function sumGrowth(sites: readonly GrowthSite[]): number {
  return sites.reduce((sum, { growthBytes }) => sum + growthBytes, 0);
}

function isContainer({ operation }: GrowthSite): boolean {
  return operation === "map-insert" || operation === "slice-growth";
}

/** Does the stack pass such a function before it comes to the program's own code? */
function isWithin(heap: HeapGrowth, node: NodeIndex, functions: RegExp): boolean {
  const { interner, originOfFrame } = heap;
  for (let at = node; at !== ROOT; at = interner.parentOf(at)) {
    const frame = interner.frameIndexOf(at);
    if (originOfFrame[frame] === "own") return false;
    if (functions.test(interner.frames()[frame]!.function)) return true;
  }
  return false;
}

const CLIENT =
  /^net\/http\.\(\*(Client|Transport|persistConn)\)|^net\/http\.(Get|Post|Head|PostForm|send|NewRequest)/;
const CONNECTION =
  /^net\/http\.\(\*(Client|Transport|persistConn|conn|http2\w+)\)|^net\/http\/internal\/http2\./;
