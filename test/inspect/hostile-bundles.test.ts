import { describe, expect, test } from "vitest";
import { ProtobufWriter } from "../../src/bytes/protobuf-writer.ts";
import { inspectBundle } from "../../src/inspect/inspect-bundle.ts";
import { buildReportView } from "../../src/report/build-report-view.ts";
import { renderHtml } from "../../src/report/html.ts";
import { renderJson } from "../../src/report/json.ts";
import { makeBundle } from "../support/bundle-sample.ts";

/**
 * Inputs made to be small and to become large: each is below two megabytes and once took minutes, or more memory than
 * a Map can hold. They must end, within the time that any test is given, in a report that can be opened.
 */

interface HostileProfile {
  functions: readonly [name: string, file: string][];
  /** Lines of each location: a function and a line number, innermost first. */
  locations: readonly (readonly [fn: number, line: number])[][];
  /** Locations of each sample, leaf first. */
  samples: readonly (readonly number[])[];
}

const TYPES = [
  ["alloc_objects", "count"],
  ["alloc_space", "bytes"],
  ["inuse_objects", "count"],
  ["inuse_space", "bytes"],
] as const;

/** Every sample has a megabyte more in each snapshot. Ids are indexes plus 1. */
function encodeHostile({ functions, locations, samples }: HostileProfile, snapshot: number): Uint8Array {
  const writer = new ProtobufWriter();
  const strings = [""];
  const known = new Map<string, number>();
  const intern = (text: string): number => {
    const index = known.get(text) ?? strings.push(text) - 1;
    known.set(text, index);
    return index;
  };
  const message = (field: number, write: () => void): void => {
    const start = writer.beginField(field);
    write();
    writer.endLengthDelimited(start);
  };
  for (const [type, unit] of TYPES) {
    message(1, () => {
      writer.writeOptionalInt64(1, intern(type));
      writer.writeOptionalInt64(2, intern(unit));
    });
  }
  const bytes = (1 + snapshot) * 2 ** 20;
  for (const stack of samples) {
    message(2, () => {
      message(1, () => {
        for (const location of stack) writer.writeVarint(location + 1);
      });
      message(2, () => {
        for (const value of [10, bytes, 10, bytes]) writer.writeVarint(value);
      });
    });
  }
  for (const [index, lines] of locations.entries()) {
    message(4, () => {
      writer.writeOptionalInt64(1, index + 1);
      for (const [fn, line] of lines) {
        message(4, () => {
          writer.writeOptionalInt64(1, fn + 1);
          writer.writeOptionalInt64(2, line);
        });
      }
    });
  }
  for (const [index, [name, file]] of functions.entries()) {
    message(5, () => {
      writer.writeOptionalInt64(1, index + 1);
      writer.writeOptionalInt64(2, intern(name));
      writer.writeOptionalInt64(4, intern(file));
    });
  }
  const encoder = new TextEncoder();
  for (const text of strings) writer.writeBytesField(6, encoder.encode(text));
  return writer.finish();
}

const own = (n: number): [string, string] => [`main.f${n}`, "/src/main.go"];
const library = (n: number): [string, string] => [`encoding/json.f${n}`, "encoding/json/x.go"];
const times = <T>(count: number, make: (n: number) => T): T[] =>
  Array.from({ length: count }, (_, n) => make(n));
/** One location a function. */
const plain = (count: number): (readonly [number, number])[][] => times(count, (n) => [[n, n + 1] as const]);

const SNAPSHOTS = 6;

/** Inspects six snapshots and gives the sizes of what comes out. */
function inspectAll(snapshots: readonly Uint8Array[]): {
  outcome: string;
  jsonBytes: number;
  htmlBytes: number;
} {
  const bundle = makeBundle(Object.fromEntries(snapshots.map((bytes, n) => [`000${n}/x`, bytes])), "heap");
  for (const [n, capture] of bundle.manifest.captures.entries()) {
    capture.sample = n;
    capture.time.monotonicMs = n * 5000;
  }
  const inspection = inspectBundle(bundle);
  const options = { gopatrolVersion: "0.0.0" };
  return {
    outcome: inspection.verdict.outcome,
    jsonBytes: renderJson(inspection, options).length,
    htmlBytes: renderHtml(buildReportView(inspection, options), "").length,
  };
}

/** What a browser still opens. */
const MOST_REPORT_BYTES = 8 * 2 ** 20;

