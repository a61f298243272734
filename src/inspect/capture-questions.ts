import type { CaptureKind } from "../bundle/manifest.ts";
import { DecodeError } from "../bytes/decode-error.ts";
import { inflateGzip, sniffGzip } from "../bytes/gunzip.ts";
import { decodeExpvar } from "../formats/expvar/decode.ts";
import { decodeHeapText } from "../formats/heap-text/decode.ts";
import { findUnsymbolizedAddresses } from "../formats/heap-text/unsymbolized.ts";
import { decodeProfile } from "../formats/pprof/decode.ts";
import { findCgroupMemory } from "../formats/proc-sections/cgroup-memory.ts";
import { decodeProcSections } from "../formats/proc-sections/decode.ts";
import { decodePrometheusText } from "../formats/prometheus/decode.ts";
import { findGoRuntime } from "../formats/prometheus/go-runtime.ts";
import { sniffFormat } from "../formats/sniff.ts";
import type { CgroupMemory } from "../tables/process-facts.ts";

/** What capturing must know of the content while it captures; it cannot decode by itself. */

/** Addresses of a heap?debug=1 text that have no name: the runtime's frames above the program's. */
export function findAddressesToSymbolize(heapText: Uint8Array): bigint[] {
  return attempt(() => Array.from(findUnsymbolizedAddresses(decodeHeapText(heapText).profile))) ?? [];
}

/** How many goroutines a goroutine profile counts. */
export function decodeCountedGoroutines(bytes: Uint8Array): number | undefined {
  return attempt(() => {
    const { profile } = decodeProfile(sniffGzip(bytes) ? inflateGzip(bytes).bytes : bytes);
    return profile.samples.columns[0]?.value.reduce((sum, count) => sum + count, 0);
  });
}

/** When a profile was taken, by its own time stamp: milliseconds since 1970. */
export function decodeOwnTimeMs(bytes: Uint8Array): number | undefined {
  return attempt(() => {
    if (sniffFormat(bytes).format !== "pprof") return undefined;
    const { timeNanos } = decodeProfile(bytes).profile;
    return timeNanos === 0n ? undefined : Number(timeNanos / 1000n) / 1000;
  });
}

/** Above this share of its limit a target is left alone: a heavy request could be the last straw. */
const PRESSURE = 0.95;
const BEYOND = 1.05;

/**
 * Why heavy requests are to be left out of a sample, from the newest cheap figures: the target holds nearly all of its
 * limit. Undefined if there is room, or if nothing tells.
 */
export function findLimitPressure(
  given: number | undefined,
  latest: ReadonlyMap<CaptureKind, Uint8Array>,
): string | undefined {
  const cgroup = decodeLatest(latest, "proc-system", (bytes) =>
    findCgroupMemory(decodeProcSections(bytes).sections),
  );
  if (given === undefined && cgroup !== undefined) return findCgroupPressure(cgroup);
  const limitBytes = given ?? Number.POSITIVE_INFINITY;
  const metrics = decodeLatest(latest, "metrics", (bytes) =>
    findGoRuntime(decodePrometheusText(bytes).samples),
  );
  const vars = decodeLatest(latest, "expvar", (bytes) => decodeExpvar(bytes).memStats);
  const stats = vars ?? metrics?.memStats;
  const held = stats?.sys === undefined ? undefined : stats.sys - (stats.heapReleased ?? 0);
  const usedBytes = metrics?.residentBytes ?? held;
  if (usedBytes === undefined || usedBytes < PRESSURE * limitBytes) return undefined;
  // A process that lives beyond the limit shows that this is not what it is held to.
  if (usedBytes > BEYOND * limitBytes) return undefined;
  return `The target holds ${Math.round((100 * usedBytes) / limitBytes)} % of its memory limit, too much to ask it for profiles; raise --limit if that is not the limit.`;
}

/** Page cache that is not shared memory can be taken back; the rest cannot. */
function findCgroupPressure({
  limit,
  current = 0,
  file = 0,
  shmem = 0,
  limitPath,
}: CgroupMemory): string | undefined {
  const held = current - Math.max(0, file - shmem);
  if (held < PRESSURE * limit) return undefined;
  return `The cgroup ${limitPath} holds ${Math.round((100 * held) / limit)} % of its memory limit, too much to ask the target for profiles; give --limit to go by another.`;
}

function decodeLatest<T>(
  latest: ReadonlyMap<CaptureKind, Uint8Array>,
  kind: CaptureKind,
  decode: (bytes: Uint8Array) => T,
): T | undefined {
  const bytes = latest.get(kind);
  return bytes === undefined ? undefined : attempt(() => decode(inflateGzip(bytes).bytes));
}

/** Bytes that cannot be read answer no question; the analysis will say what is wrong with them. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
