import type { Damage } from "../bytes/decode-error.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import { inflateGzip } from "../bytes/gunzip.ts";
import { decodeContentionText, sniffContentionText } from "../formats/contention-text/decode.ts";
import { decodeCountText } from "../formats/count-text/decode.ts";
import { findCountTextHeader } from "../formats/count-text/header.ts";
import { findGoroutineHeader } from "../formats/goroutine-dump/sniff.ts";
import { decodeHeapText } from "../formats/heap-text/decode.ts";
import { findHeapTextHeader } from "../formats/heap-text/header.ts";
import { findMemoryMap, readMemoryMap } from "../formats/memory-map.ts";
import { decodeProfile } from "../formats/pprof/decode.ts";
import { sniffProfile } from "../formats/pprof/sniff.ts";
import { LineScanner } from "../lib/text-lines.ts";
import type { Profile } from "../tables/profile.ts";
import { demangleNames } from "./demangle.ts";
import { readGoroutineDump } from "./goroutine-dump-profile.ts";
import { completeLegacyProfile } from "./legacy-profile.ts";
import { keepLabels, SampleRewriter } from "./rewrite-tables.ts";

export interface ReadOptions {
  /**
   * Takes function names from the comments of text profiles and simplifies those of C++. `go tool pprof` has no use for
   * the comments: without symbols, as with `-symbolize=none`, a text profile is the addresses that it reads.
   */
  symbols: boolean;
  /** How much stays of the demangled names of C++: without, neither arguments nor template parameters. */
  demangle?: "full" | "templates" | "none";
  /** Begins with the linker's names again, whatever others the profile gives. */
  force?: boolean;
}

export interface ReadProfile {
  profile: Profile;
  damage: Damage[];
}

const HASH = 0x23;
const HEAD_BYTES = 64 * 1024;

/**
 * Reads a profile in any form that `go tool pprof` takes from Go programs: profile.proto, gzipped or not, and the text
 * of heap, goroutine, threadcreate, block, mutex and custom profiles (`?debug=1`); and goroutine dumps, which it does not
 * take (`?debug=2`, or in a log).
 *
 * @throws DecodeError if the bytes are none of them.
 */
export function readProfile(bytes: Uint8Array, options: ReadOptions): ReadProfile {
  const { symbols } = options;
  const inflated = inflateGzip(bytes);
  const read = decode(inflated.bytes, symbols);
  return {
    profile: withMapping(symbols ? demangleNames(read.profile, options) : read.profile),
    damage: [...inflated.damage, ...read.damage],
  };
}

function decode(bytes: Uint8Array, symbols: boolean): ReadProfile {
  const decodeText = findTextDecoder(bytes);
  if (decodeText !== undefined) {
    const { profile, damage } = decodeText(bytes);
    const mapAt = findMemoryMap(bytes);
    const mappings = mapAt < 0 ? [] : readMemoryMap(bytes, mapAt);
    const wanted = symbols ? withNamedFrames(profile) : withoutSymbols(profile);
    return { profile: completeLegacyProfile(wanted, mappings), damage };
  }
  if (bytes.length > 0 && !sniffProfile(bytes.subarray(0, HEAD_BYTES))) {
    if (findGoroutineHeader(bytes) >= 0) return readGoroutineDump(bytes);
    throw new DecodeError("this is no profile that pprof reads", {
      format: "unknown",
      offset: 0,
      hint: "Give a profile.proto file, the text of a profile with ?debug=1, or goroutine?debug=2.",
    });
  }
  return decodeProfile(bytes);
}

function findTextDecoder(bytes: Uint8Array): ((bytes: Uint8Array) => ReadProfile) | undefined {
  if (sniffContentionText(bytes)) return decodeContentionText;
  const head = bytes.subarray(0, HEAD_BYTES);
  const lines = new LineScanner(head);
  while (lines.next()) {
    if (findHeapTextHeader(head, lines.start, lines.end) !== undefined) return decodeHeapText;
    if (findCountTextHeader(head, lines.start, lines.end) !== undefined) return decodeCountText;
    // Only count profiles may begin with comments.
    if (lines.end > lines.start && head[lines.start] !== HASH) return undefined;
  }
  return undefined;
}

/**
 * Go leaves the runtime's own frames at the leaf, and runtime.goexit, out of its comments: they go, as they are missing in
 * its protobuf heap profiles. A stack of which nothing is named stays.
 */
function withNamedFrames(profile: Profile): Profile {
  const { samples } = profile;
  const { lineStart } = profile.locations;
  const isNamed = (location: number): boolean => lineStart[location] !== lineStart[location + 1];
  const rewriter = new SampleRewriter(samples);
  for (let sample = 0; sample < samples.length; sample++) {
    const start = samples.locationStart[sample]!;
    const end = samples.locationStart[sample + 1]!;
    let named = 0;
    for (let at = start; at < end; at++) {
      if (!isNamed(samples.location[at]!)) continue;
      rewriter.pushLocation(samples.location[at]!);
      named++;
    }
    if (named === 0) rewriter.pushStack(start, end);
    rewriter.keep(sample);
  }
  return { ...profile, samples: rewriter.finish() };
}

/** The same addresses, of which nothing is known; without the labels that only comments have. */
function withoutSymbols(profile: Profile): Profile {
  const { locations, samples } = profile;
  const rows = Uint32Array.from({ length: samples.length }, (_, row) => row);
  const label = keepLabels(samples.label, rows, (row) => samples.label.str[row] === 0);
  return {
    ...profile,
    samples: { ...samples, label },
    locations: {
      ...locations,
      lineStart: new Uint32Array(locations.length + 1),
      lineFunction: new Int32Array(0),
      line: new Float64Array(0),
      column: new Float64Array(0),
    },
    functions: {
      length: 0,
      id: new BigUint64Array(0),
      name: new Uint32Array(0),
      systemName: new Uint32Array(0),
      filename: new Uint32Array(0),
      startLine: new Float64Array(0),
    },
  };
}

/** Every location of a profile without mappings is in one that is made up, as upstream has it (locateBinaries). */
function withMapping(profile: Profile): Profile {
  if (profile.mappings.length > 0) return profile;
  return {
    ...profile,
    locations: { ...profile.locations, mapping: new Int32Array(profile.locations.length) },
    mappings: {
      length: 1,
      id: BigUint64Array.of(1n),
      memoryStart: new BigUint64Array(1),
      memoryLimit: new BigUint64Array(1),
      fileOffset: new BigUint64Array(1),
      filename: new Uint32Array(1),
      buildId: new Uint32Array(1),
      has: new Uint8Array(1),
    },
  };
}
