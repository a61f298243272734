/** What is fuzzed: for each format its seeds, how they are broken, and what must hold of what comes out. */

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { Ajv2020 } from "ajv/dist/2020.js";
import { createTar } from "nanotar";
import { computeFdGrowth } from "../src/analysis/fd-growth.ts";
import { GcLogDigest } from "../src/analysis/gc-cycles/gc-log.ts";
import { classifyMappings } from "../src/analysis/mapping-class.ts";
import { accountRss } from "../src/analysis/rss-account.ts";
import { decodeBundleTar } from "../src/bundle/bundle-tar.ts";
import type { Bundle } from "../src/bundle/manifest.ts";
import { decodeManifest, encodeManifest } from "../src/bundle/manifest-json.ts";
import { decodeTar } from "../src/bundle/tar-reader.ts";
import { type Damage, DecodeError, type FormatName } from "../src/bytes/decode-error.ts";
import { inflateGzip, sniffGzip } from "../src/bytes/gunzip.ts";
import { decodeBundleArchive } from "../src/capture/bundle-archive.ts";
import { decodeCgoViolations } from "../src/formats/cgo-check/decode.ts";
import { decodeContentionText } from "../src/formats/contention-text/decode.ts";
import { decodeCountText } from "../src/formats/count-text/decode.ts";
import { decodeExpvar } from "../src/formats/expvar/decode.ts";
import { GodebugLogDecoder } from "../src/formats/godebug-log/decode.ts";
import { decodeGoroutineDumps } from "../src/formats/goroutine-dump/decode.ts";
import { decodeHeapText } from "../src/formats/heap-text/decode.ts";
import { decodeLdDebugLog } from "../src/formats/ld-debug-log/decode.ts";
import { decodeMemcheckLog } from "../src/formats/memcheck-log/decode.ts";
import { findMemoryMap, readMemoryMap } from "../src/formats/memory-map.ts";
import { decodeProfile } from "../src/formats/pprof/decode.ts";
import { encodeProfile } from "../src/formats/pprof/encode.ts";
import { decodeProcFds } from "../src/formats/proc-fds/decode.ts";
import { decodeProcLimits } from "../src/formats/proc-limits/decode.ts";
import { decodeProcMaps } from "../src/formats/proc-maps/decode.ts";
import { findCgroupMemory } from "../src/formats/proc-sections/cgroup-memory.ts";
import { decodeProcSections } from "../src/formats/proc-sections/decode.ts";
import { findMachineFacts } from "../src/formats/proc-sections/machine-facts.ts";
import { decodeProcStat } from "../src/formats/proc-stat/decode.ts";
import { decodeProcStatus } from "../src/formats/proc-status/decode.ts";
import { decodePrometheusText } from "../src/formats/prometheus/decode.ts";
import { findGoRuntime } from "../src/formats/prometheus/go-runtime.ts";
import { sniffFormat } from "../src/formats/sniff.ts";
import { decodeSymbolText } from "../src/formats/symbol-text/decode.ts";
import { inspectBundle } from "../src/inspect/inspect-bundle.ts";
import { assert } from "../src/lib/assert.ts";
import { buildReportView } from "../src/report/build-report-view.ts";
import { renderHtml } from "../src/report/html.ts";
import { renderJson } from "../src/report/json.ts";
import { renderMarkdown } from "../src/report/markdown.ts";
import { renderText } from "../src/report/text.ts";
import { readGoFile } from "../src/source/go-file.ts";
import { findBlockingStatement } from "../src/source/goroutine-source.ts";
import { traceRetention } from "../src/source/retention-path.ts";
import { declaredName } from "../src/source/runtime-name.ts";
import { checkGoroutines } from "../src/tables/goroutine-table.ts";
import { checkMappings, hasSizes } from "../src/tables/mapping-table.ts";
import { checkProfile, type Profile } from "../src/tables/profile.ts";
import { TEXT_PROFILES } from "../test/support/pprof-conformance/text-profiles.ts";
import { BREAKAGE, type Breakage, HOSTILE_CONTROL, HOSTILE_MARKUP, mutate } from "./fuzz-mutate.ts";
import { PPROF_TARGETS } from "./fuzz-pprof.ts";
import type { FuzzRandom } from "./fuzz-random.ts";
import { loadSeeds } from "./fuzz-seeds.ts";
import { checkThreshold, makeThreshold, THRESHOLD_SEEDS } from "./fuzz-threshold.ts";

