import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { encodeProfile } from "../../../src/formats/pprof/encode.ts";
import {
  CPP_FUNCTIONS,
  GO_FUNCTIONS,
  type MadeOptions,
  makeProfile,
  RUST_FUNCTIONS,
} from "./made-profiles.ts";
import { TEXT_PROFILES } from "./text-profiles.ts";

const FIXTURES = join(import.meta.dirname, "../../fixtures");

/** A profile, or several that are merged or compared, as `go tool pprof` is given them. */
export interface ConformanceCase {
  name: string;
  /** Bytes by file name. */
  files: ReadonlyMap<string, Uint8Array>;
  /** Sources and what is subtracted; `{dir}` is where the files are. */
  words: readonly string[];
}

const CPU_TYPES: [string, string][] = [
  ["samples", "count"],
  ["cpu", "nanoseconds"],
];

const MADE: readonly [name: string, options: Partial<MadeOptions>][] = [
  ["go-heap", {}],
  ["go-heap-labels", { seed: 2, labels: "both", samples: 120 }],
  ["go-cpu", { seed: 3, types: CPU_TYPES, labels: "strings", durationNanos: 30_120_000_000n }],
  ["recursion", { seed: 4, isRecursive: true, depth: 20, functions: GO_FUNCTIONS.slice(0, 5) }],
  ["deep-inlining", { seed: 5, inlining: 8, startLines: false }],
  ["columns", { seed: 6, columns: true, folded: true }],
  ["negative", { seed: 7, hasNegative: true, samples: 90 }],
  ["cpp", { seed: 8, functions: CPP_FUNCTIONS, mappings: ["/usr/bin/server", "/lib/libc.so.6", "[vdso]"] }],
  [
    "rust",
    { seed: 9, functions: RUST_FUNCTIONS, mappings: ["/srv/shop"], startLines: false, labels: "none" },
  ],
  ["no-symbols", { seed: 10, inlining: 0, mappings: ["/usr/bin/shop", "/lib/libc.so.6"] }],
  ["no-mappings", { seed: 11, mappings: [] }],
  ["no-mappings-no-symbols", { seed: 12, mappings: [], inlining: 0 }],
  ["large-ids", { seed: 13, largeIds: true }],
  ["label-units", { seed: 14, labels: "units" }],
  ["drop-frames", { seed: 15, dropFrames: "runtime\\..*|a", keepFrames: "runtime\\.main", inlining: 4 }],
  [
    "headers",
    {
      seed: 16,
      comments: ["made by hand", "#hidden", "second"],
      docUrl: "https://example.com/doc",
      defaultSampleType: "alloc_space",
      durationNanos: 3_723_000_000_000n,
    },
  ],
  [
    "contention",
    {
      seed: 17,
      types: [
        ["contentions", "count"],
        ["delay", "nanoseconds"],
      ],
      labels: "none",
    },
  ],
  ["one-sample", { seed: 18, samples: 1 }],
  ["empty", { samples: 0, timeNanos: 0n }],
  ["large-values", { seed: 19, valueScale: 2 ** 31 }],
  ["small-values", { seed: 20, valueScale: 1 }],
  [
    "unknown-unit",
    {
      seed: 21,
      types: [
        ["widgets", "widget"],
        ["cost", "GCU"],
      ],
      labels: "none",
    },
  ],
  ["many-samples", { seed: 22, samples: 1500, depth: 14, labels: "both" }],
];

/** Every profile that outputs are compared on. */
export function listCases(): ConformanceCase[] {
  return [
    ...listFixtures(),
    ...MADE.map(([name, options]) => single(`made-${name}`, encodeMade(options))),
    ...TEXT_PROFILES.map(([name, text]) => single(`text-${name}`, Buffer.from(text))),
    ...listComparisons(),
  ];
}

