import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { computeSha256 } from "../../src/bundle/bundle-damage.ts";
import type { Bundle, Capture, CaptureKind } from "../../src/bundle/manifest.ts";
import { inflateGzip } from "../../src/bytes/gunzip.ts";
import { decodeProfile } from "../../src/formats/pprof/decode.ts";
import { encodeProfile } from "../../src/formats/pprof/encode.ts";
import { findSampleType } from "../../src/tables/profile.ts";
import type { FakeAnswer, FakeAnswers } from "./fake-pprof-server.ts";
import { goIndexPage } from "./fake-pprof-server.ts";

/** What a service has done since it started, on top of what the recorded captures show. */
export interface ServiceMoment {
  /** Bytes that one allocation site keeps. */
  keptBytes: number;
  /** Goroutines that wait in a channel send. */
  parked: number;
  /** Samples since the start: counters rise with it. */
  age: number;
}

const MIB = 2 ** 20;

/** Moments of services, by sample. */
export const SERVICES = {
  /** 4 MiB more in each sample, from one line. */
  leakingHeap: (sample: number): ServiceMoment => ({ keptBytes: 4 * MIB * sample, parked: 0, age: sample }),
  /** 20 goroutines more in each sample, at one line. */
  leakingGoroutines: (sample: number): ServiceMoment => ({ keptBytes: 0, parked: 20 * sample, age: sample }),
  healthy: (sample: number): ServiceMoment => ({ keptBytes: 0, parked: 0, age: sample }),
} as const;

export type MomentOfSample = (sample: number) => ServiceMoment;

type ServedKind = Exclude<
  CaptureKind,
  "symbols" | "source" | "file" | "log" | "goroutineleak" | `proc-${string}`
>;

/** What Go 1.27 answered once, with the moment's numbers put in. */
export function recordedCapture(kind: ServedKind, moment: ServiceMoment): Uint8Array {
  switch (kind) {
    case "index":
      return encode(goIndexPage(18 + moment.parked));
    case "cmdline":
      return encode("/app/capture\0--port=80");
    case "heap":
    case "allocs":
      return growHeap(moment);
    case "heap-text":
      return encode(growHeapText(moment));
    case "goroutine":
      return growGoroutines(moment);
    case "goroutine-dump":
      return encode(growDump(moment));
    case "expvar":
      return encode(growExpvar(moment));
    case "metrics":
      return encode("# TYPE go_goroutines gauge\ngo_goroutines 18\n");
  }
}

const PATHS: Record<ServedKind, string> = {
  index: "/debug/pprof/",
  cmdline: "/debug/pprof/cmdline",
  heap: "/debug/pprof/heap",
  "heap-text": "/debug/pprof/heap?debug=1",
  goroutine: "/debug/pprof/goroutine",
  "goroutine-dump": "/debug/pprof/goroutine?debug=2",
  allocs: "/debug/pprof/allocs",
  expvar: "/debug/vars",
  metrics: "/metrics",
};

/** How often tests sample: SHORT_WINDOW's interval. */
const MOMENT_MS = 500;

/**
 * Answers for the fake server; a heap profile, as text or failing that in protobuf, is the first thing asked of each sample and moves on to the next moment. On a
 * busy machine samples come late and are left out: the service goes on meanwhile, so that it still grows evenly.
 */
export function recordedAnswers(momentOf: MomentOfSample): FakeAnswers {
  let sample = -1;
  let firstMs: number | undefined;
  let before: ServedKind | undefined;
  const answers: FakeAnswers = {};
  for (const [kind, path] of Object.entries(PATHS) as [ServedKind, string][]) {
    answers[path] = (): FakeAnswer => {
      const isFirst = kind === "heap-text" || (kind === "heap" && before !== "heap-text");
      before = kind;
      if (isFirst) {
        firstMs ??= performance.now();
        sample = Math.max(sample + 1, Math.round((performance.now() - firstMs) / MOMENT_MS));
      }
      return { body: recordedCapture(kind, momentOf(Math.max(0, sample))) };
    };
  }
  return answers;
}

const BUNDLED: readonly ServedKind[] = [
  "heap",
  "heap-text",
  "goroutine",
  "goroutine-dump",
  "expvar",
  "metrics",
];
const EVERY_MS = 5000;