export interface FuzzTarget {
  name: string;
  /** Of a default run; a bundle takes a thousand times longer than a line of text. */
  runs: number;
  /** Ending of a reproducer's name. */
  extension: string;
  /** Real inputs; every prefix of the small ones is tried too. */
  seeds(): readonly Uint8Array[];
  makeInput(random: FuzzRandom): Uint8Array;
  /** Returns if the input was read as it should; throws DecodeError if it was refused, anything else for a bug. */
  check(bytes: Uint8Array): void;
}

const RUNS = 100_000;

function target(
  name: FormatName,
  extension: string,
  breakage: Breakage,
  decode: (bytes: Uint8Array) => Damage[],
  seeds: () => readonly Uint8Array[] = () => loadSeeds().byFormat.get(name) ?? [],
): FuzzTarget {
  return {
    name,
    runs: RUNS,
    extension,
    seeds,
    makeInput: (random) => mutate(random, seeds(), breakage),
    check: (bytes) => {
      checkDamage(decode(bytes), bytes.length);
      sniffFormat(bytes);
    },
  };
}

function checkDamage(damage: readonly Damage[], inputBytes: number): void {
  for (const { offset, what } of damage) {
    assert(Number.isInteger(offset) && offset >= 0 && offset <= inputBytes, `damage at offset ${offset}`);
    assert(what.length > 0 && what.length <= 500, `damage says ${what.length} characters`);
  }
}

/** A profile from any format can be walked, and written as protobuf and read again. */
function checkWholeProfile(profile: Profile): void {
  checkProfile(profile);
  const again = decodeProfile(encodeProfile(profile));
  assert(again.damage.length === 0, "an encoded profile is whole");
  checkProfile(again.profile);
  assert(again.profile.samples.length === profile.samples.length, "encoding keeps every sample");
  const sum = ({ samples }: Profile): number =>
    samples.columns.reduce((all, { value }) => all + value.reduce((total, v) => total + v, 0), 0);
  assert(Object.is(sum(again.profile), sum(profile)), "encoding keeps every value");
}

const CONTENTION_SEEDS = TEXT_PROFILES.filter(([, text]) => text.startsWith("---")).map(([, text]) =>
  Buffer.from(text),
);

