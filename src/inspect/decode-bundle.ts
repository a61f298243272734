import type { Bundle, Capture, CaptureKind } from "../bundle/manifest.ts";
import { type Damage, DecodeError, type FormatName } from "../bytes/decode-error.ts";
import { inflateGzip, sniffGzip } from "../bytes/gunzip.ts";
import { decodeCountText } from "../formats/count-text/decode.ts";
import { decodeExpvar } from "../formats/expvar/decode.ts";
import { decodeGoroutineDumps } from "../formats/goroutine-dump/decode.ts";
import { decodeHeapText } from "../formats/heap-text/decode.ts";
import { decodeProfile } from "../formats/pprof/decode.ts";
import { decodePrometheusText } from "../formats/prometheus/decode.ts";
import { findGoRuntime, type GoRuntimeMetrics } from "../formats/prometheus/go-runtime.ts";
import { sniffFormat } from "../formats/sniff.ts";
import { decodeSymbolText } from "../formats/symbol-text/decode.ts";
import type { GoroutineTable } from "../tables/goroutine-table.ts";
import type { MemStats } from "../tables/mem-stats.ts";
import { findBrokenIdentity } from "../tables/memory-classes.ts";
import { findSampleType, type Profile } from "../tables/profile.ts";
import { decodeProcess, type ProcessFacts } from "./decode-process.ts";
import { joinLooseProcess } from "./join-loose-process.ts";
import { type Counters, collectCounters } from "./load-counter.ts";
import { type LogEvidence, LogReading } from "./log-reading.ts";
import { findDisagreements, type StatsReading } from "./stats-readings.ts";

/** Everything one sample of the window says, decoded. Several sources may carry the same fact. */
export interface SampleEvidence {
  sample: number;
  /** Since the first capture of the bundle. */
  seconds: number;
  wallMs: number;
  heap?: Profile;
  /** The sample ran a collection, behind which its heap profiles and MemStats were read. */
  heapForcedGc: boolean;
  heapText?: Profile;
  /** From the best source: heap?debug=1, then expvar, with Prometheus text filling in. */
  memStats?: MemStats;
  /** MemStats by capture, those that contradict the others left out. */
  readings: StatsReading[];
  goroutineProfile?: Profile;
  goroutineDump?: GoroutineTable;
  /** Those that the collector found to be blocked for good. */
  goroutineLeaks?: Profile;
  runtime?: GoRuntimeMetrics;
  /** The program's own counters, of expvar and Prometheus text, summed over labels. */
  counters?: Counters;
  process: ProcessFacts;
}

export interface DecodedBundle {
  samples: SampleEvidence[];
  symbols: Map<bigint, string>;
  /** Go source by the path that profiles print. */
  source: Map<string, string>;
  /** What each readable capture turned out to be, by path. */
  formats: Map<string, FormatName>;
  damage: (Damage & { path: string })[];
  logs: LogEvidence;
}

/** Decodes every capture by its content. A capture that cannot be read becomes damage; nothing here throws for it. */
export function decodeBundle(bundle: Bundle): DecodedBundle {
  const logs = new LogReading();
  const decoded: DecodedBundle = {
    samples: [],
    logs: logs.finish(),
    symbols: new Map(),
    source: new Map(),
    formats: new Map(),
    damage: [],
  };
  const bySample = new Map<number, SampleEvidence>();
  for (const capture of joinLooseProcess(bundle)) {
    const bytes = bundle.files.get(capture.path);
    if (bytes === undefined) {
      decoded.damage.push({
        format: "manifest",
        offset: 0,
        path: capture.path,
        what: "named by the manifest but missing from the bundle",
      });
      continue;
    }
    if (capture.kind === "source") {
      decoded.source.set(capture.origin, new TextDecoder().decode(bytes));
      continue;
    }
    if (IGNORED_KINDS.has(capture.kind)) continue;
    let evidence = bySample.get(capture.sample);
    if (evidence === undefined) {
      evidence = {
        sample: capture.sample,
        seconds: capture.time.monotonicMs / 1000,
        wallMs: capture.time.wallMs,
        heapForcedGc: false,
        readings: [],
        process: {},
      };
      bySample.set(capture.sample, evidence);
    }
    try {
      decodeCapture(capture, bytes, evidence, decoded, logs);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      decoded.damage.push({
        format: error.format,
        offset: error.offset,
        path: capture.path,
        what: `${error.message}. ${error.hint}`,
      });
    }
  }
  decoded.logs = logs.finish();
  // A log tells of its own time, not of a moment in the window.
  decoded.samples = [...bySample.values()]
    .filter((sample) => !logs.isOnlyLog(sample.sample))
    .sort((a, b) => a.seconds - b.seconds || a.sample - b.sample);
  joinReadings(decoded, bundle.manifest.target.kind);
  const origin = decoded.samples[0]?.seconds ?? 0;
  for (const sample of decoded.samples) sample.seconds -= origin;
  return decoded;
}