function single(name: string, bytes: Uint8Array): ConformanceCase {
  const file = name.startsWith("text-") ? `${name}.txt` : `${name}.pb.gz`;
  return { name, files: new Map([[file, bytes]]), words: [`{dir}/${file}`] };
}

function encodeMade(options: Partial<MadeOptions>): Uint8Array {
  return gzipSync(encodeProfile(makeProfile(options)));
}

/** Real profiles of Go 1.19 to 1.27. */
function listFixtures(): ConformanceCase[] {
  const folder = join(FIXTURES, "profiles");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".pb.gz"))
    .toSorted()
    .map((name) => single(name.replace(".pb.gz", ""), readFileSync(join(folder, name))));
}

function listComparisons(): ConformanceCase[] {
  const heap = (version: string): Uint8Array =>
    readFileSync(join(FIXTURES, `profiles/${version}-heap.pb.gz`));
  const several = (name: string, files: [string, Uint8Array][], words: string[]): ConformanceCase => ({
    name,
    files: new Map(files),
    words,
  });
  const twoMade: [string, Uint8Array][] = [
    ["a.pb.gz", encodeMade({ seed: 30, labels: "both" })],
    ["b.pb.gz", encodeMade({ seed: 30, labels: "both", samples: 90, timeNanos: 1_700_000_100_000_000_000n })],
  ];
  const cpu = (seed: number, unit: string): Uint8Array =>
    encodeMade({
      seed,
      types: [
        ["samples", "count"],
        ["cpu", unit],
      ],
      durationNanos: 10_000_000_000n,
    });
  return [
    several("diff-made", twoMade, ["-diff_base={dir}/a.pb.gz", "{dir}/b.pb.gz"]),
    several("base-made", twoMade, ["-base={dir}/a.pb.gz", "{dir}/b.pb.gz"]),
    several("base-negative", twoMade, ["-base={dir}/b.pb.gz", "{dir}/a.pb.gz"]),
    several("diff-normalized", twoMade, ["-normalize", "-diff_base={dir}/a.pb.gz", "{dir}/b.pb.gz"]),
    several("merge-made", twoMade, ["{dir}/a.pb.gz", "{dir}/b.pb.gz", "{dir}/a.pb.gz"]),
    several("diff-itself", twoMade, ["-diff_base={dir}/a.pb.gz", "{dir}/a.pb.gz"]),
    several(
      "diff-go-versions",
      [
        ["old.pb.gz", heap("go1.19.13")],
        ["new.pb.gz", heap("go1.27.0")],
      ],
      ["-diff_base={dir}/old.pb.gz", "{dir}/new.pb.gz"],
    ),
    several(
      "merge-go-versions",
      ["go1.19.13", "go1.22.12", "go1.26.8"].map((version) => [`${version}.pb.gz`, heap(version)]),
      ["go1.19.13", "go1.22.12", "go1.26.8"].map((version) => `{dir}/${version}.pb.gz`),
    ),
    several(
      "merge-units",
      [
        ["ns.pb.gz", cpu(40, "nanoseconds")],
        ["ms.pb.gz", cpu(41, "milliseconds")],
      ],
      ["{dir}/ms.pb.gz", "{dir}/ns.pb.gz"],
    ),
    several(
      "merge-common-types",
      [
        ["four.pb.gz", encodeMade({ seed: 50 })],
        [
          "two.pb.gz",
          encodeMade({
            seed: 51,
            types: [
              ["inuse_space", "bytes"],
              ["inuse_objects", "count"],
            ],
          }),
        ],
      ],
      ["{dir}/four.pb.gz", "{dir}/two.pb.gz"],
    ),
    several(
      "merge-columns",
      [
        ["a.pb.gz", encodeMade({ seed: 60, columns: true, folded: true })],
        ["b.pb.gz", encodeMade({ seed: 60, columns: true, samples: 80 })],
      ],
      ["{dir}/a.pb.gz", "{dir}/b.pb.gz"],
    ),
  ];
}