/** The bundle that a capture of so many samples would give. */
export function recordedBundle(momentOf: MomentOfSample, samples = 6): Bundle {
  const files = new Map<string, Uint8Array>();
  const captures: Capture[] = [];
  for (let sample = 0; sample < samples; sample++) {
    for (const kind of BUNDLED) {
      const bytes = recordedCapture(kind, momentOf(sample));
      const path = `${String(sample).padStart(4, "0")}/${kind}`;
      files.set(path, bytes);
      captures.push({
        kind,
        sample,
        path,
        origin: `http://127.0.0.1:6060${PATHS[kind]}`,
        time: { wallMs: BEGUN_MS + sample * EVERY_MS, monotonicMs: sample * EVERY_MS },
        elapsedMs: 2,
        bytes: bytes.length,
        sha256: computeSha256(bytes),
        forcedGc: kind === "heap",
        cutOff: false,
      });
    }
  }
  const manifest: Bundle["manifest"] = {
    format: "gopatrol-bundle",
    version: 1,
    gopatrol: "0.0.0",
    target: { kind: "url", name: "http://127.0.0.1:6060" },
    begun: { wallMs: BEGUN_MS },
    windowMs: (samples - 1) * EVERY_MS,
    everyMs: EVERY_MS,
    samples,
    interrupted: false,
    limitBytes: null,
    load: null,
    captures,
    failures: [],
  };
  return { manifest, files };
}

const BEGUN_MS = Date.UTC(2026, 10, 20);
const fixtures = new URL("../fixtures/", import.meta.url);

function readFixture(name: string): Uint8Array {
  return Uint8Array.from(readFileSync(new URL(name, fixtures)));
}

function readText(name: string): string {
  return new TextDecoder().decode(readFixture(name));
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Gives the sample with most bytes in use what has been kept meanwhile. */
function growHeap({ keptBytes }: ServiceMoment): Uint8Array {
  const { profile } = decodeProfile(inflateGzip(readFixture("profiles/go1.27.0-heap.pb.gz")).bytes);
  const column = (type: string): Float64Array => findSampleType(profile, type)!.value;
  const inuse = column("inuse_space");
  const most = inuse.indexOf(Math.max(...inuse));
  const objects = Math.round(keptBytes / (inuse[most]! / column("inuse_objects")[most]!));
  for (const type of ["inuse_space", "alloc_space"]) column(type)[most]! += keptBytes;
  for (const type of ["inuse_objects", "alloc_objects"]) column(type)[most]! += objects;
  return gzipSync(encodeProfile(profile));
}

function memStatsOf({ keptBytes, age }: ServiceMoment): Record<string, number> {
  const live = 12 * MIB + keptBytes;
  return {
    Alloc: live,
    TotalAlloc: 26 * MIB + keptBytes + age * 6 * MIB,
    Sys: 2 * live + 16 * MIB,
    Mallocs: 62_619 + age * 20_000,
    HeapAlloc: live,
    HeapSys: 2 * live,
    HeapInuse: live + MIB,
    NextGC: 2 * live,
    NumGC: 5 + 2 * age,
    NumForcedGC: 1 + age,
  };
}

function growHeapText(moment: ServiceMoment): string {
  let text = readText("text/go1.27/heap.txt");
  for (const [name, value] of Object.entries(memStatsOf(moment))) {
    text = text.replace(new RegExp(`^# ${name} = .*$`, "m"), `# ${name} = ${value}`);
  }
  return text;
}

function growExpvar(moment: ServiceMoment): string {
  let text = readText("text/go1.27/expvar.json");
  for (const [name, value] of Object.entries(memStatsOf(moment))) {
    text = text.replace(new RegExp(`"${name}":[^,}]*`), `"${name}":${value}`);
  }
  return text;
}

/** Parks more goroutines on the stack that most of them have. */
function growGoroutines({ parked }: ServiceMoment): Uint8Array {
  const { profile } = decodeProfile(inflateGzip(readFixture("profiles/go1.27.0-goroutine.pb.gz")).bytes);
  // The recorded program has three in `main.leave.func1.1` waiting to send.
  const count = profile.samples.columns[0]!.value;
  count[count.indexOf(3)]! += parked;
  return gzipSync(encodeProfile(profile));
}

function growDump({ parked }: ServiceMoment): string {
  const more = Array.from(
    { length: parked },
    (_, n) =>
      `goroutine ${1000 + n} [chan send]:\nmain.leave.func1.1()\n\texample.com/profiles/main.go:83 +0x1e\n` +
      "created by main.leave.func1 in goroutine 1\n\texample.com/profiles/main.go:83 +0x1a5\n\n",
  );
  return `${readText("text/go1.27/goroutine-dump.txt").trimEnd()}\n\n${more.join("")}`;
}