/** Leaves out readings of other processes and of other times, and joins the rest into each sample's figures. */
function joinReadings(decoded: DecodedBundle, target: Bundle["manifest"]["target"]["kind"]): void {
  const readings = decoded.samples.flatMap((sample) => sample.readings);
  // The times of loose files are those of the file system, and each file is an origin of its own.
  const disagreements = target === "files" ? [] : findDisagreements(readings);
  const foreign = new Set(disagreements.map(({ origin }) => origin));
  for (const { reading, what } of disagreements) {
    decoded.damage.push({ format: reading.format, offset: 0, path: reading.path, what });
  }
  for (const { path, format, memStats } of readings) {
    const broken = findBrokenIdentity(memStats);
    if (broken !== undefined)
      decoded.damage.push({ format, offset: 0, path, what: `inputs disagree: ${broken}` });
  }
  for (const sample of decoded.samples) {
    sample.readings = sample.readings.filter(({ origin }) => !foreign.has(origin));
    const byFormat = (wanted: FormatName) => sample.readings.filter(({ format }) => format === wanted);
    const [text, vars] = [byFormat("heap-text")[0], byFormat("expvar")[0]];
    const scrapes = byFormat("prometheus");
    // A second scrape is of the server's root, which behind a path-routing gateway is another service's.
    const scrape = scrapes.find(({ memStats }) => Object.keys(memStats).length > 0) ?? scrapes[0];
    if (scrape?.runtime !== undefined) sample.runtime = scrape.runtime;
    if (text !== undefined || vars !== undefined || scrape !== undefined) {
      sample.memStats = { ...scrape?.memStats, ...vars?.memStats, ...text?.memStats };
    }
  }
}

/** Kept in the bundle for people; analysis has no use for them. */
const IGNORED_KINDS: ReadonlySet<CaptureKind> = new Set(["index", "cmdline"]);

function decodeCapture(
  capture: Capture,
  raw: Uint8Array,
  evidence: SampleEvidence,
  decoded: DecodedBundle,
  logs: LogReading,
): void {
  const note = (damage: readonly Damage[]) => {
    for (const d of damage) decoded.damage.push({ ...d, path: capture.path });
  };
  let bytes = raw;
  if (sniffGzip(raw)) {
    const inflated = inflateGzip(raw);
    note(inflated.damage);
    bytes = inflated.bytes;
  }
  const { format, looksLike } = sniffFormat(bytes);
  if (format === "unknown") {
    throw new DecodeError(
      looksLike === undefined ? "not a format gopatrol knows" : `this is ${looksLike}, not evidence`,
      {
        format: "unknown",
        offset: 0,
        hint: "Give pprof profiles, goroutine dumps, heap?debug=1 text, expvar JSON, Prometheus text, logs with lines of GODEBUG=gctrace=1, or a bundle.",
      },
    );
  }
  decoded.formats.set(capture.path, format);
  const readFrom = (from: FormatName) => ({
    path: capture.path,
    origin: capture.origin,
    format: from,
    seconds: capture.time.monotonicMs / 1000,
  });
  note(logs.read(format, bytes, capture));
  switch (format) {
    case "pprof": {
      const { profile, damage } = decodeProfile(bytes);
      note(damage);
      if (!placeProfile(profile, capture, evidence)) {
        const what = `a profile of ${describeTypes(profile)}, neither of the heap nor of goroutines, was passed over`;
        note([{ format: "pprof", offset: 0, what }]);
      }
      break;
    }
    case "heap-text": {
      const { profile, memStats, damage } = decodeHeapText(bytes);
      note(damage);
      evidence.heapText = profile;
      evidence.heapForcedGc ||= capture.forcedGc;
      if (memStats !== undefined) evidence.readings.push({ ...readFrom("heap-text"), memStats });
      break;
    }
    case "count-text": {
      const { name, profile, damage } = decodeCountText(bytes);
      note(damage);
      if (name === "goroutine") evidence.goroutineProfile ??= profile;
      if (name === "goroutineleak") evidence.goroutineLeaks ??= profile;
      break;
    }
    case "goroutine-dump": {
      const { dumps, damage } = decodeGoroutineDumps(bytes);
      note(damage);
      // A log may hold several dumps without times: the last whole one is the state it ended in. A lone goroutine after
      // it is the stack of a panic.
      const last = dumps.findLast((dump) => dump.table.length > 1) ?? dumps[dumps.length - 1];
      if (last !== undefined) evidence.goroutineDump = last.table;
      break;
    }
    case "symbol-text": {
      const { symbols, damage } = decodeSymbolText(bytes);
      note(damage);
      for (const [address, name] of symbols) decoded.symbols.set(address, name);
      break;
    }
    case "expvar": {
      const { memStats, metrics, damage } = decodeExpvar(bytes);
      note(damage);
      evidence.counters = collectCounters(metrics, evidence.counters);
      if (memStats !== undefined) evidence.readings.push({ ...readFrom("expvar"), memStats });
      break;
    }
    case "prometheus": {
      const { samples, damage } = decodePrometheusText(bytes);
      note(damage);
      evidence.counters = collectCounters(samples, evidence.counters);
      const runtime = findGoRuntime(samples);
      evidence.readings.push({ ...readFrom("prometheus"), memStats: runtime.memStats, runtime });
      break;
    }
    default:
      note(decodeProcess(format, bytes, capture, evidence.process));
      break;
  }
}

/** False if the profile is of something that nothing here is judged by. */
function placeProfile(profile: Profile, capture: Capture, evidence: SampleEvidence): boolean {
  if (findSampleType(profile, "inuse_space") !== undefined) {
    // heap and allocs carry the same columns; the one taken right after a collection is the better.
    if (evidence.heap === undefined || capture.kind !== "allocs") {
      evidence.heap = profile;
      evidence.heapForcedGc ||= capture.forcedGc;
    }
    return true;
  }
  if (findSampleType(profile, "goroutineleak") !== undefined) {
    evidence.goroutineLeaks = profile;
    return true;
  }
  if (findSampleType(profile, "goroutine") === undefined) return false;
  evidence.goroutineProfile = profile;
  return true;
}

const MOST_DESCRIBED = 100;

function describeTypes({ sampleTypes, strings }: Profile): string {
  const names = sampleTypes.slice(0, 4).map(({ type }) => strings.get(type));
  return names.join(" and ").slice(0, MOST_DESCRIBED);
}