const FORMATS: readonly FuzzTarget[] = [
  ...PPROF_TARGETS,
  target("pprof", "pb", BREAKAGE.protobuf, (bytes) => {
    const { profile, damage } = decodeProfile(bytes);
    checkWholeProfile(profile);
    return damage;
  }),
  target(
    "gzip",
    "gz",
    BREAKAGE.binary,
    (bytes) => inflateGzip(bytes, { limitBytes: 64 * 2 ** 20 }).damage,
    () => loadSeeds().gzip,
  ),
  target("heap-text", "txt", BREAKAGE.text, (bytes) => {
    const { profile, memStats, damage } = decodeHeapText(bytes);
    checkWholeProfile(profile);
    checkNumbers(memStats ?? {});
    return damage;
  }),
  target("count-text", "txt", BREAKAGE.text, (bytes) => {
    const { profile, damage } = decodeCountText(bytes);
    checkWholeProfile(profile);
    return damage;
  }),
  target(
    "contention-text",
    "txt",
    BREAKAGE.text,
    (bytes) => {
      const { profile, damage } = decodeContentionText(bytes);
      checkWholeProfile(profile);
      readMemoryMap(bytes, Math.max(0, findMemoryMap(bytes)));
      return damage;
    },
    () => CONTENTION_SEEDS,
  ),
  target("goroutine-dump", "txt", BREAKAGE.text, (bytes) => {
    const { dumps, damage } = decodeGoroutineDumps(bytes);
    // Goroutine 0 alone is a thread's scheduler and no dump: then the damage says so.
    assert(dumps.length > 0 || damage.length > 0, "a dump was found, or it is said why there is none");
    for (const { table } of dumps) checkGoroutines(table);
    return damage;
  }),
  target("symbol-text", "txt", BREAKAGE.text, (bytes) => decodeSymbolText(bytes).damage),
  target("expvar", "json", BREAKAGE.json, (bytes) => {
    const { memStats, damage } = decodeExpvar(bytes);
    checkNumbers(memStats ?? {});
    return damage;
  }),
  target("prometheus", "txt", BREAKAGE.text, (bytes) => {
    const { samples, damage } = decodePrometheusText(bytes);
    findGoRuntime(samples);
    return damage;
  }),
  target("proc-maps", "txt", BREAKAGE.text, (bytes) => {
    const { mappings, damage } = decodeProcMaps(bytes);
    checkMappings(mappings);
    const classified = classifyMappings(mappings);
    if (!hasSizes(mappings)) return damage;
    const account = accountRss({
      status: undefined,
      mappings: classified,
      memStats: undefined,
      liveBytes: undefined,
    });
    const sum = account?.terms.reduce((total, term) => total + term.bytes, account.residualBytes);
    assert(sum === account?.rssBytes, "the terms and the residual are the resident set");
    return damage;
  }),
  target("proc-status", "txt", BREAKAGE.text, (bytes) => {
    const { status, damage } = decodeProcStatus(bytes);
    checkNumbers({ pid: status.pid, rss: status.vmRss ?? 0 });
    return damage;
  }),
  target("proc-stat", "txt", BREAKAGE.text, (bytes) => {
    decodeProcStat(bytes);
    return [];
  }),
  target("proc-limits", "txt", BREAKAGE.text, (bytes) => decodeProcLimits(bytes).damage),
  target("proc-fds", "txt", BREAKAGE.text, (bytes) => {
    const { fds, damage } = decodeProcFds(bytes);
    computeFdGrowth([{ seconds: 0, fds }]);
    return damage;
  }),
  target("proc-sections", "txt", BREAKAGE.text, (bytes) => {
    const { sections, damage } = decodeProcSections(bytes);
    findCgroupMemory(sections);
    findMachineFacts(sections);
    return damage;
  }),
  target("godebug-log", "log", BREAKAGE.text, checkGodebugLog),
  target("memcheck-log", "log", BREAKAGE.text, (bytes) => {
    const { reports, damage } = decodeMemcheckLog(bytes);
    for (const { leaks } of reports) {
      for (const leak of leaks) assert(leak.bytes >= 0 && leak.blocks >= 0, "a leak has a size");
    }
    return damage;
  }),
  target("ld-debug-log", "log", BREAKAGE.text, (bytes) => {
    const { processes, damage } = decodeLdDebugLog(bytes);
    for (const { libraries, loadedAfterStart } of processes) {
      assert(loadedAfterStart <= libraries.length, "what was loaded is listed");
    }
    return damage;
  }),
  target(
    "cgo-check",
    "log",
    BREAKAGE.text,
    (bytes) => {
      for (const { offset } of decodeCgoViolations(bytes))
        assert(offset < bytes.length, "a panic is in its log");
      return [];
    },
    () =>
      loadSeeds()
        .byFormat.get("goroutine-dump")
        ?.filter((bytes) => decodeCgoViolations(bytes).length > 0) ?? [],
  ),
  target(
    "tar",
    "tar",
    BREAKAGE.tar,
    (bytes) => {
      const { files, damage } = decodeTar(bytes);
      for (const { name } of files)
        assert(!name.split("/").includes(".."), "no name leads out of the archive");
      return damage;
    },
    () => tarSeeds(),
  ),
  target(
    "manifest",
    "json",
    BREAKAGE.json,
    (bytes) => {
      // What is accepted can be written again.
      encodeManifest(decodeManifest(bytes));
      return [];
    },
    () => loadSeeds().bundles.map(({ manifest }) => encodeManifest(manifest)),
  ),
];