const PROFILES: Record<string, HostileProfile> = {
  "one location with a hundred thousand inlined calls": {
    functions: times(1000, library),
    locations: [times(100_000, (n) => [n % 1000, n] as const)],
    samples: [[0]],
  },
  "fifty thousand samples that share it": {
    functions: times(1000, own),
    locations: [times(50_000, (n) => [n % 1000, n] as const), ...plain(1000)],
    samples: times(50_000, (n) => [0, 1 + (n % 1000)]),
  },
  "a stack that names it a hundred thousand times": {
    functions: times(1000, own),
    locations: [times(1000, (n) => [n, n] as const)],
    samples: [times(100_000, () => 0)],
  },
  "stacks without an own frame, two thousand deep": {
    functions: times(1000, library),
    locations: plain(1000),
    samples: times(400, (n) => times(2000, (k) => (n * 7 + k * 13) % 1000)),
  },
  "stacks that are each one frame deeper than the last": {
    functions: times(1000, library),
    locations: plain(1000),
    samples: times(1500, (n) => times(n + 1, (k) => (n - k) % 1000)),
  },
  "twenty thousand sites that all grow": {
    functions: times(20_000, own),
    locations: plain(20_000),
    samples: times(20_000, (n) => [n, (n * 31) % 20_000, (n * 17) % 20_000]),
  },
  "half of them maps": {
    functions: [["runtime.mapassign", "/go/src/runtime/map.go"], ...times(20_000, own)],
    locations: plain(20_001),
    samples: times(20_000, (n) => (n % 2 === 0 ? [0, n + 1, 1 + ((n * 31) % 20_000)] : [n + 1])),
  },
  "names of a megabyte, and brackets in brackets": {
    functions: [
      [`main.${"f".repeat(2 ** 20)}`, `/src/${"x/".repeat(2 ** 18)}a.go`],
      [`main.${"[]".repeat(2 ** 19)}`, "/src/main.go"],
      [`main.${"[".repeat(2 ** 19)}`, "/src/main.go"],
    ],
    locations: plain(3),
    samples: [[0], [1], [2]],
  },
};

describe("a heap profile that becomes large", () => {
  test.each(Object.entries(PROFILES))("%s", (_name, profile) => {
    const result = inspectAll(times(SNAPSHOTS, (n) => encodeHostile(profile, n)));
    // Nothing else says how the heap as a whole does, so the sums of the profiles do.
    expect(result.outcome).toMatch(/^(leak|attention)$/);
    expect(result.jsonBytes).toBeLessThan(MOST_REPORT_BYTES);
    expect(result.htmlBytes).toBeLessThan(MOST_REPORT_BYTES);
  });
});

test("a dump in which thousands of groups of goroutines grow", () => {
  const dump = (snapshot: number): Uint8Array => {
    let id = 0;
    const group = (n: number): string =>
      `goroutine ${++id} [sync.Mutex.Lock, ${n % 100} minutes]:\nmain.(*T${n}).f${n}()\n\t/src/main.go:${n + 1} +0x1d\n` +
      `created by main.g${n}\n\t/src/main.go:7 +0x1d\n\n`;
    return new TextEncoder().encode(
      times(3000, (n) => times(6 * snapshot + 1, () => group(n)).join("")).join(""),
    );
  };
  const result = inspectAll(times(SNAPSHOTS, dump));
  expect(result.outcome).toBe("leak");
  expect(result.jsonBytes).toBeLessThan(MOST_REPORT_BYTES);
});

test("a window of thousands of samples, each with a stack and a goroutine of its own", () => {
  const dump = (n: number): string =>
    `goroutine ${n + 1} [chan send]:\nmain.f${n}()\n\t/src/main.go:${n + 1} +0x1d\n`;
  const captures = times(3000, (n) => [
    encodeHostile({ functions: [own(n)], locations: plain(1), samples: [[0]] }, n),
    new TextEncoder().encode(dump(n)),
  ]).flat();
  const bundle = makeBundle(Object.fromEntries(captures.map((bytes, n) => [`${n}/x`, bytes])), "heap");
  const inspection = inspectBundle(bundle);
  expect(inspection.window.samples).toBe(3000);
  expect(renderJson(inspection, { gopatrolVersion: "0.0.0" }).length).toBeLessThan(MOST_REPORT_BYTES);
});
