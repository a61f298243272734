import type { CodeSite } from "../analysis/code-site.ts";
import { computeHeapGrowth, type GrowthSite, type HeapGrowth } from "../analysis/heap-growth.ts";
import { heapDiffType } from "../patrol/check-types/heap-diff.ts";
import { findSampleType, type Profile } from "../tables/profile.ts";
import { decodePprof, looksLikePprof } from "./decode-pprof.ts";
import { defineCheck, type Look } from "./define-check.ts";
import { GoService } from "./go-service.ts";
import { checkHeadroom, type Headroom } from "./memory-guard.ts";
import { ProbeFailure } from "./probe-failure.ts";
import { CUMULATIVE_HEAP_TYPES, sumStacks } from "./sum-stacks.ts";

export const heapDiffCheck = defineCheck(heapDiffType, async (probe, options): Promise<Look> => {
  const service = new GoService(probe, options);
  const headroom = await checkHeadroom(service, probe);
  const bytes = await service.fetchProfile("heap", options.gc ? "gc=1" : "", looksLikePprof);
  const now = decodePprof(bytes, "heap profile");
  const base = await probe.baseProfile(probe.target.id);
  const inuseBytes = sumOf(now, "inuse_space");
  const look: Look = {
    metrics: {
      heap_inuse_bytes: inuseBytes,
      heap_inuse_objects: sumOf(now, "inuse_objects"),
      sites: now.samples.length,
    },
    facts: headroom.reading === undefined ? {} : { source: headroom.reading.source },
    profiles: sumStacks(now, { kind: "heap", atMs: probe.atMs, without: CUMULATIVE_HEAP_TYPES }),
    captures: [{ kind: "heap", bytes, atMs: probe.atMs }],
    targetCpuSeconds: headroom.targetCpuSeconds + estimateHeapCpuSeconds(bytes, options.gc ? inuseBytes : 0),
  };
  if (base === null) {
    return {
      ...look,
      problem: {
        code: "no-base-profile",
        message:
          "There is no earlier heap profile of this target; this one is the base of the next difference.",
        hint: null,
      },
    };
  }
  return { ...look, ...compare(base, now, probe.atMs, headroom, look) };
});

function compare(
  base: { atMs: number; bytes: Uint8Array },
  now: Profile,
  atMs: number,
  { limitBytes, reading }: Headroom,
  { metrics, facts }: Look,
): Partial<Look> {
  const seconds = (atMs - base.atMs) / 1000;
  const before = decodeBase(base.bytes);
  if (before === undefined || hasRestarted(before, now, base.atMs, reading?.runtime.startTimeSeconds)) {
    return {
      problem: {
        code: "process-restarted",
        message:
          "The base profile is of an earlier process, so there is no difference; this profile is the new base.",
        hint: null,
      },
    };
  }
  const growth = computeHeapGrowth({
    snapshots: [
      { seconds: 0, profile: before },
      { seconds, profile: now },
    ],
    layout: { mainModule: reading?.runtime.mainModule },
  });
  const beforeBytes = sumOf(before, "inuse_space");
  const growthBytes = metrics["heap_inuse_bytes"]! - beforeBytes;
  const perSecond = growthBytes / seconds;
  const [top] = growth.sites;
  const rising = growth.sites.filter(isBeyondError);
  return {
    metrics: {
      ...metrics,
      base_age_seconds: seconds,
      growth_bytes: growthBytes,
      growth_bytes_per_second: perSecond,
      growth_bytes_per_hour: perSecond * 3600,
      growth_share: beforeBytes > 0 ? growthBytes / beforeBytes : Number.NaN,
      growth_share_of_limit_per_hour: limitBytes === undefined ? Number.NaN : (perSecond * 3600) / limitBytes,
      top_site_growth_bytes: Math.max(0, top?.growthBytes ?? 0),
      top_site_growth_share:
        top === undefined || growthBytes <= 0
          ? Number.NaN
          : Math.min(1, Math.max(0, top.growthBytes) / growthBytes),
      sites_growing: rising.length,
    },
    facts: {
      ...facts,
      ...Object.fromEntries(rising.slice(0, SITES_TOLD).map((site, n) => [`top_site_${n + 1}`, tell(site)])),
      ...tellStack(growth, rising[0]),
    },
  };
}

const SITES_TOLD = 5;
/** Less than this at one site is not worth a word, however exact. */
const NOISE_BYTES = 64 * 1024;
/** Standard errors beyond which a site's growth is not the profiler's chance. */
const SURE = 2;

function isBeyondError({ growthBytes, sampleWeightBytes }: GrowthSite): boolean {
  return growthBytes > NOISE_BYTES && growthBytes > SURE * Math.sqrt(growthBytes * sampleWeightBytes);
}

function tell({ site, growthBytes, growthObjects }: GrowthSite): string {
  return `${renderSite(site)} +${Math.round(growthBytes)} bytes in ${Math.round(growthObjects)} objects`;
}

function tellStack({ interner }: HeapGrowth, site: GrowthSite | undefined): Record<string, string> {
  if (site === undefined) return {};
  const frames = interner.stackOf(site.node).slice(0, FRAMES_TOLD);
  return { top_stack: frames.map((frame) => frame.function).join(" < ") };
}

const FRAMES_TOLD = 12;

export function renderSite({ function: name, file, line }: CodeSite): string {
  return file === "" ? name : `${name} (${file.slice(file.lastIndexOf("/") + 1)}:${line})`;
}

function decodeBase(bytes: Uint8Array): Profile | undefined {
  try {
    return decodePprof(bytes, "base profile");
  } catch (error) {
    if (error instanceof ProbeFailure) return undefined;
    throw error;
  }
}

/** What was ever allocated never becomes less; the start time tells where it is exported. */
function hasRestarted(
  before: Profile,
  now: Profile,
  baseMs: number,
  startSeconds: number | undefined,
): boolean {
  if (startSeconds !== undefined && startSeconds * 1000 > baseMs) return true;
  return sumOf(now, "alloc_space") < sumOf(before, "alloc_space");
}

function sumOf(profile: Profile, type: string): number {
  return findSampleType(profile, type)?.value.reduce((sum, value) => sum + value, 0) ?? 0;
}

/** Writing out the profile goes by its size; a collection marks a GiB in about half a second of CPU time. */
function estimateHeapCpuSeconds(bytes: Uint8Array, markedBytes: number): number {
  return 0.0005 + bytes.length * 2e-7 + markedBytes / 2 ** 31;
}