/** In pieces of any size a log gives the same cycles, and what follows from them can be told. */
function checkGodebugLog(bytes: Uint8Array): Damage[] {
  const whole = readGodebugLog(bytes, Math.max(1, bytes.length));
  const pieces = readGodebugLog(bytes, 1 + (bytes.length % 97));
  assert(whole.cycles === pieces.cycles, `${whole.cycles} cycles as a whole, ${pieces.cycles} in pieces`);
  for (const { cycles, lostCycles, series, pauses } of whole.log.processes) {
    assert(cycles > 0 && lostCycles >= 0, "a process has cycles, and none less than lost");
    assert(pauses.total.count === cycles, "every cycle stops the world");
    for (const value of series.liveBytes) assert(value >= 0 && Number.isFinite(value), `live heap ${value}`);
  }
  return whole.damage;
}

function readGodebugLog(bytes: Uint8Array, chunkBytes: number) {
  let cycles = 0;
  const digest = new GcLogDigest((source) => decoder.sources[source] ?? "", { onCycle: () => cycles++ });
  const decoder = new GodebugLogDecoder(digest);
  for (let at = 0; at < bytes.length; at += chunkBytes) decoder.push(bytes.subarray(at, at + chunkBytes));
  const { damage } = decoder.finish();
  return { cycles, log: digest.summary(), damage };
}

function checkNumbers(stats: object): void {
  for (const [name, value] of Object.entries(stats)) {
    assert(typeof value === "number" && !Number.isNaN(value), `${name} is ${value}`);
  }
}

let tars: Uint8Array[] | undefined;

/** A few captures each, or a change would hardly ever hit a header. */
function tarSeeds(): readonly Uint8Array[] {
  tars ??= loadSeeds().bundles.map((bundle) =>
    createTar([
      { name: "manifest.json", data: encodeManifest(bundle.manifest).slice(0, 2000) },
      { name: "0000/" },
      ...[...bundle.files].slice(0, 3).map(([name, bytes]) => ({ name, data: bytes.slice(0, 700) })),
    ]),
  );
  return tars;
}

const BUNDLE_TARGET: FuzzTarget = {
  name: "bundle",
  runs: 3000,
  extension: "tar",
  // Prefixes of archives and of captures are tried by the formats; those of a bundle are too large for all.
  seeds: () => [],
  makeInput: (random) => {
    const archive = breakBundle(random.pick(loadSeeds().bundles), random);
    if (random.once(8)) return archive.slice(0, random.below(archive.length));
    if (random.once(8)) return mutate(random, [gzipSync(archive, { level: 1 })], BREAKAGE.binary);
    return archive;
  },
  check: checkBundle,
};

/** An archive in which some captures, the manifest, or what belongs to what is broken. */
function breakBundle({ manifest, files }: Bundle, random: FuzzRandom): Uint8Array {
  const { byFormat, gzip } = loadSeeds();
  const broken = new Map(files);
  const paths = [...files.keys()];
  for (let n = random.below(6); n > 0; n--) {
    const path = random.pick(paths);
    broken.set(path, breakCapture(broken.get(path) ?? new Uint8Array(0), random));
  }
  if (random.once(3)) broken.set(random.pick(paths), random.pick(random.pick([...byFormat.values(), gzip])));
  if (random.once(4)) broken.delete(random.pick(paths));
  if (random.once(4)) {
    const [a, b] = [random.pick(paths), random.pick(paths)];
    const bytes = broken.get(a);
    const other = broken.get(b);
    if (bytes !== undefined && other !== undefined) broken.set(a, other).set(b, bytes);
  }
  let head = encodeManifest(manifest);
  if (random.once(3)) head = mutate(random, [head], BREAKAGE.json);
  return createTar([
    { name: "manifest.json", data: head },
    ...[...broken].map(([name, data]) => ({ name, data })),
  ]);
}

function breakCapture(bytes: Uint8Array, random: FuzzRandom): Uint8Array {
  const inflated = inflateGzip(bytes).bytes;
  const { format } = sniffFormat(inflated);
  const others = loadSeeds().byFormat.get(format) ?? [];
  return mutate(random, [inflated, ...others], format === "pprof" ? BREAKAGE.protobuf : BREAKAGE.text);
}

