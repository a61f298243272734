import { makeRandom } from "../../../bench/synthetic-profile.ts";
import { NONE, type Profile } from "../../../src/tables/profile.ts";
import { fromPlainProfile, type PlainLabel, type PlainProfile } from "../plain-profile.ts";

export interface MadeOptions {
  seed: number;
  functions: readonly string[];
  files: readonly string[];
  samples: number;
  depth: number;
  types: [type: string, unit: string][];
  /** Most lines of a location; 1 is none inlined, 0 no symbols at all. */
  inlining: number;
  labels: "none" | "bytes" | "strings" | "both" | "units";
  /** Draws frames from few functions, so that they recur. */
  isRecursive: boolean;
  hasNegative: boolean;
  mappings: readonly string[];
  startLines: boolean;
  columns: boolean;
  folded: boolean;
  largeIds: boolean;
  comments: string[];
  dropFrames: string;
  keepFrames: string;
  docUrl: string;
  defaultSampleType: string;
  durationNanos: bigint;
  timeNanos: bigint;
  valueScale: number;
}

export const GO_FUNCTIONS = [
  "main.main",
  "main.(*Server).Handle",
  "main.(*Cart).Add",
  "main.work.func1",
  "net/http.(*conn).serve",
  "net/http.HandlerFunc.ServeHTTP",
  "example.com/shop/v2/internal/cart.(*Store[...]).Put",
  "example.com/shop/v2/internal/cart.grow",
  "slices.Grow[...]",
  "runtime.mallocgc",
  "runtime.growslice",
  "runtime.main",
  "runtime.goexit",
  "encoding/json.(*decodeState).object",
  "main.Σύνολο",
  "a",
];
export const CPP_FUNCTIONS = [
  "main",
  "std::vector<int, std::allocator<int> >::push_back(int const&)",
  "(anonymous namespace)::Handle(std::string)",
  "operator new(unsigned long)",
  "std::__1::function<void (int)>::operator()(int) const",
  "tcmalloc::allocate_full_malloc_oom(unsigned long)",
  "base::Mutex::Unlock",
  ".start_thread",
  "ns::Worker::run(ns::Queue<ns::Task>&)",
  "clone",
];
export const RUST_FUNCTIONS = [
  "core::ops::function::FnOnce::call_once",
  "alloc::raw_vec::RawVec<T,A>::grow_one",
  "<alloc::vec::Vec<T> as core::iter::Extend<T>>::extend",
  "shop::cart::Cart::push",
  "shop::main",
  "std::rt::lang_start::{{closure}}",
  "tokio::runtime::task::raw::poll",
  "__rust_alloc",
];
const FILES = [
  "/home/me/src/shop/cart.go",
  "/build/shop/server.go",
  "/goroot/src/runtime/malloc.go",
  "/build/./shop/../shop/main.go",
  "src/work.cc",
  "/rustc/90b35a/library/core/src/ops/function.rs",
  "",
];

const DEFAULTS: MadeOptions = {
  seed: 1,
  functions: GO_FUNCTIONS,
  files: FILES,
  samples: 60,
  depth: 8,
  types: [
    ["alloc_objects", "count"],
    ["alloc_space", "bytes"],
    ["inuse_objects", "count"],
    ["inuse_space", "bytes"],
  ],
  inlining: 3,
  labels: "bytes",
  isRecursive: false,
  hasNegative: false,
  mappings: ["/usr/bin/shop"],
  startLines: true,
  columns: false,
  folded: false,
  largeIds: false,
  comments: [],
  dropFrames: "",
  keepFrames: "",
  docUrl: "",
  defaultSampleType: "",
  durationNanos: 0n,
  timeNanos: 1_700_000_000_123_456_789n,
  valueScale: 4096,
};

const BUILD_ID = "3f9a2b7c5d1e";

/** A profile of made-up programs, the same for the same options. */
export function makeProfile(changes: Partial<MadeOptions>): Profile {
  const options = { ...DEFAULTS, ...changes };
  const random = makeRandom(options.seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const id = (row: number): bigint => (options.largeIds ? 2n ** 63n + BigInt(row * 977) : BigInt(row + 1));
  const functions = options.functions.map((name, row) => ({
    id: id(row),
    name,
    systemName: name,
    filename: options.files[below(options.files.length)]!,
    startLine: options.startLines ? 1 + below(6) * 3 : 0,
  }));
  const mappings = options.mappings.map((filename, row) => ({
    id: BigInt(row + 1),
    memoryStart: BigInt(0x40_0000 * (row + 1)),
    memoryLimit: BigInt(0x40_0000 * (row + 2)),
    fileOffset: BigInt(row * 0x1000),
    filename,
    buildId: row === 0 ? BUILD_ID : "",
    has: 15,
  }));
  const locations = Array.from({ length: 3 * functions.length }, (_, row) => {
    const lines = options.inlining === 0 ? 0 : 1 + Math.floor(random() ** 2 * options.inlining);
    const mapping = mappings.length === 0 ? NONE : below(mappings.length);
    return {
      id: id(row),
      mapping,
      address: BigInt(0x40_0000 * (mapping + 1) + 0x100 + 17 * row),
      isFolded: options.folded && below(5) === 0,
      lines: Array.from({ length: lines }, () => ({
        function: below(functions.length),
        line: 1 + below(30),
        column: options.columns ? below(4) : 0,
      })),
    };
  });
  const samples = Array.from({ length: options.samples }, () => {
    const depth = 1 + below(options.depth);
    const pool = options.isRecursive ? 6 : locations.length;
    const objects = 1 + below(500);
    const size = 8 << below(12);
    const sign = options.hasNegative && below(3) === 0 ? -1 : 1;
    return {
      locations: Array.from({ length: depth }, () => below(pool)),
      values: options.types.map((_, at) => {
        if (below(12) === 0) return 0n;
        const value = at % 2 === 0 ? objects : Math.floor((objects * size * options.valueScale) / 4096);
        return BigInt(sign * (at < 2 ? value : Math.floor(value / (1 + below(4)))));
      }),
      labels: makeLabels(options.labels, size, below),
    };
  });
  const plain: PlainProfile = {
    sampleTypes: options.types,
    samples,
    mappings,
    locations,
    functions,
    dropFrames: options.dropFrames,
    keepFrames: options.keepFrames,
    timeNanos: options.timeNanos,
    durationNanos: options.durationNanos,
    periodType: ["space", "bytes"],
    period: 524_288n,
    comments: options.comments,
    defaultSampleType: options.defaultSampleType,
    docUrl: options.docUrl,
  };
  return fromPlainProfile(plain);
}

function makeLabels(
  kind: MadeOptions["labels"],
  size: number,
  below: (limit: number) => number,
): PlainLabel[] {
  const labels: PlainLabel[] = [];
  if (kind === "bytes" || kind === "both") labels.push({ key: "bytes", num: BigInt(size), numUnit: "" });
  if (kind === "strings" || kind === "both") {
    if (below(3) > 0) labels.push({ key: "tenant", str: ["acme", "beta", "b", "ünit"][below(4)]! });
    if (below(2) > 0) labels.push({ key: "route", str: `GET /cart/${below(3)}` });
    if (below(6) === 0) labels.push({ key: "tenant", str: "second" });
  }
  if (kind === "units") {
    labels.push({ key: "request", num: BigInt(size), numUnit: "" });
    labels.push({ key: "latency", num: BigInt(below(5) * 1_000_000 + 1), numUnit: "nanoseconds" });
    if (below(4) === 0) labels.push({ key: "alignment", num: 16n, numUnit: "kilobytes" });
  }
  return labels;
}
