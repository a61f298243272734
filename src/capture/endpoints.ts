import type { CaptureKind } from "../bundle/manifest.ts";
import type { Expectation } from "./response-check.ts";
import type { UrlTarget } from "./target.ts";

/** What one request to the target is for, and what it does to the target. */
export interface Endpoint {
  kind: CaptureKind;
  /** Path below `UrlTarget.serverRoot`. */
  path: string;
  /** pprof's own parameters. */
  query: string;
  /** File name inside the sample's folder of the bundle; unique among the endpoints of a target. */
  file: string;
  /** "heavy" stops the world, forces a collection, or costs time and memory by the size of the service. */
  cost: "heavy" | "light";
  /** In which samples it is asked: all, the first alone, first and last, or the last alone. */
  when: "each" | "once" | "ends" | "last";
  forcedGc: boolean;
  accept: string;
  acceptGzip: boolean;
  expectation: Expectation;
}

/** "each": one forced collection per sample, so that samples are compared at the same point of the GC cycle. */
export type GcMode = "each" | "never";

const PROTOBUF = { accept: "*/*", acceptGzip: false, expectation: "protobuf" } as const;
const EACH = { when: "each", forcedGc: false, query: "" } as const;

/**
 * All that is asked of a target in one sample, in this order.
 *
 * The heap's text comes first: Go reads its MemStats right behind the collection that `gc=1` runs, so that HeapAlloc is
 * the floor that the collection left (net/http/pprof and runtime/pprof: `runtime.GC`, then `ReadMemStats`, then the
 * profile). One collection a sample is enough: `withoutGc` takes it from what comes later. From the text come MemStats
 * and the names of inlined frames, from the protobuf values that are exact. allocs holds the same columns as heap and is
 * only kept in case heap is not to be had. The other carriers of MemStats follow at once: what the kernel says of the
 * process is taken in between, and compared with both.
 */
export function listEndpoints(target: UrlTarget, gc: GcMode): Endpoint[] {
  const pprof = (name: string): string => `${target.pprofPath}/${name}`;
  const forcedGc = gc === "each";
  return [
    {
      ...EACH,
      kind: "index",
      path: pprof(""),
      file: "index.html",
      cost: "light",
      when: "once",
      accept: "text/html, */*",
      acceptGzip: true,
      expectation: "index",
    },
    {
      ...EACH,
      kind: "cmdline",
      path: pprof("cmdline"),
      file: "cmdline",
      cost: "light",
      when: "once",
      accept: "*/*",
      acceptGzip: true,
      expectation: "plain",
    },
    {
      ...EACH,
      kind: "heap-text",
      path: pprof("heap"),
      query: forcedGc ? "debug=1&gc=1" : "debug=1",
      file: "heap.txt",
      cost: "heavy",
      forcedGc,
      accept: "*/*",
      acceptGzip: true,
      expectation: "heap-text",
    },
    ...listSidePaths(target.pprofPath, "/debug/vars", "vars").map(
      (path, nth): Endpoint => ({
        ...EACH,
        kind: "expvar",
        path,
        file: nth === 0 ? "vars.json" : "vars-root.json",
        cost: "light",
        accept: "application/json, */*",
        acceptGzip: true,
        expectation: "json",
      }),
    ),
    ...listSidePaths(target.pprofPath, "/metrics", "metrics").map(
      (path, nth): Endpoint => ({
        ...EACH,
        kind: "metrics",
        path,
        file: nth === 0 ? "metrics.txt" : "metrics-root.txt",
        cost: "light",
        // OpenMetrics is another grammar; the plain text format is what every exporter has.
        accept: "text/plain;version=0.0.4, text/plain;q=0.5, */*;q=0.1",
        acceptGzip: true,
        expectation: "metrics",
      }),
    ),
    {
      ...EACH,
      ...PROTOBUF,
      kind: "heap",
      path: pprof("heap"),
      query: forcedGc ? "gc=1" : "",
      file: "heap.pb.gz",
      cost: "heavy",
      forcedGc,
    },
    {
      ...EACH,
      ...PROTOBUF,
      kind: "goroutine",
      path: pprof("goroutine"),
      file: "goroutine.pb.gz",
      cost: "heavy",
    },
    {
      ...EACH,
      kind: "goroutine-dump",
      path: pprof("goroutine"),
      query: "debug=2",
      file: "goroutine-dump.txt",
      cost: "heavy",
      accept: "*/*",
      acceptGzip: true,
      expectation: "goroutine-dump",
    },
    {
      ...EACH,
      ...PROTOBUF,
      kind: "allocs",
      path: pprof("allocs"),
      file: "allocs.pb.gz",
      cost: "heavy",
      when: "ends",
    },
    ...(forcedGc ? [leakEndpoint(pprof("goroutineleak"))] : []),
  ];
}

/** The same request without a collection of its own. */
export function withoutGc(endpoint: Endpoint): Endpoint {
  const query = endpoint.query
    .split("&")
    .filter((parameter) => parameter !== "gc=1")
    .join("&");
  return { ...endpoint, query, forcedGc: false };
}

/**
 * What Go ≥ 1.27 (1.26 with GOEXPERIMENT=goroutineleakprofile) has found to be blocked for good. It costs the target one
 * more collection, which marks from the runnable goroutines until nothing is added (runtime/mgc.go, issue 74609), so
 * it is asked once, and behind everything whose figures it would change.
 */
function leakEndpoint(path: string): Endpoint {
  return {
    ...EACH,
    ...PROTOBUF,
    kind: "goroutineleak",
    path,
    file: "goroutineleak.pb.gz",
    cost: "heavy",
    when: "last",
    forcedGc: false,
  };
}

/** Where a target resolves addresses to function names (`?0x1+0x2`). */
export function symbolEndpoint(target: UrlTarget): Endpoint {
  return {
    ...EACH,
    kind: "symbols",
    path: `${target.pprofPath}/symbol`,
    file: "symbols.txt",
    cost: "light",
    when: "once",
    accept: "*/*",
    acceptGzip: true,
    expectation: "symbols",
  };
}

/**
 * Where /debug/vars or /metrics may be, the service's own place first: beside a mounted pprof
 * ("/svc/debug/pprof" → "/svc/debug/vars", "/svc/metrics"), and at the server's root, which behind a path-routing
 * gateway is another service's.
 */
function listSidePaths(pprofPath: string, atRoot: string, kind: "vars" | "metrics"): string[] {
  const mount = pprofPath.endsWith("/pprof") ? pprofPath.slice(0, -"/pprof".length) : "";
  const prefix = mount.endsWith("/debug") ? mount.slice(0, -"/debug".length) : mount;
  const beside = kind === "vars" ? `${mount}/vars` : `${prefix}/metrics`;
  return beside === atRoot || mount === "" ? [atRoot] : [beside, atRoot];
}

/** The URL as it may be shown and kept: without what the user put into the query. */
export function renderOrigin(target: UrlTarget, endpoint: Endpoint): string {
  return `${target.serverRoot}${endpoint.path}${endpoint.query === "" ? "" : `?${endpoint.query}`}`;
}

/** The URL that is asked. `words` is a query that is not made of names and values: the addresses for symbol. */
export function buildUrl(target: UrlTarget, endpoint: Endpoint, words = ""): URL {
  // Words end in "+", so that Go's symbol handler takes what follows for a word of its own, and no address.
  const query = [words, endpoint.query, target.query].filter((part) => part !== "").join("&");
  return new URL(`${target.serverRoot}${endpoint.path}${query === "" ? "" : `?${query}`}`);
}