const schemaFile = resolve(import.meta.dirname, "../docs/schema/report-v1.schema.json");
let validateReport: ((report: unknown) => boolean) | undefined;

function checkBundle(bytes: Uint8Array): void {
  const isArchive = sniffGzip(bytes);
  const { bundle, damage } = isArchive ? decodeBundleArchive(bytes) : decodeBundleTar(bytes);
  if (!isArchive) checkDamage(damage, bytes.length);
  const inspection = inspectBundle(bundle);
  const json = renderJson(inspection, { gopatrolVersion: "0.0.0" });
  validateReport ??= new Ajv2020({ strict: false }).compile(JSON.parse(readFileSync(schemaFile, "utf8")));
  assert(validateReport(JSON.parse(json)), "the JSON report follows its schema");
  const view = buildReportView(inspection, { gopatrolVersion: "0.0.0" });
  for (const width of [40, 80]) checkPrinted(renderText(view, { width, color: false }), "text");
  checkPrinted(renderMarkdown(view), "Markdown");
  const html = renderHtml(view, "");
  assert(!html.includes(HOSTILE_MARKUP), "no foreign markup in the HTML report");
}

function checkPrinted(report: string, form: string): void {
  assert(!report.includes(HOSTILE_CONTROL), `no foreign control sequence in the ${form} report`);
  // As words of their own: a broken manifest may name a capture "NaN/heap".
  const slip = /(?:^|[\s(])(?:NaN|undefined|Infinity)(?=[\s),.;%]|$)|\[object /m.exec(report);
  assert(slip === null, `the ${form} report says ${slip?.[0]}`);
}

const GO_TARGET: FuzzTarget = {
  name: "go-source",
  runs: RUNS,
  extension: "go",
  seeds: () => loadSeeds().goFiles.map(({ bytes }) => bytes),
  makeInput: (random) => mutate(random, GO_TARGET.seeds(), BREAKAGE.text),
  check: checkGoSource,
};

/** Analyses ask about a few lines of a file; of a broken one these are tried. */
const MAX_FUNCTIONS_ASKED = 12;

function checkGoSource(bytes: Uint8Array): void {
  const path = "/src/shop/main.go";
  const text = new TextDecoder().decode(bytes);
  const files = new Map([
    [path, text],
    ["/src/go.mod", "module example.com/shop\n"],
  ]);
  const { packageName, functions } = readGoFile(path, text);
  const packagePath = packageName === "main" ? "main" : "example.com/shop/shop";
  const step = Math.max(1, Math.ceil(functions.length / MAX_FUNCTIONS_ASKED));
  for (let n = 0; n < functions.length; n += step) {
    const declaration = functions[n]!;
    const { firstLine, lastLine } = declaration;
    const frames = [firstLine + 1, (firstLine + lastLine) >> 1, lastLine - 1].map((line) => ({
      function: `${packagePath}.${declaredName(declaration)}`,
      file: path,
      line,
    }));
    for (const frame of frames) {
      traceRetention(files, [frame, ...frames]);
      findBlockingStatement(files, frame);
    }
  }
}

const THRESHOLD_TARGET: FuzzTarget = {
  name: "threshold",
  runs: RUNS,
  extension: "txt",
  seeds: () => THRESHOLD_SEEDS,
  makeInput: makeThreshold,
  check: checkThreshold,
};

export const FUZZ_TARGETS: readonly FuzzTarget[] = [...FORMATS, BUNDLE_TARGET, GO_TARGET, THRESHOLD_TARGET];

export function isRefusal(error: unknown, input: Uint8Array): boolean {
  if (!(error instanceof DecodeError)) return false;
  // Offsets are in what was inflated.
  const end = sniffGzip(input) ? Number.POSITIVE_INFINITY : input.length;
  assert(
    Number.isInteger(error.offset) && error.offset >= 0 && error.offset <= end,
    `refused at offset ${error.offset} of ${end}`,
  );
  assert(error.hint.endsWith("."), `the hint "${error.hint}" is a sentence`);
  return true;
}
